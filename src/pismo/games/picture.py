"""Draws by itself what live text cannot show, so that a letter and its pages have it."""

from collections.abc import Sequence
from hashlib import sha256

from pismo.games.drawing import DRAWN_PX, drawn_prefix, turned_over
from pismo.games.errors import RebusError
from pismo.games.notation import Picture, Rebus, pieces
from pismo.games.png import EMOJI_FONTS, OVERSAMPLE, TEXT_FONTS, draw_png
from pismo.records import replace


def drawn_picture(
    rebus: Rebus,
    *,
    emoji_fonts: Sequence[str] = EMOJI_FONTS,
    text_fonts: Sequence[str] = TEXT_FONTS,
) -> tuple[str, bytes]:
    """Draw a rebus; the same fonts and Pillow give the same bytes, which name the file.

    Args:
        rebus: What to draw.
        emoji_fonts: As `draw_png` takes them.
        text_fonts: Likewise.

    Raises:
        RebusError: At the piece that needs it, if a font is missing or lacks an emoji.
    """
    try:
        width = DRAWN_PX * OVERSAMPLE
        content = draw_png(rebus, width=width, emoji_fonts=emoji_fonts, text_fonts=text_fonts)
    except RebusError as problem:
        line, column = _place_of(dict(problem.remark.values).get("emoji", ""), rebus)
        raise RebusError(replace(problem.remark, line=line, column=column)) from problem
    return f"{drawn_prefix(rebus)}{sha256(content).hexdigest()[:16]}.png", content


def _place_of(emoji: str, rebus: Rebus) -> tuple[int, int]:
    """Return line and column of an emoji; without one, of the first piece upside down."""
    for line in rebus.lines:
        for piece in pieces(line.parts):
            if emoji and isinstance(piece.symbol, Picture) and emoji in piece.symbol.shown:
                return line.offset, piece.column
    return next(((line, piece.column) for line, piece in turned_over(rebus)), (0, 1))
