"""`if` and `for` at run time: one branch where the test is known, all of them where it is not.

The rewritten template asks these objects which branches to run and prints their tokens.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from jinja2 import Undefined
from markupsafe import Markup

from pismo.compile.problem import CompileError
from pismo.compile.rules import LOOP_TEST, RECURSION, RENDERED, UNPACKING
from pismo.compile.stage.operations import Operations
from pismo.compile.stage.record import Mark, Recorder, loop_path, spelt
from pismo.compile.stage.symbols import LoopSymbol, Unsettled, is_symbolic, lift
from pismo.compile.stage.tokens import TokenKind, holds_token
from pismo.model.edition import Constant, Path
from pismo.model.spelling import spelled

_NOTHING = Markup("")


class Stage(Protocol):
    """What a branch needs to know about where it runs."""

    operations: Operations

    @property
    def recorder(self) -> Recorder:
        """The recorder of the text being rendered now."""


class Condition:
    """One `if`, its test already computed."""

    def __init__(self, stage: Stage, test: object, line: int) -> None:
        if isinstance(test, str) and holds_token(test):
            raise CompileError(RENDERED, construct="'if'")
        self.stage = stage
        self.test = test
        self.symbolic = is_symbolic(test)
        self.then = self.symbolic or bool(test)
        self.other = self.symbolic or not self.then
        self.line = line
        self.number = 0

    @property
    def opening(self) -> Markup:
        """Print the beginning of the choice."""
        if not self.symbolic:
            return _NOTHING
        self.stage.recorder.depth += 1
        mark = Mark(TokenKind.IF, self.line, lift(self.test, "if"))
        self.number = self.stage.recorder.add(mark)
        return spelt(TokenKind.IF, self.number)

    @property
    def otherwise(self) -> Markup:
        """Print the border between the branches."""
        return spelt(TokenKind.ELSE, self.number) if self.symbolic else _NOTHING

    @property
    def closing(self) -> Markup:
        """Print the end of the choice."""
        if not self.symbolic:
            return _NOTHING
        self.stage.recorder.depth -= 1
        return spelt(TokenKind.END, self.number)

    def merge(self, name: str, then: object, otherwise: object) -> object:
        """Return what a variable is after the `if`, from what each branch left in it."""
        if not self.symbolic or then is otherwise:
            return otherwise
        for value in (then, otherwise):
            if isinstance(value, Unsettled):
                return value
        # A name that only one branch sets is nothing where the other is taken.
        then, otherwise = (None if isinstance(v, Undefined) else v for v in (then, otherwise))
        if any(isinstance(value, str) and holds_token(value) for value in (then, otherwise)):
            if then is None or otherwise is None:
                return Unsettled(name, "text")
            return self._either_text(str(then), str(otherwise))
        try:
            return self.stage.operations.choose("set", self.test, then, otherwise)
        except CompileError:
            kinds = (type(value).__name__ for value in (then, otherwise) if value is not None)
            return Unsettled(name, " / ".join(dict.fromkeys(kinds)))

    def _either_text(self, then: str, otherwise: str) -> Markup:
        recorder = self.stage.recorder
        number = recorder.add(Mark(TokenKind.IF, self.line, lift(self.test, "if")))
        kinds = (TokenKind.IF, TokenKind.ELSE, TokenKind.END)
        opening, border, closing = (spelt(kind, number) for kind in kinds)
        return opening + Markup(then) + border + Markup(otherwise) + closing  # noqa: S704  # rendered before


class Loop:
    """One `for`, its list already computed; `names` are its target's names in order."""

    def __init__(
        self, stage: Stage, items: object, names: Sequence[str], line: int, *, recursive: bool
    ) -> None:
        if isinstance(items, str) and holds_token(items):
            raise CompileError(RENDERED, construct="'for'")
        self.stage = stage
        self.symbolic = is_symbolic(items) and not isinstance(items, (list, tuple))
        self.items = items
        self.names = names
        self.line = line
        self.ran = False
        self.number = 0
        self.mark: Mark | None = None
        self.variable = ""
        if self.symbolic and recursive:
            raise CompileError(RECURSION, value=spelled(lift(items, "for")))

    @property
    def opening(self) -> Markup:
        """Print the beginning of the repeat."""
        if not self.symbolic:
            return _NOTHING
        recorder = self.stage.recorder
        recorder.depth += 1
        over = lift(self.items, "for")
        if "" in self.names:
            raise CompileError(UNPACKING, value=spelled(over))
        name = self.names[0] if len(self.names) == 1 else "item"
        self.variable = recorder.variable(name)
        self.mark = Mark(TokenKind.FOR, self.line, over, self.variable)
        self.number = recorder.add(self.mark)
        return spelt(TokenKind.FOR, self.number)

    @property
    def rounds(self) -> Iterable[object]:
        """Give what the loop runs over: every item, or one that stands for all."""
        if self.symbolic:
            item = self.stage.operations.symbol(Path(self.variable))
            return [item if len(self.names) == 1 else tuple(map(item.step, range(len(self.names))))]
        return self._counted()

    def _counted(self) -> Sequence[object]:
        items = self.items if isinstance(self.items, Sequence) else list(self.items)  # type: ignore[call-overload]  # fails as in Python
        self.ran = len(items) > 0
        self.items = items
        return items

    def only(self, test: object) -> bool:
        """Judge `for … if test`: recorded with the repeat, or decided now."""
        if not self.symbolic:
            if is_symbolic(test):
                raise CompileError(LOOP_TEST, value=spelled(lift(test, "if")))
            return bool(test)
        assert self.mark is not None
        if is_symbolic(test) or not test:
            self.mark.only = lift(test, "if") if is_symbolic(test) else Constant(value=False)
        return True

    def entered(self, loop: object) -> object:
        """Return what `loop` means inside the body; called only when a round is run."""
        if self.symbolic:
            return LoopSymbol(loop_path(self.variable), self.stage.operations.printer)
        return loop

    @property
    def other(self) -> bool:
        """Tell whether the `else` runs."""
        return self.symbolic or not self.ran

    @property
    def otherwise(self) -> Markup:
        """Print the border before the `else`."""
        return spelt(TokenKind.ELSE, self.number) if self.symbolic else _NOTHING

    @property
    def closing(self) -> Markup:
        """Print the end of the repeat."""
        if not self.symbolic:
            return _NOTHING
        self.stage.recorder.depth -= 1
        return spelt(TokenKind.END, self.number)
