"""How a reader's answer is compared with the right one: the same table in Python and JavaScript.

Case, spaces, punctuation, invisible signs, ё and Latin letters that look like Russian ones (also
as capitals: Н, В) don't count. `data/normalize.json` has the letters, `data/prize.js` the twin.
"""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path


def normalize_answer(text: str) -> str:
    """Return what counts of an answer; '' if nothing does."""
    lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    letters = normalize_table()
    kept = (letters.get(sign, sign) for sign in lowered)
    return "".join(sign for sign in kept if unicodedata.category(sign)[0] in "LN")


@cache
def normalize_table() -> Mapping[str, str]:
    """Return the letters that stand for others."""
    document = json.loads(_read("normalize.json"))
    return {str(sign): str(other) for sign, other in document["letters"].items()}


def opener_script() -> str:
    """Return the JavaScript that opens sealed prizes on a page."""
    return _read("prize.js")


def quiz_script() -> str:
    """Return the JavaScript that carries a reader's own link through the pages of a quiz."""
    return _read("quiz.js")


def _read(name: str) -> str:
    return (Path(__file__).with_name("data") / name).read_text(encoding="utf-8")
