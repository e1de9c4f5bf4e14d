"""Every shape that a picture's name can take by one kind of edit, by what it then spells."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from pismo.games.conventions import NOTES, number_readings
from pismo.games.lexicon import lexicon, names_of
from pismo.games.spelling import fold
from pismo.records import dataclass

_SECOND_COST = 0.8  # a reader may think of another name first
_PLURAL_COST = 0.7
_DROP_COST = 1.0
_DROPPED_LETTER_COST = 0.4
_REPLACE_COST = 1.7
_STRIKE_COST = 1.8
_FLIP_COST = 2.2
_NUMBERS = ("½", "1", "2", "3", "5", "6", "7", "8", "12", "40", "100")
_MOST_DROPPED = 3
_SHORTEST_REPLACED = 4
_PER_SPELLING = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """A name with one kind of edit: how violent it is, and how it is written.

    `pattern` is the notation; for replacements `{0}` and `{1}` stand for the old and the new
    letter. `kept_share` is the part of the name that is still read; `also` are the other names of
    the same picture.
    """

    cost: float
    name: str
    pattern: str
    dropped: int = 0
    kept_share: float = 1.0
    replaced_at: int = -1
    is_struck: bool = False
    also: tuple[str, ...] = ()

    @property
    def is_replaced(self) -> bool:
        """Whether one letter of the name becomes another."""
        return self.replaced_at >= 0

    def text(self, spelled: str) -> str:
        """Write the notation for what it has to spell."""
        if not self.is_replaced:
            return self.pattern
        old, new = self.name[self.replaced_at], spelled[self.replaced_at]
        place = old if self.name.count(old) == 1 else str(self.replaced_at + 1)
        return f"{self.pattern}({place}={new})"


@dataclass(frozen=True, slots=True)
class Shapes:
    """Shapes by what they spell; in `replaced` the changed letter is written '?'."""

    exact: Mapping[str, tuple[Shape, ...]]
    replaced: Mapping[str, tuple[Shape, ...]]


@cache
def shapes(language: str) -> Shapes:
    """Return all shapes of a language, cheapest first, a few for each spelling."""
    exact: dict[str, list[Shape]] = defaultdict(list)
    replaced: dict[str, list[Shape]] = defaultdict(list)
    for spelled, shape in _all_shapes(language):
        exact[spelled].append(shape)
    for shown in _shown_names(language):
        name, cost = shown.name, shown.cost + _REPLACE_COST
        for place in range(len(name) if len(name) >= _SHORTEST_REPLACED else 0):
            pattern = f"{name[:place]}?{name[place + 1 :]}"
            replaced[pattern].append(
                Shape(cost, name, shown.text, replaced_at=place, also=shown.also)
            )
    return Shapes(_cheapest(exact), _cheapest(replaced))


def _all_shapes(language: str) -> Iterator[tuple[str, Shape]]:
    for shown in _shown_names(language):
        yield shown.name, Shape(shown.cost, shown.name, shown.text, also=shown.also)
        yield from _dropped(shown)
        yield from _struck(shown)
        if shown.copies == 1 and shown.name[::-1] != shown.name:
            cost = shown.cost + _FLIP_COST
            yield shown.name[::-1], Shape(cost, shown.name, f"{shown.text}^", also=shown.also)
    for digits in _NUMBERS:
        for place, reading in enumerate(number_readings(digits, language)):
            yield reading, Shape(0.4 * place, reading, digits)
    for note in NOTES[language]:
        yield note, Shape(0.5, note, f"♪{note}")


def _dropped(shown: "_Shown") -> Iterator[tuple[str, Shape]]:
    name = shown.name
    for dropped in range(1, _MOST_DROPPED + 1):
        kept = len(name) - dropped
        if kept < 2:
            return
        cost = shown.cost + _DROP_COST + _DROPPED_LETTER_COST * dropped
        commas, share = "," * dropped, kept / len(name)
        for spelled, text in (
            (name[dropped:], commas + shown.text),
            (name[:kept], shown.text + commas),
        ):
            yield spelled, Shape(cost, name, text, dropped, share, also=shown.also)


def _struck(shown: "_Shown") -> Iterator[tuple[str, Shape]]:
    """Strike one letter inside the name; at its ends a comma says the same."""
    name = shown.name
    for place in range(1, len(name) - 1 if len(name) > _SHORTEST_REPLACED else 0):
        struck = name[place] if name.count(name[place]) == 1 else str(place + 1)
        text = f"{shown.text}(-{struck})"
        cost = shown.cost + _STRIKE_COST
        yield (
            name[:place] + name[place + 1 :],
            Shape(cost, name, text, is_struck=True, also=shown.also),
        )


class _Shown(NamedTuple):
    """One picture, or several, and what they are called."""

    name: str
    text: str
    cost: float
    copies: int
    also: tuple[str, ...]


def _shown_names(language: str) -> Iterator[_Shown]:
    """Go through all that may be suggested."""
    for name in lexicon(language):
        if not name.may_be_suggested:
            continue
        cost = _SECOND_COST if "second" in name.flags else 0.0
        also = tuple(fold(other.name) for other in names_of(name.emoji, language))
        yield _Shown(fold(name.name), f"{name.emoji}{name.name}", cost, 1, also)
        if name.plural and fold(name.plural) != fold(name.name):
            text = f"{name.emoji * 2}{name.plural}"
            yield _Shown(fold(name.plural), text, cost + _PLURAL_COST, 2, also)


def _cheapest(found: Mapping[str, list[Shape]]) -> Mapping[str, tuple[Shape, ...]]:
    """Keep the cheapest shapes of each spelling, one for each name."""
    kept: dict[str, tuple[Shape, ...]] = {}
    for spelled, candidates in found.items():
        by_name: dict[str, Shape] = {}
        for shape in sorted(candidates, key=lambda shape: (shape.cost, shape.pattern)):
            by_name.setdefault(shape.name, shape)
        kept[spelled] = tuple(by_name.values())[:_PER_SPELLING]
    return kept
