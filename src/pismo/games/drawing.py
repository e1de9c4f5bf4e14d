"""Draws a rebus for a letter: live text in tables, plain text, and words for those who listen.

Live text because many clients block images: emoji, letters, commas and «С = Ц» are characters.
No colours are set, so the drawing follows the letter's own, in the dark too.
"""

from hashlib import sha256
from html import escape

from pismo.games.conventions import prepositions
from pismo.games.lexicon import names_of
from pismo.games.notation import (
    Changes,
    Edit,
    Letters,
    Note,
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
    StrikeAt,
    pieces,
)
from pismo.games.scene import LETTER_PX, MARK_PX, Cell, Frame, Node, Row, Sign, Stack, scene

PICTURE_PX = 480
"""How wide a drawing stands in a letter; its file has twice as many pixels."""

DRAWN_PX = 320
"""How wide a drawing stands that no writer made: on a phone as large as live text."""

_TABLE = '<table role="presentation" cellpadding="0" cellspacing="0"'
# Without a doctype (some web mail) a table does not inherit the size of its letters.
_INNER_TABLE = f'{_TABLE} style="font-size:{LETTER_PX}px"'


def draw_html(
    rebus: Rebus, *, language: str, picture_src: str = "", picture_px: int = PICTURE_PX
) -> str:
    """Draw a rebus as HTML: an `<img>` if `picture_src` is given, else live text in tables.

    Args:
        rebus: What to draw.
        language: The letter's: that of the words for screen readers.
        picture_src: Address of the drawing made by `draw_png`, if there is one.
        picture_px: How wide the drawing stands at most.
    """
    label = escape(draw_label(rebus, language=language), quote=True)
    if picture_src:
        return (
            f'<img src="{escape(picture_src, quote=True)}" alt="{label}" width="{picture_px}" '
            f'style="display:block;margin:8px auto 20px;width:100%;max-width:{picture_px}px;'
            'height:auto">'
        )
    rows = scene(rebus)
    tables = "".join(_row(row, last=index == len(rows)) for index, row in enumerate(rows, 1))
    return f'<div role="img" aria-label="{label}">{tables}</div>'


def draw_text(rebus: Rebus, *, language: str) -> str:
    """Draw a rebus as plain text, `100 + лиса (с=ц)`, one line each.

    A picture is written by its name, or as the emoji itself where its author gave none; the
    language of the letter changes nothing.
    """
    del language
    return "\n".join(" + ".join(_text(part) for part in line.parts) for line in rebus.lines)


def draw_label(rebus: Rebus, *, language: str) -> str:
    """Say a rebus in words; the author's `alt` if there is one."""
    if rebus.alt:
        return rebus.alt
    title, plus = ("Ребус", "; плюс ") if language == "ru" else ("Rebus", "; plus ")
    said = [_said(part, language, rebus.language) for line in rebus.lines for part in line.parts]
    return f"{title}: {plus.join(said)}"


def must_be_drawn(rebus: Rebus) -> bool:
    """Tell whether something stands upside down, and its writer names no drawing of it."""
    return not rebus.picture and bool(turned_over(rebus))


def drawn_prefix(rebus: Rebus) -> str:
    """Return what the name of a rebus's picture begins with; it says nothing of the answer."""
    shown = "\n".join(line.text for line in rebus.lines)
    return f"rebus-{sha256(shown.encode()).hexdigest()[:8]}-"


def turned_over(rebus: Rebus) -> list[tuple[int, Piece]]:
    """Return what stands upside down, each with the place of its line in the block."""
    return [
        (line.offset, piece)
        for line in rebus.lines
        for piece in pieces(line.parts)
        if piece.changes.flipped
    ]


def _row(cells: tuple[Cell, ...], *, last: bool) -> str:
    plus = '<td style="padding:0 6px">+</td>'
    bodies = plus.join(f'<td align="center">{_node(cell.body)}</td>' for cell in cells)
    head = ""
    above = [_marks(cell) for cell in cells]
    if any(above):
        marks = "<td></td>".join(f'<td align="center">{mark}</td>' for mark in above)
        head = f'<tr style="font-size:{MARK_PX}px">{marks}</tr>'
    body = f'<tr valign="bottom">{bodies}{"" if last else plus}</tr>'
    margin = "8px auto 20px" if last else "8px auto 0"
    style = f'style="margin:{margin};font-size:{LETTER_PX}px;line-height:1.2"'
    return f'{_TABLE} align="center" {style}>{head}{body}</table>'


def _marks(cell: Cell) -> str:
    marks = [_struck(mark) if mark.struck else escape(mark.text) for mark in cell.marks]
    if _is_flipped(cell.body):
        marks.append("↻")
    return ", ".join(marks)


def _is_flipped(node: Node) -> bool:
    if isinstance(node, Sign):
        return node.flipped
    inner = (node.node,) if isinstance(node, Frame) else node.nodes
    return any(_is_flipped(one) for one in inner)


def _struck(mark: Sign) -> str:
    return f"<s>{escape(mark.text)}</s>"


def _node(node: Node) -> str:
    """Draw a node as inline text where it can be, as a table where it has storeys or a frame."""
    if isinstance(node, Sign):
        return _sign(node)
    if isinstance(node, Row):
        if all(isinstance(inner, Sign) for inner in node.nodes):
            return "".join(_node(inner) for inner in node.nodes)
        cells = "".join(f"<td>{_node(inner)}</td>" for inner in node.nodes)
        return f"{_INNER_TABLE}><tr>{cells}</tr></table>"
    if isinstance(node, Frame):
        box = 'align="center" style="border:2px solid;padding:2px 8px"'
        return f"{_INNER_TABLE}><tr><td {box}>{_node(node.node)}</td></tr></table>"
    return _stack(node)


def _stack(stack: Stack) -> str:
    style = ""
    if stack.ruled:
        style = ' style="border-bottom:2px solid"'
    elif stack.gap_px:
        style = f' style="padding-bottom:{stack.gap_px}px"'
    upper, *lower = (_node(node) for node in stack.nodes)
    rows = f'<tr><td align="center"{style}>{upper}</td></tr>' + "".join(
        f'<tr><td align="center">{node}</td></tr>' for node in lower
    )
    return f'{_INNER_TABLE} align="center">{rows}</table>'


def _sign(sign: Sign) -> str:
    text = _struck(sign) if sign.struck else escape(sign.text)
    if sign.raised:
        text = f"<sup>{text}</sup>"
    if sign.size_px == LETTER_PX and not sign.is_emoji:
        return text
    return f'<span style="font-size:{sign.size_px:g}px">{text}</span>'


def _text(part: Part) -> str:
    if isinstance(part, Placed):
        ground = " + ".join(map(_text, part.ground))
        figure = " + ".join(map(_text, part.figure))
        return f"{part.preposition}({ground}; {figure})"
    edits = "".join(f" ({_edit_text(edit)})" for edit in part.changes.edits)
    turned = "^" if part.changes.flipped else ""
    before, after = "," * part.changes.drop_first, "," * part.changes.drop_last
    return f"{before}{_shown(part)}{edits}{turned}{after}"


def _shown(piece: Piece) -> str:
    symbol = piece.symbol
    if isinstance(symbol, Picture):
        return symbol.name or symbol.shown
    if isinstance(symbol, Number):
        return symbol.digits
    return symbol.letters if isinstance(symbol, Letters) else f"♪{symbol.name}"


def _edit_text(edit: Edit) -> str:
    if isinstance(edit, Replace):
        return f"{edit.old}={edit.new}"
    if isinstance(edit, ReplaceAt):
        return f"{edit.index}={edit.new}"
    if isinstance(edit, Order):
        return ("" if max(edit.indexes) < 10 else ".").join(map(str, edit.indexes))
    return f"−{edit.letters if isinstance(edit, Strike) else edit.index}"


def _said(part: Part, language: str, spoken: str) -> str:
    """Say a part in the letter's language; `spoken` is that of the rebus itself."""
    if isinstance(part, Placed):
        phrase = prepositions(spoken)[part.preposition].phrase
        figure = ", ".join(_said(inner, language, spoken) for inner in part.figure)
        ground = ", ".join(_said(inner, language, spoken) for inner in part.ground)
        return f"{figure} {phrase} {ground}"
    return ", ".join([_named(part, language, spoken), *_said_changes(part.changes, language)])


def _named(piece: Piece, language: str, spoken: str) -> str:
    symbol = piece.symbol
    if isinstance(symbol, Note):
        return f"нота {symbol.name}" if language == "ru" else f"the note {symbol.name}"
    if not isinstance(symbol, Picture) or symbol.name:
        return _shown(piece)
    known = names_of(symbol.emoji, spoken)
    if not known:
        return symbol.shown
    return known[0].plural or known[0].name if symbol.count > 1 else known[0].name


def _said_changes(changes: Changes, language: str) -> list[str]:
    says = _SAYS["ru" if language == "ru" else "en"]
    said = [_said_edit(edit, says) for edit in changes.edits]
    if changes.flipped:
        said.append(says["flipped"])
    if changes.drop_first:
        said.append(says["first"].format(changes.drop_first))
    if changes.drop_last:
        said.append(says["last"].format(changes.drop_last))
    return said


def _said_edit(edit: Edit, says: dict[str, str]) -> str:
    if isinstance(edit, Replace):
        return says["replace"].format(edit.old, edit.new)
    if isinstance(edit, ReplaceAt):
        return says["replace_at"].format(edit.index, edit.new)
    if isinstance(edit, Order):
        return says["order"].format(", ".join(map(str, edit.indexes)))
    if isinstance(edit, StrikeAt):
        return says["strike_at"].format(edit.index)
    return says["strike"].format(", ".join(edit.letters))


_SAYS = {
    "ru": {
        "replace": "«{}» меняется на «{}»",
        "replace_at": "буква номер {} меняется на «{}»",
        "order": "буквы по порядку {}",
        "strike": "зачёркнуто «{}»",
        "strike_at": "зачёркнута буква номер {}",
        "flipped": "перевёрнуто: читается наоборот",
        "first": "без первых букв: {}",
        "last": "без последних букв: {}",
    },
    "en": {
        "replace": "'{}' becomes '{}'",
        "replace_at": "letter {} becomes '{}'",
        "order": "letters in the order {}",
        "strike": "without '{}'",
        "strike_at": "without letter {}",
        "flipped": "upside down: read backwards",
        "first": "first letters dropped: {}",
        "last": "last letters dropped: {}",
    },
}
