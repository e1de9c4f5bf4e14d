"""Letters as a rebus sees them: ё is е, case and everything that is not a letter don't count."""

import unicodedata
from collections.abc import Iterable

CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"
_LOOK_ALIKE = frozenset("ABCEHKMOPTXYaceopxyАВСЕНКМОРТХУасеорху")


def fold(text: str) -> str:
    """Return only the letters of `text`, lower case, with ё as е."""
    return "".join(letter for letter in _levelled(text) if letter.isalpha())


def fold_all(lines: Iterable[str]) -> list[str]:
    """Return what `fold` returns of each of many texts; none has a line break in it."""
    levelled = _levelled("\n".join(lines)).split("\n")
    return [one if one.isalpha() else fold(one) for one in levelled]


def _levelled(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().replace("ё", "е")


def look_alike(word: str, language: str) -> str:
    """Return the first letter of a word that belongs to the other script by mistake, or ''.

    A word that cannot be read in its own script, such as `fox` in a Russian rebus, is meant so.
    """
    own, other = (CYRILLIC, LATIN) if language == "ru" else (LATIN, CYRILLIC)
    strange = [letter for letter in word if letter.casefold() in other]
    mixed = any(letter.casefold() in own for letter in word)
    if strange and (mixed or all(letter in _LOOK_ALIKE for letter in strange)):
        return strange[0]
    return ""


def language_of(text: str) -> str:
    """Tell by the script which language a word or a line is in: "ru" or "en".

    A text without letters counts as Russian.
    """
    letters = [letter for letter in text.casefold() if letter in CYRILLIC or letter in LATIN]
    latin = sum(letter in LATIN for letter in letters)
    return "en" if latin * 2 > len(letters) else "ru"
