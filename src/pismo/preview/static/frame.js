// One letter in a sandboxed frame: no scripts run in it, links lead nowhere, scroll survives.

import { element } from "./dom.js";
import { word } from "./words.js";

const WIDTHS = { phone: 375, desktop: 800 };
const SMALL = { phone: 0.72, desktop: 0.48, free: 0.72 };

export function letterFrame(title) {
  // allow-same-origin without allow-scripts: we may read its scroll, it may run nothing.
  return element("iframe", { class: "letter-frame", title, sandbox: "allow-same-origin" });
}

export function fit(frame, look, small) {
  frame.style.width = WIDTHS[look.width] ? `${WIDTHS[look.width]}px` : small ? "560px" : "100%";
  frame.style.zoom = small ? SMALL[look.width] : 1;
}

// Show a letter; a frame that shows one already keeps its document, so nothing flashes or scrolls.
export function showLetter(frame, html, look, painted) {
  const dressed = dress(html, look);
  if (frame.shown === dressed) return painted?.();
  const first = frame.shown === undefined;
  frame.shown = dressed;
  if (first || !frame.loaded) {
    frame.addEventListener("load", () => { frame.loaded = true; soon(painted); }, { once: true });
    frame.srcdoc = dressed;
    return;
  }
  const page = frame.contentDocument;
  const top = page.scrollingElement.scrollTop;
  morph(page.documentElement, new DOMParser().parseFromString(dressed, "text/html").documentElement);
  page.scrollingElement.scrollTop = top;
  soon(painted);
}

// Put in only what differs: a word that changed costs no new layout of the whole letter.
function morph(old, next) {
  if (old.isEqualNode(next)) return;
  const alike = old.nodeType === 1 && old.nodeName === next.nodeName && old.childNodes.length === next.childNodes.length;
  if (!alike) return old.replaceWith(old.ownerDocument.adoptNode(next));
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  // By node, not by name: a letter may hold attributes that no script could name.
  for (const given of next.attributes) if (old.getAttribute(given.name) !== given.value) old.setAttributeNode(given.cloneNode());
  const children = [...next.childNodes];
  [...old.childNodes].forEach((child, at) => morph(child, children[at]));
}

// After the next frame is on the screen.
function soon(act) {
  if (act) requestAnimationFrame(() => setTimeout(act));
}

// Add what the chosen client would do to the letter; the letter itself is not touched.
function dress(html, look) {
  const dark = look.theme === "dark-apple";
  let page = html.replace(/\(prefers-color-scheme:\s*dark\)/g, dark ? "all" : "not all");
  let extra = `<base target="_blank"><style>:root{color-scheme:${dark ? "dark" : "light"}}</style>`;
  if (look.theme === "dark-full") extra += `<style>${FULL_INVERSION}</style>`;
  if (look.theme === "dark-partial") page = partlyInverted(page);
  if (!look.images) page = imagesOff(page);
  const headEnd = page.search(/<\/head>/i);
  return headEnd < 0 ? extra + page : page.slice(0, headEnd) + extra + page.slice(headEnd);
}

// Gmail on iOS and Outlook for Windows turn every colour over; pictures stay as they are.
const FULL_INVERSION =
  "html{filter:invert(1) hue-rotate(180deg);background:#fff}img,video,[background]{filter:invert(1) hue-rotate(180deg)}";

// Outlook.com and Gmail on Android turn over light backgrounds and dark text, and leave the rest.
function partlyInverted(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  page.body.style.backgroundColor ||= "#ffffff";
  page.body.style.color ||= "#000000";
  for (const node of [page.body, ...page.body.querySelectorAll("*")]) {
    const behind = node.style?.backgroundColor || node.getAttribute("bgcolor");
    if (behind) { node.removeAttribute("bgcolor"); node.style.backgroundColor = darkened(behind); }
    const ink = node.style?.color || node.getAttribute("color");
    if (ink) node.style.color = lightened(ink);
  }
  return "<!doctype html>" + page.documentElement.outerHTML;
}

function darkened(colour) {
  const [hue, saturation, light] = hsl(colour);
  return light > 50 ? `hsl(${hue} ${saturation}% ${Math.max(12, 100 - light + 8)}%)` : colour;
}

function lightened(colour) {
  const [hue, saturation, light] = hsl(colour);
  return light < 60 ? `hsl(${hue} ${saturation}% ${Math.min(95, 100 - light)}%)` : colour;
}

const pen = document.createElement("canvas").getContext("2d");

function hsl(colour) {
  pen.fillStyle = "#ffffff";
  pen.fillStyle = colour;
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(pen.fillStyle.slice(at, at + 2), 16) / 255);
  const high = Math.max(red, green, blue), low = Math.min(red, green, blue), span = high - low;
  const light = (high + low) / 2;
  if (!span || Number.isNaN(span)) return [0, 0, (light || 0) * 100];
  const hue = high === red ? ((green - blue) / span + 6) % 6 : high === green ? (blue - red) / span + 2 : (red - green) / span + 4;
  return [hue * 60, (span / (1 - Math.abs(2 * light - 1))) * 100, light * 100];
}

// With images blocked a client shows the alt text in the image's place.
function imagesOff(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const image of page.querySelectorAll("img")) {
    const alt = page.createElement("span");
    alt.textContent = image.alt;
    const width = parseInt(image.getAttribute("width"), 10);
    alt.setAttribute("style", `display:inline-block;min-height:1.4em;border:1px solid #bbb;padding:2px 6px;color:inherit;max-width:100%;box-sizing:border-box${width ? `;width:${width}px` : ""}`);
    image.replaceWith(alt);
  }
  for (const node of page.querySelectorAll("[background]")) node.removeAttribute("background");
  return "<!doctype html>" + page.documentElement.outerHTML;
}

export function sizeGauge(bytes) {
  const worst = Math.max(bytes.decoded, bytes.encoded);
  const level = worst > 95 * 1024 ? "bad" : worst > 75 * 1024 ? "warn" : "good";
  return element("div", { class: `gauge ${level}`, title: word("clip") },
    element("span", { text: `${(worst / 1024).toFixed(1)} ${word("of")} 102 ${word("kb")}` }),
    element("meter", { min: 0, max: 102, low: 75, high: 95, optimum: 0, value: worst / 1024, "aria-label": word("clip") }));
}
