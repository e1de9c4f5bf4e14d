"""Whose letter would have a gap: `render.missing`, asked once per distinct set of values.

A letter is cut into its parts; what a part lacks depends only on the facts and picks that it
reads, and those repeat from reader to reader. A hole with a fallback can never be empty and is
not asked about at all. So a plan of 200,000 people asks a few thousand questions, not 200,000.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pismo.model.edition import (
    Choice,
    Constant,
    Edition,
    Expr,
    Filter,
    Hole,
    Part,
    Parts,
    Path,
    Repeat,
    Static,
    expressions,
    paths,
)
from pismo.model.people import Links, Recipient, Recommended
from pismo.records import dataclass, field, replace
from pismo.render import missing_in

_REMEMBERED = 100_000
_GIVEN_LINKS = {"unsubscribe", "preferences", "web"}


@dataclass
class _Question:
    """What one part lacks, by the values of what it reads.

    `each_pick` says that a part goes through the picks one by one, so that each pick answers
    for itself.
    """

    columns: tuple[str, ...]
    picks: bool
    each_pick: bool
    ask: Any
    known: dict[tuple[object, ...], tuple[str, ...]] = field(default_factory=dict)

    def gaps(self, recipient: Recipient) -> Iterator[str]:
        values = tuple(recipient.facts.get(name) for name in self.columns)
        if not self.picks:
            yield from self._answer(values, recipient)
        elif self.each_pick:
            for pick in recipient.picks:
                yield from self._answer((*values, pick), replace(recipient, picks=(pick,)))
        else:
            yield from self._answer((*values, recipient.picks), recipient)

    def _answer(self, key: tuple[object, ...], recipient: Recipient) -> tuple[str, ...]:
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            found = self.known[key] = tuple(self.ask(recipient))
        return found


class GapFinder:
    """Answers for one edition: `links` are any reader's (all have the same), so are `counts`."""

    def __init__(
        self, edition: Edition, links: Links, counts: Mapping[str, int] | None = None
    ) -> None:
        self._links, self._counts = links, counts or {}
        parts = dict.fromkeys(part for parts in edition.bodies() for part in parts)
        self._questions = [
            _question(edition, part) for part in parts if _may_lack(part, set(links.items))
        ]

    def gaps(
        self, person: str, facts: Mapping[str, Any], picks: Sequence[Recommended]
    ) -> Sequence[str]:
        """Name the columns whose absence leaves a gap in this reader's letter, sorted."""
        if not self._questions:
            return ()
        recipient = Recipient(
            id=person,
            segment="",
            facts=facts,
            picks=tuple(picks),
            links=self._links,
            counts=self._counts,
        )
        found = {gap for question in self._questions for gap in question.gaps(recipient)}
        return sorted(found)


def _question(edition: Edition, part: Part) -> _Question:
    read = [path for expr in expressions((part,)) for path in paths(expr)]
    only = replace(edition, subject=(), preheader=(), html=(part,), text=(), headers=())
    names = {str(path.steps[0]) for path in read if path.root == "recipient" and path.steps}
    loops = any(path.root.startswith("loop:") for path in read)
    picks = any(path.root == "picks" for path in read)
    return _Question(
        columns=tuple(sorted(names)),
        picks=picks,
        each_pick=isinstance(part, Repeat) and _over_picks(part) and not loops,
        ask=missing_in(only),
    )


def _over_picks(part: Repeat) -> bool:
    """Tell whether a repeat goes through the picks, and reads them in no other way."""
    inner = [*expressions(part.body), *expressions(part.otherwise)]
    if part.only is not None:
        inner.append(part.only)
    if any(path.root == "picks" for expr in inner for path in paths(expr)) or part.otherwise:
        return False
    match part.over:
        # A slice from the front keeps a pick that stands alone; it may only ask of one too many.
        case Path("picks", ()) | Filter("part", Path("picks", ()), (Constant(None | 0), *_)):
            return True
    return False


def _may_lack(part: Part, items: set[str]) -> bool:
    """Tell whether a part can have a gap for any reader."""
    match part:
        case Static():
            return False
        case Hole(expr):
            return not _always_there(expr, items)
        case Choice(branches, otherwise):
            inner: Iterable[Parts] = (*(branch.parts for branch in branches), otherwise)
            return any(_may_lack(one, items) for parts in inner for one in parts)
        case Repeat():
            return True


def _always_there(expr: Expr, items: set[str]) -> bool:
    match expr:
        case Constant(value):
            return value is not None
        case Filter("default", _, (Constant(value), *_)):
            return value is not None
        case Path("links", (str(name),)):
            return name in _GIVEN_LINKS
        case Path("links", ("item", str(slug))):
            return slug in items
    return False
