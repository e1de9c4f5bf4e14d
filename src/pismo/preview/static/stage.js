// The middle of the desk: all segments side by side, one letter large, or what differs.

import * as api from "./api.js";
import { element, fill, find } from "./dom.js";
import { mark, show } from "./marks.js";
import { fit, letterFrame, showLetter, sizeGauge } from "./frame.js";
import { personNow, reviewNow, segmentsNow, state } from "./state.js";
import { number, word } from "./words.js";

const columns = new Map();
let single = null;
let standing = "";

// Build the stage anew only if something else stands on it: frames that move lose their document.
function stands(name, make) {
  if (standing === name) return;
  standing = name;
  make();
}

export function forget() {
  standing = "";
}

export async function drawMatrix(isCurrent, act, painted) {
  const segments = segmentsNow();
  stands(`matrix ${state.issue} ${segments.map((segment) => segment.id + segment.title).join()} ${word("html")}`, () => {
    columns.clear();
    segments.forEach((segment) => columns.set(segment.id, column(segment, act)));
    fill(find("stage"), element("div", { class: "matrix" }, [...columns.values()].map((one) => one.node)));
  });
  drawSizes();
  const letters = await api.letters(state.issue, segments.map((segment) => segment.id), personNow());
  if (!isCurrent()) return;
  await Promise.all(letters.map((letter, at) => {
    const one = columns.get(segments[at].id);
    one.subject.textContent = letter.subject ?? "";
    one.subject.title = letter.preheader ?? "";
    fill(one.gauge, letter.bytes ? sizeGauge(letter.bytes) : null);
    fit(one.frame, state.look, state.look.small);
    return paint(letter, one.frame, one.node);
  }));
  if (isCurrent()) painted();
}

function column(segment, act) {
  const frame = letterFrame(segment.title);
  const people = element("span", { class: "quiet" });
  const mine = element("span", { class: "mine" });
  const head = element("button", { type: "button", class: "column-head", onclick: () => act({ segment: segment.id, view: "letter" }) },
    element("strong", { text: segment.title }), " ", people, mine);
  const subject = element("p", { class: "subject" });
  const gauge = element("div");
  return { frame, people, mine, subject, gauge, node: element("article", { class: "column" }, head, subject, frame, gauge) };
}

export function drawSizes() {
  for (const [segment, one] of columns) {
    const size = reviewNow()?.sizes?.[segment];
    const stale = Boolean(reviewNow()?.stale);
    one.people.textContent = reviewNow()?.people == null ? "" : `${number(size ?? 0)} ${word("peopleCount")}${stale ? ` (${word("lastGood")})` : ""}`;
    one.people.classList.toggle("old", stale);
    one.people.title = stale ? word("lastGoodCounts") : "";
  }
}

// Outline the column of the segment that the chosen reader is in, and say it in words.
export function outline(chosen) {
  for (const [segment, one] of columns) {
    one.node.classList.toggle("chosen", segment === chosen);
    one.mine.textContent = segment === chosen ? word("readersLetter") : "";
  }
}

// A letter whose segment's condition is wrong still reads well, but nobody knows any more who gets it.
export function greyBroken({ findings = [] }) {
  const grey = (segment, frame, node) => {
    const wrong = findings.filter((finding) => finding.severity === "error" && finding.path === `segments/${segment}.toml`);
    if (!wrong.length || !frame || node.querySelector(".notice")) return;
    node.classList.add("stale");
    frame.before(notice({ status: "staleCondition", findings: wrong }));
  };
  if (standing.startsWith("matrix")) for (const [segment, one] of columns) grey(segment, one.frame, one.node);
  if (standing.startsWith("letter") && single.frame.isConnected) grey(state.segment, single.frame, single.node);
}

// Mark findings in the letters that stand there: each segment's own, and those of all.
export function markFindings(findings) {
  const mine = (segment) => findings.filter((finding) => !finding.segment || finding.segment === segment);
  if (standing.startsWith("matrix")) for (const [segment, one] of columns) mark(one.frame, mine(segment));
  if (standing.startsWith("letter")) mark(single.frame, mine(state.segment));
}

export function showFinding(finding) {
  if (standing.startsWith("letter")) return show(single.frame, finding);
  return [...columns.values()].map((one) => show(one.frame, finding)).some(Boolean);
}

// The letters could not be asked for: what stands here is old, and why it is so stands above.
export function standsOld(message) {
  standsWell();
  for (const node of document.querySelectorAll(".column, .single")) node.classList.add("stale");
  find("stage").prepend(element("p", { class: "notice", id: "stage-problem", role: "alert", text: message }));
}

export function standsWell() {
  find("stage-problem")?.remove();
}

// Show a letter, or the last good one in grey with what is wrong now.
async function paint(letter, frame, node) {
  node.classList.toggle("stale", letter.status === "stale");
  node.classList.toggle("broken", letter.status === "broken");
  node.querySelector(".notice")?.remove();
  if (letter.status !== "ok") frame.before(notice(letter));
  if (letter.html == null) return;
  await new Promise((done) => showLetter(frame, letter.html, state.look, done));
}

function notice(letter) {
  const lines = [letter.problem, ...letter.findings.map((finding) => `${finding.path}:${finding.line} ${[finding.message, finding.hint].filter(Boolean).join("; ")}`)];
  return element("div", { class: "notice", role: "alert" },
    element("p", {}, element("strong", { text: word(letter.status) })),
    lines.filter(Boolean).slice(0, 6).map((line) => element("p", { text: line })));
}

export async function drawLetter(isCurrent, act, buttons, painted) {
  const [letter] = await api.letters(state.issue, [state.segment], personNow(), state.mode === "source");
  if (!isCurrent()) return null;
  const mode = letter.status === "ok" ? state.mode : "html";
  stands(`letter ${state.issue} ${state.segment} ${mode} ${word("html")}`, () => {
    const tabs = element("nav", { class: "tabs", "aria-label": word("segment") }, segmentsNow().map((segment) => element("button", {
      type: "button", "aria-current": String(segment.id === state.segment), text: segment.title, onclick: () => act({ segment: segment.id }),
    })));
    single = { frame: letterFrame(state.segment), head: element("header", { class: "letter-head" }), body: element("div", { class: "letter-body" }), node: null };
    single.node = element("article", { class: "single" }, single.head, mode === "html" ? single.frame : single.body);
    fill(find("stage"), tabs, single.node);
  });
  fill(single.head,
    field("from", letter.from), field("subject", letter.subject), field("preheader", letter.preheader),
    element("div", { class: "row" }, letter.bytes ? sizeGauge(letter.bytes) : null, buttons));
  fit(single.frame, state.look, false);
  if (mode === "html") await paint(letter, single.frame, single.node);
  else drawMode(mode, letter);
  if (isCurrent()) painted();
  return letter;
}

function drawMode(mode, letter) {
  if (mode === "headers") {
    fill(single.body, element("dl", { class: "values wide" }, letter.headers.flatMap(([name, value]) => [element("dt", { text: name }), element("dd", { text: value })])));
  } else if (mode === "source") {
    fill(single.body, element("pre", { class: "source", tabIndex: 0 }, letter.source.map((part) => part.hole ? element("mark", { text: part.text, title: part.hole }) : part.text)));
  } else {
    fill(single.body, element("pre", { class: "source", tabIndex: 0, text: letter.text }));
  }
}

function field(name, value) {
  return element("p", { class: "field" }, element("span", { class: "quiet", text: word(name) }), " ", element("span", { text: value ?? "—" }));
}

export async function drawDifference(isCurrent, act, painted) {
  const sides = [...segmentsNow(), ...state.workspace.baselines.map((id) => ({ id, title: word(id) }))];
  const controls = element("div", { class: "row" },
    picker(word("left"), segmentsNow(), state.segment, (segment) => act({ segment })),
    picker(word("against"), sides.filter((side) => side.id !== state.segment), state.against, (against) => act({ against })));
  const answer = await api.difference(state.issue, state.segment, state.against, personNow())
    .catch((error) => ({ error: error.message, words: [] }));
  if (!isCurrent()) return;
  standing = "difference";
  const changed = answer.words.filter((piece) => piece.kind !== "same").length;
  const legend = element("p", { class: "quiet" }, element("ins", { text: titleOf(state.segment, sides) }), " · ", element("del", { text: titleOf(state.against, sides) }), ` · ${word("changes")}: ${changed}`);
  const body = answer.error ? element("p", { class: "notice", role: "alert", text: answer.error })
    : element("div", { class: "difference", tabIndex: 0 }, changed ? answer.words.map(piece) : element("p", { class: "quiet big", text: word("same") }));
  fill(find("stage"), controls, answer.error ? null : legend, body);
  painted();
}

const titleOf = (id, sides) => sides.find((side) => side.id === id)?.title ?? id;

function piece({ kind, text }) {
  if (kind === "same") return element("span", { text });
  // A change of nothing but line breaks still has to be seen.
  return element(kind === "added" ? "ins" : "del", { text: text.trim() ? text : text.replaceAll("\n", "↵\n") });
}

function picker(label, sides, chosen, act) {
  return element("label", {}, `${label} `, element("select", { onchange: (event) => act(event.target.value) },
    sides.map((side) => element("option", { value: side.id, selected: side.id === chosen, text: side.title }))));
}
