"""What differs between two letters, word by word."""

import difflib
import re
from collections.abc import Sequence

from pismo.records import dataclass

_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that is in both letters, or only in the right or in the left one."""

    kind: str
    text: str


def difference(left: str, right: str) -> tuple[Piece, ...]:
    """Compare two texts word by word; `added` is only in `right`, `removed` only in `left`."""
    before, after = _WORDS.findall(left), _WORDS.findall(right)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    pieces: list[Piece] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        pieces.extend(_pieces("removed", before[a:b]))
        pieces.extend(_pieces("added", after[c:d]))
    return tuple(pieces)


def _pieces(kind: str, words: Sequence[str]) -> tuple[Piece, ...]:
    return (Piece(kind, "".join(words)),) if words else ()
