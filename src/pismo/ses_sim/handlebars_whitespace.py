"""Settle the whitespace of a template: a line that holds only a block tag or a comment disappears.

Source: handlebars.js, `lib/handlebars/compiler/whitespace-control.js`.
"""

import re
from dataclasses import dataclass

from pismo.ses_sim.handlebars_syntax import Block, Content, Mustache, Node, Partial, Program


@dataclass(frozen=True, slots=True)
class _Edges:
    left: bool = False
    right: bool = False
    open_alone: bool = False
    close_alone: bool = False
    inline: bool = False


def settle(program: Program, *, root: bool = False) -> None:
    """Eat the lines of standalone tags, and what `~` asks for, in place."""
    body = program.body
    for at, node in enumerate(body):
        edges = _edges(node)
        if edges is None:
            continue
        before, after = _blank_before(body, at, root=root), _blank_after(body, at, root=root)
        if edges.right:
            _eat_right(_at(body, at + 1), everything=True)
        if edges.left:
            _eat_left(_at(body, at - 1), everything=True)
        if edges.inline and before and after:
            _eat_right(_at(body, at + 1))
            _eat_own_indent(body, at, node)
        if isinstance(node, Block):
            if edges.open_alone and before:
                _eat_right(_first(node.program or node.inverse or Program()))
                _eat_left(_at(body, at - 1))
            if edges.close_alone and after:
                _eat_right(_at(body, at + 1))
                _eat_left(_last(node.inverse or node.program or Program()))


def _eat_own_indent(body: list[Node], at: int, node: Node) -> None:
    before = _at(body, at - 1)
    if _eat_left(before) and isinstance(before, Content) and isinstance(node, Partial):
        node.indent = before.original[len(before.original.rstrip(" \t")) :]


def _edges(node: Node) -> _Edges | None:
    if isinstance(node, Content):
        return None
    if isinstance(node, Mustache):
        return _Edges(node.strip.left, node.strip.right)
    if isinstance(node, Block):
        return _settle_block(node)
    return _Edges(node.strip.left, node.strip.right, inline=True)


def _settle_block(block: Block) -> _Edges:
    for part in (block.program, block.inverse):
        if part is not None:
            settle(part)
    program = block.program or block.inverse
    assert program is not None
    inverse = block.inverse if block.program else None
    first, last = inverse, inverse
    if inverse is not None and inverse.chained:
        first = _chain_program(inverse.body[0])
        while last is not None and last.chained:
            last = _chain_program(last.body[-1])
    edges = _Edges(
        block.open_strip.left,
        block.close_strip.right,
        open_alone=_blank_after(program.body, -1),
        close_alone=_blank_before((first or program).body, len((first or program).body)),
    )
    if block.open_strip.right:
        _eat_right(_first(program), everything=True)
    if first is None or last is None:
        if block.close_strip.left:
            _eat_left(_last(program), everything=True)
        return edges
    _settle_else(block, program, first, last)
    return edges


def _chain_program(node: Node) -> Program | None:
    assert isinstance(node, Block)
    return node.program


def _settle_else(block: Block, program: Program, first: Program, last: Program) -> None:
    if block.inverse_strip.left:
        _eat_left(_last(program), everything=True)
    if block.inverse_strip.right:
        _eat_right(_first(first), everything=True)
    if block.close_strip.left:
        _eat_left(_last(last), everything=True)
    alone = _blank_before(program.body, len(program.body)) and _blank_after(first.body, -1)
    if alone:
        _eat_left(_last(program))
        _eat_right(_first(first))


def _blank_before(body: list[Node], at: int, *, root: bool = False) -> bool:
    if at <= 0:
        return root
    before = body[at - 1]
    pattern = r"\r?\n\s*?\Z" if at > 1 or not root else r"(\A|\r?\n)\s*?\Z"
    return isinstance(before, Content) and bool(re.search(pattern, before.original))


def _blank_after(body: list[Node], at: int, *, root: bool = False) -> bool:
    if at + 1 >= len(body):
        return root
    after = body[at + 1]
    pattern = r"\s*?\r?\n" if at + 2 < len(body) or not root else r"\s*?(\r?\n|\Z)"
    return isinstance(after, Content) and bool(re.match(pattern, after.original))


def _at(body: list[Node], at: int) -> Node | None:
    return body[at] if 0 <= at < len(body) else None


def _first(program: Program) -> Node | None:
    return _at(program.body, 0)


def _last(program: Program) -> Node | None:
    return _at(program.body, len(program.body) - 1)


def _eat_right(node: Node | None, *, everything: bool = False) -> None:
    """Eat the blank rest of a line (or all whitespace) at the start of a text."""
    if isinstance(node, Content) and (everything or not node.right_stripped):
        value = re.sub(r"\A\s+" if everything else r"\A[ \t]*\r?\n?", "", node.value)
        node.right_stripped = value != node.value
        node.value = value


def _eat_left(node: Node | None, *, everything: bool = False) -> bool:
    """Eat the indent (or all whitespace) at the end of a text; say whether there was any."""
    if not isinstance(node, Content) or (not everything and node.left_stripped):
        return False
    value = re.sub(r"\s+\Z" if everything else r"[ \t]+\Z", "", node.value)
    node.left_stripped = value != node.value
    node.value = value
    return node.left_stripped
