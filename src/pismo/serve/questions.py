"""What readers may answer: polls as they are, a quiz by its results, a rebus by its word."""

from collections.abc import Mapping

from pismo.games import (
    GameError,
    fenced,
    normalize_answer,
    parse_poll,
    parse_quiz,
    parse_rebus,
    rebus_folder,
)
from pismo.model.content import Item, Kind
from pismo.model.workspace import Workspace
from pismo.records import dataclass, field

SOLVED = "solved"
"""What is recorded of a right answer to a rebus; wrong ones are not."""


@dataclass(frozen=True, slots=True)
class Question:
    """A game as its page shows it.

    `options` maps what is recorded to what is read; a rebus has none, and `words` that are right,
    normalised. `thanks` is said after answering; `prize` is where a right answer opens something.
    """

    title: str
    options: Mapping[str, str] = field(default_factory=dict)
    low: str = ""
    high: str = ""
    thanks: str = ""
    words: tuple[str, ...] = ()
    hint: str = ""
    prize: str = ""
    is_quiz: bool = False

    @property
    def is_scale(self) -> bool:
        """Whether the answers are grades."""
        return bool(self.options) and all(value.isdigit() for value in self.options)

    @property
    def is_puzzle(self) -> bool:
        """Whether the answer is a word to type."""
        return bool(self.words)

    def is_right(self, word: str) -> bool:
        """Tell whether a typed word is the answer, as forgivingly as a sealed prize does."""
        return normalize_answer(word) in self.words


def questions_of(workspace: Workspace) -> dict[str, Question]:
    """Return every game that readers answer, by slug; broken ones are left to `pismo check`."""
    makers = {Kind.POLL: _poll, Kind.QUIZ: _quiz, Kind.REBUS: _rebus}
    found: dict[str, Question] = {}
    for (kind, slug), item in workspace.items.items():
        block = fenced(item.body, kind) if kind in makers else None
        if block is not None:
            try:
                found[slug] = makers[kind](item, block, workspace)
            except GameError:
                # Its letter cannot be built, so nobody has a link to it.
                continue
    return found


def _poll(item: Item, block: str, workspace: Workspace) -> Question:  # noqa: ARG001  # one of three
    poll = parse_poll(block)
    return Question(poll.question, dict(poll.options), poll.low, poll.high, poll.thanks)


def _quiz(item: Item, block: str, workspace: Workspace) -> Question:  # noqa: ARG001  # likewise
    results = {result.id: result.title for result in parse_quiz(block).results}
    return Question(item.title, results, is_quiz=True)


def _rebus(item: Item, block: str, workspace: Workspace) -> Question:
    rebus = parse_rebus(block)
    base = workspace.settings.site_base_url
    prize = f"{base}/{rebus_folder(item.source.path)}" if item.prize and base else ""
    return Question(
        item.title, words=(normalize_answer(rebus.answer),), hint=rebus.hint, prize=prize
    )
