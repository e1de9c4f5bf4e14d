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
  for (const way of document.querySelectorAll("a[data-way]")) way.hash = location.hash;
  const remember = document.querySelector("a[data-result]");
  if (!remember) return;
  remember.href = `${own}?v=${encodeURIComponent(remember.dataset.result)}`;
  remember.closest("[hidden]").hidden = false;
  // Who shares the result shares this address: without what is the reader's own.
  history.replaceState(null, "", location.pathname);
})();
