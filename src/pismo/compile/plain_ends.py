"""Where the empty lines of a quote or a list's item stand, if branches decide what comes last.

Blocks of plain text end with an empty line, but the last one of a quote or an item does not. Where
a branch may be the last, empty lines go before what follows a block that everybody gets, so that
they come and go with it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias, TypeGuard

from pismo.compile.stage.tokens import TokenKind, matching
from pismo.records import dataclass

APART = "\ue001"
"""Stands before a control token that is between blocks: no part of the line that follows it."""

WITHIN = "\ue004"
"""Stands there instead within a block that is whole: its branches are its own business."""

_TAGS = (TokenKind.IF, TokenKind.FOR, TokenKind.ELSE, TokenKind.END)
_BETWEEN = re.compile(rf"({APART}{matching(*_TAGS)})")
_ENDS_WITH_TAG = re.compile(rf"{WITHIN}{matching(*_TAGS)}$")
_SLOT = re.compile(matching(TokenKind.SLOT))


@dataclass(frozen=True, slots=True)
class _Branching:
    """An `if` or a `for`: its tags, and what stands between them."""

    kind: TokenKind
    tags: tuple[str, ...]
    arms: tuple["tuple[_Node, ...]", ...]


_Node: TypeAlias = str | _Branching


def ended(text: str) -> str:
    """Return blocks without the empty line after the last that is printed, whichever it is."""
    if APART not in text or _SLOT.search(text):
        return text.rstrip("\n")
    nodes, stray = _nodes(iter(_BETWEEN.split(text)))
    if stray:
        return text.rstrip("\n")  # a branch across blocks, which is refused elsewhere
    written = "".join(map(_written, _led(nodes, None)[0]))
    return written.removesuffix("\n")


def whole(block: str) -> str:
    """Return a block so that what stands around it takes it for one, if everybody gets some of it.

    Args:
        block: With tags between its own blocks or items.
    """
    if APART in block and any(map(_is_certain, _nodes(iter(_BETWEEN.split(block)))[0])):
        return block.replace(APART, WITHIN)
    return block


def _nodes(pieces: Iterator[str]) -> tuple[tuple[_Node, ...], str]:
    """Read until an `else` or an end; return what stood before it, and its tag."""
    out: list[_Node] = []
    for piece in pieces:
        kind = TokenKind(piece[4]) if piece.startswith(APART) else None
        if kind in (TokenKind.ELSE, TokenKind.END):
            return tuple(out), piece
        if kind is None:
            out += [piece] if piece else []
            continue
        tags, arms = [piece], []
        while tags[-1] and tags[-1][4] != TokenKind.END:
            arm, tag = _nodes(pieces)
            arms.append(arm)
            tags.append(tag)
        out.append(_Branching(TokenKind(piece[4]), tuple(tags), tuple(arms)))
        if not tags[-1]:
            return tuple(out), piece
    return tuple(out), ""


def _led(nodes: Sequence[_Node], gap: str | None) -> tuple[tuple[_Node, ...], str | None]:
    """Put empty lines before blocks instead of after them, as soon as something is printed.

    Args:
        nodes: What stands in a row.
        gap: What goes before the next block; None while nothing is printed for certain.

    Returns:
        The same, and the gap after it.
    """
    out: list[_Node] = []
    for index, node in enumerate(nodes):
        last = index == len(nodes) - 1
        if gap is None and not (_is_certain(node) or (last and _is_choice(node))):
            out.append(node)
            continue
        if isinstance(node, str):
            lines, empty = _lines(node)
            before = gap or ""
            out.append(before + lines if lines else "")
            gap = empty if lines else before + empty
            continue
        led = [_led(arm, gap) for arm in node.arms]
        out.append(_Branching(node.kind, node.tags, tuple(arm for arm, _ in led)))
        gap = next((after for _, after in led if after is not None), gap)
    return tuple(out), gap


def _lines(text: str) -> tuple[str, str]:
    """Cut off the empty lines at the end."""
    words = text.rstrip("\n")
    # The line before a tag is ended already.
    end = len(words) + bool(words and not _ENDS_WITH_TAG.search(words))
    return text[:end], text[end:]


def _is_certain(node: _Node) -> bool:
    """Tell whether every reader gets something of it."""
    if isinstance(node, str):
        return bool(node.strip("\n"))
    return len(node.arms) > 1 and all(any(map(_is_certain, arm)) for arm in node.arms)


def _is_choice(node: _Node) -> TypeGuard[_Branching]:
    return isinstance(node, _Branching) and node.kind is TokenKind.IF


def _written(node: _Node) -> str:
    if isinstance(node, str):
        return node
    arms = ("".join(map(_written, arm)) for arm in node.arms)
    tags = iter(node.tags)
    return next(tags) + "".join(arm + tag for arm, tag in zip(arms, tags, strict=True))
