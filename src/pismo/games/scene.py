"""What stands where in a drawn rebus, before anyone decides whether with HTML or with pixels.

A rebus becomes rows of cells; a cell has marks above (`С = Ц`, `3 1 2`) and a body. Positions are
drawn as: storeys (на, над, под), a frame (в, из), distance (за, перед: the far one small and
raised), a crowd (по), arrows that touch one side (к, от), hands (с), a slope (о), nearness (у).
"""

from collections.abc import Callable, Mapping

from pismo.games.notation import (
    Changes,
    Edit,
    Letters,
    Number,
    Order,
    Part,
    Picture,
    Piece,
    Placed,
    Rebus,
    Replace,
    ReplaceAt,
    Strike,
    Symbol,
)
from pismo.records import dataclass, replace

LETTER_PX = 32
EMOJI_PX = 44
MARK_PX = 18
ROW_PX = 264  # 320 less the paddings of a letter
_SMALL = 0.6
_FAR = 0.55
_PLUS_PX = 26


@dataclass(frozen=True, slots=True)
class Sign:
    """A run of letters or of emoji; `size_px` is that of the font, `raised` stands high."""

    text: str
    size_px: float = LETTER_PX
    is_emoji: bool = False
    flipped: bool = False
    struck: bool = False
    raised: bool = False

    @property
    def width_px(self) -> float:
        """How wide it comes out, roughly: mail has no font of ours to measure."""
        per_sign = 1.25 if self.is_emoji else 0.72
        signs = [sign for sign in self.text if sign not in "\ufe0f\u200d"]
        return len(signs) * per_sign * self.size_px


@dataclass(frozen=True, slots=True)
class Row:
    """Nodes side by side, on one line."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """Nodes one above another, with a rule or a gap between them."""

    nodes: tuple["Node", ...]
    ruled: bool = False
    gap_px: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """A box around a node."""

    node: "Node"


Node = Sign | Row | Stack | Frame


@dataclass(frozen=True, slots=True)
class Cell:
    """One item of a line: marks above and a body."""

    body: Node
    marks: tuple[Sign, ...] = ()


def scene(rebus: Rebus, *, row_px: float = ROW_PX) -> tuple[tuple[Cell, ...], ...]:
    """Lay a rebus out in rows no wider than `row_px`; '+' stands between any two cells."""
    rows: list[list[Cell]] = []
    for line in rebus.lines:
        rows.append([])
        width = 0.0
        for part in line.parts:
            cell = _cell(part)
            needed = _cell_width(cell) + _PLUS_PX
            if rows[-1] and width + needed > row_px:
                rows.append([])
                width = 0.0
            rows[-1].append(cell)
            width += needed
    return tuple(map(tuple, rows))


def width_px(node: Node) -> float:
    """Estimate how wide a node is drawn."""
    if isinstance(node, Sign):
        return node.width_px
    if isinstance(node, Frame):
        return width_px(node.node) + 16
    widths = [width_px(inner) for inner in node.nodes]
    return sum(widths) if isinstance(node, Row) else max(widths)


def _cell_width(cell: Cell) -> float:
    marks = sum(mark.width_px for mark in cell.marks)
    return max(width_px(cell.body), marks)


def _cell(part: Part) -> Cell:
    if isinstance(part, Placed):
        return Cell(_placed(part))
    return Cell(_body(part), _marks(part.changes))


def _body(piece: Piece) -> Node:
    symbol = _symbol(piece.symbol, flipped=piece.changes.flipped)
    before, after = piece.changes.drop_first, piece.changes.drop_last
    if not before and not after:
        return symbol
    # Commas behind a picture are turned, so that it is plain which side they belong to.
    commas = (Sign("," * before), symbol, Sign("‘" * after))
    return Row(tuple(sign for sign in commas if sign.text))


def _symbol(symbol: Symbol, *, flipped: bool) -> Sign:
    if isinstance(symbol, Picture):
        return Sign(symbol.shown, EMOJI_PX, is_emoji=True, flipped=flipped)
    if isinstance(symbol, Number):
        return Sign(symbol.digits, flipped=flipped)
    if isinstance(symbol, Letters):
        return Sign(symbol.letters, flipped=flipped)
    return Sign(f"♪{symbol.name}", flipped=flipped)


def _marks(changes: Changes) -> tuple[Sign, ...]:
    return tuple(_mark(edit) for edit in changes.edits)


def _mark(edit: Edit) -> Sign:
    if isinstance(edit, Replace):
        return Sign(f"{edit.old.upper()} = {edit.new.upper()}", MARK_PX)
    if isinstance(edit, ReplaceAt):
        return Sign(f"{edit.index} = {edit.new.upper()}", MARK_PX)
    if isinstance(edit, Order):
        return Sign(" ".join(map(str, edit.indexes)), MARK_PX)
    text = edit.letters.upper() if isinstance(edit, Strike) else str(edit.index)
    return Sign(text, MARK_PX, struck=True)


def _group(parts: tuple[Part, ...]) -> Node:
    nodes = tuple(_inner(part) for part in parts)
    return nodes[0] if len(nodes) == 1 else Row(nodes)


def _inner(part: Part) -> Node:
    cell = _cell(part)
    return Stack((Row(cell.marks), cell.body)) if cell.marks else cell.body


def _scaled(node: Node, factor: float, *, raised: bool = False) -> Node:
    if isinstance(node, Sign):
        return replace(node, size_px=round(node.size_px * factor), raised=raised)
    if isinstance(node, Frame):
        return Frame(_scaled(node.node, factor, raised=raised))
    return replace(node, nodes=tuple(_scaled(inner, factor, raised=raised) for inner in node.nodes))


def _placed(placed: Placed) -> Node:
    ground, figure = _group(placed.ground), _group(placed.figure)
    return _LAYOUTS[placed.preposition](ground, figure)


def _on(ground: Node, figure: Node) -> Node:
    return Stack((figure, ground), ruled=True)


def _over(ground: Node, figure: Node) -> Node:
    return Stack((figure, ground), gap_px=16)


def _under(ground: Node, figure: Node) -> Node:
    return Stack((ground, figure), ruled=True)


def _inside(ground: Node, figure: Node) -> Node:
    return Frame(Stack((ground, _scaled(figure, _SMALL))))


def _out_of(ground: Node, figure: Node) -> Node:
    return Row((Frame(ground), Sign("↗"), figure))


def _behind(ground: Node, figure: Node) -> Node:
    return Row((ground, _scaled(figure, _FAR, raised=True)))


def _in_front(ground: Node, figure: Node) -> Node:
    return Row((_scaled(ground, _FAR, raised=True), figure))


def _all_over(ground: Node, figure: Node) -> Node:
    small = _scaled(figure, 0.45)
    return Stack((Row((small, Sign(" ", 12), small, Sign(" ", 12), small)), ground))


def _towards(ground: Node, figure: Node) -> Node:
    return Row((figure, Sign("⇥"), ground))


def _away(ground: Node, figure: Node) -> Node:
    return Row((ground, Sign("↦"), figure))


def _hand_in_hand(ground: Node, figure: Node) -> Node:
    return Row((figure, Sign("🤝", LETTER_PX, is_emoji=True), ground))


def _leaning(ground: Node, figure: Node) -> Node:
    return Row((_scaled(figure, 0.8), Sign("/"), ground))


def _beside(ground: Node, figure: Node) -> Node:
    return Row((ground, _scaled(figure, _SMALL)))


def _following(ground: Node, figure: Node) -> Node:
    return Row((figure, Sign("⇢"), ground))


_LAYOUTS: Mapping[str, Callable[[Node, Node], Node]] = {
    "на": _on,
    "on": _on,
    "над": _over,
    "over": _over,
    "под": _under,
    "under": _under,
    "в": _inside,
    "in": _inside,
    "из": _out_of,
    "за": _behind,
    "behind": _behind,
    "перед": _in_front,
    "before": _in_front,
    "по": _all_over,
    "к": _towards,
    "to": _towards,
    "от": _away,
    "from": _away,
    "с": _hand_in_hand,
    "with": _hand_in_hand,
    "о": _leaning,
    "у": _beside,
    "by": _beside,
    "at": _beside,
    "after": _following,
}
