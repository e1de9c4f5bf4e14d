"""An edition: one issue for one segment, compiled to static text and holes that are data.

A part is static text, a hole, a choice (`if`) or a repeat (`for`). What a hole shows is a small
expression tree, so that nothing a subscriber typed is ever executed, and an edition can be
written to a file and read back (`pismo.model.codec`).
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeAlias

from pismo.model.content import Sender
from pismo.model.finding import Source
from pismo.records import dataclass

Scalar: TypeAlias = str | int | float | bool | None

SCHEMA_VERSION = 1
"""Raised when a stored edition would be read differently; part of every digest."""


class Context(StrEnum):
    """Where a hole stands, which decides how its value is escaped."""

    HTML = "html"
    ATTRIBUTE = "attribute"
    URL = "url"
    TEXT = "text"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class Constant:
    """A value known when the edition was compiled."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list written in the template: `["a", "b"]`."""

    items: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True)
class Path:
    """A value asked of a root: `recipient.first_name`, `picks[0].title`, a repeat's variable.

    `root` is recipient, picks, links, counts, occasion, or the `variable` of an enclosing
    `Repeat`; each step is a name or an index.
    """

    root: str
    steps: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """`operand | name(*arguments, **options)`."""

    name: str
    operand: "Expr"
    arguments: "tuple[Expr, ...]" = ()
    options: "tuple[tuple[str, Expr], ...]" = ()


@dataclass(frozen=True, slots=True)
class Test:
    """`operand is name(*arguments)`."""

    name: str
    operand: "Expr"
    arguments: "tuple[Expr, ...]" = ()


@dataclass(frozen=True, slots=True)
class Compare:
    """`left < right`; chains are `Logic("and", …)` of these. Operators: == != < <= > >= in."""

    operator: str
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left + right`; operators + - * / // % ** and ~ (joins as text)."""

    operator: str
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Negative:
    """`-operand`."""

    operand: "Expr"


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` / `or` over two or more operands, with Python's short-cut values."""

    operator: str
    operands: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """`not operand`."""

    operand: "Expr"


@dataclass(frozen=True, slots=True)
class Conditional:
    """`then if test else otherwise`."""

    test: "Expr"
    then: "Expr"
    otherwise: "Expr"


Expr: TypeAlias = (
    Constant
    | ListOf
    | Path
    | Filter
    | Test
    | Compare
    | Arithmetic
    | Negative
    | Logic
    | Not
    | Conditional
)


@dataclass(frozen=True, slots=True)
class Static:
    """Text that is the same for everybody."""

    text: str


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for one value; `id` is unique within the edition's compilation unit."""

    expr: Expr
    context: Context


@dataclass(frozen=True, slots=True)
class Branch:
    """One `if` / `elif` of a choice."""

    test: Expr
    parts: "Parts"


@dataclass(frozen=True, slots=True)
class Choice:
    """The first branch whose test is true, else `otherwise`."""

    branches: tuple[Branch, ...]
    otherwise: "Parts" = ()


@dataclass(frozen=True, slots=True)
class Repeat:
    """`body` once per item of `over`, each bound to `variable`; `otherwise` if there are none.

    Within the body, `Path("loop:<variable>", ("index",))` and its fellows
    (index0, first, last, length, revindex, revindex0) are the loop's own values.
    `only` is a test over the item (`for x in xs if …`): where it is false, the item is left out
    before the loop begins, so that index, last and length count the others.
    """

    variable: str
    over: Expr
    body: "Parts"
    otherwise: "Parts" = ()
    only: Expr | None = None


Part: TypeAlias = Static | Hole | Choice | Repeat
Parts: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class HoleUse:
    """Where an expression of an edition was written; for messages, not part of the digest."""

    expr: Expr
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One issue for one segment, ready to be filled in.

    `headers` are those that we add (List-Unsubscribe …), as parts; `items` are `kind/slug`;
    `sources` are workspace paths that went in; `images` are `(hashed name, workspace path)`.
    `digest` covers what a reader can see and the expressions, nothing of where or when it was
    built (`pismo.model.codec.digest_of`).
    """

    issue: str
    newsletter: str
    segment: str
    language: str
    sender: Sender
    subject: Parts
    preheader: Parts
    html: Parts
    text: Parts
    headers: tuple[tuple[str, Parts], ...]
    digest: str
    variant: str = "a"
    items: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    uses: tuple[HoleUse, ...] = ()

    def bodies(self) -> Iterator[Parts]:
        """Yield every part list of the letter: subject, preheader, html, text, headers."""
        yield self.subject
        yield self.preheader
        yield self.html
        yield self.text
        for _, parts in self.headers:
            yield parts


def expressions(parts: Parts) -> Iterator[Expr]:
    """Yield every expression in `parts`, tests and loops included, outermost first."""
    for part in parts:
        if isinstance(part, Hole):
            yield part.expr
        elif isinstance(part, Choice):
            for branch in part.branches:
                yield branch.test
                yield from expressions(branch.parts)
            yield from expressions(part.otherwise)
        elif isinstance(part, Repeat):
            yield part.over
            if part.only is not None:
                yield part.only
            yield from expressions(part.body)
            yield from expressions(part.otherwise)


def operands(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct sub-expressions of `expr`."""
    match expr:
        case Constant() | Path():
            return ()
        case ListOf(items):
            return items
        case Filter(_, operand, arguments, options):
            return (operand, *arguments, *(value for _, value in options))
        case Test(_, operand, arguments):
            return (operand, *arguments)
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return (left, right)
        case Negative(operand) | Not(operand):
            return (operand,)
        case Logic(_, several):
            return several
        case Conditional(test, then, otherwise):
            return (test, then, otherwise)


def paths(expr: Expr) -> Iterator[Path]:
    """Yield every path that `expr` reads."""
    if isinstance(expr, Path):
        yield expr
    for operand in operands(expr):
        yield from paths(operand)


def columns(edition: Edition) -> tuple[str, ...]:
    """Name the recipient's columns that the letter reads: its list of personal data, sorted."""
    found = {
        str(path.steps[0])
        for parts in edition.bodies()
        for expr in expressions(parts)
        for path in paths(expr)
        if path.root == "recipient" and path.steps
    }
    return tuple(sorted(found))
