"""Rewriting of a template's syntax tree, and the code that its operators become.

`if` and `for` become straight lines that ask a `Condition` or `Loop` which branches to run;
`and`, `or`, `not`, comparisons, arithmetic and inline `if` become calls of `Operations`, lazy where
Jinja is lazy. Everything else (macros, call, include, import, extends, with, raw) runs as it is.

Leans on jinja2 3.1's compiler (`CodeGenerator.visit_*`, `Environment._parse`): pinned, and compared
with stock Jinja by `tests/compile/test_compile_battery.py`.
"""

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer

from pismo.compile.problem import CompileError
from pismo.compile.rules import AUTOESCAPE, LOOP_IN_BLOCK
from pismo.model.finding import Source

_BINARY = {
    "Add": "+",
    "Sub": "-",
    "Mul": "*",
    "Div": "/",
    "FloorDiv": "//",
    "Mod": "%",
    "Pow": "**",
}


class Rewriter(NodeTransformer):
    """Rewrites one template; `path` is for messages."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.count = 0
        self.loops: list[str | None] = []

    def _name(self, line: int) -> nodes.InternalName:
        """Make a variable that no template can name."""
        self.count += 1
        name = object.__new__(nodes.InternalName)
        nodes.Node.__init__(name, f"staged{self.count}", lineno=line)
        return name

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802  # Jinja's names
        """Tell the recorder the line of everything printed."""
        node.nodes = [
            child
            if isinstance(child, (nodes.TemplateData, nodes.Const))
            else _printed(self.visit(child), child.lineno)
            for child in node.nodes
        ]
        return node

    def visit_If(self, node: nodes.If) -> list[nodes.Node]:  # noqa: N802
        """Open, both branches, close; then settle what the branches assigned."""
        line = node.lineno
        otherwise = _elif_as_else(node)
        condition = self._name(line)
        assigned = sorted(_assigned([*node.body, *otherwise]))
        before = [self._name(line) for _ in assigned]
        after = [self._name(line) for _ in assigned]
        test = self.visit(node.test)
        body, other = self._body(node.body), self._body(otherwise)
        out: list[nodes.Node] = [
            nodes.Assign(condition, _call("condition", [test, nodes.Const(line)], line)),
            *(
                nodes.Assign(saved, nodes.Name(name, "load"))
                for saved, name in zip(before, assigned, strict=True)
            ),
            _show(condition, "opening"),
            nodes.If(_field(condition, "then"), body, [], []),
        ]
        if assigned:
            out += [
                nodes.Assign(saved, nodes.Name(name, "load"))
                for saved, name in zip(after, assigned, strict=True)
            ]
            restored: list[nodes.Node] = [
                nodes.Assign(nodes.Name(name, "store"), saved)
                for saved, name in zip(before, assigned, strict=True)
            ]
            out.append(nodes.If(_field(condition, "symbolic"), restored, [], []))
        if otherwise:
            out.append(_show(condition, "otherwise"))
            out.append(nodes.If(_field(condition, "other"), other, [], []))
        out += [
            nodes.Assign(
                nodes.Name(name, "store"),
                _method(
                    condition, "merge", [nodes.Const(name), saved, nodes.Name(name, "load")], line
                ),
            )
            for saved, name in zip(after, assigned, strict=True)
        ]
        out.append(_show(condition, "closing"))
        return [_lined(part, line) for part in out]

    def visit_For(self, node: nodes.For) -> list[nodes.Node]:  # noqa: N802
        """Open, the body per item (or once for all), the `else`, close."""
        line = node.lineno
        loop = self._name(line)
        names = nodes.Const(_target_names(node.target))
        arguments = [
            self.visit(node.iter),
            names,
            nodes.Const(line),
            nodes.Const(bool(node.recursive)),
        ]
        self.loops.append(None)
        test = self.visit(node.test) if node.test is not None else None
        self.loops[-1] = loop.name
        body = self._body(node.body)
        self.loops.pop()
        only = _method(loop, "only", [test], line) if test is not None else None
        out: list[nodes.Node] = [
            nodes.Assign(loop, _call("loop", arguments, line)),
            _show(loop, "opening"),
            nodes.For(node.target, _field(loop, "rounds"), body, [], only, node.recursive),
        ]
        if node.else_:
            inner = nodes.Scope([_show(loop, "otherwise"), *self._body(node.else_)])
            out.append(nodes.If(_field(loop, "other"), [inner], [], []))
        out.append(_show(loop, "closing"))
        return [_lined(part, line) for part in out]

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:  # noqa: N802
        """Let `loop` inside a body mean the loop of the right stage."""
        if node.name != "loop" or node.ctx != "load" or not self.loops or self.loops[-1] is None:
            return node
        owner = _internal(self.loops[-1])
        return _lined(_method(owner, "entered", [node], node.lineno), node.lineno)  # type: ignore[no-any-return]  # the call

    def visit_Assign(self, node: nodes.Assign) -> nodes.Node | list[nodes.Node]:  # noqa: N802
        """Watch over changes of a namespace."""
        self.generic_visit(node)
        target = node.target
        changed = [target] if isinstance(target, nodes.NSRef) else target.find_all(nodes.NSRef)
        watches: list[nodes.Node] = [
            nodes.ExprStmt(_call("namespace_changed", [nodes.Const(f"{n.name}.{n.attr}")], 0))
            for n in changed
        ]
        return [*(_lined(watch, node.lineno) for watch in watches), node]

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802
        """Refuse a file whose name depends on the reader."""
        return self._fixed_name(node)

    def visit_Extends(self, node: nodes.Extends) -> nodes.Node:  # noqa: N802
        """Refuse a parent whose name depends on the reader."""
        return self._fixed_name(node)

    def visit_Import(self, node: nodes.Import) -> nodes.Node:  # noqa: N802
        """Refuse a library whose name depends on the reader."""
        return self._fixed_name(node)

    def visit_FromImport(self, node: nodes.FromImport) -> nodes.Node:  # noqa: N802
        """Refuse a library whose name depends on the reader."""
        return self._fixed_name(node)

    def _fixed_name(self, node: Any) -> nodes.Node:  # noqa: ANN401  # four node types, one field
        self.generic_visit(node)
        tag = type(node).__name__.lower()
        arguments = [node.template, nodes.Const(tag)]
        node.template = _lined(_call("file_name", arguments, node.lineno), node.lineno)
        return node  # type: ignore[no-any-return]  # one of the four

    def visit_ScopedEvalContextModifier(  # noqa: N802
        self, node: nodes.ScopedEvalContextModifier
    ) -> nodes.Node:
        """Refuse `{% autoescape %}`."""
        raise CompileError(AUTOESCAPE, Source(self.path, node.lineno))

    def visit_Block(self, node: nodes.Block) -> nodes.Node:  # noqa: N802
        """Refuse `loop` in a block: a block is compiled apart and sees another loop there."""
        if self.loops and any(name.name == "loop" for name in node.find_all(nodes.Name)):
            raise CompileError(LOOP_IN_BLOCK, Source(self.path, node.lineno), name=node.name)
        self.generic_visit(node)
        return node

    def _body(self, body: list[nodes.Node]) -> list[nodes.Node]:
        out: list[nodes.Node] = []
        for node in body:
            visited = self.visit(node)
            out += visited if isinstance(visited, list) else [visited]
        return out


class StageCodeGenerator(CodeGenerator):
    """Writes operators as calls of `environment.stage`."""

    def visit_And(self, node: nodes.BinExpr, frame: Frame) -> None:  # noqa: N802
        """`and`, its right side lazy."""
        self._lazy("both", [node.left, node.right], frame)

    def visit_Or(self, node: nodes.BinExpr, frame: Frame) -> None:  # noqa: N802
        """`or`, its right side lazy."""
        self._lazy("either", [node.left, node.right], frame)

    def visit_Not(self, node: nodes.UnaryExpr, frame: Frame) -> None:  # noqa: N802
        """`not`."""
        self._eager("negation", "", [node.node], frame)

    def visit_Neg(self, node: nodes.UnaryExpr, frame: Frame) -> None:  # noqa: N802
        """Unary minus."""
        self._eager("negative", "", [node.node], frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        """`~`, as text or as markup by the place it is in."""
        self._eager("joined", "context.eval_ctx.autoescape, ", node.nodes, frame)

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:  # noqa: N802
        """A comparison or a chain of them."""
        operands: list[nodes.Expr] = [node.expr]
        for operand in node.ops:
            operands += [nodes.Const(operand.op), operand.expr]
        self._eager("compared", "", operands, frame)

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:  # noqa: N802
        """Inline `if`, both sides lazy."""
        frame = frame.soft()
        self.write("environment.stage.operations.chosen(")
        self.visit(node.test, frame)
        self.write(", lambda: ")
        self.visit(node.expr1, frame)
        self.write(", ")
        if node.expr2 is None:
            self.write("None")
        else:
            self.write("lambda: ")
            self.visit(node.expr2, frame)
        self.write(", lambda: cond_expr_undefined('an inline if without else'))")

    def _lazy(self, method: str, sides: list[nodes.Expr], frame: Frame) -> None:
        self.write(f"environment.stage.operations.{method}(")
        for side in sides:
            self.write("lambda: ")
            self.visit(side, frame)
            self.write(", ")
        self.write(")")

    def _eager(self, method: str, first: str, operands: list[nodes.Expr], frame: Frame) -> None:
        self.write(f"environment.stage.operations.{method}({first}")
        for operand in operands:
            self.visit(operand, frame)
            self.write(", ")
        self.write(")")


def _binary(sign: str) -> Any:  # noqa: ANN401  # a method of the code generator
    def visit(self: StageCodeGenerator, node: nodes.BinExpr, frame: Frame) -> None:
        self._eager("computed", f"{sign!r}, ", [node.left, node.right], frame)

    return visit


for _kind, _sign in _BINARY.items():
    setattr(StageCodeGenerator, f"visit_{_kind}", _binary(_sign))


def _elif_as_else(node: nodes.If) -> list[nodes.Node]:
    """Write `elif` as an `if` inside the `else`."""
    otherwise: list[nodes.Node] = list(node.else_)
    for branch in reversed(node.elif_):
        otherwise = [nodes.If(branch.test, branch.body, [], otherwise, lineno=branch.lineno)]
    return otherwise


def _assigned(body: list[nodes.Node]) -> set[str]:
    """Name what a body binds in the scope it shares with what follows it."""
    found: set[str] = set()
    for node in body:
        match node:
            case nodes.Assign() | nodes.AssignBlock():
                found |= {n.name for n in _names(node.target) if n.ctx == "store"}
            case nodes.If():
                branches = [*node.body, *node.else_]
                for branch in node.elif_:
                    branches += branch.body
                found |= _assigned(branches)
            case nodes.Macro():
                found.add(node.name)
            case nodes.Import():
                found.add(node.target)
            case nodes.FromImport():
                found |= {n if isinstance(n, str) else n[1] for n in node.names}
    return found


def _names(target: nodes.Node) -> list[nodes.Name]:
    return [target] if isinstance(target, nodes.Name) else list(target.find_all(nodes.Name))


def _target_names(target: nodes.Node) -> tuple[str, ...]:
    """Name a loop's targets in order; '' for one that is itself a tuple."""
    if isinstance(target, nodes.Name):
        return (target.name,)
    if isinstance(target, nodes.Tuple):
        return tuple(n.name if isinstance(n, nodes.Name) else "" for n in target.items)
    return ("",)


def _printed(child: nodes.Expr, line: int) -> nodes.Call:
    # The line is told before the value is computed: a block function records it, too.
    return _call("printed", [_call("at", [nodes.Const(line)], line), child], line)


def _call(name: str, arguments: list[Any], line: int) -> nodes.Call:
    attribute = nodes.EnvironmentAttribute(f"stage.{name}")
    return nodes.Call(attribute, arguments, [], None, None, lineno=line)


def _method(owner: nodes.Node, name: str, arguments: list[Any], line: int) -> nodes.Call:
    return nodes.Call(_field(owner, name), arguments, [], None, None, lineno=line)


def _field(owner: nodes.Node, name: str) -> nodes.Expr:
    return nodes.Getattr(owner, name, "load")


def _show(owner: nodes.Node, name: str) -> nodes.Output:
    return nodes.Output([_field(owner, name)])


def _internal(name: str) -> nodes.InternalName:
    node = object.__new__(nodes.InternalName)
    nodes.Node.__init__(node, name)
    return node


def _lined(node: Any, line: int) -> Any:  # noqa: ANN401  # any node
    node.set_lineno(line)
    return node
