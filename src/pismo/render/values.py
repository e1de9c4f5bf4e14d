"""Expression trees, evaluated: `evaluate(expr, scope)` gives a value or `MISSING`.

The rules are the table at the head of `pismo.model.language`. A scope holds plain values only
(texts, numbers, dates, lists, dicts); a path reads keys and indexes of those, never a Python
attribute, so that nothing can be called through it.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from pismo.model.edition import (
    Arithmetic,
    Compare,
    Conditional,
    Constant,
    Expr,
    Filter,
    ListOf,
    Logic,
    Negative,
    Not,
    Path,
    Test,
)
from pismo.render.filters import VALUE_ERRORS, all_tests, filters_for
from pismo.render.nothing import MISSING, below

Scope: TypeAlias = Mapping[str, object]


def evaluate(expr: Expr, scope: Scope, language: str = "en") -> object:
    """Return what `expr` is for one reader.

    Args:
        expr: The expression.
        scope: Values of the roots, as `scope_of` makes them, and of the repeats around.
        language: Of the edition; money and dates are written in it.
    """
    match expr:
        case Path(root, steps):
            return _followed(scope.get(root, MISSING), steps)
        case Constant(value):
            return MISSING if value is None else value
        case Filter(name, operand, arguments, options):
            return filters_for(language)[name](
                evaluate(operand, scope, language),
                *(evaluate(argument, scope, language) for argument in arguments),
                **{option: evaluate(value, scope, language) for option, value in options},
            )
        case Test(name, operand, arguments):
            given = (evaluate(argument, scope, language) for argument in arguments)
            return all_tests()[name](evaluate(operand, scope, language), *given)
        case ListOf(items):
            return [evaluate(item, scope, language) for item in items]
        case _:
            return _operation(expr, scope, language)


def _operation(expr: Expr, scope: Scope, language: str) -> object:
    match expr:
        case Compare(symbol, left, right):
            sides = evaluate(left, scope, language), evaluate(right, scope, language)
            return COMPARISONS[symbol](*sides)
        case Arithmetic(symbol, left, right):
            sides = evaluate(left, scope, language), evaluate(right, scope, language)
            return OPERATIONS[symbol](*sides)
        case Negative(operand):
            return negative(evaluate(operand, scope, language))
        case Not(operand):
            return not evaluate(operand, scope, language)
        case Conditional(test, then, otherwise):
            chosen = then if evaluate(test, scope, language) else otherwise
            return evaluate(chosen, scope, language)
        case Logic(word, operands):
            return _short_cut(word, operands, scope, language)
    raise AssertionError(expr)


def _short_cut(word: str, operands: Sequence[Expr], scope: Scope, language: str) -> object:
    stop = word == "or"
    value: object = MISSING
    for operand in operands:
        value = evaluate(operand, scope, language)
        if bool(value) is stop:
            return value
    return value


def _followed(value: object, steps: tuple[str | int, ...]) -> object:
    for step in steps:
        value = below(value, step)
    return value


def printed(value: object) -> str:
    """Return a value as text, before any escaping; nothing prints as ''."""
    return value if isinstance(value, str) else str(value)


def negative(value: Any) -> object:  # noqa: ANN401  # what has no minus raises
    """Return `-value`, or `MISSING`."""
    try:
        return -value
    except VALUE_ERRORS:
        return MISSING


def _comparison(compare: Callable[[Any, Any], object]) -> Callable[[object, object], bool]:
    def compared(left: object, right: object) -> bool:
        if left is MISSING or right is MISSING:
            return False
        try:
            return bool(compare(left, right))
        except VALUE_ERRORS:
            return False

    return compared


def _arithmetic(operate: Callable[[Any, Any], object]) -> Callable[[object, object], object]:
    def operated(left: object, right: object) -> object:
        if left is MISSING or right is MISSING:
            return MISSING
        try:
            return operate(*_alike(left, right))
        except VALUE_ERRORS:
            return MISSING

    return operated


def _alike(left: object, right: object) -> tuple[object, object]:
    """Let prices (Decimal) be counted with numbers from a template (float)."""
    if isinstance(left, Decimal) and isinstance(right, float):
        return left, Decimal(str(right))
    if isinstance(left, float) and isinstance(right, Decimal):
        return Decimal(str(left)), right
    return left, right


def _joined(left: object, right: object) -> str:
    return printed(left) + printed(right)


COMPARISONS: Mapping[str, Callable[[object, object], bool]] = {
    "==": _comparison(operator.eq),
    "!=": _comparison(operator.ne),
    "<": _comparison(operator.lt),
    "<=": _comparison(operator.le),
    ">": _comparison(operator.gt),
    ">=": _comparison(operator.ge),
    "in": _comparison(lambda left, right: left in right),
}
"""Comparison by its symbol; false wherever either side is missing or they cannot be compared."""

OPERATIONS: Mapping[str, Callable[[object, object], object]] = {
    "+": _arithmetic(operator.add),
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(operator.truediv),
    "//": _arithmetic(operator.floordiv),
    "%": _arithmetic(operator.mod),
    "**": _arithmetic(operator.pow),
    "~": _joined,
}
"""Operator by its symbol; missing wherever a side is, or where Python would raise."""
