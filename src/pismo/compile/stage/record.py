"""What a template printed for send time, by the number in its token."""

from collections.abc import Sequence

from markupsafe import Markup

from pismo.compile.stage.tokens import TokenKind, token
from pismo.model.edition import Conditional, Constant, Expr, Logic, Path
from pismo.records import dataclass, field

MAX_TOKENS = 99_999
NOTHING = Constant(None)


@dataclass(slots=True)
class Mark:
    """One numbered place: a hole's expression, an `if`'s test, a loop's list or a block's key.

    `path` and `line` say where it was written; `variable` and `only` belong to loops, as in
    `Repeat`.
    """

    kind: TokenKind
    line: int
    expr: Expr = NOTHING
    variable: str = ""
    only: Expr | None = None
    slot: str = ""
    path: str = ""


@dataclass(slots=True)
class Recorder:
    """The marks of one rendering, numbered from 1, and how deep in branches it is.

    `blocks` says whether stories and the like may stand in this text.
    """

    path: str = ""
    blocks: bool = False
    marks: dict[int, Mark] = field(default_factory=dict)
    depth: int = 0
    line: int = 1
    variables: set[str] = field(default_factory=set)

    def add(self, mark: Mark) -> int:
        """Number a mark."""
        number = len(self.marks) + 1
        if number > MAX_TOKENS:
            raise OverflowError(f"more than {MAX_TOKENS} places in one text")
        mark.path = mark.path or self.path
        self.marks[number] = mark
        return number

    def hole(self, expr: Expr) -> Markup:
        """Record a hole and return its token."""
        return spelt(TokenKind.HOLE, self.add(Mark(TokenKind.HOLE, self.line, printed(expr))))

    def slot(self, key: str) -> Markup:
        """Record a block and return its token."""
        return spelt(TokenKind.SLOT, self.add(Mark(TokenKind.SLOT, self.line, slot=key)))

    def variable(self, name: str) -> str:
        """Name a loop's variable: as written, with a number if it is taken already."""
        free = name
        number = 2
        while free in self.variables:
            free, number = f"{name}_{number}", number + 1
        self.variables.add(free)
        return free


def spelt(kind: TokenKind, number: int) -> Markup:
    """Spell a token as markup: a word of letters and digits has nothing to escape."""
    return Markup(token(kind, number))  # noqa: S704  # see above


def printed(expr: Expr) -> Expr:
    """Make an absent `else` print nothing on purpose: `{{ "!" if recipient.vip }}` is no gap."""
    match expr:
        case Constant(None):
            return Constant("")
        case Conditional(test, then, otherwise):
            return Conditional(test, printed(then), printed(otherwise))
        case Logic("or", operands):
            return Logic("or", (*operands[:-1], printed(operands[-1])))
        case _:
            return expr


def loop_path(variable: str, steps: Sequence[str | int] = ()) -> Path:
    """Return the path of a loop's own values."""
    return Path(f"loop:{variable}", tuple(steps))
