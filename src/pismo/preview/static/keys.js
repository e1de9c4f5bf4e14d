// The keyboard does everything that the mouse does.

import { element } from "./dom.js";
import { word } from "./words.js";

const KEYS = [
  ["j / k", "keysNext"], ["1 … 9", "keysSegment"], ["m / l / d", "keysView"], ["w", "keysWidth"],
  ["t", "keysTheme"], ["i", "keysImages"], ["v", "keysMode"], ["p", "keysPerson"], ["?", "keysHelp"],
];

// By physical key, so that a Russian layout works as well.
const ACTIONS = {
  KeyJ: (actions) => actions.issue(1), KeyK: (actions) => actions.issue(-1),
  KeyM: (actions) => actions.view("matrix"), KeyL: (actions) => actions.view("letter"), KeyD: (actions) => actions.view("difference"),
  KeyW: (actions) => actions.width(), KeyT: (actions) => actions.theme(), KeyI: (actions) => actions.images(),
  KeyV: (actions) => actions.mode(), KeyP: (actions) => actions.person(),
};

export function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select, textarea")) return;
    if (event.key === "?") return void actions.help();
    const digit = /^Digit([1-9])$/.exec(event.code);
    if (digit) return void actions.segment(Number(digit[1]) - 1);
    ACTIONS[event.code]?.(actions);
  });
}

export function helpTable() {
  return element("dl", { class: "values wide" }, KEYS.flatMap(([keys, meaning]) => [
    element("dt", {}, element("kbd", { text: keys })), element("dd", { text: word(meaning) }),
  ]));
}
