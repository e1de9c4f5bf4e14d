"""Parts as they are kept: what stands around a repeat goes with it, lines keep their prefix.

A list whose items all come from one repeat must vanish with the last of them, and a list that a
repeat has all to itself must be one list. Both are choices on `loop.first` and `loop.last`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from pismo.compile.stage.record import loop_path
from pismo.model.edition import Branch, Choice, Part, Parts, Repeat, Static

_OPENS = re.compile(r"<(ul|ol|p)\b[^>]*>\s*$")
_LIST = re.compile(r"\s*<(ul|ol)\b[^>]*>")
_LIST_EDGE = re.compile(r"<(/?)(?:ul|ol)\b[^>]*>")
_TEXT_ITEM = re.compile(r"(?:- |\d+\. )")
_TEXT_MORE = re.compile(r"\n\n(?!- |\d+\. |[ \n]|$)")
"""Where a block begins that is no item."""


def gathered(parts: Parts) -> Parts:
    """Return parts in which no list or paragraph stands around a repeat over nothing."""
    out: list[Part] = []
    for part in map(_within, parts):
        if isinstance(part, Static) and out and isinstance(out[-1], Repeat):
            before = out[-2] if len(out) > 1 else Static("")
            out[-2 if len(out) > 1 else -1 :] = _around(before, out[-1], part)
            continue
        out.append(part)
    return tuple(part for part in out if part != Static(""))


def prefixed(parts: Parts, prefix: str) -> Parts:
    """Return parts of plain text with `prefix` before every line but the first."""
    return _prefixed(parts, prefix, fresh=False)[0] if prefix else parts


def _within(part: Part) -> Part:
    match part:
        case Repeat():
            body, otherwise = gathered(part.body), gathered(part.otherwise)
            return _one_list(replace(part, body=body, otherwise=otherwise))
        case Choice(branches, otherwise):
            kept = tuple(Branch(branch.test, gathered(branch.parts)) for branch in branches)
            return Choice(kept, gathered(otherwise))
        case _:
            return part


def _around(before: Part, repeat: Repeat, after: Static) -> list[Part]:
    """Take the element that holds a repeat alone, or the empty line after its lines, into it."""
    if repeat.otherwise:
        return [before, repeat, after]
    opens = _OPENS.search(before.text) if isinstance(before, Static) else None
    if isinstance(before, Static) and opens:
        closes = re.match(rf"\s*</{opens[1]}\s*>", after.text)
        if closes:
            inner = _edged(repeat, opens[0], closes[0])
            return [
                Static(before.text[: opens.start()]),
                inner,
                Static(after.text[closes.end() :]),
            ]
    elif after.text.startswith("\n") and _ends_block(before) and not _is_led(repeat):
        ends = after.text[: len(after.text) - len(after.text.lstrip("\n"))]
        return [before, _edged(repeat, "", ends), Static(after.text[len(ends) :])]
    return [before, repeat, after]


def _is_led(repeat: Repeat) -> bool:
    """Tell whether empty lines stand before what is repeated, and not after."""
    first = repeat.body[0] if repeat.body else None
    return isinstance(first, Static) and first.text.startswith("\n")


def _ends_block(part: Part) -> bool:
    """Tell whether plain text ends with an empty line there, for every reader."""
    match part:
        case Static(text):
            return not text or text.endswith("\n\n")
        case Choice(branches, otherwise):
            ways = [*(branch.parts for branch in branches), otherwise]
            return all(_ends_block(parts[-1]) for parts in ways if parts)
        case _:
            return False


def _one_list(repeat: Repeat) -> Repeat:
    """Make one list of a repeat whose every turn is a list of its own."""
    body = repeat.body
    first, last = (body[0], body[-1]) if body else (None, None)
    if not isinstance(first, Static) or not isinstance(last, Static):
        return repeat
    opens = _LIST.match(first.text)
    if opens:
        ends = re.search(rf"</{opens[1]}\s*>\s*$", last.text)
        if not ends or not _holds_all(body):
            return repeat
        inner = _trimmed(body, opens.end(), len(last.text) - ends.start())
        return _edged(replace(repeat, body=inner), opens[0], ends[0])
    one_list = _TEXT_ITEM.match(first.text) and not _TEXT_MORE.search("".join(_statics(body)))
    if one_list and last.text.endswith("\n\n"):
        return _edged(replace(repeat, body=_trimmed(body, 0, 1)), "", "\n")
    return repeat


def _trimmed(body: Parts, start: int, end: int) -> Parts:
    """Cut characters off the beginning and the end of parts that are static there."""
    parts = list(body)
    for index, cut in ((-1, slice(None, -end or None)), (0, slice(start, None))):
        edge = parts[index]
        if isinstance(edge, Static):
            parts[index] = Static(edge.text[cut])
    return tuple(part for part in parts if part != Static(""))


def _holds_all(body: Parts) -> bool:
    """Tell whether the list that a turn begins with ends only where the turn does."""
    depth, edges = 0, [m for text in _statics(body) for m in _LIST_EDGE.finditer(text)]
    for index, edge in enumerate(edges):
        depth += -1 if edge[1] else 1
        if depth == 0:
            return index == len(edges) - 1
    return False


def _statics(parts: Sequence[Part]) -> list[str]:
    out: list[str] = []
    for part in parts:
        match part:
            case Static(text):
                out.append(text)
            case Choice(branches, otherwise):
                for branch in branches:
                    out += _statics(branch.parts)
                out += _statics(otherwise)
            case Repeat():
                out += _statics(part.body) + _statics(part.otherwise)
    return out


def _edged(repeat: Repeat, opening: str, ending: str) -> Repeat:
    """Print `opening` before the first turn and `ending` after the last."""

    def at(turn: str, text: str) -> Parts:
        test = loop_path(repeat.variable, (turn,))
        return (Choice((Branch(test, (Static(text),)),), ()),) if text else ()

    return replace(repeat, body=(*at("first", opening), *repeat.body, *at("last", ending)))


def _prefixed(parts: Parts, prefix: str, *, fresh: bool) -> tuple[Parts, bool]:
    """Begin lines with a prefix; `fresh` says that the next text begins one."""
    out: list[Part] = []
    for part in parts:
        match part:
            case Static(text):
                begun = f"\n{text}" if fresh else text
                lines = re.sub(r"\n(?=[^\n])", f"\n{prefix}", begun)
                lines = re.sub(r"\n(?=\n)", f"\n{prefix.rstrip()}", lines[:-1]) + lines[-1:]
                out.append(Static(lines[1:] if fresh else lines))
                fresh = text.endswith("\n")
            case Choice(branches, otherwise):
                done = [_prefixed(branch.parts, prefix, fresh=fresh) for branch in branches]
                rest, last = _prefixed(otherwise, prefix, fresh=fresh)
                pairs = zip(branches, done, strict=True)
                kept = tuple(Branch(branch.test, inner) for branch, (inner, _) in pairs)
                out.append(Choice(kept, rest))
                fresh = last
            case Repeat():
                body, _ = _prefixed(part.body, prefix, fresh=fresh)
                rest, _ = _prefixed(part.otherwise, prefix, fresh=fresh)
                out.append(replace(part, body=body, otherwise=rest))
            case _:
                if fresh:
                    out.append(Static(prefix))
                out.append(part)
                fresh = False
    return tuple(out), fresh
