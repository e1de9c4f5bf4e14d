"""A rebus as frozen values: what the notation in a fenced block means.

    answer: столица
    hint: главный город
    line: 100 + 🦊лиса(с=ц)

`games.block` reads the block, `games.line` one line of it.
"""

from collections.abc import Iterator
from datetime import date

from pismo.records import dataclass


@dataclass(frozen=True, slots=True)
class Replace:
    """`(с=ц)`: every `old` becomes `new`."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ReplaceAt:
    """`(2=ц)`: the letter at `index` (from 1) becomes `new`."""

    index: int
    new: str


@dataclass(frozen=True, slots=True)
class Strike:
    """`(-ни)`: each of these letters goes, wherever it stands."""

    letters: str


@dataclass(frozen=True, slots=True)
class StrikeAt:
    """`(-3)`: the letter at `index` (from 1) goes."""

    index: int


@dataclass(frozen=True, slots=True)
class Order:
    """`(3142)`: the letters are read in this order, and only these."""

    indexes: tuple[int, ...]


Edit = Replace | ReplaceAt | Strike | StrikeAt | Order


@dataclass(frozen=True, slots=True)
class Changes:
    """What is done to a word: edits in brackets first, then turning over, then commas.

    Indexes count the letters of the word as it was.
    """

    edits: tuple[Edit, ...] = ()
    flipped: bool = False
    drop_first: int = 0
    drop_last: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """An emoji, shown `count` times; `name` is '' where the reader has to know it."""

    emoji: str
    name: str = ""
    count: int = 1

    @property
    def shown(self) -> str:
        """The picture as it stands in the line."""
        return self.emoji * self.count


@dataclass(frozen=True, slots=True)
class Number:
    """Digits, or ½, read aloud."""

    digits: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a stave, read by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Letters:
    """Live letters, as they are (capitals)."""

    letters: str


Symbol = Picture | Number | Note | Letters


@dataclass(frozen=True, slots=True)
class Piece:
    """One symbol with its changes; `reading` is the author's word on how it is said, or ''."""

    symbol: Symbol
    changes: Changes = Changes()
    reading: str = ""
    column: int = 1


@dataclass(frozen=True, slots=True)
class Placed:
    """`в(О; ДА)`: the figure (second) stands somewhere by the ground (first)."""

    preposition: str
    ground: tuple["Part", ...]
    figure: tuple["Part", ...]
    column: int = 1


Part = Piece | Placed


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a rebus; `offset` is its place below the block's first line."""

    parts: tuple[Part, ...]
    text: str
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebus:
    """A rebus as its writer meant it.

    `alt` is what a screen reader says instead of our words; `answer_from` is the day from which
    the answer may be shown; `picture` is the path of a drawing.
    """

    answer: str
    lines: tuple[Line, ...]
    language: str
    hint: str = ""
    alt: str = ""
    picture: str = ""
    answer_from: date | None = None


def pieces(parts: tuple[Part, ...]) -> Iterator[Piece]:
    """Go through all pieces of a line, also those inside prepositions, in order."""
    for part in parts:
        if isinstance(part, Piece):
            yield part
        else:
            yield from pieces(part.ground)
            yield from pieces(part.figure)
