"""Expressions and parts as Python source: what `mime` compiles into one function per edition.

Every text of an edition enters the source by `repr` or as a named constant, never as code, and
every operation is a function of `values` and `filters`: the source decides only the order.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

from pismo.model.edition import (
    Arithmetic,
    Choice,
    Compare,
    Conditional,
    Constant,
    Context,
    Expr,
    Filter,
    Hole,
    ListOf,
    Logic,
    Negative,
    Not,
    Parts,
    Path,
    Repeat,
    Static,
    Test,
)
from pismo.records import dataclass, field
from pismo.render.escape import ESCAPES
from pismo.render.filters import all_tests, filters_for
from pismo.render.letter import LOOP, items_of
from pismo.render.nothing import MISSING, below
from pismo.render.values import COMPARISONS, OPERATIONS, negative, printed

Encoder: TypeAlias = Callable[[str], object]
_MEMO_LIMIT = 4096
ROOTS = ("recipient", "picks", "links", "counts", "occasion")
_LOOP_SOURCE = {
    "index": "({i} + 1)",
    "index0": "{i}",
    "first": "({i} == 0)",
    "last": "({i} == {n} - 1)",
    "length": "{n}",
    "revindex": "({n} - {i})",
    "revindex0": "({n} - {i} - 1)",
}


class Emitter(Protocol):
    """How static text and values become output, in the source of a program."""

    def static(self, text: str) -> list[str]:
        """Return the statements that put static text out."""

    def value(self, source: str, context: Context) -> list[str]:
        """Return the statements that put out the value of an expression's source."""


@dataclass
class Source:
    """Lines of a program being written, and the objects that they name.

    Attributes:
        language: Of the edition, for its filters.
        names: Everything that the source may name, by name.
        variables: The source of each root and of the variables of the repeats around.
        tables: Those among them that are dicts for certain.
    """

    language: str
    lines: list[str] = field(default_factory=list)
    names: dict[str, object] = field(
        default_factory=lambda: {"M": MISSING, "below": below, "items_of": items_of}
    )
    variables: dict[str, str] = field(default_factory=lambda: {root: root for root in ROOTS})
    tables: frozenset[str] = frozenset({"recipient", "occasion"})
    _depth: int = 1
    _count: int = 0

    def constant(self, value: object) -> str:
        """Name an object that the source needs."""
        return self.bind(f"k{self._next()}", value)

    def bind(self, name: str, value: object) -> str:
        """Let the source use `value` as `name`."""
        self.names[name] = value
        return name

    def add(self, *statements: str) -> None:
        """Append statements at the present depth."""
        self.lines.extend("    " * self._depth + statement for statement in statements)

    def parts(self, parts: Parts, emitter: Emitter) -> None:
        """Write the statements that put out `parts`."""
        for part in parts:
            match part:
                case Static(text):
                    self.add(*emitter.static(text))
                case Hole(expr, context):
                    self.add(*emitter.value(self.expression(expr), context))
                case Choice():
                    self._choice(part, emitter)
                case Repeat():
                    self._repeat(part, emitter)

    def function(self, name: str, signature: str) -> Callable[..., Any]:
        """Compile what was written into a function."""
        source = f"def {name}({signature}):\n" + "\n".join(self.lines) + "\n"
        scope = dict(self.names)
        # The source is ours: see the module's docstring.
        exec(compile(source, f"<{name}>", "exec"), scope)  # noqa: S102
        made: Callable[..., Any] = scope[name]  # type: ignore[assignment]  # just defined
        return made

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write a statement with what is added meanwhile below it."""
        self.add(head)
        self._depth += 1
        yield
        self.add("pass")
        self._depth -= 1

    @contextmanager
    def rounds(self, repeat: Repeat) -> Iterator[str]:
        """Write a loop over a repeat's items, its variables known meanwhile; yields their name."""
        number = self._next()
        items, item, index, length = (f"{letter}{number}" for letter in ("s", "v", "i", "n"))
        self.add(f"{items} = items_of({self.expression(repeat.over)})")
        kept, tables = dict(self.variables), self.tables
        self.variables |= {repeat.variable: item}
        if isinstance(repeat.over, Path) and repeat.over == Path("picks"):
            self.tables = tables | {repeat.variable}
        if repeat.only is not None:
            self.add(f"{items} = [{item} for {item} in {items} if {self.expression(repeat.only)}]")
        self.add(f"{length} = len({items})")
        self.variables |= {LOOP + repeat.variable: f"{index} {length}"}
        with self.block(f"for {index}, {item} in enumerate({items}):"):
            yield items
        self.variables, self.tables = kept, tables

    def _choice(self, choice: Choice, emitter: Emitter) -> None:
        word = "if"
        for branch in choice.branches:
            with self.block(f"{word} {self.expression(branch.test)}:"):
                self.parts(branch.parts, emitter)
            word = "elif"
        if choice.otherwise:
            with self.block("else:"):
                self.parts(choice.otherwise, emitter)

    def _repeat(self, repeat: Repeat, emitter: Emitter) -> None:
        with self.rounds(repeat) as items:
            self.parts(repeat.body, emitter)
        if repeat.otherwise:
            with self.block(f"if not {items}:"):
                self.parts(repeat.otherwise, emitter)

    def _next(self) -> int:
        self._count += 1
        return self._count

    def expression(self, expr: Expr) -> str:
        """Return the source of an expression."""
        match expr:
            case Path(root, steps):
                return self._path(root, steps)
            case Constant(None):
                return "M"
            case Constant(value):
                return repr(value) if isinstance(value, str) else self.constant(value)
            case Filter():
                return self._filter(expr)
            case Test(name, operand, arguments):
                test = self.bind(f"t_{self._next()}", all_tests()[name])
                return f"{test}({self._list((operand, *arguments))})"
            case Compare(symbol, left, right):
                compare = self.constant(COMPARISONS[symbol])
                return f"{compare}({self._list((left, right))})"
            case Arithmetic(symbol, left, right):
                operate = self.constant(OPERATIONS[symbol])
                return f"{operate}({self._list((left, right))})"
            case _:
                return self._logic(expr)

    def _logic(self, expr: Expr) -> str:
        match expr:
            case Not(operand):
                return f"(not {self.expression(operand)})"
            case Logic(word, operands):
                symbol = {"and": " and ", "or": " or "}[word]
                return f"({symbol.join(self.expression(operand) for operand in operands)})"
            case Conditional(test, then, otherwise):
                sources = (self.expression(part) for part in (then, test, otherwise))
                return "({} if {} else {})".format(*sources)
            case Negative(operand):
                return f"{self.bind('negative', negative)}({self.expression(operand)})"
            case ListOf(items):
                return f"[{self._list(items)}]"
        raise AssertionError(expr)

    def _path(self, root: str, steps: tuple[str | int, ...]) -> str:
        known = self.variables.get(root)
        if known is None:
            return "M"
        if root.startswith(LOOP):
            index, _, length = known.partition(" ")
            field_source = _LOOP_SOURCE.get(str(steps[0])) if len(steps) == 1 else None
            return field_source.format(i=index, n=length) if field_source else "M"
        source, rest = known, steps
        if root in self.tables and steps:
            # `scope_of` made these dicts, with MISSING already in place.
            source, rest = f"{known}.get({steps[0]!r}, M)", steps[1:]
        for step in rest:
            source = f"below({source}, {step!r})"
        return source

    def _filter(self, expr: Filter) -> str:
        if expr.name in ("default", "d") and len(expr.arguments) == 1 and not expr.options:
            # The one filter that nearly every hole has, without a call.
            value = f"d{self._next()}"
            operand, fallback = self.expression(expr.operand), self.expression(expr.arguments[0])
            return f"({fallback} if ({value} := {operand}) is M or {value} is None else {value})"
        function = self.bind(
            f"f_{self._next()}", remembering(filters_for(self.language)[expr.name])
        )
        options = "".join(f", {name}={self.expression(value)}" for name, value in expr.options)
        return f"{function}({self._list((expr.operand, *expr.arguments))}{options})"

    def _list(self, exprs: tuple[Expr, ...]) -> str:
        return ", ".join(self.expression(expr) for expr in exprs)


@dataclass(frozen=True)
class Said:
    """Collects text by the function `say`: a header's value."""

    source: Source

    def static(self, text: str) -> list[str]:
        """Return the statement that says static text."""
        return [f"say({text!r})"]

    def value(self, source: str, context: Context) -> list[str]:
        """Return the statement that says a value, escaped."""
        return [f"say({self.source.constant(writer(context, str))}({source}))"]


def remembering(function: Callable[..., object]) -> Callable[..., object]:
    """Return a pure function that need not repeat itself: prices and plurals come in thousands."""
    cached = lru_cache(maxsize=_MEMO_LIMIT, typed=True)(function)

    def remembered(*arguments: object, **options: object) -> object:
        try:
            return cached(*arguments, **options)
        except TypeError:  # a list or a dict has no hash; filters themselves raise nothing
            return function(*arguments, **options)

    return remembered


def writer(context: Context, encode: Encoder) -> Callable[[object], object]:
    """Return value -> escaped and encoded, remembering what it wrote last.

    Names, products and prices come again and again; what comes once costs one lookup more.
    """
    escape = ESCAPES[context]
    memo: dict[str, object] = {}

    def write(value: object) -> object:
        text = value if type(value) is str else printed(value)
        encoded = memo.get(text)
        if encoded is None:
            if len(memo) >= _MEMO_LIMIT:
                memo.clear()
            encoded = memo[text] = encode(escape(text))
        return encoded

    return write
