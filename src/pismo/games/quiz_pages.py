"""A quiz as a graph of pages that needs no JavaScript: the address remembers the answers.

A page stands for a question and the weights so far; ways that lead to the same sums meet again,
so five questions of three answers take some dozens of pages, and not hundreds.
"""

from collections import deque
from collections.abc import Mapping
from hashlib import blake2b

from pismo.games import errors
from pismo.games.errors import QuizError, remark
from pismo.games.quiz import Quiz, QuizQuestion, Result
from pismo.records import dataclass

MOST_PAGES = 400
_Weights = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """A question as one reader meets it; `ways` are (text of the answer, id of the next page)."""

    id: str
    number: int
    question: str
    ways: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Where a quiz ends; `id` is stable: `result-` and the result's own."""

    id: str
    result: Result


Page = QuestionPage | ResultPage


def quiz_pages(quiz: Quiz) -> tuple[Page, ...]:
    """Return every page of a quiz, the first question first, results last.

    The first page's id is `start`. The letter shows its question, each answer a link to its way.

    Raises:
        QuizError: If a result can never be reached, or there would be over 400 pages.
    """
    places = {question.id: place for place, question in enumerate(quiz.questions)}
    start = (0, (0,) * len(quiz.results))
    ids = {start: "start"}
    waiting = deque([start])
    pages: list[QuestionPage] = []
    reached: set[str] = set()
    while waiting:
        place, weights = state = waiting.popleft()
        ways: list[tuple[str, str]] = []
        for text, after, sums in _answers(quiz, quiz.questions[place], places, weights):
            if after == len(quiz.questions):
                winner = quiz.results[sums.index(max(sums))].id
                reached.add(winner)
                ways.append((text, f"result-{winner}"))
                continue
            if (after, sums) not in ids:
                ids[after, sums] = _page_id(quiz.questions[after], sums)
                waiting.append((after, sums))
            ways.append((text, ids[after, sums]))
        pages.append(QuestionPage(ids[state], place + 1, quiz.questions[place].text, tuple(ways)))
        if len(ids) > MOST_PAGES:
            raise QuizError(remark(errors.TOO_MANY_PAGES, limit=MOST_PAGES))
    for result in quiz.results:
        if result.id not in reached:
            raise QuizError(remark(errors.UNREACHED_RESULT, result=result.id))
    return (*pages, *(ResultPage(f"result-{one.id}", one) for one in quiz.results))


def _answers(
    quiz: Quiz, question: QuizQuestion, places: Mapping[str, int], weights: _Weights
) -> list[tuple[str, int, _Weights]]:
    """Return (text, place of the next question, weights after it) of each option."""
    found = []
    for option in question.options:
        after = places[option.next] if option.next else places[question.id] + 1
        sums = tuple(
            sum_so_far + option.weights.get(result.id, 0)
            for sum_so_far, result in zip(weights, quiz.results, strict=True)
        )
        found.append((option.text, after, sums))
    return found


def _page_id(question: QuizQuestion, weights: _Weights) -> str:
    """Name a page by its question and sums: stable over builds, and no score to read in it."""
    digest = blake2b(repr(weights).encode(), digest_size=4).hexdigest()
    return f"{question.id}-{digest}"
