// The left shelf with issues, and the tools above.

import { element, fill, find } from "./dom.js";
import { MODES, THEME_WORDS, THEMES, VIEWS, WIDTHS, state } from "./state.js";
import { number, spoken, word } from "./words.js";

export function drawShelf(act) {
  const groups = state.workspace.newsletters.map((newsletter) => element("section", {},
    element("h2", { text: newsletter.title }),
    element("ul", { class: "plain" }, newsletter.issues.map((issue) => entry(issue, act)))));
  const problems = state.workspace.problems.map((text) => element("p", { class: "notice", role: "alert", text }));
  fill(find("shelf"), element("h2", { class: "visually-hidden", text: word("issues") }), ...problems, ...groups);
}

function entry(issue, act) {
  const review = state.reviews.get(issue.id);
  const subject = issue.title || review?.subjects || "";
  const marks = [
    issue.draft ? element("span", { class: "tag", text: word("draft") }) : null,
    count(review?.errors, "error"), count(review?.warnings, "warning"),
    review?.people != null ? element("span", { class: `quiet small-text${review.stale ? " old" : ""}`, title: review.stale ? word("lastGoodCounts") : null, text: `${number(review.people)} ${word("peopleCount")}` }) : null,
  ];
  return element("li", {}, element("button", {
    type: "button", class: "issue", "aria-current": String(issue.id === state.issue), onclick: () => act({ issue: issue.id }),
  }, element("span", { text: issue.date }), ...marks, element("span", { class: "issue-subject", text: subject || "…", title: subject })));
}

function count(number, kind) {
  return number ? element("span", { class: `count ${kind}`, text: String(number), title: `${word(kind)}: ${number}` }) : null;
}

// Build part of the bar anew only if what it shows has changed: else a click or a word being typed would be lost.
function renew(id, shows, make) {
  const part = find(id), key = JSON.stringify([spoken(), shows]);
  if (part.key === key) return;
  part.key = key;
  fill(part, make());
}

export function drawTools({ act, look, findPeople, copy, speak, help }) {
  renew("views", state.view, () => VIEWS.map((view) => button(word(view), state.view === view, () => act({ view }))));
  renew("looks", [state.view, state.look, state.mode], () => [
    select(word("width"), WIDTHS, state.look.width, (width) => look({ width })),
    select(word("theme"), THEMES, state.look.theme, (theme) => look({ theme }), THEME_WORDS),
    state.view === "matrix" ? button(word("small"), state.look.small, () => look({ small: !state.look.small })) : null,
    state.view === "letter" ? select(word("mode"), MODES, state.mode, (mode) => act({ mode })) : null,
    button(word("imagesOff"), !state.look.images, () => look({ images: !state.look.images })),
  ]);
  renew("reader", [state.people, state.person], () => [personSelect(act), readerId(copy)]);
  renew("finder", state.workspace.audience, () => state.workspace.audience ? [element("input", {
    class: "find", id: "find", type: "search", placeholder: word("find"), title: word("findHint"), "aria-label": word("find"),
    "aria-describedby": "found", autocomplete: "off", spellcheck: "false", onchange: (event) => findPeople(event.target.value),
  }), element("p", { id: "found", class: "found quiet", role: "status", "aria-live": "polite" })] : null);
  renew("ends", null, () => [button(word("language"), false, speak), button("?", false, help)]);
}

// What the commands call this reader: `pismo explain ISSUE ID`, `pismo test ISSUE --as ID`.
function readerId(copy) {
  if (!state.person || state.person.kind === "persona") return null;
  const { id } = state.person;
  return element("button", { type: "button", class: "reader-id", text: id, title: word("copyId"), "aria-label": `${word("copyId")}: ${id}`, onclick: () => copy(id, word("idCopied")) });
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
