"""Letters as a rebus sees them: ё is е, case and everything that is not a letter don't count."""

import unicodedata

CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"


def fold(text: str) -> str:
    """Return only the letters of `text`, lower case, with ё as е."""
    composed = unicodedata.normalize("NFC", text).casefold().replace("ё", "е")
    return "".join(letter for letter in composed if letter.isalpha())


def language_of(text: str) -> str:
    """Tell by the script which language a word or a line is in: "ru" or "en".

    A text without letters counts as Russian.
    """
    letters = [letter for letter in text.casefold() if letter in CYRILLIC or letter in LATIN]
    latin = sum(letter in LATIN for letter in letters)
    return "en" if latin * 2 > len(letters) else "ru"
