"""Reads the YAML of a quiz or poll block into branches and leaves that know their lines."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pismo.games import errors
from pismo.games.errors import QuizError, remark
from pismo.records import dataclass
from pismo.text import guess

if TYPE_CHECKING:
    from yaml.nodes import Node


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text, and its line in the block (0 = the first)."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A table or a list of a block; a list has the keys '0', '1' and so on."""

    kind: str
    line: int
    parts: tuple[tuple[str, "Leaf | Branch"], ...]

    def __contains__(self, key: str) -> bool:
        return any(name == key for name, _ in self.parts)

    def only(self, *known: str) -> None:
        """Refuse keys that are not known, and those given twice.

        Raises:
            QuizError: If there is one.
        """
        for place, (key, part) in enumerate(self.parts):
            if key not in known:
                near = guess(key, known)
                rule = errors.UNKNOWN_KEY
                raise QuizError(remark(rule, line=part.line, kind=self.kind, key=key, guess=near))
            if any(other == key for other, _ in self.parts[:place]):
                raise QuizError(remark(errors.REPEATED_KEY, line=part.line, key=key))

    def text(self, key: str) -> str:
        """Return a text, which must be there and not be empty."""
        leaf = self.leaf(key)
        if not leaf.text:
            raise self.wrong(key, "a text")
        return leaf.text

    def leaf(self, key: str) -> Leaf:
        """Return a text with its line."""
        part = self._part(key)
        if isinstance(part, Branch):
            raise self.wrong(key, "a text")
        return part

    def branch(self, key: str) -> "Branch":
        """Return a table or a list."""
        part = self._part(key)
        if isinstance(part, Leaf):
            raise self.wrong(key, "a list or a table")
        return part

    def items(self) -> list["Branch"]:
        """Return the tables of a list."""
        return [branch for _, branch in self.named_branches()]

    def named_branches(self) -> list[tuple[str, "Branch"]]:
        """Return the tables in a table or a list, by name."""
        found = []
        for key, part in self.parts:
            if isinstance(part, Leaf):
                raise self.wrong(key, "a table")
            found.append((key, part))
        return found

    def named_texts(self) -> Iterator[tuple[str, str]]:
        """Go through the texts of a table, by name."""
        self.only(*(key for key, _ in self.parts))
        for key, _ in self.parts:
            yield key, self.text(key)

    def leaves(self, key: str) -> list[Leaf]:
        """Return the texts of a list."""
        branch = self.branch(key)
        return [branch.leaf(place) for place, _ in branch.parts]

    def wrong(self, key: str, expected: str) -> QuizError:
        """Return the error that a key holds something else."""
        line = next((part.line for name, part in self.parts if name == key), self.line)
        return QuizError(errors.wrong_value(key, expected, line))

    def _part(self, key: str) -> "Leaf | Branch":
        for name, part in self.parts:
            if name == key:
                return part
        raise QuizError(remark(errors.MISSING_KEY, line=self.line, kind=self.kind, key=key))


def read_tree(text: str, kind: str) -> Branch:
    """Read a block's YAML; every scalar is a text, so `yes` and `10` stay what was typed.

    Raises:
        QuizError: If it is not YAML, or not a table.
    """
    import yaml

    try:
        node = yaml.compose(text.removeprefix("\ufeff"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        line = mark.line if mark else 0
        raise QuizError(
            remark(errors.NOT_YAML, line=line, kind=kind, problem=problem.problem or "?")
        ) from problem
    tree = _tree(node, kind, set()) if node is not None else None
    if not isinstance(tree, Branch):
        raise QuizError(remark(errors.NOT_YAML, kind=kind, problem="key: value"))
    return tree


def _tree(node: "Node", kind: str, seen: set[int]) -> Leaf | Branch:
    import yaml

    line = node.start_mark.line
    # An alias could hold itself, or a thousand times itself.
    if id(node) in seen:
        raise QuizError(remark(errors.NOT_YAML, line=line, kind=kind, problem="*alias"))
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        pairs = tuple((str(key.value), _tree(value, kind, seen)) for key, value in node.value)
        return Branch(kind, line, pairs)
    if isinstance(node, yaml.SequenceNode):
        listed = enumerate(node.value)
        return Branch(kind, line, tuple((str(n), _tree(one, kind, seen)) for n, one in listed))
    return Leaf(str(node.value).strip(), line)
