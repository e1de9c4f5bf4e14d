// The left shelf with issues, and the tools above.

import { element, fill, find } from "./dom.js";
import { MODES, THEME_WORDS, THEMES, VIEWS, WIDTHS, state } from "./state.js";
import { word } from "./words.js";

export function drawShelf(act) {
  const groups = state.workspace.newsletters.map((newsletter) => element("section", {},
    element("h2", { text: newsletter.title }),
    element("ul", { class: "plain" }, newsletter.issues.map((issue) => entry(issue, act)))));
  const problem = state.workspace.problem ? element("p", { class: "notice", role: "alert", text: state.workspace.problem }) : null;
  fill(find("shelf"), element("h2", { class: "visually-hidden", text: word("issues") }), problem, ...groups);
}

function entry(issue, act) {
  const review = state.reviews.get(issue.id);
  const subject = issue.title || review?.subjects || "";
  const marks = [
    issue.draft ? element("span", { class: "tag", text: word("draft") }) : null,
    count(review?.errors, "error"), count(review?.warnings, "warning"),
    review?.people != null ? element("span", { class: "quiet small-text", text: `${review.people.toLocaleString(document.documentElement.lang)} ${word("peopleCount")}` }) : null,
  ];
  return element("li", {}, element("button", {
    type: "button", class: "issue", "aria-current": String(issue.id === state.issue), onclick: () => act({ issue: issue.id }),
  }, element("span", { text: issue.date }), ...marks, element("span", { class: "issue-subject", text: subject || "…", title: subject })));
}

function count(number, kind) {
  return number ? element("span", { class: `count ${kind}`, text: String(number), title: `${word(kind)}: ${number}` }) : null;
}

export function drawTools({ act, look, findPeople, speak, help }) {
  fill(find("views"), ...VIEWS.map((view) => button(word(view), state.view === view, () => act({ view }))));
  fill(find("tools"),
    select(word("width"), WIDTHS, state.look.width, (width) => look({ width })),
    select(word("theme"), THEMES, state.look.theme, (theme) => look({ theme }), THEME_WORDS),
    state.view === "matrix" ? button(word("small"), state.look.small, () => look({ small: !state.look.small })) : null,
    state.view === "letter" ? select(word("mode"), MODES, state.mode, (mode) => act({ mode })) : null,
    button(word("imagesOff"), !state.look.images, () => look({ images: !state.look.images })),
    personSelect(act),
    state.workspace.audience ? element("input", {
      class: "find", id: "find", type: "search", placeholder: word("find"), title: word("findHint"), "aria-label": word("find"),
      autocomplete: "off", onchange: (event) => findPeople(event.target.value),
    }) : null);
  fill(find("ends"), button(word("language"), false, speak), button("?", false, help));
}

function personSelect(act) {
  const kinds = [...new Set(state.people.map((person) => person.kind))];
  const groups = kinds.map((kind) => element("optgroup", { label: word(kind) },
    state.people.filter((person) => person.kind === kind).map((person) => element("option", {
      value: `${kind} ${person.id}`, selected: person.id === state.person?.id && kind === state.person.kind, text: person.label, title: person.about,
    }))));
  return element("select", {
    "aria-label": word("person"), class: "person",
    onchange: (event) => act({ person: state.people.find((person) => `${person.kind} ${person.id}` === event.target.value) ?? null }),
  }, element("option", { value: "", text: word("example"), selected: !state.person }), groups);
}

export function button(text, pressed, act) {
  return element("button", { type: "button", "aria-pressed": String(pressed), text, onclick: act });
}

function select(label, values, chosen, act, words = {}) {
  return element("select", { "aria-label": label, onchange: (event) => act(event.target.value) },
    values.map((value) => element("option", { value, selected: value === chosen, text: word(words[value] ?? value) })));
}
