"""Reads the inside of a fenced rebus block into a `Rebus`.

`line` may stand several times; the lines are read one after another.
"""

import re
import unicodedata
from datetime import date

from pismo.games import errors
from pismo.games.errors import RebusError, remark
from pismo.games.line import parse_line
from pismo.games.notation import Rebus
from pismo.games.spelling import fold, language_of, look_alike
from pismo.text import guess


def parse_rebus(text: str) -> Rebus:
    """Read the inside of a fenced rebus block.

    Raises:
        RebusError: If a field or a line cannot be read; it has the line within the block.
    """
    fields, lines = _fields(text)
    for key in ("answer", "line"):
        if not (fields.get(key) or (key == "line" and lines)):
            raise RebusError(remark(errors.MISSING_KEY, kind="rebus", key=key))
    answer, answer_offset = fields["answer"]
    if len(fold(answer)) < 2:
        raise RebusError(remark(errors.SHORT_ANSWER, line=answer_offset, answer=answer))
    language = language_of(answer)
    if strange := look_alike(answer, language):
        rule = errors.OTHER_SCRIPT
        raise RebusError(remark(rule, line=answer_offset, letter=strange, word=answer))
    values = {key: value for key, (value, _) in fields.items()}
    return Rebus(
        answer=answer,
        lines=tuple(
            parse_line(line, language=language, offset=offset, column=column)
            for line, offset, column in lines
        ),
        language=language,
        hint=values.get("hint", ""),
        alt=values.get("alt", ""),
        picture=values.get("picture", ""),
        answer_from=_date(*fields["answer_from"]) if "answer_from" in fields else None,
    )


def rebus_in(markdown: str) -> Rebus | None:
    """Read the rebus of a Markdown file; None if there is none that can be read.

    For those to whom it is no error: what is wrong with it is said where it is shown.
    """
    block = fenced(markdown, "rebus")
    try:
        return parse_rebus(block) if block is not None else None
    except RebusError:
        return None


def fenced(markdown: str, kind: str) -> str | None:
    """Return the inside of the first fenced block of a kind, or None if there is none."""
    found = re.search(rf"^```{kind}[ \t]*\r?\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else None


_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u2060\u00ad"))
_KEYS = ("answer", "hint", "line", "alt", "answer_from", "picture")


def _fields(text: str) -> tuple[dict[str, tuple[str, int]], list[tuple[str, int, int]]]:
    """Split a block into single fields (value, offset) and lines (text, offset, column)."""
    fields: dict[str, tuple[str, int]] = {}
    lines: list[tuple[str, int, int]] = []
    for offset, raw in enumerate(re.split(r"\r\n?|\n", _cleaned(text))):
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        key, colon, value = raw.partition(":")
        key = key.strip()
        if not colon:
            raise RebusError(remark(errors.NOT_A_FIELD, line=offset, text=raw.strip()))
        if key not in _KEYS:
            near = guess(key, _KEYS)
            raise RebusError(
                remark(errors.UNKNOWN_KEY, line=offset, kind="rebus", key=key, guess=near)
            )
        if key == "line":
            lines.append((value, offset, len(raw) - len(value) + 1))
        elif key in fields:
            raise RebusError(remark(errors.REPEATED_KEY, line=offset, key=key))
        else:
            fields[key] = (value.strip(), offset)
    return fields, lines


def _cleaned(text: str) -> str:
    """Put letters together that came in pieces (и + ˘), and drop what nobody can see."""
    return unicodedata.normalize("NFC", text).translate(_UNSEEN)


def _date(text: str, offset: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise RebusError(remark(errors.BAD_DATE, line=offset, text=text)) from problem
