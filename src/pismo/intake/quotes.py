"""A quote that is never closed would swallow the rows after it: here it costs its own row only."""

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_AHEAD = 30
"""Lines that one value may go over before its quote counts as never closed."""
_MARK, _QUOTE = "\x02", "\x03"
REASON = "a quote stands in the wrong place or is never closed"


def mend_quotes(source: Path, target: Path, separator: str, columns: int) -> None:
    """Copy a CSV; a row with a broken quote becomes one that any reader sets aside, alone.

    Args:
        source: UTF-8, lines ending in LF, none longer than fits into memory.
        target: Where to; it has a line for each line of `source`.
        separator: Between columns.
        columns: How many a row has.
    """
    record = _record(separator)
    with (
        source.open(encoding="utf-8", newline="") as text,
        target.open("w", encoding="utf-8", newline="") as copy,
    ):
        waiting: deque[str] = deque()
        for line in _lines(waiting, text):
            if '"' not in line or record.fullmatch(line):
                copy.write(line)
                continue
            rest = _rest(line, waiting, text, record, separator, columns)
            copy.writelines([line, *rest] if rest else [_marked(line, separator, columns)])


def restored_sql(text: str, separator: str) -> str:
    """Return SQL for a set-aside line as its file has it."""
    bare = f"replace(substr({text}, 2), '{separator}' || chr({ord(_MARK)}), '')"
    line = f"replace({bare}, chr({ord(_QUOTE)}), '\"')"
    return f"CASE WHEN {is_marked_sql(text)} THEN {line} ELSE {text} END"


def is_marked_sql(text: str) -> str:
    """Return SQL that is true for a line whose quotes were broken."""
    return f"starts_with({text}, chr({ord(_MARK)}))"


def _record(separator: str) -> "re.Pattern[str]":
    """Match a whole row: fields in quotes, or with no quote in them."""
    apart = re.escape(separator)
    field = f'(?: *"(?:[^"]|"")*+" *|[^"{apart}\\n]*+)'
    return re.compile(f"{field}(?:{apart}{field})*+\\n?")


def _rest(
    line: str,
    waiting: deque[str],
    text: IO[str],
    record: "re.Pattern[str]",
    separator: str,
    columns: int,
) -> list[str]:
    """Take the lines that a value in quotes goes on over, or none if it does not end soon."""
    taken: list[str] = []
    row = line
    for more in _lines(waiting, text):
        taken.append(more)
        row += more
        if '"' in more and record.fullmatch(row) and _width(row, separator) == columns:
            return taken
        if len(taken) == _AHEAD:
            break
    waiting.extendleft(reversed(taken))
    return []


def _lines(waiting: deque[str], text: IO[str]) -> Iterator[str]:
    """Yield lines that were put back, then lines of the file."""
    while line := waiting.popleft() if waiting else text.readline():
        yield line


def _width(row: str, separator: str) -> int:
    return re.sub('"(?:[^"]|"")*+"', "", row).count(separator) + 1


def _marked(line: str, separator: str, columns: int) -> str:
    """Return a line without quotes and with too many columns, which can be told and restored."""
    bare = line.rstrip("\n").replace('"', _QUOTE)
    return f"{_MARK}{bare}{(separator + _MARK) * columns}\n"
