// One letter in a sandboxed frame: no scripts run in it, links lead nowhere, scroll survives.

import { element } from "./dom.js";
import { word } from "./words.js";

const WIDTHS = { phone: 375, desktop: 800 };

export function letterFrame(title, look) {
  // allow-same-origin without allow-scripts: we may read its scroll, it may run nothing.
  const frame = element("iframe", { class: "letter-frame", title, sandbox: "allow-same-origin" });
  frame.style.width = WIDTHS[look.width] ? `${WIDTHS[look.width]}px` : "100%";
  return frame;
}

export function showLetter(frame, html, look) {
  const page = frame.contentDocument?.scrollingElement;
  const top = page?.scrollTop ?? 0;
  const dressed = dress(html, look);
  if (frame.dataset.shown === dressed) return;
  frame.dataset.shown = dressed;
  frame.addEventListener("load", () => {
    const next = frame.contentDocument?.scrollingElement;
    if (next) next.scrollTop = top;
    frame.dispatchEvent(new CustomEvent("painted"));
  }, { once: true });
  frame.srcdoc = dressed;
}

// Add what the chosen client would do to the letter; the letter itself is not touched.
function dress(html, look) {
  let extra = '<base target="_blank">';
  if (look.theme === "dark-full") extra += "<style>" + FULL_INVERSION + "</style>";
  if (!look.images) extra += "<style>img{visibility:hidden!important}</style>";
  let page = html;
  if (look.theme === "dark-apple") page = page.replaceAll("(prefers-color-scheme: dark)", "all").replaceAll("(prefers-color-scheme:dark)", "all");
  if (look.theme === "light" || look.theme.startsWith("dark-")) {
    const scheme = look.theme === "dark-apple" ? "dark" : "light";
    extra += `<style>:root{color-scheme:${scheme}}</style>`;
    if (look.theme !== "dark-apple") page = page.replaceAll("(prefers-color-scheme: dark)", "not all").replaceAll("(prefers-color-scheme:dark)", "not all");
  }
  page = look.images ? page : imagesOff(page);
  const headEnd = page.search(/<\/head>/i);
  return headEnd < 0 ? extra + page : page.slice(0, headEnd) + extra + page.slice(headEnd);
}

// Gmail on iOS and Outlook for Windows turn every colour over; pictures stay as they are.
const FULL_INVERSION =
  "html{filter:invert(1) hue-rotate(180deg);background:#fff}img,video,[background]{filter:invert(1) hue-rotate(180deg)}";

// With images blocked a client shows the alt text in the image's place.
function imagesOff(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const image of page.querySelectorAll("img")) {
    const alt = page.createElement("span");
    alt.textContent = image.alt;
    alt.setAttribute("style", `display:inline-block;min-height:1.4em;border:1px solid #bbb;padding:2px 6px;color:inherit;max-width:100%;width:${image.getAttribute("width") ?? "auto"}px;box-sizing:border-box`);
    image.replaceWith(alt);
  }
  for (const node of page.querySelectorAll("[background]")) node.removeAttribute("background");
  return "<!doctype html>" + page.documentElement.outerHTML;
}

export function sizeGauge(bytes) {
  const limit = 102 * 1024;
  const worst = Math.max(bytes.decoded, bytes.encoded);
  const share = Math.min(1, worst / limit);
  const level = worst > 95 * 1024 ? "bad" : worst > 75 * 1024 ? "warn" : "good";
  return element("div", { class: `gauge ${level}`, title: word("clip") },
    element("span", { text: `${word("size")} ${(worst / 1024).toFixed(1)} KB` }),
    element("meter", { min: 0, max: 1, value: share, "aria-label": word("clip") }));
}
