// The desk: what is chosen, and drawing it. One state, one `draw`.

import * as api from "./api.js";
import { element, fill, find } from "./dom.js";
import { letterFrame, showLetter, sizeGauge } from "./frame.js";
import { listenToKeys, helpTable } from "./keys.js";
import { findingsPanel, whyPanel } from "./margin.js";
import { speak, spoken, word } from "./words.js";

const VIEWS = ["matrix", "letter", "difference"];
const WIDTHS = ["phone", "desktop", "free"];
const THEMES = ["light", "dark-apple", "dark-partial", "dark-full"];
const MODES = ["html", "text", "source", "headers"];
const THEME_WORDS = { light: "light", "dark-apple": "darkApple", "dark-partial": "darkPartial", "dark-full": "darkFull" };

const state = {
  workspace: null, people: [], issue: null, segment: null, person: null, against: null,
  view: "matrix", mode: "html", look: { width: "phone", theme: "light", images: true },
};
const frames = new Map();
let turn = 0;

export function issues() {
  return state.workspace?.newsletters.flatMap((newsletter) => newsletter.issues) ?? [];
}

const issueNow = () => issues().find((issue) => issue.id === state.issue);
const segmentsNow = () => issueNow()?.segments ?? [];

async function refresh() {
  state.workspace = await api.workspace();
  if (!issueNow()) {
    const all = issues();
    state.issue = (all.find((issue) => issue.id === state.workspace.current) ?? all.at(-1))?.id ?? null;
  }
  if (!segmentsNow().some((segment) => segment.id === state.segment)) state.segment = segmentsNow()[0]?.id ?? null;
  state.people = state.issue ? (await api.people(state.issue)).people : [];
  if (state.person && !state.people.some((person) => person.id === state.person.id) && state.person.kind !== "audience") state.person = null;
}

export async function draw() {
  const mine = ++turn;
  drawShelf();
  drawTools();
  if (!state.issue) return fill(find("stage"), element("p", { class: "quiet big", text: word("empty") }));
  if (state.view === "matrix") await drawMatrix(mine);
  if (state.view === "letter") await drawLetter(mine);
  if (state.view === "difference") await drawDifference(mine);
  document.body.dataset.drawn = String(mine);
}

function drawShelf() {
  const groups = state.workspace.newsletters.map((newsletter) => element("section", {},
    element("h2", { text: newsletter.title }),
    element("ul", { class: "plain" }, newsletter.issues.map(issueEntry))));
  const title = element("h2", { class: "visually-hidden", text: word("issues") });
  fill(find("shelf"), title, ...groups);
}

function issueEntry(issue) {
  const marks = [
    issue.draft ? element("span", { class: "tag", text: word("draft") }) : null,
    issue.errors ? element("span", { class: "count error", text: String(issue.errors) }) : null,
    issue.warnings ? element("span", { class: "count warning", text: String(issue.warnings) }) : null,
    issue.people != null ? element("span", { class: "quiet", text: `${issue.people} ${word("peopleCount")}` }) : null,
  ];
  return element("li", {}, element("button", {
    type: "button", class: "issue", "aria-current": issue.id === state.issue ? "true" : "false",
    onclick: () => choose({ issue: issue.id }),
  }, element("span", { text: issue.date }), element("span", { class: "issue-subject", text: issue.subject }), ...marks));
}

function drawTools() {
  fill(find("views"), ...VIEWS.map((view) => button(word(view), state.view === view, () => choose({ view }))));
  fill(find("tools"),
    select(word("width"), WIDTHS, state.look.width, (width) => look({ width })),
    select(word("theme"), THEMES, state.look.theme, (theme) => look({ theme }), THEME_WORDS),
    state.view === "letter" ? select(word("mode"), MODES, state.mode, (mode) => choose({ mode })) : null,
    button(state.look.images ? word("images") : word("imagesOff"), !state.look.images, () => look({ images: !state.look.images })),
    personSelect(),
    state.workspace.audience ? element("input", {
      class: "find", type: "search", placeholder: word("find"), title: word("findHint"), "aria-label": word("find"),
      onchange: (event) => findPeople(event.target.value),
    }) : null,
    button(word("language"), false, () => { speak(spoken() === "ru" ? "en" : "ru"); draw(); }),
    button("?", false, toggleHelp));
}

function personSelect() {
  const options = [
    element("option", { value: "", text: `${word("person")}: ${word("example")}` }),
    ...state.people.map((person) => element("option", {
      value: person.id, selected: person.id === state.person?.id, text: `${person.label} · ${word(person.kind)}`, title: person.about,
    })),
  ];
  return element("select", {
    "aria-label": word("person"),
    onchange: (event) => choose({ person: state.people.find((person) => person.id === event.target.value) ?? null }),
  }, options);
}

async function findPeople(question) {
  if (!question.trim()) return;
  try {
    const { people } = await api.findPeople(question);
    state.people = [...people, ...state.people.filter((person) => person.kind !== "audience")];
    if (people.length) choose({ person: people[0] });
    else tell(word("nobody"));
  } catch (error) {
    tell(error.message);
  }
}

async function drawMatrix(mine) {
  const columns = segmentsNow().map((segment) => {
    const frame = keptFrame(segment.id, segment.title);
    const gauge = element("div");
    const head = element("button", { type: "button", class: "column-head", onclick: () => choose({ segment: segment.id, view: "letter" }) },
      element("strong", { text: segment.title }), segment.people != null ? element("span", { class: "quiet", text: ` ${segment.people} ${word("peopleCount")}` }) : null);
    const subject = element("p", { class: "subject" });
    return { segment, frame, gauge, subject, node: element("article", { class: "column" }, head, subject, frame, gauge) };
  });
  const old = [...document.querySelectorAll("#stage .column")].length === columns.length;
  if (!old || find("stage").dataset.view !== `matrix ${state.issue}`) fill(find("stage"), element("div", { class: "matrix" }, columns.map((column) => column.node)));
  else fill(find("stage").querySelector(".matrix"), columns.map((column) => column.node));
  find("stage").dataset.view = `matrix ${state.issue}`;
  fill(find("margin"), findingsPanel(issueNow()?.findings ?? [], () => tell(word("copyPath"))));
  await Promise.all(columns.map(async ({ segment, frame, gauge, subject, node }) => {
    const letter = await api.letter(state.issue, segment.id, state.person);
    if (mine !== turn) return;
    paint(letter, frame, node);
    subject.textContent = letter.subject ?? "";
    if (letter.bytes) fill(gauge, sizeGauge(letter.bytes));
  }));
}

function keptFrame(key, title) {
  const frame = letterFrame(title, state.look);
  const kept = frames.get(key);
  frames.set(key, frame);
  // Moving an iframe reloads it, so a new one takes over the old one's scroll.
  const top = kept?.contentDocument?.scrollingElement?.scrollTop;
  if (top) frame.addEventListener("painted", () => { const page = frame.contentDocument?.scrollingElement; if (page) page.scrollTop = top; }, { once: true });
  return frame;
}

function paint(letter, frame, node) {
  node.classList.toggle("stale", letter.status === "stale");
  node.classList.toggle("broken", letter.status === "broken");
  node.querySelector(".notice")?.remove();
  if (letter.status !== "ok") {
    const text = [word(letter.status === "stale" ? "stale" : "broken"), ...letter.findings.map((finding) => `${finding.path}:${finding.line} ${finding.message}`)];
    frame.before(element("div", { class: "notice", role: "alert" }, text.map((line) => element("p", { text: line }))));
  }
  if (letter.html != null) showLetter(frame, letter.html, state.look);
}

async function drawLetter(mine) {
  const letter = await api.letter(state.issue, state.segment, state.person);
  if (mine !== turn) return;
  const tabs = element("div", { class: "tabs", role: "tablist" }, segmentsNow().map((segment) => element("button", {
    type: "button", role: "tab", "aria-selected": String(segment.id === state.segment), text: segment.title, onclick: () => choose({ segment: segment.id }),
  })));
  const node = element("article", { class: "single" });
  const head = element("header", { class: "letter-head" },
    field("from", letter.from), field("subject", letter.subject), field("preheader", letter.preheader),
    letter.bytes ? sizeGauge(letter.bytes) : null,
    element("div", { class: "row" },
      state.workspace.can_send ? button(word("send"), false, sendToMyself) : null,
      button(word("eml"), false, download)));
  const kept = find("stage").dataset.view === `letter ${state.issue} ${state.segment} ${state.mode}` ? find("stage").querySelector("iframe") : null;
  if (kept) {
    kept.style.width = letterFrame("", state.look).style.width;
    const article = kept.closest("article");
    article.querySelector(".letter-head").replaceWith(head);
    find("stage").querySelector(".tabs").replaceWith(tabs);
    paint(letter, kept, article);
  } else {
    fill(find("stage"), tabs, node);
    node.append(head);
    drawMode(letter, node);
  }
  find("stage").dataset.view = `letter ${state.issue} ${state.segment} ${state.mode}`;
  const why = await api.why(state.issue, state.segment, state.person).catch(() => null);
  if (mine !== turn) return;
  fill(find("margin"), findingsPanel(letter.findings, () => tell(word("copyPath"))), whyPanel(why));
}

function drawMode(letter, node) {
  if (state.mode === "html" || letter.status !== "ok") {
    const frame = letterFrame(letter.subject ?? state.segment, state.look);
    node.append(frame);
    paint(letter, frame, node);
  } else if (state.mode === "headers") {
    node.append(element("dl", { class: "values wide" }, letter.headers.flatMap(([name, value]) => [element("dt", { text: name }), element("dd", { text: value })])));
  } else if (state.mode === "source") {
    node.append(element("pre", { class: "source", tabIndex: 0 }, letter.source.map((part) => part.hole ? element("mark", { text: part.text, title: part.hole }) : part.text)));
  } else {
    node.append(element("pre", { class: "source", tabIndex: 0, text: letter.text }));
  }
}

function field(name, value) {
  return element("p", { class: "field" }, element("span", { class: "quiet", text: word(name) }), " ", element("span", { text: value ?? "" }));
}

async function drawDifference(mine) {
  const sides = [...segmentsNow().map((segment) => ({ id: segment.id, title: segment.title })), { id: "@published", title: word("published") }];
  state.against ??= sides[1]?.id ?? "@published";
  const controls = element("div", { class: "row" },
    picker(word("left"), sides.slice(0, -1), state.segment, (segment) => choose({ segment })),
    picker(word("against"), sides, state.against, (against) => choose({ against })));
  const answer = await api.difference(state.issue, { segment: state.segment, person: state.person }, { segment: state.against, person: state.person })
    .catch((error) => ({ error: error.message, words: [] }));
  if (mine !== turn) return;
  const changed = answer.words.some((piece) => piece.kind !== "same");
  const body = answer.error ? element("p", { class: "notice", text: answer.error })
    : element("div", { class: "difference" }, changed ? answer.words.map(diffPiece) : element("p", { class: "quiet big", text: word("same") }));
  fill(find("stage"), controls, body);
  find("stage").dataset.view = "difference";
  fill(find("margin"), findingsPanel(issueNow()?.findings ?? [], () => tell(word("copyPath"))));
}

function diffPiece(piece) {
  const name = { same: "span", added: "ins", removed: "del" }[piece.kind];
  return element(name, { text: piece.text });
}

function picker(label, sides, chosen, act) {
  return element("label", {}, `${label} `, element("select", { onchange: (event) => act(event.target.value) },
    sides.map((side) => element("option", { value: side.id, selected: side.id === chosen, text: side.title }))));
}

async function sendToMyself() {
  try {
    const answer = await api.send(state.issue, state.segment, state.person);
    tell(`${word("sent")}: ${answer.where}`);
  } catch (error) { tell(error.message); }
}

async function download() {
  const { name, eml } = await api.eml(state.issue, state.segment, state.person);
  const bytes = Uint8Array.from(atob(eml), (letter) => letter.charCodeAt(0));
  const link = element("a", { href: URL.createObjectURL(new Blob([bytes], { type: "message/rfc822" })), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

function button(text, pressed, act) {
  return element("button", { type: "button", "aria-pressed": String(pressed), text, onclick: act });
}

function select(label, values, chosen, act, words = {}) {
  return element("select", { "aria-label": label, onchange: (event) => act(event.target.value) },
    values.map((value) => element("option", { value, selected: value === chosen, text: word(words[value] ?? value) })));
}

export async function choose(change) {
  const issueChanged = change.issue && change.issue !== state.issue;
  Object.assign(state, change);
  if (issueChanged) { frames.clear(); await refresh(); }
  if (change.mode || change.segment || change.person !== undefined) find("stage").dataset.view = "";
  await draw();
}

export function look(change) {
  Object.assign(state.look, change);
  return draw();
}

function tell(text) {
  find("status").textContent = text;
}

function toggleHelp() {
  const help = find("help");
  if (help.open) return help.close();
  fill(help, element("h2", { text: word("help") }), helpTable(), button(word("close"), false, () => help.close()));
  help.showModal();
}

const cycle = (values, now, step = 1) => values[(values.indexOf(now) + step + values.length) % values.length];

const actions = {
  issue: (step) => choose({ issue: cycle(issues().map((issue) => issue.id), state.issue, step) }),
  segment: (number) => segmentsNow()[number] && choose({ segment: segmentsNow()[number].id, view: "letter" }),
  view: (view) => choose({ view }),
  width: () => look({ width: cycle(WIDTHS, state.look.width) }),
  theme: () => look({ theme: cycle(THEMES, state.look.theme) }),
  images: () => look({ images: !state.look.images }),
  mode: () => choose({ mode: cycle(MODES, state.mode), view: "letter" }),
  person: () => choose({ person: cycle([null, ...state.people], state.people.find((person) => person.id === state.person?.id) ?? null) }),
  help: toggleHelp,
};

async function begin() {
  await refresh();
  speak(state.workspace.language);
  document.querySelectorAll("[data-word]").forEach((node) => { node.textContent = word(node.dataset.word); });
  find("shelf").setAttribute("aria-label", word("issues"));
  find("margin").setAttribute("aria-label", word("why"));
  listenToKeys(actions);
  await draw();
  api.listen(async (change) => {
    await refresh();
    await draw();
    tell(`${word("rebuilt")} ${Math.round(change.seconds * 1000)} ${word("ms")}`);
  }, (alive) => tell(alive ? word("live") : word("lost")));
}

begin();
