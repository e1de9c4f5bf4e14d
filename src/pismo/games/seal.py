"""Sealed prizes: a promo code in a public file that only the right answer opens, with no server.

A random key encrypts the padded prize; each accepted answer, stretched by PBKDF2, encrypts that
key. It keeps a code out of sight, not out of reach: answers are dictionary words, and trying all
of them takes hours on one core and minutes on a graphics card. Seal only shared codes of small
worth, with a cap and an end (docs/explanation/sealed-prizes.md).

Source: OWASP Password Storage Cheat Sheet (600,000 rounds of PBKDF2-HMAC-SHA256); NIST SP 800-38D.
"""

import hashlib
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from html import escape

from pismo.games import errors
from pismo.games.errors import GameError, remark
from pismo.games.normalize import normalize_answer, normalize_table

FORMAT = "pismo-prize-1"
ITERATIONS = 600_000
_BLOCK = 64  # the length of a code says nothing up to here
_SHOWN_ANSWERS = 4  # nor does the number of accepted answers

RandomBytes = Callable[[int], bytes]


def seal_prize(
    prize: str,
    answers: Sequence[str],
    *,
    iterations: int = ITERATIONS,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> str:
    """Lock a prize so that each of several answers opens it.

    Args:
        prize: The text to reveal, usually a code.
        answers: Accepted answers; they are compared as `normalize_answer` does.
        iterations: Rounds of PBKDF2; fewer only in tests.
        random_bytes: Where salt, keys and nonces come from.

    Returns:
        JSON that `prize.js` opens: one line for a committed file.

    Raises:
        GameError: If there is no prize, no answer, or an answer of fewer than two signs.
    """
    if not prize.strip():
        raise GameError(remark(errors.NO_PRIZE))
    accepted = _accepted(answers)
    salt, inner = random_bytes(16), random_bytes(32)
    wraps = [_box(_stretched(answer, salt, iterations), inner, random_bytes) for answer in accepted]
    while len(wraps) < _SHOWN_ANSWERS:
        wraps.append(_box(random_bytes(32), inner, random_bytes))
    lock = {
        "format": FORMAT,
        "iterations": iterations,
        "salt": _text(salt),
        "answers": sorted(wraps, key=lambda wrap: wrap["nonce"]),
        "prize": _box(inner, _padded(prize), random_bytes),
    }
    return json.dumps(lock)


def open_prize(sealed: str, answer: str) -> str | None:
    """Return the prize, or None if the answer is not one of those accepted.

    Raises:
        GameError: If `sealed` is not a sealed prize.
    """
    key = prize_key(sealed, answer)
    return None if key is None else open_with(sealed, key)


def prize_key(sealed: str, answer: str) -> bytes | None:
    """Return the key that an answer gives, a fifth of a second's work; None if it gives none.

    Raises:
        GameError: If `sealed` is not a sealed prize.
    """
    lock = read_lock(sealed)
    normal = normalize_answer(answer)
    if not normal:
        return None
    key = _stretched(normal, b64decode(str(lock["salt"])), int(str(lock["iterations"])))
    wraps = lock["answers"]
    assert isinstance(wraps, list)
    opened = (_unboxed(key, wrap) for wrap in wraps)
    return next((inner for inner in opened if inner is not None), None)


def open_with(sealed: str, key: bytes) -> str | None:
    """Return the prize that a key opens, at once; None if it is another prize's.

    Raises:
        GameError: If `sealed` is not a sealed prize.
    """
    padded = _unboxed(key, read_lock(sealed)["prize"])
    return None if padded is None else _unpadded(padded)


def read_lock(sealed: str) -> dict[str, object]:
    """Read a sealed prize's JSON.

    Raises:
        GameError: If it is not one.
    """
    try:
        lock = json.loads(sealed)
    except json.JSONDecodeError as problem:
        raise GameError(remark(errors.NOT_SEALED)) from problem
    needed = {"format", "iterations", "salt", "answers", "prize"}
    if not isinstance(lock, dict) or set(lock) != needed or lock["format"] != FORMAT:
        raise GameError(remark(errors.NOT_SEALED))
    return lock


def prize_form(sealed: str, *, language: str, name: str = "prize") -> str:
    """Return the HTML form that opens a sealed prize; the page adds `opener_script()` once.

    Args:
        sealed: What `seal_prize` made.
        language: Of the page, "ru" or "en".
        name: Makes the form's ids unique on its page.

    Raises:
        GameError: If `sealed` is not a sealed prize.
    """
    says = _SAYS["ru" if language == "ru" else "en"]
    settings = {"lock": read_lock(sealed), "letters": normalize_table(), "says": says}
    # '<' would let a text close the script element.
    inside = json.dumps(settings, ensure_ascii=False).replace("<", "\\u003c")
    field = escape(f"{name}-answer", quote=True)
    return (
        '<form data-prize autocomplete="off">'
        f'<p><label for="{field}">{says["ask"]}</label></p>'
        f'<p><input id="{field}" name="answer" type="text" autocapitalize="none" '
        'spellcheck="false" required> '
        f'<button type="submit" disabled>{says["open"]}</button></p>'
        f'<p><output for="{field}" aria-live="polite"></output></p>'
        f"<noscript><p>{says['noscript']}</p></noscript>"
        f'<script type="application/json">{inside}</script></form>'
    )


_SAYS = {
    "ru": {
        "ask": "Ваш ответ",
        "open": "Открыть приз",
        "wait": "Пробуем ключ…",
        "right": "Верно! Ваш приз: {prize}",
        "wrong": "Не подошло. Попробуйте ещё раз: регистр и пробелы не важны.",
        "insecure": "Приз открывается только на защищённой странице (https).",
        "noscript": "Чтобы открыть приз, нужен JavaScript: код заперт ответом прямо в браузере.",
    },
    "en": {
        "ask": "Your answer",
        "open": "Open the prize",
        "wait": "Trying the key…",
        "right": "That's it! Your prize: {prize}",
        "wrong": "That didn't fit. Try again: case and spaces don't matter.",
        "insecure": "The prize opens only on a secure page (https).",
        "noscript": "Opening the prize needs JavaScript: your answer unlocks it in the browser.",
    },
}


def _accepted(answers: Sequence[str]) -> list[str]:
    accepted = list(dict.fromkeys(normalize_answer(answer) for answer in answers))
    if not accepted:
        raise GameError(remark(errors.NO_ANSWER))
    short = [given for given in answers if len(normalize_answer(given)) < 2]
    if short:
        raise GameError(remark(errors.SHORT_ANSWER, answer=short[0]))
    return accepted


def _stretched(normal: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", normal.encode(), salt, iterations, dklen=32)


def _box(key: bytes, content: bytes, random_bytes: RandomBytes) -> dict[str, str]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = random_bytes(12)
    sealed = AESGCM(key).encrypt(nonce, content, FORMAT.encode())
    return {"nonce": _text(nonce), "sealed": _text(sealed)}


def _unboxed(key: bytes, box: object) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    assert isinstance(box, dict)
    try:
        nonce, sealed = b64decode(box["nonce"]), b64decode(box["sealed"])
        return AESGCM(key).decrypt(nonce, sealed, FORMAT.encode())
    except InvalidTag:
        return None


def _padded(prize: str) -> bytes:
    content = prize.encode()
    head = len(content).to_bytes(2, "big") + content
    return head + bytes(-len(head) % _BLOCK)


def _unpadded(padded: bytes) -> str:
    return padded[2 : 2 + int.from_bytes(padded[:2], "big")].decode()


def _text(content: bytes) -> str:
    return b64encode(content).decode("ascii")
