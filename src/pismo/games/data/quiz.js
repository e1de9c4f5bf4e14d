// A reader who came from a letter has their own link after '#', which no server sees. This carries
// it from question to question, and offers at the result to be remembered. Without JavaScript the
// quiz is played all the same, and the letter has a link to say how it ended.
(() => {
  "use strict";
  const serve = document.currentScript.dataset.serve;
  let own = "";
  try {
    own = decodeURIComponent(location.hash.slice(1));
  } catch {
    return;
  }
  // Only an address of our own: a link that somebody made up must not become a button here.
  if (!serve || !own.startsWith(`${serve}/a/`)) return;
  const mark = location.hash;
  const carry = (way) => {
    way.hash = mark;
  };
  // This stands before the page's body: who taps before all of it is there takes it along too.
  document.addEventListener("click", ({ target }) => {
    const way = target.closest("a[data-way]");
    if (way) carry(way);
  }, true);
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("a[data-way]").forEach(carry);
    const remember = document.querySelector("a[data-result]");
    if (!remember) return;
    remember.href = `${own}?v=${encodeURIComponent(remember.dataset.result)}`;
    remember.closest("[hidden]").hidden = false;
    // Who shares the result shares this address: without what is the reader's own.
    history.replaceState(null, "", location.pathname);
  });
})();
