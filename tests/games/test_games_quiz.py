"""Quizzes and polls: what writers type, where readers get to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pismo.games import (
    Quiz,
    QuizError,
    ResultPage,
    parse_poll,
    parse_quiz,
    quiz_pages,
)
from pismo.games.quiz import Option, QuizQuestion, Result
from pismo.games.quiz_pages import MOST_PAGES, QuestionPage

QUIZ = """\
questions:
  - ask: Хозяин ставит на стол новую коробку. Вы…
    options:
      - text: читаете правила
        for: strategist 2, judge
      - text: раздаёте карты
        for: gambler
  - id: last
    ask: Осталась минута.
    options:
      - text: считаю очки
        for: judge 2
      - text: ещё партию!
        for: gambler 2
results:
  strategist:
    title: Стратег
    text: У вас есть план.
    picks: [g004, g001]
  gambler:
    title: Игрок
  judge:
    title: Судья
"""


def refusal(block: str) -> QuizError:
    with pytest.raises(QuizError) as caught:
        quiz_pages(parse_quiz(block))
    return caught.value


def play(quiz: Quiz, answers: list[int]) -> str:
    """Tap the answers one after another and return the result."""
    pages = {page.id: page for page in quiz_pages(quiz)}
    page = pages["start"]
    for answer in answers:
        assert isinstance(page, QuestionPage)
        page = pages[page.ways[answer % len(page.ways)][1]]
        if isinstance(page, ResultPage):
            return page.result.id
    raise AssertionError("the quiz did not end")


def test_a_quiz_keeps_questions_weights_results_and_picks() -> None:
    quiz = parse_quiz(QUIZ)
    assert quiz.questions[0].options[0] == Option("читаете правила", {"strategist": 2, "judge": 1})
    assert quiz.questions[1].id == "last"
    assert quiz.result("strategist") == Result(
        "strategist", "Стратег", "У вас есть план.", ("g004", "g001")
    )


def test_the_heaviest_result_wins_and_the_first_at_a_tie() -> None:
    quiz = parse_quiz(QUIZ)
    assert play(quiz, [1, 1]) == "gambler"
    assert play(quiz, [0, 0]) == "judge"
    assert play(quiz, [0, 1]) == "strategist"


def test_a_short_quiz_asks_once_and_its_answers_are_the_results() -> None:
    quiz = parse_quiz("question: С кем играете?\noptions:\n  family: с семьёй\n  no: ни с кем\n")
    assert play(quiz, [1]) == "no"
    assert quiz.result("no").title == "ни с кем"


def test_an_option_may_skip_questions() -> None:
    jumping = QUIZ.replace(
        "        for: gambler\n  - id", "        for: gambler\n        next: last\n  - id"
    )
    middle = (
        "  - ask: Ничья?\n    options:\n      - text: да\n        for: judge\n      - text: нет\n"
    )
    quiz = parse_quiz(jumping.replace("  - id: last", middle + "  - id: last"))
    assert play(quiz, [1, 1]) == "gambler"
    assert play(quiz, [0, 0, 0]) == "judge"


def test_ways_with_the_same_sums_meet_on_one_page() -> None:
    apart = quiz_pages(parse_quiz(QUIZ))
    together = quiz_pages(
        parse_quiz(
            QUIZ.replace("for: strategist 2, judge", "for: gambler")
            .replace("for: judge 2", "for: judge 2, strategist 3")
            .replace("  judge:\n    title: Судья\n", "")
            .replace("judge 2, ", "")
        )
    )
    assert [page.id for page in apart].count("start") == 1
    assert len([page for page in apart if isinstance(page, QuestionPage)]) == 3
    assert len([page for page in together if isinstance(page, QuestionPage)]) == 2


def test_a_page_address_shows_no_score_and_stays_the_same() -> None:
    first, again = quiz_pages(parse_quiz(QUIZ)), quiz_pages(parse_quiz(QUIZ))
    assert first == again
    assert first[0].id == "start"
    assert all(page.id.isascii() and " " not in page.id for page in first)


WRONG = [
    (QUIZ.replace("for: gambler\n", "for: gamblr\n", 1), "quiz-missing-result", 6),
    (QUIZ.replace("for: judge 2", "for: judge two"), "quiz-wrong-value", 11),
    (QUIZ.replace("id: last", "id: last\n    next: q1"), "game-unknown-key", 8),
    (QUIZ.replace("for: judge 2", "for: judge 2\n        next: q1"), "quiz-cycle", 7),
    (QUIZ.replace("for: judge 2", "for: judge 2\n        next: lst"), "quiz-unknown-question", 7),
    (QUIZ.replace("id: last", "id: q1"), "quiz-same-id", 7),
    (QUIZ.replace("  judge:", "  Судья:"), "quiz-bad-id", 22),
    (QUIZ + "  idle:\n    title: Зритель\n", "quiz-unreached-result", 0),
    (QUIZ.replace("    title: Игрок", "    titel: Игрок"), "game-unknown-key", 20),
    (QUIZ[: QUIZ.index("results:")], "game-missing-key", 0),
    ("questions: []\nresults:\n  a: {title: A}\n", "quiz-wrong-value", 0),
    ("question: Да?\noptions:\n  yes: да\n", "quiz-few-options", 0),
    ("questions: [\n", "quiz-not-yaml", 1),
    ("", "quiz-not-yaml", 0),
    ("questions: &a\n  - *a\n", "quiz-not-yaml", None),
    ("question: Да?\nquestion: Нет?\noptions: {a: а, b: б}\n", "game-repeated-key", 1),
]


@pytest.mark.parametrize(("block", "rule", "line"), WRONG)
def test_a_wrong_quiz_says_what_and_on_which_line(block: str, rule: str, line: int | None) -> None:
    remark = refusal(block).remark
    assert remark.rule.id == rule
    if line is not None:
        assert remark.line == line


def test_a_quiz_of_too_many_pages_is_refused() -> None:
    names = [f"r{number}" for number in range(8)]
    question = QuizQuestion("q", "?", tuple(Option(name, {name: 1}) for name in names))
    questions = tuple(
        QuizQuestion(f"q{number}", question.text, question.options) for number in range(9)
    )
    quiz = Quiz(questions, tuple(Result(name, name) for name in names))
    with pytest.raises(QuizError, match=str(MOST_PAGES)):
        quiz_pages(quiz)


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9), st.integers(1, 6), st.integers(2, 4))
def test_every_way_through_a_quiz_ends_at_the_result_with_the_most_weight(
    answers: list[int], asked: int, types: int
) -> None:
    names = [f"r{number}" for number in range(types)]
    options = tuple(Option(name, {name: 1}) for name in names)
    questions = tuple(QuizQuestion(f"q{number}", "?", options) for number in range(asked))
    quiz = Quiz(questions, tuple(Result(name, name) for name in names))
    tapped = [names[answer % types] for answer in answers[:asked]]
    assert play(quiz, answers) == max(names, key=tapped.count)


def test_a_poll_keeps_its_answers_in_order() -> None:
    poll = parse_poll("question: Что дальше?\noptions:\n  dice: кубики\n  yes: да\n")
    assert poll.options == (("dice", "кубики"), ("yes", "да"))
    assert not poll.is_scale


def test_a_scale_makes_grades_and_names_its_ends() -> None:
    poll = parse_poll("question: Посоветуете нас?\nscale: 0-10\nlow: нет\nhigh: уже\n")
    assert [key for key, _ in poll.options] == [str(grade) for grade in range(11)]
    assert (poll.low, poll.high, poll.is_scale) == ("нет", "уже", True)


@pytest.mark.parametrize("scale", ["0-20", "5", "5-1", "a-b"])
def test_a_scale_that_makes_no_sense_is_refused(scale: str) -> None:
    with pytest.raises(QuizError) as caught:
        parse_poll(f"question: Да?\nscale: {scale}\nlow: нет\nhigh: да\n")
    assert caught.value.remark.message("ru") == "в поле «scale» должно быть: 0-10, 1-5"


def test_a_poll_of_one_answer_is_refused() -> None:
    with pytest.raises(QuizError):
        parse_poll("question: Да?\noptions:\n  yes: да\n")
