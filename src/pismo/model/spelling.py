"""Expressions as a writer would type them: for messages, explanations and lists of holes."""

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


def spelled(expr: Expr) -> str:  # noqa: C901  # one case per kind of expression
    """Write an expression in the template language, with brackets where they matter."""
    match expr:
        case Constant(value):
            return _constant(value)
        case Path(root, steps):
            root = "loop" if root.startswith("loop:") else root
            return root + "".join(map(_step, steps))
        case ListOf(items):
            return f"[{', '.join(map(spelled, items))}]"
        case Filter(name, operand, arguments, options):
            return f"{_inner(operand)} | {name}{_given(arguments, options)}"
        case Test(name, operand, arguments):
            return f"{_inner(operand)} is {name}{_given(arguments, ())}"
        case Not(operand):
            return f"not {_inner(operand)}"
        case Negative(operand):
            # A minus binds tighter than a filter.
            return (
                f"-({spelled(operand)})" if isinstance(operand, Filter) else f"-{_inner(operand)}"
            )
        case Compare(operator, left, right) | Arithmetic(operator, left, right):
            return f"{_inner(left)} {operator} {_inner(right)}"
        case Logic(operator, operands):
            return f" {operator} ".join(map(_inner, operands))
        case Conditional(test, then, otherwise):
            return f"{_inner(then)} if {_inner(test)} else {_inner(otherwise)}"


def _constant(value: object) -> str:
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _step(step: str | int) -> str:
    return f"[{step}]" if isinstance(step, int) else f".{step}"


def _given(arguments: tuple[Expr, ...], options: tuple[tuple[str, Expr], ...]) -> str:
    given = [spelled(argument) for argument in arguments]
    given += [f"{name}={spelled(value)}" for name, value in options]
    return f"({', '.join(given)})" if given else ""


def _inner(expr: Expr) -> str:
    """Put brackets around what binds less tightly than its place may need."""
    text = spelled(expr)
    tight = isinstance(expr, Constant | Path | ListOf | Filter | Negative)
    return text if tight else f"({text})"
