"""Words and numbers in Russian and English: plurals, money, dates, guesses.

Pure functions over plain values; typesetting of running text is in `pismo.compile.typeset`.
"""

import difflib
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TypedDict

_LISTED = 8
"""So many names are listed where one was mistyped."""
NBSP = "\u00a0"
_MONTHS_RU = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
_MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_LATIN = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
        "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
        "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
        "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "'": "", "’": "",
    }
)  # fmt: skip
_CURRENCY_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£"}


def slug(title: str) -> str:
    """Make a file name of a title: Latin letters, digits and hyphens, at most 60 characters."""
    latin = title.lower().translate(_LATIN)
    return "-".join(re.findall(r"[a-z0-9]+", latin))[:60].strip("-")


def guess(word: str, known: Iterable[str]) -> str:
    """Return the known word closest to a mistyped one, or '' if none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return near[0] if near else ""


class Hints(TypedDict):
    """A hint in English and Russian, as a `PismoError` takes them."""

    hint: str
    hint_ru: str


def meant(word: str, known: Iterable[str], *, none: tuple[str, str] = ("", "")) -> Hints:
    """Return the hints for a name that there is not: what was probably meant, and what there is.

    Args:
        word: The mistyped name.
        known: Every name, in the order to list them.
        none: What to say where there is no name at all, in English and Russian.
    """
    names = list(known)
    if not names:
        return {"hint": none[0], "hint_ru": none[1]}
    near, left = guess(word, names), len(names) - _LISTED
    listed = ", ".join(names[:_LISTED])
    en = f"there are: {listed}" + (f" and {left} more" if left > 0 else "")
    ru = f"есть: {listed}" + (f" и ещё {left}" if left > 0 else "")
    if not near:
        return {"hint": en, "hint_ru": ru}
    return {"hint": f"did you mean '{near}'? {en}", "hint_ru": f"может быть, «{near}»? {ru}"}


def plural_form(number: float, language: str) -> int:
    """Choose a form: 0 one, 1 few, 2 many (English: 0 one, 1 many).

    Source: CLDR plural rules, "ru" and "en" cardinals; fractions take Russian "few".
    """
    if language != "ru":
        return 0 if number == 1 else 1
    if number != int(number):
        return 1
    last_two, last = int(abs(number)) % 100, int(abs(number)) % 10
    if last == 1 and last_two != 11:
        return 0
    if 2 <= last <= 4 and not 12 <= last_two <= 14:
        return 1
    return 2


def plural(number: float, *forms: str) -> str:
    """Put a number before the form that agrees with it: `5 баллов`, `1 point`.

    Args:
        number: The count.
        forms: Two (English: one, many) or three (Russian: one, few, many).

    Raises:
        ValueError: If there are not two or three forms.
    """
    if len(forms) not in (2, 3):
        raise ValueError("plural takes two forms (point, points) or three (балл, балла, баллов)")
    form = forms[plural_form(number, "ru" if len(forms) == 3 else "en")]
    return f"{number_text(number)}{NBSP}{form}"


def number_text(number: float | Decimal) -> str:
    """Write a number with a no-break space between thousands from five digits on."""
    whole = int(number)
    if whole == number:
        text = str(abs(whole))
        grouped = f"{abs(whole):,}".replace(",", NBSP) if len(text) > 4 else text
        return f"−{grouped}" if whole < 0 else grouped
    return str(number).replace(".", ",")


def money(amount: Decimal | float, currency: str, language: str) -> str:
    """Write a price as readers expect: `1 990 ₽`, `$19.90`; kopecks only if there are any."""
    exact = Decimal(str(amount)).quantize(Decimal("0.01"))
    sign = _CURRENCY_SIGNS.get(currency, currency)
    digits = f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact:,.2f}"
    if language == "ru":
        return digits.replace(",", NBSP).replace(".", ",") + NBSP + sign
    return f"{sign}{digits}" if len(sign) == 1 else f"{digits}{NBSP}{sign}"


def date_text(day: date, language: str, *, year: bool = False) -> str:
    """Write a date in words: `27 ноября`, `November 27`; with the year if asked."""
    if language == "ru":
        words = f"{day.day}{NBSP}{_MONTHS_RU[day.month - 1]}"
        return f"{words} {day.year}" if year else words
    words = f"{_MONTHS_EN[day.month - 1]}{NBSP}{day.day}"
    return f"{words}, {day.year}" if year else words
