"""Expressions as a writer would type them, for messages and lists of holes."""

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
            return "none" if value is None else repr(value).replace("True", "true")
        case Path(root, steps):
            return ("loop" if root.startswith("loop:") else root) + "".join(
                f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps
            )
        case ListOf(items):
            return f"[{', '.join(spelled(item) for item in items)}]"
        case Filter(name, operand, arguments, options):
            given = [spelled(item) for item in arguments]
            given += [f"{key}={spelled(item)}" for key, item in options]
            return f"{_inner(operand)} | {name}" + (f"({', '.join(given)})" if given else "")
        case Test(name, operand, arguments):
            given = [spelled(item) for item in arguments]
            return f"{_inner(operand)} is {name}" + (f"({', '.join(given)})" if given else "")
        case Not(operand):
            return f"not {_inner(operand)}"
        case Negative(operand):
            return f"-{_inner(operand)}"
        case Compare(operator, left, right) | Arithmetic(operator, left, right):
            return f"{_inner(left)} {operator} {_inner(right)}"
        case Logic(operator, operands):
            return f" {operator} ".join(_inner(item) for item in operands)
        case Conditional(test, then, otherwise):
            return f"{_inner(then)} if {_inner(test)} else {_inner(otherwise)}"


def _inner(expr: Expr) -> str:
    text = spelled(expr)
    plain = isinstance(expr, (Constant, Path, ListOf))
    return text if plain else f"({text})"
