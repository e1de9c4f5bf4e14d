"""Draws a rebus as a PNG with Pillow: the same scene as the live text, pictures really turned.

Noto Color Emoji holds bitmaps of one size, 109; they are drawn at it and scaled down. The card is
opaque and light, so that the drawing stays legible where a mail client turns its letter dark.
"""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from pismo.games import errors
from pismo.games.emoji import emoji_at
from pismo.games.errors import RebusError, remark
from pismo.games.notation import Rebus
from pismo.games.scene import MARK_PX, Cell, Frame, Node, Row, Sign, Stack, scene
from pismo.records import dataclass

if TYPE_CHECKING:
    from PIL import Image, ImageFont

EMOJI_FONTS = (
    "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf",
    "/usr/share/fonts/noto/NotoColorEmoji.ttf",
    "/usr/share/fonts/google-noto-emoji/NotoColorEmoji.ttf",
    "~/.local/share/fonts/NotoColorEmoji.ttf",
    "~/Library/Fonts/NotoColorEmoji.ttf",
)
TEXT_FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
    "/usr/share/fonts/TTF/DejaVuSans-Bold.ttf",
    "/usr/share/fonts/dejavu/DejaVuSans-Bold.ttf",
    "/Library/Fonts/Arial Bold.ttf",
    "C:/Windows/Fonts/arialbd.ttf",
)
_STRIKE_SIZE = 109  # the only size of Noto Color Emoji's bitmaps (136 x 128 pixels)
_PAPER, _INK = (255, 255, 255), (34, 34, 34)
_PADDING, _GAP, _ROW_GAP, _RULE = 16, 8, 14, 3
OVERSAMPLE = 2
"""Pixels of the file for one in the letter: sharp on phones."""


def draw_png(
    rebus: Rebus,
    *,
    width: int,
    emoji_fonts: Sequence[str] = EMOJI_FONTS,
    text_fonts: Sequence[str] = TEXT_FONTS,
) -> bytes:
    """Draw a rebus as a PNG of `width` pixels, upside-down pictures upside down.

    Args:
        rebus: What to draw.
        width: Pixels, at least 160; twice the place it will have in a letter looks sharp.
        emoji_fonts: Where Noto Color Emoji may be; the first that exists is used.
        text_fonts: The same for a bold font with Cyrillic letters.

    Raises:
        RebusError: If a font is missing, or lacks an emoji.
        ValueError: If `width` is less than 160.
    """
    if width < 160:
        raise ValueError("a rebus needs at least 160 pixels")
    fonts = _Fonts(
        _first(emoji_fonts, "Noto Color Emoji", "fonts-noto-color-emoji"),
        _first(text_fonts, "DejaVu Sans Bold", "fonts-dejavu-core"),
    )
    rows = scene(rebus, row_px=(width / OVERSAMPLE) - 2 * _PADDING)
    sheet = _Sheet(fonts).paint(rows, width)
    return _encoded(sheet)


@dataclass(frozen=True, slots=True)
class _Fonts:
    emoji_path: str
    text_path: str

    def text(self, size_px: float) -> "ImageFont.FreeTypeFont":
        return _font(self.text_path, round(size_px * OVERSAMPLE))

    def emoji(self) -> "ImageFont.FreeTypeFont":
        return _font(self.emoji_path, _STRIKE_SIZE)


@cache
def _font(path: str, size: int) -> "ImageFont.FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(path, size)


class _Sheet:
    """Turns nodes into small transparent pictures and pastes them together, bottom-aligned."""

    def __init__(self, fonts: _Fonts) -> None:
        self._fonts = fonts

    def paint(self, rows: tuple[tuple[Cell, ...], ...], width: int) -> "Image.Image":
        """Put all rows on a card of `width` pixels, shrinking what is wider."""
        from PIL import Image

        pictures = [self._line(row, last=row is rows[-1]) for row in rows]
        padding = _PADDING * OVERSAMPLE
        inside = width - 2 * padding
        fitted = [_shrunk(picture, inside) for picture in pictures]
        height = sum(picture.height for picture in fitted) + _ROW_GAP * (len(fitted) - 1)
        card = Image.new("RGB", (width, height + 2 * padding), _PAPER)
        top = padding
        for picture in fitted:
            card.paste(picture, ((width - picture.width) // 2, top), picture)
            top += picture.height + _ROW_GAP
        return card

    def _line(self, cells: tuple[Cell, ...], *, last: bool) -> "Image.Image":
        plus = self._sign(Sign("+"))
        pictures: list[Image.Image] = []
        for index, cell in enumerate(cells):
            pictures.append(self._cell(cell))
            if index < len(cells) - 1 or not last:
                pictures.append(plus)
        return _beside(pictures, _GAP * OVERSAMPLE)

    def _cell(self, cell: Cell) -> "Image.Image":
        body = self._node(cell.body)
        if not cell.marks:
            return body
        marks: list[Sign] = []
        for mark in cell.marks:
            marks.extend((mark, Sign(", ", MARK_PX)))
        return _above([_beside([self._sign(mark) for mark in marks[:-1]], 0), body])

    def _node(self, node: Node) -> "Image.Image":
        if isinstance(node, Sign):
            return self._sign(node)
        if isinstance(node, Row):
            return _beside([self._node(inner) for inner in node.nodes], 4)
        if isinstance(node, Frame):
            return _framed(self._node(node.node))
        return self._stack(node)

    def _stack(self, stack: Stack) -> "Image.Image":
        inner = [self._node(node) for node in stack.nodes]
        if stack.ruled:
            from PIL import Image

            wide = max(picture.width for picture in inner) + 8
            inner.insert(1, Image.new("RGBA", (wide, _RULE * OVERSAMPLE), (*_INK, 255)))
        return _above(inner, stack.gap_px * OVERSAMPLE)

    def _sign(self, sign: Sign) -> "Image.Image":
        picture = self._emoji(sign) if sign.is_emoji else self._letters(sign)
        if sign.flipped:
            picture = picture.rotate(180)
        return _lifted(picture) if sign.raised else picture

    def _letters(self, sign: Sign) -> "Image.Image":
        from PIL import Image, ImageDraw

        font = self._fonts.text(sign.size_px)
        ascent, descent = font.getmetrics()
        wide = round(font.getlength(sign.text)) + 2
        picture = Image.new("RGBA", (wide, ascent + descent), (*_INK, 0))
        draw = ImageDraw.Draw(picture)
        draw.text((1, 0), sign.text, font=font, fill=(*_INK, 255))
        if sign.struck:
            draw.line((0, picture.height, wide, 0), fill=(*_INK, 255), width=2 * OVERSAMPLE)
        return picture

    def _emoji(self, sign: Sign) -> "Image.Image":
        pictures = []
        place = 0
        while one := emoji_at(sign.text, place):
            pictures.append(self._one_emoji(one, sign.size_px))
            place += len(one)
        return _beside(pictures, 4)

    def _one_emoji(self, emoji: str, size_px: float) -> "Image.Image":
        from PIL import Image, ImageDraw

        font = self._fonts.emoji()
        wide = round(font.getlength(emoji))
        picture = Image.new("RGBA", (max(wide, 1), 128), (0, 0, 0, 0))
        ImageDraw.Draw(picture).text((0, -2), emoji, font=font, embedded_color=True)
        if picture.getbbox() is None or wide > _MOST_WIDE:
            raise RebusError(remark(errors.NO_GLYPH, emoji=emoji))
        side = round(size_px * 1.15 * OVERSAMPLE)
        return picture.resize((side, side), Image.Resampling.LANCZOS)


_MOST_WIDE = 170  # one bitmap is 136 wide; a sequence the font cannot join comes out as two


def _first(paths: Sequence[str], name: str, package: str) -> str:
    for path in paths:
        full = Path(path).expanduser()
        if full.exists():
            return str(full)
    raise RebusError(remark(errors.NO_FONT, font=name, package=package))


def _beside(pictures: Sequence["Image.Image"], gap: int) -> "Image.Image":
    from PIL import Image

    wide = sum(picture.width for picture in pictures) + gap * (len(pictures) - 1)
    tall = max(picture.height for picture in pictures)
    joined = Image.new("RGBA", (wide, tall), (*_INK, 0))
    left = 0
    for picture in pictures:
        joined.alpha_composite(picture, (left, tall - picture.height))
        left += picture.width + gap
    return joined


def _above(pictures: Sequence["Image.Image"], gap: int = 0) -> "Image.Image":
    from PIL import Image

    wide = max(picture.width for picture in pictures)
    tall = sum(picture.height for picture in pictures) + gap * (len(pictures) - 1)
    joined = Image.new("RGBA", (wide, tall), (*_INK, 0))
    top = 0
    for picture in pictures:
        joined.alpha_composite(picture, ((wide - picture.width) // 2, top))
        top += picture.height + gap
    return joined


def _framed(picture: "Image.Image") -> "Image.Image":
    from PIL import Image, ImageDraw

    margin = 8 * OVERSAMPLE
    size = (picture.width + 2 * margin, picture.height + margin)
    framed = Image.new("RGBA", size, (*_INK, 0))
    framed.alpha_composite(picture, (margin, margin // 2))
    box = (0, 0, size[0] - 1, size[1] - 1)
    ImageDraw.Draw(framed).rectangle(box, outline=(*_INK, 255), width=_RULE * OVERSAMPLE)
    return framed


def _lifted(picture: "Image.Image") -> "Image.Image":
    from PIL import Image

    lifted = Image.new("RGBA", (picture.width, round(picture.height * 1.7)), (*_INK, 0))
    lifted.alpha_composite(picture, (0, 0))
    return lifted


def _shrunk(picture: "Image.Image", width: int) -> "Image.Image":
    from PIL import Image

    if picture.width <= width:
        return picture
    height = round(picture.height * width / picture.width)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _encoded(card: "Image.Image") -> bytes:
    """Encode with 64 colours: a third of the size, and nobody sees it."""
    from PIL import Image

    stream = BytesIO()
    few = card.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(stream, "PNG", optimize=True)
    return stream.getvalue()
