// The right margin: findings beside the letter, and why this reader gets it.

import { element } from "./dom.js";
import { word } from "./words.js";

export function findingsPanel(findings, review, act) {
  const order = ["error", "warning", "note"];
  const rows = [...findings].sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity)).map((finding) => findingRow(finding, act));
  const empty = element("p", { class: "quiet", text: word(review ? "noFindings" : "checking") });
  const problem = review?.problem ? [element("p", { class: "notice", role: "alert", text: `${word("checkFailed")}: ${review.problem}` })] : [];
  return section("findings", [...problem, ...(rows.length || problem.length ? rows : [empty])]);
}

function findingRow(finding, { copy, show }) {
  const place = `${finding.path}:${finding.line}`;
  const open = element("a", { href: `vscode://file/${finding.absolute}:${finding.line}`, class: "place", text: place, title: word("openEditor") });
  const path = element("button", {
    class: "small", type: "button", text: word("path"), title: word("copy"), "aria-label": `${word("copy")} ${place}`,
    onclick: () => copy(`${finding.absolute}:${finding.line}`),
  });
  return element("article", { class: `finding ${finding.severity}` },
    element("p", { class: "finding-head" }, element("strong", { text: finding.rule }), finding.segment ? element("span", { class: "tag", text: finding.segment }) : null),
    element("p", { class: "finding-head" }, open, " ", path, " ", finding.words ? element("button", {
      class: "small", type: "button", text: word("inLetter"), title: word("showInLetter"), "aria-label": `${word("showInLetter")} ${place}`, onclick: () => show(finding),
    }) : null),
    element("p", { text: finding.message }),
    finding.hint ? element("p", { class: "quiet", text: finding.hint }) : null);
}

export function whyPanel(why, belongs, go) {
  if (why.problem) return section("why", [element("p", { class: "notice", role: "alert", text: why.problem })]);
  return section("why", [
    why.excluded ? element("p", { class: "finding error", text: `${word("excluded")}: ${why.excluded}` }) : null,
    belongs ? element("p", { class: "finding warning" }, `${word("belongs")} `, element("button", { type: "button", text: belongs.title, onclick: () => go(belongs.id) })) : null,
    element("h3", { text: word("rule") }),
    element("code", { class: "rule", text: why.rule || word("everyone") }),
    why.values?.length ? pairs(why.values) : null,
    list("picks", why.picks, (pick) => [element("strong", { text: pick.title }), " ", element("span", { class: "quiet", text: pick.reason || word("noReason") })]),
    list("choices", why.choices, (choice) => [
      element("code", { text: choice.test }), " ",
      element("span", { class: choice.taken ? "yes" : "quiet", text: choice.taken ? word("taken") : word("notTaken") }),
    ]),
    list("holes", why.holes, (hole) => [
      element("code", { text: hole.name }), " → ", element("span", { text: hole.value || word("nothing") }),
      hole.fallback_used ? element("span", { class: "tag", text: word("fallback") }) : null,
    ]),
  ]);
}

function list(title, rows, show) {
  if (!rows?.length) return null;
  return element("div", {},
    element("h3", { text: word(title) }),
    element("ul", { class: "plain spaced" }, rows.map((row) => element("li", {}, show(row)))));
}

function pairs(values) {
  return element("dl", { class: "values" }, values.flatMap(({ name, value }) => [
    element("dt", { text: name }), element("dd", { text: value ?? "—" }),
  ]));
}

function section(title, children) {
  return element("section", { class: "panel", id: `panel-${title}` }, element("h2", { text: word(title) }), ...children);
}
