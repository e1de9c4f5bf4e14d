"""Dates in the text: days that are none, wrong days of the week, offers that are over."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from pismo.checks.documents import Passage
from pismo.checks.scope import IssueScope
from pismo.model.content import Kind
from pismo.model.finding import Finding, Rule, Severity
from pismo.records import dataclass

NO_DAY = Rule(
    "date-impossible",
    Severity.WARNING,
    en="«{text}»: there is no such day",
    ru="«{text}»: такого дня нет",
)
WRONG_WEEKDAY = Rule(
    "date-weekday",
    Severity.WARNING,
    en="«{text}»: in {year} that is a {weekday}",
    ru="«{text}»: в {year} году это {weekday_ru}",
    hint_en="one of the two is wrong",
    hint_ru="что-то одно неверно",
)
OVER = Rule(
    "date-over",
    Severity.WARNING,
    en="«{text}»: over before the issue of {issued} comes",
    ru="«{text}»: закончится раньше, чем придёт выпуск от {issued}",
    hint_en="move the date, or take the offer out",
    hint_ru="перенесите срок или уберите предложение",
)

_MONTHS = (
    "январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр",
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec",
)
_WEEKDAYS = (
    "понедельник|вторник|сред|четверг|пятниц|суббот|воскресень",
    "mon|tue|wed|thu|fri|sat|sun",
)
_NAMES = (
    ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"),
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)
_MONTH = (
    r"(?P<month>января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
    r"|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_WEEKDAY = (
    r"(?:понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<year>\d{4})\b)?"
_DATES = tuple(
    re.compile(
        rf"\b(?:(?P<before>{_WEEKDAY}),?\s+(?:the\s+)?)?{order}\b{_YEAR}"
        rf"(?:\s+года?)?(?:,?\s*\(?(?:в\s+|во\s+|on\s+)?(?P<after>{_WEEKDAY})\b)?",
        re.IGNORECASE,
    )
    for order in (rf"{_DAY}(?:\s+of)?\s+{_MONTH}", rf"{_MONTH}\s+{_DAY}(?![\d:])")
)
_UNTIL = re.compile(
    r"(?:\bдо|\bпо|until|till|through|by|before|ends(?: on)?)\s+(?:the\s+)?$", re.IGNORECASE
)
_OFFER = re.compile(
    r"скидк|акци[яию]|промокод|действу|действит|распродаж|успе[йв]|цен[аые]\b|предзаказ|запис"
    r"|регистрац|принима|\bsale\b|discount|\bcode\b|\bvalid\b|\boffer|price|order|sign up|register",
    re.IGNORECASE,
)
_LONG_AGO = 200
"""A date without a year this many days away is of another year, or of a tale."""


@dataclass(frozen=True, slots=True)
class Said:
    """A date as it stands in a text; no `year` if none was said."""

    text: str
    day: int
    month: int
    year: int | None
    weekday: int | None

    def on(self, issued: date) -> date | None:
        """Return the day that is meant, the nearest to an issue; None if there is none."""
        years = [self.year] if self.year else [issued.year + shift for shift in (-1, 0, 1)]
        days = [date(y, self.month, self.day) for y in years if self.is_day_of(y)]
        return min(days, key=lambda day: abs(day - issued), default=None)

    def is_day_of(self, year: int) -> bool:
        """Tell whether the calendar of a year has the day."""
        return year >= 1 and 1 <= self.day <= monthrange(year, self.month)[1]


def check_dates(scope: IssueScope) -> Iterator[Finding]:
    """Check the dates of every text; a story may be about any year, so there it has to be said."""
    stories = {item.source.path for item in scope.items if item.kind is Kind.STORY}
    for path, document in scope.documents.items():
        for passage in (*document.passages, *document.html_texts):
            yield from _check(passage, scope.issue.date, is_tale=path in stories)
    for line in scope.envelope:
        yield from _check(line, scope.issue.date, is_tale=False)


def _check(passage: Passage, issued: date, *, is_tale: bool) -> Iterator[Finding]:
    for found in (one for pattern in _DATES for one in pattern.finditer(passage.text)):
        said, place = _said(found), passage.place_of(found)
        day = said.on(issued)
        if day is None:
            yield NO_DAY.at(place, text=said.text)
            continue
        if said.weekday not in (None, day.weekday()) and (said.year or not is_tale):
            names = {"weekday_ru": _NAMES[0][day.weekday()], "weekday": _NAMES[1][day.weekday()]}
            yield WRONG_WEEKDAY.at(place, text=said.text, year=day.year, **names)
        recent = (issued - day).days < _LONG_AGO
        if day < issued and recent and _is_end_of_offer(passage.text, found):
            yield OVER.at(place, text=said.text, issued=issued.isoformat())


def _said(found: re.Match[str]) -> Said:
    weekday = found["before"] or found["after"]
    return Said(
        " ".join(found[0].split()),
        int(found["day"]),
        _index(found["month"], _MONTHS) + 1,
        int(found["year"]) if found["year"] else None,
        _index(weekday, _WEEKDAYS) if weekday else None,
    )


def _index(word: str, tables: tuple[str, ...]) -> int:
    """Return which of twelve or seven a word is, by its beginning."""
    for table in tables:
        for at, beginning in enumerate(table.split("|")):
            if re.match(beginning, word, re.IGNORECASE):
                return at
    raise ValueError(word)


def _is_end_of_offer(text: str, found: re.Match[str]) -> bool:
    begin = max(text.rfind(mark, 0, found.start()) for mark in ".!?\n") + 1
    end = re.compile(r"[.!?\n]|$").search(text, found.end())
    sentence = text[begin : end.start() if end else None]
    until = _UNTIL.search(text[begin : found.start()])
    return bool(until and _OFFER.search(sentence))
