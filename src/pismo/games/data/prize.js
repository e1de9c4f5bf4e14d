// Opens a sealed prize in the browser (WebCrypto); the twin of pismo.games.seal and .normalize.
// Every <form data-prize> holds a <script type="application/json"> with the lock and the table.
(() => {
  "use strict";

  const bytes = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));

  function normalizeAnswer(text, letters) {
    const lowered = text.normalize("NFKC").toLowerCase().normalize("NFKC");
    return Array.from(lowered, (sign) => letters[sign] ?? sign)
      .filter((sign) => /[\p{L}\p{N}]/u.test(sign))
      .join("");
  }

  async function decrypt(key, box, aad) {
    const settings = { name: "AES-GCM", iv: bytes(box.nonce), additionalData: aad };
    return new Uint8Array(await crypto.subtle.decrypt(settings, key, bytes(box.sealed)));
  }

  async function unwrapped(key, wraps, aad) {
    for (const wrap of wraps) {
      try {
        const raw = await decrypt(key, wrap, aad);
        return await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
      } catch {
        continue; // not this answer; AES-GCM says no more than that
      }
    }
    return null;
  }

  // Returns the prize's text, or null if the answer is not one of those accepted.
  async function openPrize(lock, answer, letters) {
    const normal = normalizeAnswer(answer, letters);
    if (!normal) return null;
    const aad = new TextEncoder().encode(lock.format);
    const secret = await crypto.subtle.importKey(
      "raw", new TextEncoder().encode(normal), "PBKDF2", false, ["deriveKey"]);
    const key = await crypto.subtle.deriveKey(
      { name: "PBKDF2", hash: "SHA-256", salt: bytes(lock.salt), iterations: lock.iterations },
      secret, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    const inner = await unwrapped(key, lock.answers, aad);
    if (!inner) return null;
    const padded = await decrypt(inner, lock.prize, aad);
    const length = padded[0] * 256 + padded[1];
    return new TextDecoder().decode(padded.subarray(2, 2 + length));
  }

  function wire(form) {
    const { lock, letters, says } = JSON.parse(form.querySelector("script").textContent);
    const field = form.querySelector("input");
    const output = form.querySelector("output");
    const button = form.querySelector("button");
    if (!globalThis.crypto?.subtle) {
      output.textContent = says.insecure;
      return;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      output.textContent = says.wait;
      const prize = await openPrize(lock, field.value, letters);
      output.textContent = prize === null ? says.wrong : says.right.replace("{prize}", prize);
      button.disabled = false;
    });
    button.disabled = false;
  }

  globalThis.pismoPrize = { normalizeAnswer, openPrize };
  if (typeof document !== "undefined") document.querySelectorAll("form[data-prize]").forEach(wire);
})();
