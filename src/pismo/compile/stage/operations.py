"""What the operators of a template do: record over symbolic values, simply run over others.

The generated code calls these methods as `environment.stage.both(…)` and so on.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from pismo.compile.problem import CompileError
from pismo.compile.rules import NOT_PLAIN, RENDERED
from pismo.compile.stage.symbols import Printer, Symbol, is_symbolic, lift
from pismo.compile.stage.tokens import holds_token
from pismo.model.edition import (
    Arithmetic,
    Compare,
    Conditional,
    Constant,
    Expr,
    Filter,
    Logic,
    Negative,
    Not,
)

_Two = Callable[[Any, Any], object]

_COMPARISONS: Mapping[str, tuple[str, _Two]] = {
    "eq": ("==", operator.eq),
    "ne": ("!=", operator.ne),
    "lt": ("<", operator.lt),
    "lteq": ("<=", operator.le),
    "gt": (">", operator.gt),
    "gteq": (">=", operator.ge),
    "in": ("in", lambda item, items: item in items),
    "notin": ("in", lambda item, items: item not in items),
}
_ARITHMETIC: Mapping[str, _Two] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}


class Operations:
    """The operators of the language over values of both stages."""

    def __init__(self, printer: Printer) -> None:
        self.printer = printer

    def symbol(self, expr: Expr) -> Symbol:
        """Wrap an expression."""
        return Symbol(expr, self.printer)

    def both(self, left: Callable[[], object], right: Callable[[], object]) -> object:
        """`left and right`."""
        return self._logic("and", left(), right)

    def either(self, left: Callable[[], object], right: Callable[[], object]) -> object:
        """`left or right`."""
        return self._logic("or", left(), right)

    def _logic(self, name: str, left: object, right: Callable[[], object]) -> object:
        if not is_symbolic(left):
            _refuse_rendered(name, left)
            decided = not left if name == "and" else left
            return left if decided else right()
        first, second = lift(left, name), lift(right(), name)
        merged = first.operands if isinstance(first, Logic) and first.operator == name else (first,)
        return self.symbol(Logic(name, (*merged, second)))

    def negation(self, value: object) -> object:
        """`not value`."""
        if is_symbolic(value):
            return self.symbol(Not(lift(value, "not")))
        _refuse_rendered("not", value)
        return not value

    def chosen(
        self,
        test: object,
        then: Callable[[], object],
        otherwise: Callable[[], object] | None,
        undefined: Callable[[], object],
    ) -> object:
        """`then if test else otherwise`; without `otherwise`, undefined."""
        other = otherwise or undefined
        if not is_symbolic(test):
            _refuse_rendered("if", test)
            return then() if test else other()
        return self.choose("if", test, then(), other())

    def choose(self, construct: str, test: object, then: object, otherwise: object) -> object:
        """Make one value of two, by a test over the reader's data."""
        if then is otherwise:
            return then
        parts = lift(then, construct), lift(otherwise, construct)
        return self.symbol(Conditional(lift(test, construct), *parts))

    def compared(self, left: object, *rest: object) -> object:
        """`left < a < b`: `rest` alternates operator names and operands."""
        operands = [left, *rest[1::2]]
        names = [str(name) for name in rest[::2]]
        if not any(is_symbolic(item) for item in operands):
            for item in operands:
                _refuse_rendered(_COMPARISONS[names[0]][0], item)
            pairs = zip(names, operands, operands[1:], strict=False)
            result: object = True
            for name, first, second in pairs:
                result = _COMPARISONS[name][1](first, second)
                if not result:
                    return result
            return result
        tests = tuple(
            _comparison(name, first, second)
            for name, first, second in zip(names, operands, operands[1:], strict=False)
        )
        return self.symbol(tests[0] if len(tests) == 1 else Logic("and", tests))

    def joined(self, markup: object, *values: Any) -> object:  # noqa: ANN401  # template values
        """`a ~ b ~ c`; with text that already holds a reader's value, more of such text."""
        if any(isinstance(item, str) and holds_token(item) for item in values):
            return Markup("").join(values) if markup else "".join(str(item) for item in values)
        if not any(is_symbolic(item) for item in values):
            return Markup("").join(values) if markup else "".join(str(item) for item in values)
        expr = lift(values[0], "~")
        for item in values[1:]:
            expr = Arithmetic("~", expr, lift(item, "~"))
        return self.symbol(expr)

    def computed(self, name: str, left: object, right: object) -> object:
        """`left + right` and the other arithmetic operators."""
        if not is_symbolic(left) and not is_symbolic(right):
            return _ARITHMETIC[name](left, right)
        rendered = [item for item in (left, right) if isinstance(item, str) and holds_token(item)]
        if rendered and name == "+":
            return str(left) + str(right)
        if name == "%" and isinstance(left, str):
            return self.symbol(_formatted(left, right))
        return self.symbol(Arithmetic(name, lift(left, name), lift(right, name)))

    def negative(self, value: object) -> object:
        """`-value`."""
        if is_symbolic(value):
            return self.symbol(Negative(lift(value, "-")))
        return -value  # type: ignore[operator]  # as in Python

    def item(self, container: object, key: Symbol) -> object:
        """Look up a key known at send time in a list or dictionary known now."""
        if isinstance(container, dict):
            entries = list(container.items())
        elif isinstance(container, (list, tuple)):
            entries = list(enumerate(container))
        else:
            raise CompileError(NOT_PLAIN, type=type(container).__name__)
        found: Expr = Constant(None)
        for name, value in reversed(entries):
            test = Compare("==", key.expr, lift(name, "[]"))
            found = Conditional(test, lift(value, "[]"), found)
        return self.symbol(found)


def _comparison(name: str, left: object, right: object) -> Expr:
    spelling = _COMPARISONS[name][0]
    test = Compare(spelling, lift(left, spelling), lift(right, spelling))
    return Not(test) if name == "notin" else test


def _formatted(text: str, values: object) -> Expr:
    """`"%s" % value` as the filter that does the same."""
    if isinstance(values, dict):
        raise CompileError(NOT_PLAIN, type="dict")
    given = values if isinstance(values, tuple) else (values,)
    return Filter("format", lift(text, "%"), tuple(lift(item, "%") for item in given))


def _refuse_rendered(construct: str, value: object) -> None:
    if isinstance(value, str) and holds_token(value):
        raise CompileError(RENDERED, construct=f"'{construct}'")
