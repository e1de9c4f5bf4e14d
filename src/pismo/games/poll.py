"""A poll, an NPS or a review request: one question, one tap, and a page that asks to confirm.

    question: Что разобрать в следующую пятницу?
    options:
      cards: карты
      dice: кубики

For grades write `scale: 0-10` (or 1-5) with `low:` and `high:` instead of options.
"""

import re

from pismo.games import errors
from pismo.games.errors import QuizError
from pismo.games.quiz import option_texts
from pismo.games.tree import Branch, read_tree
from pismo.records import dataclass

_WIDEST_SCALE = 11


@dataclass(frozen=True, slots=True)
class Poll:
    """A question and its answers: (what is recorded, what is read); grades are digits.

    `low` and `high` say what the ends of a scale mean; both '' where answers are words.
    """

    question: str
    options: tuple[tuple[str, str], ...]
    low: str = ""
    high: str = ""
    thanks: str = ""

    @property
    def is_scale(self) -> bool:
        """Whether the answers are grades."""
        return all(key.isdigit() for key, _ in self.options)


def parse_poll(text: str) -> Poll:
    """Read the inside of a fenced poll block.

    Raises:
        QuizError: If a field is wrong or missing; it has the line within the block.
    """
    tree = read_tree(text, "poll")
    tree.only("question", "options", "scale", "low", "high", "thanks")
    thanks = tree.text("thanks") if "thanks" in tree else ""
    if "scale" not in tree:
        return Poll(tree.text("question"), tuple(option_texts(tree).items()), thanks=thanks)
    return Poll(tree.text("question"), _grades(tree), tree.text("low"), tree.text("high"), thanks)


def _grades(tree: Branch) -> tuple[tuple[str, str], ...]:
    given = tree.leaf("scale")
    found = re.fullmatch(r"(\d+)\s*[-–]\s*(\d+)", given.text)
    first, last = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 2 <= last - first + 1 <= _WIDEST_SCALE:
        raise QuizError(errors.wrong_value("scale", "0-10, 1-5", given.line))
    return tuple((str(grade), str(grade)) for grade in range(first, last + 1))
