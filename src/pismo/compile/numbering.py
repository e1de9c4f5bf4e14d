"""Numbers of a list's items in plain text, where what a reader gets decides how many come before.

HTML numbers lists by itself. In plain text a number is static where every reader has the same
items before it; elsewhere it is a small sum over the same conditions and lists, for send time.
"""

import re
from collections.abc import Mapping, Sequence

from pismo.compile.stage.record import Mark, Recorder, loop_path
from pismo.compile.stage.tokens import TOKEN, TokenKind
from pismo.model.edition import Arithmetic, Conditional, Constant, Expr, Filter
from pismo.records import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """How many items: a number, and what depends on the reader."""

    fixed: int = 0
    terms: "tuple[Term, ...]" = ()

    def plus(self, other: "Count") -> "Count":
        """Add two counts."""
        return Count(self.fixed + other.fixed, self.terms + other.terms)


@dataclass(frozen=True, slots=True)
class Term:
    """Items of one branch or loop, by its mark's number.

    Kind IF counts `then` or `otherwise`, FOR counts `then` for each turn (`otherwise` if there is
    none), and HOLE counts `then` for each turn that is over, within the loop.
    """

    kind: TokenKind
    mark: int
    then: Count
    otherwise: Count = Count()


NUMBER = "\ue002{}\ue003"
"""A number to be filled in, by its place among the numbers of one text."""

_NUMBER = re.compile("\ue002(\\d+)\ue003")


def numbers_of(pieces: Sequence[str], start: int) -> list[Count] | None:
    """Number the items among `pieces`: '' is an item, anything else a control token.

    Returns:
        One count for each item, or None where a loop's turns have unlike many items.
    """
    counter = _Counter(pieces)
    try:
        counter.walk(Count(start), 0)
    except _UncountableError:
        return None
    return counter.numbers


def filled_in(text: str, counts: Sequence[Sequence[Count]], recorder: Recorder) -> str:
    """Put numbers into a text; a list that cannot be numbered for all readers gets dashes.

    Args:
        text: With `NUMBER` where numbers belong.
        counts: One list of counts for each list of the text, in the order of their numbers.
        recorder: Where the marks that counts name are, and where new ones go.
    """
    words: list[str] = []
    for group in counts:
        exprs = [_expr(count, recorder.marks) for count in group]
        if None in exprs:
            words += ["-"] * len(group)
        else:
            words += [f"{recorder.hole(expr)}." for expr in exprs if expr is not None]
    return _NUMBER.sub(lambda found: words[int(found[1])], text)


class _UncountableError(Exception):
    """The turns of a loop have unlike many items."""


class _Counter:
    """Reads a list's items and control tokens front to back."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self.pieces = pieces
        self.numbers: list[Count] = []

    def walk(self, before: Count, index: int) -> tuple[Count, int]:
        """Number from `index` until a branch ends; return the items met, and where that is."""
        met = Count()
        while index < len(self.pieces):
            found = TOKEN.fullmatch(self.pieces[index])
            kind = TokenKind(found[1]) if found else None
            if kind in (TokenKind.ELSE, TokenKind.END):
                break
            index += 1
            if found is None:
                self.numbers.append(before.plus(met))
                met = met.plus(Count(1))
            elif kind is TokenKind.IF:
                more, index = self._choice(int(found[2]), before.plus(met), index)
                met = met.plus(more)
            elif kind is TokenKind.FOR:
                more, index = self._loop(int(found[2]), before.plus(met), index)
                met = met.plus(more)
        return met, index

    def _choice(self, mark: int, before: Count, index: int) -> tuple[Count, int]:
        then, index = self.walk(before, index)
        otherwise, index = self._otherwise(before, index)
        alike = then == otherwise
        return then if alike else Count(0, (Term(TokenKind.IF, mark, then, otherwise),)), index

    def _loop(self, mark: int, before: Count, index: int) -> tuple[Count, int]:
        known = len(self.numbers)
        turn, _ = self.walk(before, index)
        del self.numbers[known:]
        if turn.terms:
            raise _UncountableError
        past = Count(0, (Term(TokenKind.HOLE, mark, turn),)) if turn.fixed else Count()
        _, index = self.walk(before.plus(past), index)
        otherwise, index = self._otherwise(before, index)
        if turn == otherwise == Count():
            return Count(), index
        return Count(0, (Term(TokenKind.FOR, mark, turn, otherwise),)), index

    def _otherwise(self, before: Count, index: int) -> tuple[Count, int]:
        """Walk the `else` at `index`, if there is one, and step over the end."""
        met = Count()
        found = TOKEN.fullmatch(self.pieces[index]) if index < len(self.pieces) else None
        if found and found[1] == TokenKind.ELSE:
            met, index = self.walk(before, index + 1)
        return met, index + 1


def _expr(count: Count, marks: Mapping[int, Mark]) -> Expr | None:
    """Spell a count as an expression; None where it asks how many turns passed a loop's `if`."""
    total: Expr | None = Constant(count.fixed) if count.fixed or not count.terms else None
    for term in count.terms:
        one = _term(term, marks)
        if one is None:
            return None
        total = one if total is None else Arithmetic("+", total, one)
    return total


def _term(term: Term, marks: Mapping[int, Mark]) -> Expr | None:
    mark = marks[term.mark]
    then, otherwise = _expr(term.then, marks), _expr(term.otherwise, marks)
    if then is None or otherwise is None:
        return None
    match term.kind:
        case TokenKind.IF:
            return Conditional(mark.expr, then, otherwise)
        case TokenKind.HOLE:
            return Arithmetic("*", loop_path(mark.variable, ("index0",)), then)
        case _ if mark.only is not None:
            return None
        case _:
            turns = Arithmetic("*", Filter("length", mark.expr), then)
            return Conditional(mark.expr, turns, otherwise)
