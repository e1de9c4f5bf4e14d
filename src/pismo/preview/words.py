"""What differs between two letters, word by word."""

import difflib
import re
from collections.abc import Sequence

from pismo.records import dataclass

_WORDS = re.compile(r"\s*\S+\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that is in both letters, or only in the right or in the left one."""

    kind: str
    text: str


def words_of(text: str) -> list[str]:
    """Cut a text into words, each with the blanks around it, so that they join to it again."""
    return _WORDS.findall(text)


def difference(left: str, right: str) -> tuple[Piece, ...]:
    """Compare two texts word by word; `added` is only in `right`, `removed` only in `left`.

    Blanks go with their words and are not compared.
    """
    before, after = words_of(left), words_of(right)
    alike = difflib.SequenceMatcher(None, _bare(before), _bare(after), autojunk=False)
    pieces: list[Piece] = []
    blank = ""
    for kind, a, b, c, d in alike.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", blank + "".join(after[c:d])))
            blank = ""
            continue
        for side, run in (("removed", "".join(before[a:b])), ("added", "".join(after[c:d]))):
            if run:
                pieces.append(Piece(side, run.rstrip()))
                blank = run[len(run.rstrip()) :]
    return tuple(pieces)


def _bare(words: Sequence[str]) -> list[str]:
    return [one.strip() for one in words]
