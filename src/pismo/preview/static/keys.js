// The keyboard does everything that the mouse does.

import { element } from "./dom.js";
import { word } from "./words.js";

const KEYS = [
  ["j / k", "keysNext"], ["1 … 9", "keysSegment"], ["n / b", "keysNextSegment"], ["m / l / d", "keysView"], ["w", "keysWidth"],
  ["t", "keysTheme"], ["i", "keysImages"], ["z", "keysSmall"], ["v", "keysMode"], ["p", "keysPerson"], ["f", "keysFind"],
  ["s", "keysSend"], ["e", "keysEml"], ["?", "keysHelp"],
];

// By physical key, so that a Russian layout works as well.
const ACTIONS = {
  KeyJ: (actions) => actions.issue(1), KeyK: (actions) => actions.issue(-1),
  KeyN: (actions) => actions.nextSegment(1), KeyB: (actions) => actions.nextSegment(-1),
  KeyM: (actions) => actions.view("matrix"), KeyL: (actions) => actions.view("letter"), KeyD: (actions) => actions.view("difference"),
  KeyW: (actions) => actions.width(), KeyT: (actions) => actions.theme(), KeyI: (actions) => actions.images(), KeyZ: (actions) => actions.small(),
  KeyV: (actions) => actions.mode(), KeyP: (actions) => actions.person(), KeyF: (actions) => actions.find(),
  KeyS: (actions) => actions.send(), KeyE: (actions) => actions.eml(),
};

export function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "?" || (event.shiftKey && event.code === "Digit7")) return void actions.help();
    const digit = /^Digit([1-9])$/.exec(event.code);
    const action = digit ? (all) => all.segment(Number(digit[1]) - 1) : ACTIONS[event.code];
    if (!action) return;
    event.preventDefault();
    action(actions);
  });
}

export function helpTable() {
  return element("dl", { class: "values wide" }, KEYS.flatMap(([keys, meaning]) => [
    element("dt", {}, element("kbd", { text: keys })), element("dd", { text: word(meaning) }),
  ]));
}
