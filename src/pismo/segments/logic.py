"""What follows from two conditions alone, without an audience: nobody, everybody, one in the other.

A condition that compares columns with constants only changes its mind at those constants. So it
is enough to try every column just below, at and above each of them, and unknown. Conditions that
do anything else are left alone.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from pismo.audience.schema import Column
from pismo.model.content import FactValue
from pismo.records import dataclass

if TYPE_CHECKING:
    from sqlglot import exp

_MOST_TRIED = 4000
_NUMBERS, _WHOLE = ("INTEGER", "BIGINT", "DOUBLE"), ("INTEGER", "BIGINT")
Row: TypeAlias = Mapping[str, FactValue]


class _NotSimpleError(Exception):
    """The condition does more than compare columns with constants."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Which of four kinds of people there can be, for two conditions."""

    both: bool
    only_first: bool
    only_second: bool
    neither: bool


@lru_cache(maxsize=4096)
def relate(first: str, second: str, columns: tuple[Column, ...]) -> Relation | None:
    """Tell who can be in two conditions, by trying everything that could make a difference.

    Args:
        first: SQL, as `compose_all` returns it.
        second: The same.
        columns: What they may name.

    Returns:
        None if a condition does more than compare columns with constants, or asks for too much.
    """
    try:
        trees = [_parsed(sql) for sql in (first, second)]
        seen = {
            (_holds(trees[0], row) is True, _holds(trees[1], row) is True)
            for row in _people(trees, {column.name: column for column in columns})
        }
    except (_NotSimpleError, TypeError):
        return None
    return Relation(
        both=(True, True) in seen,
        only_first=(True, False) in seen,
        only_second=(False, True) in seen,
        neither=(False, False) in seen,
    )


def fits(sql: str, facts: Row) -> bool | None:
    """Tell whether somebody fits; what `facts` lack is unknown. None if it cannot be told."""
    try:
        return _holds(_parsed(sql), facts) is True
    except (_NotSimpleError, TypeError):
        return None


@lru_cache(maxsize=1024)
def names_in(sql: str) -> frozenset[str]:
    """Return the columns that a condition names."""
    from sqlglot import exp

    return frozenset(column.name.lower() for column in _parsed(sql).find_all(exp.Column))


@lru_cache(maxsize=1024)
def _parsed(sql: str) -> "exp.Expr":
    from sqlglot import parse_one

    return parse_one(sql, dialect="duckdb")


def _people(trees: Sequence["exp.Expr"], columns: Mapping[str, Column]) -> Iterator[Row]:
    """Yield everybody worth trying."""
    from sqlglot import exp

    constants: dict[str, set[FactValue]] = {}
    for tree in trees:
        for node in tree.find_all(exp.Column):
            constants.setdefault(node.name.lower(), set()).update(_beside(node))
    values = [_tried(columns[name], found) for name, found in constants.items() if name in columns]
    count = 1
    for tried in values:
        count *= len(tried)
    if len(values) < len(constants) or count > _MOST_TRIED:
        raise _NotSimpleError
    for row in itertools.product(*values):
        yield dict(zip(constants, row, strict=True))


def _beside(column: "exp.Expr") -> Iterator[FactValue]:
    """Yield the constants that a column is compared with."""
    from sqlglot import exp

    comparison = column.parent
    while isinstance(comparison, exp.Paren):
        comparison = comparison.parent
    if isinstance(comparison, exp.Binary) and not isinstance(comparison, exp.Connector):
        sides = (comparison.left, comparison.right)
        _require(any(side.find(exp.Column) is None for side in sides))  # not two columns
    for node in comparison.args.values() if comparison else ():
        for one in node if isinstance(node, list) else [node]:
            if isinstance(one, exp.Literal | exp.Neg):
                yield _constant(one)


def _tried(column: Column, constants: set[FactValue]) -> list[FactValue]:
    unknown: list[FactValue] = [None] if column.nullable else []
    if column.type == "BOOLEAN":
        return [True, False, *unknown]
    # A number in quotes is converted by the engine's rules, not by ours.
    _require(all(isinstance(one, str) == (column.type == "VARCHAR") for one in constants))
    if column.type == "VARCHAR":
        return [*sorted(map(str, constants)), "\0another", *unknown]
    if column.type not in _NUMBERS:
        raise _NotSimpleError
    numbers = sorted(one for one in constants if isinstance(one, int | float))
    step = 1 if column.type in _WHOLE else 0.5
    around = {number + shift for number in numbers for shift in (-step, 0, step)}
    around |= {(one + two) / 2 for one, two in itertools.pairwise(numbers) if step < 1}
    lowest = 0 if not numbers or numbers[0] >= 0 else numbers[0] - step
    return [*sorted(number for number in around if number >= lowest), *unknown]


def _holds(node: "exp.Expr", row: Row) -> bool | None:
    """Evaluate a condition as SQL does: true, false or unknown."""
    from sqlglot import exp

    match node:
        case exp.Paren():
            return _holds(node.this, row)
        case exp.Not():
            inside = _holds(node.this, row)
            return None if inside is None else not inside
        case exp.And() | exp.Or():
            decides = isinstance(node, exp.Or)
            parts = {_holds(node.left, row), _holds(node.right, row)}
            return decides if decides in parts else None if None in parts else not decides
        case exp.Boolean():
            return bool(node.this)
        case exp.Column():
            value = row.get(node.name.lower())
            return value if value is None or isinstance(value, bool) else _refuse()
        case _:
            return _compared(node, row)


def _compared(node: "exp.Expr", row: Row) -> bool | None:
    from sqlglot import exp

    if isinstance(node, exp.Is):
        value = _value(node.this, row)
        wanted = node.expression
        return value is None if isinstance(wanted, exp.Null) else value is bool(wanted.this)
    if isinstance(node, exp.In) and node.expressions:
        value = _value(node.this, row)
        return None if value is None else value in [_value(one, row) for one in node.expressions]
    if isinstance(node, exp.Between):
        value = _number(node.this, row)
        low, high = _number(node.args["low"], row), _number(node.args["high"], row)
        return None if value is None or low is None or high is None else low <= value <= high
    if isinstance(node, exp.EQ | exp.NEQ):
        left, right = _value(node.left, row), _value(node.right, row)
        same = left == right
        return None if left is None or right is None else same is isinstance(node, exp.EQ)
    if isinstance(node, exp.GT | exp.GTE | exp.LT | exp.LTE):
        one, other = _number(node.left, row), _number(node.right, row)
        if one is None or other is None:
            return None
        if isinstance(node, exp.GT | exp.GTE):
            return one > other or (one == other and isinstance(node, exp.GTE))
        return one < other or (one == other and isinstance(node, exp.LTE))
    return _refuse()


def _value(node: "exp.Expr", row: Row) -> FactValue:
    from sqlglot import exp

    if isinstance(node, exp.Paren):
        return _value(node.this, row)
    return row.get(node.name.lower()) if isinstance(node, exp.Column) else _constant(node)


def _number(node: "exp.Expr", row: Row) -> float | None:
    value = _value(node, row)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise _NotSimpleError


def _constant(node: "exp.Expr") -> FactValue:
    from sqlglot import exp

    if isinstance(node, exp.Neg):
        value = _constant(node.this)
        return -value if isinstance(value, int | float) else _refuse()
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if not isinstance(node, exp.Literal):
        raise _NotSimpleError
    return str(node.this) if node.is_string else float(node.this)


def _require(simple: bool) -> None:
    if not simple:
        raise _NotSimpleError


def _refuse() -> bool:
    raise _NotSimpleError
