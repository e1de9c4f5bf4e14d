"""Tags get lines of their own, and the right indent, where a writer put them beside a block's mark.

Markdown sees a block only at the beginning of a line. In `{% if … %}## Rich{% endif %}` the line
begins with a tag, so without this the letter would show the `##`; and a tag at the margin would end
the list whose nested items it is about.
"""

import re
from collections.abc import Iterator, Sequence

from pismo.compile.stage.tokens import TAG, TokenKind, matching, number_of

_ENDS = matching(TokenKind.ELSE, TokenKind.END)
_TAGS = rf"(?:{matching(TokenKind.IF, TokenKind.FOR, TokenKind.ELSE, TokenKind.END)}[ \t]*)"
_BLOCK = rf"(?:(?:#{{1,6}}|[-*+]|\d{{1,9}}[.)])[ \t]+(?!{_ENDS})|>|\||```|~~~)"
_LEADING = re.compile(rf"[ \t]*({_TAGS}+)(?={_BLOCK})")
_TRAILING = re.compile(rf"({_TAGS}+)$")
_BLOCK_FIRST = re.compile(rf"[ \t]*{_TAGS}*{_BLOCK}")
_QUOTED_TAGS = re.compile(rf"[ \t]*(?:>[ \t]?)+[ \t]*{_TAGS}+")
_TAGS_ONLY = re.compile(rf"[ \t]*{_TAGS}+")
_FENCE = re.compile(rf"[ \t]*{_TAGS}*(?:[-*+>][ \t]+)*(```+|~~~+)")
_CUT_MARK = re.compile(rf"[ \t]*{_TAGS}*(?:#{{1,6}}|[-*+]|\d{{1,9}}[.)])[ \t]*({_ENDS})")
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:[ \t]*\S")
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_ITEM = re.compile(r"( *)(?:[-*+]|\d{1,9}[.)]) +(?=\S)")


def set_apart(text: str) -> str:
    """Put tags that open a list, heading, quote, table or code block on lines of their own."""
    if "xzq" not in text:
        return text
    lines = text.split("\n")
    free = _outside_code(lines)
    apart = set(_opening(lines, free))
    if apart:
        split = (
            _split(line, apart) if out else [line] for line, out in zip(lines, free, strict=True)
        )
        lines = [piece for pieces in split for piece in pieces]
    return "\n".join(_indented(_around_tables(lines)))


def cut_mark(text: str) -> int | None:
    """Find a branch that holds the mark of a list item or heading without its text."""
    lines = text.split("\n")
    for line, out in zip(lines, _outside_code(lines), strict=True):
        found = _CUT_MARK.match(line) if out else None
        if found:
            return number_of(found[1])
    return None


def cut_item(text: str) -> int | None:
    """Find a branch that begins inside of a list's item and ends outside of it, or the reverse."""
    lines = text.split("\n")
    items: list[tuple[int, int]] = []
    before: dict[str, list[tuple[int, int]]] = {}
    for index, (line, out) in enumerate(zip(lines, _outside_code(lines), strict=True)):
        indent = _indent(line)
        item = _ITEM.match(line) if out else None
        if out and _TAGS_ONLY.fullmatch(line):
            after = _next_indent(lines, index)
            for kind, number in TAG.findall(line):
                new = set(items) - set(before.get(number, items))
                crosses = items if kind in "if" else new
                if kind in "if":
                    before[number] = list(items)
                if any(indent < end <= after for end, _ in crosses):
                    return int(number)
        elif line.strip():
            items = [one for one in items if one[0] <= indent]
            if item:
                items.append((item.end(), index))
    return None


def _next_indent(lines: Sequence[str], index: int) -> int:
    """Return how far the next line of text is indented."""
    rest = (line for line in lines[index + 1 :] if line.strip() and not _TAGS_ONLY.fullmatch(line))
    line = next(rest, "")
    return _indent(line)


def branched_definition(text: str) -> int | None:
    """Find a branch that holds the definition of a link, which Markdown makes for all readers."""
    if "]:" not in text:
        return None
    inside: list[int] = []
    lines = text.split("\n")
    for line, out in zip(lines, _outside_code(lines), strict=True):
        if out and inside and _DEFINITION.match(line):
            return inside[-1]
        for kind, number in TAG.findall(line):
            if kind in "if":
                inside.append(int(number))
            elif kind == "d" and int(number) in inside:
                inside.remove(int(number))
    return None


def _outside_code(lines: Sequence[str]) -> list[bool]:
    """Tell for each line whether it is outside of fenced code; its fences are."""
    out: list[bool] = []
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        closes = bool(fence and found and found[1].startswith(fence))
        out.append(not fence or closes)
        if closes:
            fence = ""
        elif found and not fence:
            fence = found[1]
    return out


def _opening(lines: Sequence[str], free: Sequence[bool]) -> Iterator[str]:
    """Yield the numbers of branches that begin right before a block's mark."""
    for index, line in enumerate(lines):
        if not free[index]:
            continue
        leading = _LEADING.match(line)
        if leading:
            yield from (number for _, number in TAG.findall(leading[1]))
        trailing = _TRAILING.search(line)
        if trailing and index + 1 < len(lines) and _BLOCK_FIRST.match(lines[index + 1]):
            yield from (number for kind, number in TAG.findall(trailing[1]) if kind != "d")


def _split(line: str, apart: set[str]) -> list[str]:
    """Break a line around each tag of the branches in `apart`."""
    if _TAGS_ONLY.fullmatch(line) or _QUOTED_TAGS.fullmatch(line):
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    out: list[str] = []
    end = 0
    for found in TAG.finditer(line):
        if found[2] in apart:
            out += [line[end : found.start()].rstrip(), indent + found[0]]
            end = found.end()
    rest = line[end:]
    return (
        [*(piece for piece in out if piece), *([rest] if rest.strip() else [])] if out else [line]
    )


def _around_tables(lines: list[str]) -> list[str]:
    """End a table with an empty line where the branch around it ends, or the tag would be a row."""
    whole: set[str] = set()
    for index, line in enumerate(lines[:-2]):
        head, rule = lines[index + 1], lines[index + 2]
        if _TAGS_ONLY.fullmatch(line) and "|" in head and _DELIMITER.fullmatch(rule):
            whole.update(number for kind, number in TAG.findall(line) if kind != "d")
    if not whole:
        return lines
    ends = (
        _TAGS_ONLY.fullmatch(line) and any(_closes(line, one) for one in whole) for line in lines
    )
    spaced = (["", line] if end else [line] for line, end in zip(lines, ends, strict=True))
    return [line for piece in spaced for line in piece]


def _closes(line: str, number: str) -> bool:
    return any(kind in "od" and found == number for kind, found in TAG.findall(line))


def _indented(lines: list[str]) -> list[str]:
    """Move tags at the margin into the list item that the lines between them belong to."""
    out = list(lines)
    items: list[int] = []
    for index, line in enumerate(lines):
        indent = _indent(line)
        item = _ITEM.match(line)
        if item:
            items = [*(one for one in items if one <= indent), item.end()]
        elif _TAGS_ONLY.fullmatch(line):
            _move(out, index, items)
        elif line.strip():
            items = [one for one in items if one <= indent]
    return out


def _move(lines: list[str], start: int, items: Sequence[int]) -> None:
    """Indent a branch's tags, if all between them stands within the same list item."""
    kind, number = TAG.findall(lines[start])[0]
    alone = [index for index in range(start, len(lines)) if _has_tag(lines[index], number)]
    if kind not in "if" or not items or not all(_TAGS_ONLY.fullmatch(lines[i]) for i in alone):
        return
    inside = [
        line for line in lines[start : alone[-1]] if line.strip() and not _TAGS_ONLY.fullmatch(line)
    ]
    least = min((_indent(line) for line in inside), default=0)
    target = max((one for one in items if one <= least), default=0)
    for index in alone:
        indent = _indent(lines[index])
        lines[index] = " " * (target - indent) + lines[index]


def _has_tag(line: str, number: str) -> bool:
    return any(found == number for _, found in TAG.findall(line))


def _indent(line: str) -> int:
    """Return how many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))
