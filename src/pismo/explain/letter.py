"""Walk an edition as a letter is made of it for one person, and note what was decided."""

from collections.abc import Iterator, Mapping

from pismo.model.edition import (
    Choice,
    Edition,
    Expr,
    Filter,
    Hole,
    Parts,
    Repeat,
    columns,
    operands,
    paths,
)
from pismo.model.people import Recipient, Recommended
from pismo.model.spelling import spelled
from pismo.plan.picks import picks_wanted
from pismo.records import dataclass
from pismo.render import MISSING, evaluate, scope_of

_PERSONAL = ("recipient", "occasion", "counts")


@dataclass(frozen=True, slots=True)
class ChoiceTaken:
    """One `if` of the letter: its test as written, and whether its branch is shown."""

    test: str
    taken: bool


@dataclass(frozen=True, slots=True)
class HoleFilled:
    """One value in the letter: the expression, what is seen, and whether it is a fallback."""

    name: str
    value: str
    fallback_used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why this person's letter is what it is; `rule` is the predicate, '' for everyone."""

    person: str
    issue: str
    segment: str
    variant: str
    rule: str
    values: Mapping[str, object]
    picks: tuple[Recommended, ...]
    choices: tuple[ChoiceTaken, ...]
    holes: tuple[HoleFilled, ...]


def explain_letter(edition: Edition, recipient: Recipient, rule: str) -> Explanation:
    """Explain one letter; pure, and asks the very functions that render it."""
    reader = _Reader(scope_of(recipient), edition.language)
    choices: dict[str, ChoiceTaken] = {}
    holes: dict[str, HoleFilled] = {}
    for body in (edition.subject, edition.preheader, edition.html):
        for part, taken in _walk(body, reader):
            if isinstance(part, Hole):
                _note_hole(part, reader, holes)
            else:
                name = spelled(part)
                choices.setdefault(name, ChoiceTaken(name, taken))
    return Explanation(
        person=recipient.id,
        issue=edition.issue,
        segment=edition.segment,
        variant=edition.variant,
        rule=rule,
        values={name: recipient.facts.get(name) for name in columns(edition)},
        picks=recipient.picks[: picks_wanted(edition)],
        choices=tuple(choices.values()),
        holes=tuple(holes.values()),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """One person's values, and the language they are written in."""

    scope: Mapping[str, object]
    language: str

    def value(self, expr: Expr) -> object:
        return evaluate(expr, self.scope, self.language)

    def holds(self, test: Expr) -> bool:
        value = self.value(test)
        return value is not MISSING and bool(value)


def _walk(parts: Parts, reader: _Reader) -> Iterator[tuple[Hole | Expr, bool]]:
    """Yield the holes that are shown, and each choice's tests with whether they won."""
    for part in parts:
        if isinstance(part, Hole):
            yield part, True
        elif isinstance(part, Choice):
            yield from _walk_choice(part, reader)
        elif isinstance(part, Repeat) and not reader.value(part.over):
            yield from _walk(part.otherwise, reader)


def _walk_choice(choice: Choice, reader: _Reader) -> Iterator[tuple[Hole | Expr, bool]]:
    won = False
    for branch in choice.branches:
        taken = not won and reader.holds(branch.test)
        yield branch.test, taken
        if taken:
            won = True
            yield from _walk(branch.parts, reader)
    if not won:
        yield from _walk(choice.otherwise, reader)


def _note_hole(hole: Hole, reader: _Reader, holes: dict[str, HoleFilled]) -> None:
    """Note a hole about the person once; links and products are shown elsewhere."""
    if not any(path.root in _PERSONAL for path in paths(hole.expr)):
        return
    name = spelled(hole.expr)
    value = reader.value(hole.expr)
    shown = "" if value is MISSING else str(value)
    holes.setdefault(name, HoleFilled(name, shown, _fell_back(hole.expr, reader)))


def _fell_back(expr: Expr, reader: _Reader) -> bool:
    if isinstance(expr, Filter) and expr.name in ("default", "d"):
        return reader.value(expr.operand) is MISSING
    return any(_fell_back(operand, reader) for operand in operands(expr))
