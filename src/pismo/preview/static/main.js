// The desk: one state, one `draw`; what a click or a key does, and what a save brings.

import * as api from "./api.js";
import { element, fill, find } from "./dom.js";
import { helpTable, listenToKeys } from "./keys.js";
import { findingsPanel, whyPanel } from "./margin.js";
import { button, drawShelf, drawTools } from "./shelf.js";
import { drawDifference, drawLetter, drawMatrix, drawSizes, forget, greyBroken, markFindings, outline, showFinding, standsOld, standsWell } from "./stage.js";
import { MODES, THEMES, WIDTHS, issues, personNow, recall, remember, reviewNow, segmentsNow, settle, state } from "./state.js";
import { number, speak, spoken, word } from "./words.js";

let turn = 0;
let generation = 0;

async function draw() {
  const mine = ++turn;
  const isCurrent = () => mine === turn;
  drawFrame();
  if (!state.issue) return fill(find("stage"), element("p", { class: "quiet big", text: word("empty") }));
  try {
    if (state.view === "matrix") await drawMatrix(isCurrent, choose, painted);
    if (state.view === "letter") await drawLetter(isCurrent, choose, letterButtons(), painted);
    if (state.view === "difference") await drawDifference(isCurrent, choose, painted);
    if (isCurrent()) standsWell();
  } catch (error) {
    if (isCurrent()) standsOld(error.message);
  }
  if (!isCurrent()) return;
  document.body.dataset.drawn = String(mine);
  outlineReader(isCurrent);
  drawMargin(isCurrent);
}

function drawFrame() {
  document.title = title();
  drawShelf(choose);
  drawTools({ act: choose, look, findPeople, copy, speak: otherLanguage, help: toggleHelp });
}

function title() {
  const segment = state.view === "matrix" ? word("matrix") : segmentsNow().find((one) => one.id === state.segment)?.title;
  return [state.issue && segment, state.issue, "pismo"].filter(Boolean).join(" · ");
}

// Tell whoever measures that the letters of this generation are on the screen.
function painted() {
  document.body.dataset.painted = String(generation);
  document.body.dispatchEvent(new CustomEvent("letters-painted", { detail: generation }));
}

// Whose letter stands in which column: a reader gets one of them.
async function outlineReader(isCurrent) {
  const segment = state.view === "matrix" && state.person ? await api.belongs(state.issue, personNow()).catch(() => "") : "";
  if (isCurrent()) outline(segment);
}

async function drawMargin(isCurrent) {
  const mine = (finding) => state.view !== "letter" || !finding.segment || finding.segment === state.segment;
  const findings = (reviewNow()?.findings ?? []).filter(mine);
  const panels = [findingsPanel(findings, reviewNow(), { copy: (place) => copy(place, word("copyPath")), show: (finding) => showFinding(finding) || tell(word("notInLetter")) })];
  markFindings(findings);
  if (reviewNow()?.generation === generation) greyBroken(reviewNow());
  if (state.view === "letter") {
    const why = await api.why(state.issue, state.segment, personNow()).catch((error) => ({ problem: error.message }));
    if (!isCurrent()) return;
    const belongs = segmentsNow().find((segment) => segment.id === why.belongs);
    panels.push(whyPanel(why, belongs?.id === state.segment ? null : belongs, (segment) => choose({ segment })));
  }
  fill(find("margin"), panels);
}

// Checks are slower than letters, so they come after them: this issue's, then the others'.
async function review(onlyThis) {
  const mine = generation;
  const wanted = [state.issue, ...(onlyThis ? [] : issues().map((issue) => issue.id).filter((id) => id !== state.issue).slice(0, 24))];
  for (const issue of wanted.filter(Boolean)) {
    const answer = await api.review(issue).catch((error) => ({ ...state.reviews.get(issue), stale: true, problem: error.message }));
    if (mine !== generation) return;
    state.reviews.set(issue, { ...answer, generation });
    drawShelf(choose);
    if (issue !== state.issue) continue;
    drawSizes();
    const now = turn;
    await drawMargin(() => now === turn);
    document.body.dataset.reviewed = String(generation);
  }
}

async function loadPeople() {
  const answer = await api.people(state.issue).catch((error) => { tell(error.message); return { people: [] }; });
  const found = state.people.filter((person) => person.kind === "audience");
  state.people = [...found, ...answer.people];
  const lost = state.person && !state.people.some((person) => person.id === state.person.id);
  if (lost) state.person = null;
  drawFrame();
  return lost;
}

async function findPeople(question) {
  if (!question.trim()) return answerFind("");
  try {
    const { people, total } = await api.findPeople(question);
    if (!people.length) return answerFind(word("nobody"));
    state.people = [...people, ...state.people.filter((person) => person.kind !== "audience")];
    answerFind(people.length < total ? `${word("firstOf")} ${people.length} ${word("of")} ${number(total)}` : `${word("found")}: ${number(total)}`);
    await choose({ person: people[0] });
  } catch (error) {
    answerFind(error.message, true);
  }
}

// The answer stands right under the question, a mistake in it too.
function answerFind(text, wrong = false) {
  const answer = find("found");
  answer.textContent = text;
  answer.classList.toggle("wrong", wrong);
  find("find").setAttribute("aria-invalid", String(wrong));
}

function letterButtons() {
  return [
    state.workspace.can_send ? button(word("send"), false, sendToMyself) : null,
    button(word("eml"), false, download),
  ];
}

async function sendToMyself() {
  try {
    const answer = await api.send(state.issue, state.segment, personNow());
    tell(`${word(answer.where.endsWith(".eml") ? "saved" : "sent")}: ${answer.where}`);
  } catch (error) { tell(error.message); }
}

async function download() {
  try {
    const { name, eml } = await api.eml(state.issue, state.segment, personNow());
    const bytes = Uint8Array.from(atob(eml), (letter) => letter.charCodeAt(0));
    const link = element("a", { href: URL.createObjectURL(new Blob([bytes], { type: "message/rfc822" })), download: name });
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (error) { tell(error.message); }
}

async function choose(change) {
  const issueChanged = change.issue && change.issue !== state.issue;
  Object.assign(state, change);
  settle();
  remember();
  const focused = document.activeElement?.textContent;
  await draw();
  refocus(focused);
  if (!issueChanged) return;
  if (!reviewNow()) review(true);
  await loadPeople();
}

// A redrawn button has lost the focus; give it back, so that the keyboard can go on from there.
function refocus(text) {
  if (!text || document.activeElement !== document.body) return;
  [...document.querySelectorAll("button")].find((one) => one.textContent === text)?.focus();
}

function look(change) {
  Object.assign(state.look, change);
  return draw();
}

function tell(text) {
  find("status").textContent = text;
}

function copy(text, said) {
  navigator.clipboard?.writeText(text).then(() => tell(said), () => tell(text));
}

function otherLanguage() {
  speak(spoken() === "ru" ? "en" : "ru");
  label();
  forget();
  draw();
}

function label() {
  document.querySelectorAll("[data-word]").forEach((node) => { node.textContent = word(node.dataset.word); });
  find("shelf").setAttribute("aria-label", word("issues"));
  find("margin").setAttribute("aria-label", word("margin"));
  find("views").setAttribute("aria-label", word("view"));
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
  nextSegment: (step) => choose({ segment: cycle(segmentsNow().map((segment) => segment.id), state.segment, step), view: "letter" }),
  view: (view) => choose({ view }),
  width: () => look({ width: cycle(WIDTHS, state.look.width) }),
  theme: () => look({ theme: cycle(THEMES, state.look.theme) }),
  images: () => look({ images: !state.look.images }),
  small: () => look({ small: !state.look.small }),
  mode: () => choose({ mode: cycle(MODES, state.mode), view: "letter" }),
  person: () => choose({ person: cycle([null, ...state.people], state.person) ?? null }),
  find: () => find("find")?.focus(),
  send: () => state.view === "letter" && state.workspace.can_send && sendToMyself(),
  eml: () => state.view === "letter" && download(),
  help: toggleHelp,
};

async function saved(change) {
  generation = change.generation;
  // The letters first; the shelf has hardly ever changed.
  await draw();
  const before = JSON.stringify({ ...state.workspace, generation: 0 });
  const now = await api.workspace().catch((error) => tell(error.message));
  if (!now) return;
  state.workspace = now;
  settle();
  remember();
  if (JSON.stringify({ ...state.workspace, generation: 0 }) !== before) await draw();
  if (await loadPeople()) await draw();
  tell(`${word("rebuilt")} ${Math.round(change.seconds * 1000)} ${word("ms")}`);
  review(true);
}

async function begin() {
  try {
    state.workspace = await api.workspace();
  } catch (error) {
    speak(navigator.language.slice(0, 2));
    label();
    return standsOld(error.message);
  }
  generation = state.workspace.generation;
  recall();
  settle();
  speak(state.workspace.language);
  label();
  listenToKeys(actions);
  await draw();
  api.listen(saved, async (alive) => {
    tell(alive ? word("live") : word("lost"));
    if (!alive || !(generation || alive)) return;
    // Back after a break: whatever was saved meanwhile is shown now.
    const now = await api.workspace().catch((error) => tell(error.message));
    if (now && now.generation !== generation) await saved({ generation: now.generation, seconds: 0 });
  });
  await loadPeople();
  review(false);
}

begin();
