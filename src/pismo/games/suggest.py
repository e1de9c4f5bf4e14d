"""Finds rebuses for a word: cuts it into blocks that pictures, numbers and notes can spell.

The strict rule (docs/explanation/rebus.md) says what an editor would take; where nothing strict
exists, a looser one fills in and says so. Nothing here is ever published by itself.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from pismo.games.conventions import prepositions
from pismo.games.kinship import akin, is_stopped
from pismo.games.shapes import Shape, shapes
from pismo.games.spelling import fold, language_of
from pismo.records import dataclass

_ELEMENT_COST = 1.0
_LITERAL_COST = 2.2
_PREPOSITION_COST: Mapping[str, float] = {
    "на": 1.6,
    "под": 1.6,
    "в": 1.8,
    "над": 1.8,
    "за": 2.0,
    "по": 2.2,
    "из": 2.4,
    "с": 2.4,
    "у": 2.4,
    "к": 2.6,
    "от": 2.6,
    "on": 1.6,
    "under": 1.6,
    "in": 1.8,
    "over": 1.8,
    "with": 2.4,
}
_PLAIN_PREPOSITIONS = frozenset(
    ("на", "под", "в", "над", "за", "по", "у", "on", "under", "in", "over")
)
"""Positions that a reader sees without guessing; the others only where nothing strict is found."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be done to a word: at most so many of each over the whole rebus.

    `live_share` is the part of the answer that may stand as bare letters; `beam` how many partial
    rebuses of each kind are kept, and so the time it takes.
    """

    elements: int
    elements_if_long: int
    replacements: int
    literals: int
    prepositions: int
    operand_letters: int
    dropped: int
    kept_share: float
    live_share: float
    plain_positions: bool
    beam: int


STRICT = Limits(3, 4, 1, 1, 1, 3, 2, 0.6, 1 / 3, plain_positions=True, beam=12)
LOOSE = Limits(4, 5, 2, 2, 1, 4, 3, 0.5, 0.6, plain_positions=False, beam=4)
_LONG = 8


class Suggestion(NamedTuple):
    """A line of the notation; `score` is its violence (0: bare pictures), lower is gentler."""

    line: str
    score: float
    is_strict: bool


def suggest(word: str, *, limit: int = 5) -> tuple[Suggestion, ...]:
    """Return the gentlest rebuses for a word, at most `limit`, no two by the same pictures.

    Empty for words under three letters, words that are not one script, and those on the
    stop list (`data/stop_*.txt`).
    """
    answer, language = fold(word), language_of(word)
    if len(answer) < 3 or is_stopped(answer, language):
        return ()
    found = _best(answer, language, STRICT, limit)
    strict = [Suggestion(line, score, True) for score, line in found]
    if strict:
        return tuple(strict)
    return tuple(
        Suggestion(line, score, False) for score, line in _best(answer, language, LOOSE, limit)
    )


class _Block(NamedTuple):
    """One way to spell a stretch of the answer."""

    cost: float
    text: str
    key: str
    replaced: int = 0
    literal: int = 0
    placed: int = 0
    live: int = 0


class _Path(NamedTuple):
    """A partial rebus: blocks up to some place, `live` letters of them not drawn."""

    cost: float
    live: int
    blocks: tuple[_Block, ...]


_Spent = tuple[int, int, int, int]
"""Elements, replacements, literals, prepositions used so far."""


def _best(answer: str, language: str, limits: Limits, limit: int) -> list[tuple[float, str]]:
    """Walk over the answer from left to right, keeping the cheapest paths of each kind."""
    most = limits.elements_if_long if len(answer) >= _LONG else limits.elements
    reached: list[dict[_Spent, list[_Path]]] = [{} for _ in range(len(answer) + 1)]
    reached[0][0, 0, 0, 0] = [_Path(0.0, 0, ())]
    for start in range(len(answer)):
        if not reached[start]:
            continue
        for end, blocks in _blocks_from(answer, start, language, limits):
            _extend(reached[start], reached[end], blocks, limits, most)
    most_live = limits.live_share * len(answer)
    finished = [path for paths in reached[-1].values() for path in paths if path.live <= most_live]
    return _different(sorted(finished), limit)


def _extend(
    here: dict[_Spent, list[_Path]],
    there: dict[_Spent, list[_Path]],
    blocks: list[_Block],
    limits: Limits,
    most: int,
) -> None:
    for (elements, replaced, literal, placed), paths in here.items():
        if elements == most:
            continue
        for block in blocks:
            spent = (
                elements + 1,
                replaced + block.replaced,
                literal + block.literal,
                placed + block.placed,
            )
            if (
                spent[1] > limits.replacements
                or spent[2] > limits.literals
                or spent[3] > limits.prepositions
            ):
                continue
            kept = there.setdefault(spent, [])
            step = block.cost + (_ELEMENT_COST if elements else 0.0)
            kept.extend(
                _Path(path.cost + step, path.live + block.live, (*path.blocks, block))
                for path in paths
            )
            if len(kept) > 2 * limits.beam:
                kept[:] = heapq.nsmallest(limits.beam, kept)


def _different(paths: list[_Path], limit: int) -> list[tuple[float, str]]:
    """Take the cheapest paths without a picture in common, then those with few."""
    chosen: dict[frozenset[str], _Path] = {}
    used: dict[str, int] = {}
    for most_used in (1, 2):
        for path in paths:
            keys = frozenset(block.key for block in path.blocks if block.key)
            if len(chosen) == limit:
                break
            if keys in chosen or any(used.get(key, 0) >= most_used for key in keys):
                continue
            chosen[keys] = path
            for key in keys:
                used[key] = used.get(key, 0) + 1
    return [
        (round(path.cost, 2), " + ".join(block.text for block in path.blocks))
        for path in sorted(chosen.values())
    ]


def _blocks_from(
    answer: str, start: int, language: str, limits: Limits
) -> Iterator[tuple[int, list[_Block]]]:
    """Yield every stretch that begins at `start`, by its end, with the ways to spell it."""
    for end in range(start + 1, len(answer) + 1):
        stretch = answer[start:end]
        blocks = [*_pictures(stretch, answer, language, limits)]
        blocks.extend(_letters(stretch))
        blocks.extend(_positions(stretch, language, limits))
        if blocks:
            yield end, blocks


def _letters(stretch: str) -> Iterator[_Block]:
    if len(stretch) == 1:
        yield _Block(_LITERAL_COST, stretch.upper(), "", literal=1, live=1)


def _pictures(stretch: str, answer: str, language: str, limits: Limits) -> Iterator[_Block]:
    if len(stretch) < 2:
        return
    table = shapes(language)
    for shape in table.exact.get(stretch, ()):
        if shape.dropped <= limits.dropped and shape.kept_share >= limits.kept_share:
            yield from _fitting(shape, answer, stretch)
    for place in range(len(stretch)):
        pattern = f"{stretch[:place]}?{stretch[place + 1 :]}"
        for shape in table.replaced.get(pattern, ()):
            if shape.name[place] != stretch[place]:
                yield from _fitting(shape, answer, stretch)


def _fitting(shape: Shape, answer: str, stretch: str) -> Iterator[_Block]:
    if answer not in shape.also and not akin(shape.name, answer):
        text = shape.text(stretch)
        replaced = shape.is_replaced or shape.is_struck
        yield _Block(shape.cost, text, shape.name, replaced=int(replaced))


def _positions(stretch: str, language: str, limits: Limits) -> Iterator[_Block]:
    """Spell a stretch as a position of live letters, read from either side."""
    for word in _shown_positions(language, plain_only=limits.plain_positions):
        letters = len(stretch) - len(word)
        if not 2 <= letters <= limits.operand_letters or word not in stretch:
            continue
        cost = _PREPOSITION_COST[word] + 0.5 * letters
        for ground, figure in _operands(stretch, word):
            yield _Block(
                cost, f"{word}({ground.upper()}; {figure.upper()})", "", placed=1, live=letters
            )


@cache
def _shown_positions(language: str, *, plain_only: bool) -> tuple[str, ...]:
    return tuple(
        word
        for word in prepositions(language)
        if word in (_PLAIN_PREPOSITIONS if plain_only else _PREPOSITION_COST)
    )


def _operands(stretch: str, word: str) -> Iterable[tuple[str, str]]:
    """Return (ground, figure) of «word ground figure» and of «figure word ground»."""
    found: list[tuple[str, str]] = []
    if stretch.startswith(word):
        rest = stretch[len(word) :]
        found.extend((rest[:cut], rest[cut:]) for cut in range(1, len(rest)))
    place = stretch.find(word, 1)
    while 0 < place < len(stretch) - len(word):
        found.append((stretch[place + len(word) :], stretch[:place]))
        place = stretch.find(word, place + 1)
    return found[:2]
