// Findings marked in the letter itself. The page outside does it: nothing runs in the frame.

const MARK = "data-pismo-finding";
const LONGEST = 60;
const STYLE = `[${MARK}]{outline:2px dashed #b5502f!important;outline-offset:3px}[${MARK}="error"]{outline:3px solid #c0281b!important}[${MARK}-now]{outline-style:solid!important;outline-width:4px!important}`;

// Outline what each finding is about, and say it when one points at it.
export function mark(frame, findings) {
  const page = frame?.contentDocument;
  if (!page?.body) return;
  for (const node of page.querySelectorAll(`[${MARK}]`)) { node.removeAttribute(MARK); node.removeAttribute("title"); }
  if (!page.querySelector("style[data-pismo]")) {
    const style = page.createElement("style");
    style.setAttribute("data-pismo", "");
    style.textContent = STYLE;
    page.body.append(style);
  }
  const all = letters(page.body.textContent);
  for (const finding of findings.filter(({ words }) => all.includes(letters(words).slice(0, LONGEST)))) {
    const node = placeOf(page, finding);
    if (!node || node.getAttribute(MARK) === "error") continue;
    node.setAttribute(MARK, finding.severity);
    node.title = `${finding.rule}: ${finding.message}`;
  }
}

// Bring what a finding is about into view; false if it is nowhere in the letter.
export function show(frame, finding) {
  const node = frame?.contentDocument?.body && placeOf(frame.contentDocument, finding);
  if (!node) return false;
  for (const other of frame.contentDocument.querySelectorAll(`[${MARK}-now]`)) other.removeAttribute(`${MARK}-now`);
  node.setAttribute(MARK, finding.severity);
  node.setAttribute(`${MARK}-now`, "");
  node.scrollIntoView({ block: "center" });
  return true;
}

// The smallest element that holds the words; typesetting changed quotes and spaces, so letters alone count.
function placeOf(page, { words }) {
  const wanted = letters(words).slice(0, LONGEST);
  if (wanted.length < 4) return null;
  let found = null;
  const look = (node) => {
    if (!letters(node.textContent).includes(wanted)) return;
    if (!/^(STYLE|TITLE|SCRIPT)$/.test(node.nodeName) && node.style?.display !== "none") {
      found = node;
      for (const child of node.children) { const before = found; look(child); if (found !== before) return; }
    }
  };
  look(page.body);
  return found === page.body ? null : found;
}

const letters = (text) => (text ?? "").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
