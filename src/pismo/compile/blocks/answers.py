"""Polls and quizzes in a letter: a question, and one link per answer.

An answer to a poll is the reader's own link with `?v=` and what is recorded; an answer to a quiz
leads to a static page, `site/quiz/<slug>/<page>.html`, which needs to know nobody. The reader's own
link follows it after `#`, where no server sees it: by it the page with the result offers to be
remembered. For browsers without JavaScript the letter has that link, too.
"""

from collections.abc import Sequence
from html import escape

from pismo.compile.blocks.drawing import Drawing
from pismo.compile.problem import CompileError
from pismo.compile.typeset import typeset
from pismo.compile.words import words_of
from pismo.games import Poll, QuestionPage, QuizError, parse_poll, parse_quiz, quiz_pages
from pismo.model.finding import Source


def poll_drawing(notation: str, language: str, place: Source, link: str) -> Drawing:
    """Draw a poll.

    Args:
        notation: The inside of the fenced block.
        language: Of the letter.
        place: Where the block's first line stands.
        link: The token of the reader's own link.

    Raises:
        CompileError: If the block cannot be read.
    """
    try:
        poll = parse_poll(notation)
    except QuizError as error:
        raise CompileError.of(error.remark.finding(place)) from error
    answers = [(typeset(text, language), f"{link}?v={key}") for key, text in poll.options]
    question = typeset(poll.question, language)
    return _grades(question, poll, answers) if poll.is_scale else _choices(question, answers)


def quiz_drawing(notation: str, language: str, place: Source, address: str, link: str) -> Drawing:
    """Draw the first question of a quiz.

    Args:
        notation: The inside of the fenced block.
        language: Of the letter.
        place: Where the block's first line stands.
        address: The folder of its pages, with a slash at the end.
        link: The token of the reader's own link.

    Raises:
        CompileError: If the block cannot be read, or a result is never reached.
    """
    try:
        first = quiz_pages(parse_quiz(notation))[0]
    except QuizError as error:
        raise CompileError.of(error.remark.finding(place)) from error
    assert isinstance(first, QuestionPage)
    answers = [
        (typeset(text, language), f"{address}{page}.html#{link}") for text, page in first.ways
    ]
    asked = _choices(typeset(first.question, language), answers)
    tell = words_of(language)["tell"]
    html = f'<p class="play"><a href="{escape(link)}">{escape(tell)}</a></p>'
    return Drawing(asked.html + html, f"{asked.text}\n\n{tell}: {link}")


_Answers = Sequence[tuple[str, str]]


def _choices(question: str, answers: _Answers) -> Drawing:
    # A table cell keeps its border and padding in Outlook, where a link does not.
    buttons = "".join(
        '<table role="presentation" cellpadding="0" cellspacing="0" class="answers"><tr>'
        f'<td class="answer"><a class="button" href="{escape(url)}">{escape(text)}</a></td>'
        "</tr></table>"
        for text, url in answers
    )
    return Drawing(f"<p><b>{escape(question)}</b></p>{buttons}", _listed(question, answers))


def _grades(question: str, poll: Poll, answers: _Answers) -> Drawing:
    marks = " ".join(
        f'<a class="grade" href="{escape(url)}">{escape(text)}</a>' for text, url in answers
    )
    ends = " … ".join(
        part
        for part in (
            f"{answers[0][0]} — {poll.low}" if poll.low else "",
            f"{answers[-1][0]} — {poll.high}" if poll.high else "",
        )
        if part
    )
    legend = f'<p class="reason">{escape(ends)}</p>' if ends else ""
    html = f"<p><b>{escape(question)}</b></p><p>{marks}</p>{legend}"
    text = _listed(question, answers)
    return Drawing(html, f"{text}\n{ends}" if ends else text)


def _listed(question: str, answers: _Answers) -> str:
    return "\n".join([question, *(f"- {text}: {url}" for text, url in answers)])
