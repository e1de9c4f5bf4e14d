"""Which of its two languages the terminal speaks, and how counts read in it.

Texts stand side by side where they are said: `tongue("drawn", "нарисовано")`. Pages and letters
have a language of their own, that of their workspace or newsletter.
"""

from collections.abc import Mapping

from pismo.records import dataclass
from pismo.text import plural_form

LANGUAGES = ("ru", "en")
VARIABLE = "PISMO_LANG"
_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which they are heard (POSIX, chapter 8.2)."""


Noun = tuple[tuple[str, str], tuple[str, str, str]]
"""A noun's forms in English (one, many) and Russian (one, few, many)."""

ERROR: Noun = (("error", "errors"), ("ошибка", "ошибки", "ошибок"))
WARNING: Noun = (("warning", "warnings"), ("предупреждение", "предупреждения", "предупреждений"))
EDITION: Noun = (("edition", "editions"), ("вариант", "варианта", "вариантов"))
ISSUE: Noun = (("issue", "issues"), ("выпуск", "выпуска", "выпусков"))
LETTER: Noun = (("letter", "letters"), ("письмо", "письма", "писем"))
PERSON: Noun = (("person", "people"), ("человек", "человека", "человек"))
PRODUCT: Noun = (("product", "products"), ("товар", "товара", "товаров"))
PURCHASE: Noun = (("purchase", "purchases"), ("покупка", "покупки", "покупок"))
EVENT: Noun = (("event", "events"), ("событие", "события", "событий"))
ROW: Noun = (("row", "rows"), ("строка", "строки", "строк"))
FILE: Noun = (("file", "files"), ("файл", "файла", "файлов"))


@dataclass(frozen=True, slots=True)
class Tongue:
    """The language that a person is spoken to: `ru` or `en`."""

    language: str

    def __call__(self, en: str, ru: str) -> str:
        """Choose one of two texts that say the same."""
        return ru if self.language == "ru" else en

    def counted(self, number: int, noun: Noun) -> str:
        """Write a count with its noun: `1 error`, `2 errors`, `5 ошибок`."""
        return f"{number} {self.form(number, noun)}"

    def form(self, number: int, noun: Noun) -> str:
        """Choose the form of a noun that agrees with a number."""
        forms: tuple[str, ...] = noun[1] if self.language == "ru" else noun[0]
        return forms[plural_form(number, self.language)]

    def number(self, number: int) -> str:
        """Write a number with its thousands apart: `1,897`, `1 897`."""
        grouped = f"{number:,}"
        return grouped.replace(",", " ") if self.language == "ru" else grouped

    def decimal(self, number: float, places: int) -> str:
        """Write a number with so many places: `0.53`, `0,53`."""
        text = f"{number:.{places}f}"
        return text.replace(".", ",") if self.language == "ru" else text


def spoken(asked: str, environ: Mapping[str, str]) -> str:
    """Return the language that was asked for, else that of the user's locale; '' if neither says.

    Args:
        asked: By `--lang`, or ''.
        environ: PISMO_LANG and the variables of the locale.

    A locale that names another language, or none (`C`, `POSIX`, `C.UTF-8`), says nothing, and the
    next variable is heard.
    """
    if asked := asked or environ.get(VARIABLE, ""):
        return asked if asked in LANGUAGES else ""
    for name in _LOCALES:
        language = environ.get(name, "")
        for mark in "_.@-":  # as in ru_RU.UTF-8
            language = language.partition(mark)[0]
        if language in LANGUAGES:
            return language
    return ""
