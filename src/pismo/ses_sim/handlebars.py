r"""Render the Handlebars that SES documents for templates: nothing escaped, missing values refused.

Known: nested paths, `if`, `unless`, `each`, `with`, `else` chains, `lookup`, `@index`, `@key`,
`@first`, `@last`, `@root`, `../`, block parameters, inline partials, comments, `~`, `\{{`.

Written here because the one maintained engine on PyPI (dotpromptz-handlebars 0.2, alpha) differed
from Handlebars.js in 10 of 92 templates, and took `{{x}}}` for good; tests hold this one to npm's.

Source: https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-advanced.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pismo.ses_sim.handlebars_syntax import (
    Block,
    Call,
    Comment,
    Content,
    Expression,
    Literal,
    Mustache,
    Node,
    Partial,
    Path,
    Program,
    TemplateSyntaxError,
    parse,
)
from pismo.ses_sim.handlebars_whitespace import settle

__all__ = ["MissingValueError", "Template", "TemplateSyntaxError", "compile_template"]

_HELPERS: Final = {"if": 1, "unless": 1, "each": 1, "with": 1, "lookup": 2}
_DEEPEST_PARTIAL: Final = 50


class _Missing:
    """The value of a path that leads nowhere; unlike null, which prints as nothing."""

    __slots__ = ()


_MISSING: Final = _Missing()


class MissingValueError(LookupError):
    """A letter prints a variable that its data doesn't have; SES then drops the letter."""

    def __init__(self, path: str) -> None:
        super().__init__(f"Attribute '{path}' is not present in the rendering data.")
        self.path = path


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a path is looked up: in this value, those around it, `@` names, block parameters."""

    value: object
    outer: "_Scope | None"
    data: Mapping[str, object]
    names: Mapping[str, object]
    partials: Mapping[str, "_Run"]
    strict: bool
    depth: int = 0


_Run = Callable[[_Scope], str]
_Value = Callable[[_Scope], object]


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template; `is_flat` when it has substitutions only, as inline templates must."""

    is_flat: bool
    _run: _Run

    def render(self, values: Mapping[str, object], *, strict: bool = True) -> str:
        """Return the text of one letter.

        Args:
            values: What came as TemplateData, decoded.
            strict: SES's way; else a missing variable prints as nothing, as in Handlebars.js.

        Raises:
            MissingValueError: If a variable that is printed is missing.
        """
        scope = _Scope(values, None, {"root": values}, {}, {}, strict)
        return self._run(scope)


def compile_template(source: str) -> Template:
    """Compile one part (subject, html or text) of a template.

    Raises:
        TemplateSyntaxError: If it cannot be read or calls a helper that SES doesn't have.
    """
    program = parse(source)
    settle(program, root=True)
    flat = all(isinstance(node, Content | Mustache | Comment) for node in program.body)
    return Template(flat, _program(program))


def _program(program: Program | None) -> _Run:
    nodes = program.body if program is not None else []
    inline = {
        _partial_name(n.call): _program(n.program)
        for n in nodes
        if isinstance(n, Block) and n.inline
    }
    pieces = [_node(node) for node in nodes if not (isinstance(node, Block) and node.inline)]
    pieces = [piece for piece in pieces if piece != ""]

    def run(scope: _Scope) -> str:
        if inline:
            scope = _Scope(
                scope.value, scope.outer, scope.data, scope.names,
                {**scope.partials, **inline}, scope.strict, scope.depth,
            )  # fmt: skip
        return "".join([p if isinstance(p, str) else p(scope) for p in pieces])

    return run


def _node(node: Node) -> _Run | str:
    match node:
        case Content():
            return node.value
        case Comment():
            return ""
        case Mustache():
            value = _call(node.call, printed=True)
            return lambda scope: _text(value(scope))
        case Partial():
            return _partial(node)
        case Block():
            return _block(node)


def _block(node: Block) -> _Run:
    name = node.call.name.original
    body, inverse = _program(node.program), _program(node.inverse)
    if name in ("if", "unless"):
        return _condition(node.call, body, inverse, negated=name == "unless")
    if name in ("each", "with"):
        _check_arguments(node.call)
        subject, names = _expression(node.call.params[0]), node.call.block_params
        if name == "each":
            return lambda scope: _each(scope, subject(scope), names, body, inverse)
        return lambda scope: _with(scope, subject(scope), names, body, inverse)
    value = _call(node.call, printed=True)
    return lambda scope: _section(scope, value(scope), body, inverse)


def _condition(call: Call, body: _Run, inverse: _Run, *, negated: bool) -> _Run:
    _check_arguments(call)
    subject = _expression(call.params[0])
    include_zero = any(key == "includeZero" and _constant(value) for key, value in call.named)
    yes, no = (inverse, body) if negated else (body, inverse)

    def run(scope: _Scope) -> str:
        value = subject(scope)
        return yes(scope) if _is_true(value, include_zero=include_zero) else no(scope)

    return run


def _each(scope: _Scope, value: object, names: tuple[str, ...], body: _Run, inverse: _Run) -> str:
    pairs: list[tuple[object, object]] = []
    if isinstance(value, Mapping):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    if not pairs:
        return inverse(scope)
    last, printed = len(pairs) - 1, []
    for index, (key, item) in enumerate(pairs):
        data = {**scope.data, "_outer": scope.data, "key": key, "index": index}
        data |= {"first": index == 0, "last": index == last}
        printed.append(
            body(_inside(scope, item, data, dict(zip(names, (item, key), strict=False))))
        )
    return "".join(printed)


def _with(scope: _Scope, value: object, names: tuple[str, ...], body: _Run, inverse: _Run) -> str:
    if not _is_true(value, include_zero=True):
        return inverse(scope)
    return body(_inside(scope, value, scope.data, dict(zip(names, (value,), strict=False))))


def _section(scope: _Scope, value: object, body: _Run, inverse: _Run) -> str:
    """`{{#name}}` without a helper: a list repeats, true shows, an object is stepped into."""
    if value is True:
        return body(scope)
    if value is False or value is None or value is _MISSING:
        return inverse(scope)
    if isinstance(value, list):
        return _each(scope, value, (), body, inverse)
    return body(_inside(scope, value, scope.data, {}))


def _inside(
    scope: _Scope, value: object, data: Mapping[str, object], names: Mapping[str, object]
) -> _Scope:
    """Step into a value. A block over the very same value is no step for `../`."""
    same = value is scope.value or (isinstance(value, str | int | float) and value == scope.value)
    outer = scope.outer if same else scope
    names = {**scope.names, **names} if names else scope.names
    return _Scope(value, outer, data, names, scope.partials, scope.strict, scope.depth)


def _partial(node: Partial) -> _Run:
    name = _partial_name(node.call)
    context = _expression(node.call.params[0]) if node.call.params else None
    named = [(key, _expression(value)) for key, value in node.call.named]

    def run(scope: _Scope) -> str:
        body = scope.partials.get(name)
        if body is None:
            raise MissingValueError(f"> {name}")
        if scope.depth >= _DEEPEST_PARTIAL:
            raise MissingValueError(f"> {name} (calls itself)")
        value = context(scope) if context else scope.value
        if named:
            own = dict(value) if isinstance(value, Mapping) else {}
            value = own | {key: given(scope) for key, given in named}
        inner = _Scope(
            value, scope.outer if value is scope.value else scope, scope.data, {},
            scope.partials, scope.strict, scope.depth + 1,
        )  # fmt: skip
        return _indented(body(inner), node.indent)

    return run


def _partial_name(call: Call) -> str:
    name = call.params[0] if call.name.original == "inline" else call.name
    if isinstance(name, Call):
        raise TemplateSyntaxError("a partial's name must be written out")
    return name.original


def _indented(text: str, indent: str) -> str:
    if not indent or not text:
        return text
    lines = text.split("\n")
    last = len(lines) - 1
    kept = [line if i == last and not line else indent + line for i, line in enumerate(lines)]
    return "\n".join(kept)


def _expression(expression: Expression) -> _Value:
    if isinstance(expression, Literal):
        value = expression.value
        return lambda _scope: value
    if isinstance(expression, Call):
        return _call(expression, printed=False)
    return _lookup(expression, required=False)


def _call(call: Call, *, printed: bool) -> _Value:
    name = call.name.original
    if name == "lookup":
        _check_arguments(call)
        holder, key = (_expression(param) for param in call.params)
        return lambda scope: _step(holder(scope), _text(key(scope)))
    if call.params or call.named:
        raise TemplateSyntaxError(f"SES has no helper {name!r}")
    if name in _HELPERS and not (isinstance(call.name, Path) and call.name.scoped):
        raise TemplateSyntaxError(f"{name} needs a block: {{{{#{name} …}}}}")
    path = call.name if isinstance(call.name, Path) else Path(name, (name,))
    return _lookup(path, required=printed)


def _lookup(path: Path, *, required: bool) -> _Value:
    first, parts, depth = (path.parts or ("",))[0], path.parts, path.depth
    if path.data:
        return lambda scope: _data_value(scope.data, path, required=required and scope.strict)
    if len(parts) == 1 and not path.scoped:
        # Most of what a letter prints: one name in the data itself.
        def one(scope: _Scope) -> object:
            if first in scope.names:
                return scope.names[first]
            value = _step(scope.value, first)
            if value is _MISSING and required and scope.strict:
                raise MissingValueError(first)
            return value

        return one

    def run(scope: _Scope) -> object:
        named = not path.scoped and first in scope.names
        value: object = scope.names[first] if named else _up(scope, depth)
        for part in parts[1:] if named else parts:
            value = _step(value, part)
        if value is _MISSING and required and scope.strict:
            raise MissingValueError(path.original)
        return value

    return run


def _up(scope: _Scope, depth: int) -> object:
    found: _Scope | None = scope
    for _ in range(depth):
        found = found.outer if found is not None else None
    return found.value if found is not None else _MISSING


def _data_value(data: Mapping[str, object], path: Path, *, required: bool) -> object:
    value: object = data
    for _ in range(path.depth):
        value = _step(value, "_outer")
    for part in path.parts:
        value = _step(value, part)
    if value is _MISSING and required:
        raise MissingValueError(path.original)
    return value


def _step(holder: object, key: str) -> object:
    if isinstance(holder, Mapping):
        return holder.get(key, _MISSING)
    if isinstance(holder, list | str):
        if key == "length":
            return len(holder)
        if key.isdigit() and int(key) < len(holder):
            return holder[int(key)]
    return _MISSING


def _check_arguments(call: Call) -> None:
    name = call.name.original
    if len(call.params) != _HELPERS[name]:
        raise TemplateSyntaxError(f"{name} takes {_HELPERS[name]} argument(s)")


def _constant(expression: Expression) -> object:
    return expression.value if isinstance(expression, Literal) else None


def _is_true(value: object, *, include_zero: bool = False) -> bool:
    """Say what `if` takes for true: not a missing value, null, false, '', [] or (else) 0."""
    if value is _MISSING or value is None or value is False or value in ("", []):
        return False
    return include_zero or value != 0


def _text(value: object) -> str:
    """Print a JSON value the way JavaScript does."""
    if isinstance(value, str):
        return value
    if value is None or value is _MISSING:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, list):
        return ",".join(_text(item) for item in value)
    return "[object Object]"


def _number(value: float) -> str:
    size = abs(value)
    if value == int(value) and size < 1e21:
        return str(int(value))
    if 1e-6 <= size < 1e21:
        return format(Decimal(repr(value)), "f")
    mantissa, _, exponent = format(Decimal(repr(float(value))), "e").partition("e")
    return f"{mantissa}e{int(exponent):+d}"
