"""An expression of an edition as a writer would have typed it."""

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


def describe(expr: Expr) -> str:  # noqa: C901  # one case per node, flat
    """Write an expression in the template language: `recipient.points > 100`."""
    match expr:
        case Constant(value):
            return _constant(value)
        case ListOf(items):
            return "[" + ", ".join(map(describe, items)) + "]"
        case Path(root, steps):
            return root.removeprefix("loop:") + "".join(map(_step, steps))
        case Filter(name, operand, arguments, options):
            return f"{_inner(operand)} | {name}{_call(arguments, options)}"
        case Test(name, operand, arguments):
            return f"{_inner(operand)} is {name}{_call(arguments, ())}"
        case Compare(operator, left, right) | Arithmetic(operator, left, right):
            return f"{_inner(left)} {operator} {_inner(right)}"
        case Negative(operand):
            return f"-{_inner(operand)}"
        case Not(operand):
            return f"not {_inner(operand)}"
        case Logic(operator, operands):
            return f" {operator} ".join(map(_inner, operands))
        case Conditional(test, then, otherwise):
            return f"{_inner(then)} if {_inner(test)} else {_inner(otherwise)}"


def _constant(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _step(step: str | int) -> str:
    return f"[{step}]" if isinstance(step, int) else f".{step}"


def _call(arguments: tuple[Expr, ...], options: tuple[tuple[str, Expr], ...]) -> str:
    given = [describe(argument) for argument in arguments]
    given += [f"{name}={describe(value)}" for name, value in options]
    return f"({', '.join(given)})" if given else ""


def _inner(expr: Expr) -> str:
    """Put brackets around what binds less tightly than its place may need."""
    text = describe(expr)
    tight = isinstance(expr, Constant | Path | ListOf | Filter | Negative)
    return text if tight else f"({text})"
