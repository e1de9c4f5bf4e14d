"""Typed access to the fields of one file, with every problem collected as a finding."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypeVar

from pismo.files.rules import (
    MISSING_FIELD,
    UNKNOWN_FIELD,
    WRONG_VALUE,
)
from pismo.model.expected import in_russian
from pismo.model.finding import Finding, Source
from pismo.records import dataclass, field, replace
from pismo.text import guess

T = TypeVar("T")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


@dataclass(slots=True)
class Fields:
    """The raw fields of one file or table, read one by one; ask `finish` for what is left over.

    Args:
        values: Name -> value as the parser gave it.
        lines: Name -> 1-based line of the name.
        path: The file, relative to the workspace.
        kind: What the file is, for messages: "tip", "newsletter" …
        findings: Where problems go.
        first_line: Where the table begins, for what is missing altogether.
    """

    values: Mapping[str, object]
    lines: Mapping[str, int]
    path: str
    kind: str
    findings: list[Finding]
    first_line: int = 1
    asked: set[str] = field(default_factory=set)

    def place_of(self, name: str) -> Source:
        """Return where a field stands, or where its table begins."""
        return Source(self.path, self.lines.get(name, self.first_line))

    def text(self, name: str, default: str = "", *, required: bool = False) -> str:
        """Read a string; a number is taken as written."""
        value = self._asked(name, required=required)
        if value is None:
            return default
        if isinstance(value, str):
            return value.strip()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return self._wrong(name, "a text", value, default)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Read true or false."""
        value = self._asked(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        return self._wrong(name, "true or false", value, default)

    def number(self, name: str, default: float = 0.0) -> float:
        """Read a number that is not negative."""
        value = self._asked(name)
        if value is None:
            return default
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return float(value)
        return self._wrong(name, "a number, zero or more", value, default)

    def day(self, name: str) -> date | None:
        """Read a date; absent is None."""
        value = self._asked(name)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        if isinstance(value, str) and (meant := _day_meant(value)):
            return self._wrong(name, f"a date like {meant}", value, None)
        return self._wrong(name, "a date like 2026-11-27", value, None)

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of strings; one string is a list of one."""
        value = self._asked(name)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        return self._wrong(name, "a list of texts", value, ())

    def one_of(self, name: str, known: Iterable[str], default: str) -> str:
        """Read a word out of a closed set."""
        words = tuple(known)
        value = self.text(name, default)
        if value in words:
            return value
        return self._wrong(name, "one of " + ", ".join(words), value, default)

    def table(self, name: str) -> "Fields":
        """Read a nested table; absent is an empty one."""
        value = self._asked(name)
        if value is not None and not isinstance(value, dict):
            value = self._wrong(name, "a table", value, {})
        nested = {
            key.removeprefix(f"{name}."): line
            for key, line in self.lines.items()
            if key.startswith(f"{name}.")
        }
        line = self.lines.get(name, self.first_line)
        kind = f"{self.kind} [{name}]"
        return Fields(value or {}, nested, self.path, kind, self.findings, line)

    def raw(self, name: str) -> object:
        """Read a value as it is; the caller checks it."""
        return self._asked(name)

    def wrong(self, name: str, expected: str, value: object) -> None:
        """Report a value that the caller found wrong."""
        self._wrong(name, expected, value, None)

    def finish(self) -> None:
        """Report every field that nobody asked for."""
        for name in self.values:
            if name not in self.asked:
                self._report_unknown(str(name))

    def _report_unknown(self, name: str) -> None:
        place, near = self.place_of(name), guess(name, self.asked)
        if near:
            # `subjct:` is one mistake: the subject that is not there needs no finding of its own.
            missing = MISSING_FIELD.at(self.place_of(near), field=near, kind=self.kind)
            if missing in self.findings:
                self.findings.remove(missing)
            found = UNKNOWN_FIELD.at(place, field=name, kind=self.kind, guess=near)
        else:
            known = ", ".join(sorted(self.asked))
            listed = replace(
                UNKNOWN_FIELD, hint_en="fields here: {known}", hint_ru="поля здесь: {known}"
            )
            found = listed.at(place, field=name, kind=self.kind, known=known)
        self.findings.append(found)

    def _asked(self, name: str, *, required: bool = False) -> object:
        self.asked.add(name)
        value = self.values.get(name)
        if required and value in (None, ""):
            self.findings.append(MISSING_FIELD.at(self.place_of(name), field=name, kind=self.kind))
        return value

    def _wrong(self, name: str, expected: str, value: object, default: T) -> T:
        self.findings.append(
            WRONG_VALUE.at(
                self.place_of(name),
                field=name,
                expected=expected,
                expected_ru=in_russian(expected),
                value=repr(value),
            )
        )
        return default


def _day_meant(text: str) -> str:
    """Return the day of `4.12.2026` as it is written here, '' if it is none."""
    found = _DOTTED.fullmatch(text.strip())
    if not found:
        return ""
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return ""
