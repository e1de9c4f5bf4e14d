"""A quiz: questions whose answers weigh result types. What a writer types, as frozen values.

    questions:
      - ask: Хозяин ставит на стол новую коробку. Вы…
        options:
          - text: просите правила и уходите читать на кухню
            for: strategist 2, judge
          - text: уже раздаёте карты
            for: gambler
            next: last          # optional: skip ahead to the question with this id
      - id: last
        ask: …
    results:
      strategist:
        title: Стратег
        text: У вас есть план.
        picks: [g004, g011]

The short form, `question:` and `options: {key: text}`, asks once; the keys are the result types.
"""

import re
from collections.abc import Iterator, Mapping

from pismo.games import errors
from pismo.games.errors import QuizError, remark
from pismo.games.tree import Branch, Leaf, read_tree
from pismo.records import dataclass
from pismo.text import guess


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: what it adds to which result types, and the question after it ('' = next)."""

    text: str
    weights: Mapping[str, int]
    next: str = ""


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """One question; `id` is what options name to jump to it."""

    id: str
    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One type of player, and what suits them: product ids."""

    id: str
    title: str
    text: str = ""
    picks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quiz:
    """A quiz; at a tie the result named first wins."""

    questions: tuple[QuizQuestion, ...]
    results: tuple[Result, ...]

    def result(self, result_id: str) -> Result:
        """Return a result by its id."""
        return next(result for result in self.results if result.id == result_id)


def parse_quiz(text: str) -> Quiz:
    """Read the inside of a fenced quiz block.

    Raises:
        QuizError: If a field is wrong or missing, an option names a result or a question that is
            not there, or questions lead in a circle; it has the line within the block.
    """
    tree = read_tree(text, "quiz")
    tree.only("question", "options", "questions", "results")
    if "question" in tree:
        return _short(tree)
    listed = tree.branch("questions").items()
    if not listed:
        raise tree.wrong("questions", "questions, each with `ask` and `options`")
    results = tuple(_result(key, branch) for key, branch in tree.branch("results").named_branches())
    if not results:
        raise tree.wrong("results", "result types, each with `title`")
    known = [result.id for result in results]
    questions = tuple(_question(one, number, known) for number, one in enumerate(listed, 1))
    _check_order(questions, listed)
    return Quiz(questions, results)


def _short(tree: Branch) -> Quiz:
    options = option_texts(tree)
    question = QuizQuestion(
        "q1",
        tree.text("question"),
        tuple(Option(text, {key: 1}) for key, text in options.items()),
    )
    if "results" in tree:
        named = tree.branch("results").named_branches()
        results = tuple(_result(key, branch) for key, branch in named)
        for key in options:
            _known(key, [result.id for result in results], tree.branch("options").line)
    else:
        results = tuple(Result(key, text) for key, text in options.items())
    return Quiz((question,), results)


def option_texts(tree: Branch) -> dict[str, str]:
    """Read `options: {key: text}` of a short quiz or a poll.

    Raises:
        QuizError: If there are fewer than two, or a key is no plain name.
    """
    options = dict(tree.branch("options").named_texts())
    for key in options:
        check_id(key, tree.branch("options").line)
    if len(options) < 2:
        raise QuizError(remark(errors.FEW_OPTIONS, line=tree.line, question=tree.text("question")))
    return options


def check_id(name: str, line: int) -> str:
    """Return a name that may stand in addresses and facts.

    Raises:
        QuizError: If it may not.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise QuizError(remark(errors.BAD_ID, line=line, id=name))
    return name


def _result(key: str, branch: Branch) -> Result:
    branch.only("title", "text", "picks")
    picks = tuple(leaf.text for leaf in branch.leaves("picks")) if "picks" in branch else ()
    text = branch.text("text") if "text" in branch else ""
    return Result(check_id(key, branch.line), branch.text("title"), text, picks)


def _question(branch: Branch, number: int, results: list[str]) -> QuizQuestion:
    branch.only("id", "ask", "options")
    options = branch.branch("options").items()
    ask = branch.text("ask")
    if len(options) < 2:
        raise QuizError(remark(errors.FEW_OPTIONS, line=branch.line, question=ask))
    return QuizQuestion(
        check_id(branch.text("id"), branch.line) if "id" in branch else f"q{number}",
        ask,
        tuple(_option(option, results) for option in options),
    )


def _option(branch: Branch, results: list[str]) -> Option:
    branch.only("text", "for", "next")
    weights: dict[str, int] = {}
    if "for" in branch:
        given = branch.leaf("for")
        for part in given.text.split(","):
            found = re.fullmatch(r"\s*([a-z0-9_-]+)(?:\s+(\d+))?\s*", part)
            if not found:
                raise _wrong_weight(given)
            weights[_known(found[1], results, given.line)] = int(found[2] or 1)
    return Option(branch.text("text"), weights, branch.text("next") if "next" in branch else "")


def _wrong_weight(given: Leaf) -> QuizError:
    return QuizError(errors.wrong_value("for", "strategist 2, judge", given.line))


def _known(result: str, results: list[str], line: int) -> str:
    if result not in results:
        near = guess(result, results)
        raise QuizError(remark(errors.MISSING_RESULT, line=line, result=result, guess=near))
    return result


def _check_order(questions: tuple[QuizQuestion, ...], branches: list[Branch]) -> None:
    """Refuse doubled ids, jumps to nowhere, and circles."""
    places: dict[str, int] = {}
    for place, question in enumerate(questions):
        if question.id in places:
            raise QuizError(remark(errors.SAME_ID, line=branches[place].line, id=question.id))
        places[question.id] = place
    for question, branch in zip(questions, branches, strict=True):
        for target in _jumps(question):
            if target not in places:
                near = guess(target, places)
                rule = errors.UNKNOWN_QUESTION
                raise QuizError(remark(rule, line=branch.line, id=target, guess=near))
            if places[target] <= places[question.id]:
                circle = questions[places[target] : places[question.id] + 1]
                path = " → ".join([*(one.id for one in circle), target])
                raise QuizError(remark(errors.CYCLE, line=branch.line, path=path))


def _jumps(question: QuizQuestion) -> Iterator[str]:
    for option in question.options:
        if option.next:
            yield option.next
