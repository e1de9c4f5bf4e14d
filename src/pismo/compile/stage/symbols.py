"""Symbolic values: they stand for what is known only at send time, and record what is asked."""

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeAlias

from jinja2 import Undefined

from pismo.compile.problem import CompileError
from pismo.compile.rules import (
    ARGUMENT,
    AS_KEY,
    AS_NUMBER,
    BRANCH_VALUE,
    FORMAT,
    LOOP_FIELD,
    METHOD,
    NOT_PLAIN,
    PRIVATE,
    RENDERED,
    UNKNOWN_NAME,
)
from pismo.compile.stage.tokens import holds_token
from pismo.model.edition import (
    Arithmetic,
    Compare,
    Conditional,
    Constant,
    Expr,
    Filter,
    ListOf,
    Path,
)
from pismo.model.language import LOOP_FIELDS
from pismo.model.spelling import spelled

Printer: TypeAlias = Callable[[Expr], str]
"""Gives the token under which an expression is printed."""


class Symbol:
    """A value known only at send time.

    Everything that Python could do with it behind the template's back (count, compare, iterate,
    format) is refused; the template's own operators reach it through `Operations`.
    """

    __slots__ = ("expr", "printer")

    def __init__(self, expr: Expr, printer: Printer) -> None:
        self.expr = expr
        self.printer = printer

    def step(self, key: object) -> "Symbol":
        """Return what `.name` or `[index]` of this value will be."""
        if isinstance(key, str) and key.startswith("_"):
            raise CompileError(PRIVATE, name=key)
        if isinstance(self.expr, Path) and type(key) in (str, int):
            assert isinstance(key, (str, int))
            return self._new(Path(self.expr.root, (*self.expr.steps, key)))
        return self._new(Filter("attr", self.expr, (lift(key, "[]"),)))

    def __getitem__(self, key: object) -> "Symbol":
        if isinstance(key, slice):
            bounds = tuple(lift(bound, "[:]") for bound in (key.start, key.stop, key.step))
            while bounds and bounds[-1] == Constant(None):
                bounds = bounds[:-1]
            return self._new(Filter("part", self.expr, bounds))
        return self.step(key)

    def _new(self, expr: Expr) -> "Symbol":
        return Symbol(expr, self.printer)

    def __str__(self) -> str:
        return self.printer(self.expr)

    def __html__(self) -> str:
        return str(self)

    def __format__(self, spec: str) -> str:
        raise CompileError(FORMAT, value=spelled(self.expr))

    def __call__(self, *_: object, **__: object) -> object:
        """Refuse: a value has no methods until it is known."""
        raise CompileError(METHOD, name=spelled(self.expr))

    def __iter__(self) -> Iterator[object]:
        self._refuse_number()

    def _refuse_number(self, *_: object) -> NoReturn:
        raise CompileError(AS_NUMBER, value=spelled(self.expr))

    def __hash__(self) -> int:
        raise CompileError(AS_KEY, value=spelled(self.expr))

    def __eq__(self, other: object) -> bool:
        if self is not other:
            self._refuse_number()
        return True

    __len__ = __bool__ = __index__ = __int__ = __float__ = _refuse_number
    __contains__ = __reversed__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse_number


class UnknownName(Undefined):
    """A name nobody defined: false in a test, an error wherever it would be seen."""

    __slots__ = ()

    def _refuse(self, *_: object) -> Any:  # noqa: ANN401  # never returns
        raise CompileError(UNKNOWN_NAME, name=self._undefined_name or "?")

    __str__ = __iter__ = __len__ = _fail_with_undefined_error = _refuse


class Unsettled(Undefined):
    """A name that each branch of an `if` over the reader's data made something else of.

    Fine while nobody asks for it: a macro used only where it is defined, say.
    """

    __slots__ = ("kind",)

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(name=name)
        self.kind = kind

    def _refuse(self, *_: object) -> Any:  # noqa: ANN401  # never returns
        raise CompileError(BRANCH_VALUE, name=self._undefined_name, type=self.kind)

    __str__ = __iter__ = __len__ = __bool__ = _fail_with_undefined_error = _refuse


class LoopSymbol(Symbol):
    """`loop` in a loop over the reader's data."""

    __slots__ = ()

    def step(self, key: object) -> "Symbol":
        """Return a field of the loop, or its `cycle`."""
        if key == "cycle":
            return _Cycle(self.expr, self.printer)
        if key not in LOOP_FIELDS:
            raise CompileError(LOOP_FIELD, name=key)
        return Symbol.step(self, key)


class _Cycle(Symbol):
    """`loop.cycle`: one of several values, by the loop's index."""

    __slots__ = ()

    def __call__(self, *values: object, **_: object) -> object:
        """Give one of the values, by the round of the loop."""
        if not values:
            raise CompileError(METHOD, name="loop.cycle")
        assert isinstance(self.expr, Path)
        index = Arithmetic("%", Path(self.expr.root, ("index0",)), Constant(len(values)))
        chosen = lift(values[-1], "loop.cycle")
        for number, value in reversed(list(enumerate(values[:-1]))):
            test = Compare("==", index, Constant(number))
            chosen = Conditional(test, lift(value, "loop.cycle"), chosen)
        return self._new(chosen)


def is_symbolic(value: object) -> bool:
    """Tell whether a value is, or holds, something known only at send time."""
    if isinstance(value, Symbol):
        return True
    if isinstance(value, (list, tuple)):
        return any(is_symbolic(item) for item in value)
    return isinstance(value, dict) and any(is_symbolic(item) for item in value.values())


def lift(value: object, construct: str) -> Expr:
    """Turn any value of a template into an expression.

    Args:
        value: What the template computed.
        construct: The operation it is for, for messages.

    Raises:
        CompileError: If it is text that already holds a reader's value, or is no plain value.
    """
    if isinstance(value, Symbol):
        return value.expr
    if value is None or type(value) is Undefined:
        return Constant(None)
    if isinstance(value, Undefined):
        str(value)
    if isinstance(value, str):
        if holds_token(value):
            raise CompileError(RENDERED, construct=construct)
        return Constant(str.__str__(value))
    if isinstance(value, (bool, int, float)):
        return Constant(value)
    if isinstance(value, (list, tuple)):
        return ListOf(tuple(lift(item, construct) for item in value))
    if callable(value):
        raise CompileError(ARGUMENT, name=construct, value=type(value).__name__)
    raise CompileError(NOT_PLAIN, type=type(value).__name__)
