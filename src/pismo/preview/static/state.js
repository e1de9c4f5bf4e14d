// What is chosen, and what the server last said. Drawing reads it; only `main.js` changes it.

export const VIEWS = ["matrix", "letter", "difference"];
export const WIDTHS = ["phone", "desktop", "free"];
export const THEMES = ["light", "dark-apple", "dark-partial", "dark-full"];
export const MODES = ["html", "text", "source", "headers"];
export const THEME_WORDS = { light: "light", "dark-apple": "darkApple", "dark-partial": "darkPartial", "dark-full": "darkFull" };

export const state = {
  workspace: null, people: [], reviews: new Map(), issue: null, segment: null, person: null, against: null,
  view: "matrix", mode: "html", look: { width: "phone", theme: "light", images: true, small: true },
};

export const issues = () => state.workspace?.newsletters.flatMap((newsletter) => newsletter.issues) ?? [];
export const issueNow = () => issues().find((issue) => issue.id === state.issue);
export const segmentsNow = () => issueNow()?.segments ?? [];
export const reviewNow = () => state.reviews.get(state.issue);

// A person travels by kind and id only.
export const personNow = () => state.person && { kind: state.person.kind, id: state.person.id };

// The choice stands behind the # of the address, so that a reload or a bookmark comes back to it; never a person.
export function remember() {
  const chosen = [state.issue, state.segment, state.view].map((part) => encodeURIComponent(part ?? ""));
  history.replaceState(null, "", `#${chosen.join("/")}`);
}

export function recall() {
  const [issue, segment, view] = location.hash.slice(1).split("/").map(plain);
  Object.assign(state, { issue: issue || null, segment: segment || null, view: VIEWS.includes(view) ? view : state.view });
}

function plain(part) {
  try { return decodeURIComponent(part); } catch { return ""; }
}

export function settle() {
  if (!issueNow()) {
    const all = issues();
    state.issue = (all.find((issue) => issue.id === state.workspace.current) ?? all[0])?.id ?? null;
  }
  const segments = segmentsNow();
  if (!segments.some((segment) => segment.id === state.segment)) state.segment = segments[0]?.id ?? null;
  const isThere = (id) => id?.startsWith("@") || segments.some((segment) => segment.id === id);
  if (!isThere(state.against) || state.against === state.segment) {
    state.against = segments.find((segment) => segment.id !== state.segment)?.id ?? state.workspace.baselines[0];
  }
}
