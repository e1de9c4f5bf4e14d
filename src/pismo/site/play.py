"""Quizzes and polls: static pages that work without JavaScript and know nobody.

A quiz is a cover and a page for every question as one may meet it (`quiz_pages`), each answer a
link to the next; a poll is a page that says where one votes: in the letter.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pismo.games import (
    GameError,
    Poll,
    QuestionPage,
    Quiz,
    QuizError,
    ResultPage,
    fenced,
    parse_poll,
    parse_quiz,
    poll_folder,
    quiz_folder,
    quiz_pages,
    quiz_script,
)
from pismo.model.content import Item, Kind
from pismo.model.workspace import Workspace
from pismo.records import dataclass
from pismo.site.addresses import base_url
from pismo.site.paper import WORDS, page
from pismo.text import money

QUIZ_SCRIPT = "quiz.js"
_MARKUP = re.compile(r"\[([^\]]*)\]\([^)]*\)|[*_`]+|\{[{%].*?[}%]\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Played:
    """What games add to the site: files by path, and the covers that the sitemap names."""

    files: dict[str, bytes]
    covers: tuple[str, ...]


def play_pages(workspace: Workspace, used: Iterable[str]) -> Played:
    """Make the pages of the quizzes and polls that letters show.

    Args:
        workspace: Items, catalogue and settings.
        used: Names of items as editions have them, `quiz/<slug>`; others are passed over.
    """
    files: dict[str, bytes] = {}
    covers: list[str] = []
    for item in _games(workspace, used):
        made = dict(_quiz(workspace, item) if item.kind is Kind.QUIZ else _poll(workspace, item))
        files |= made
        if made and item.kind is Kind.QUIZ:
            covers.append(quiz_folder(item.slug))
    if covers:
        files[QUIZ_SCRIPT] = quiz_script().encode()
    return Played(files, tuple(covers))


def _games(workspace: Workspace, used: Iterable[str]) -> Iterator[Item]:
    for name in sorted(set(used)):
        kind, _, slug = name.partition("/")
        if kind in (Kind.QUIZ, Kind.POLL) and (Kind(kind), slug) in workspace.items:
            yield workspace.items[Kind(kind), slug]


def _quiz(workspace: Workspace, item: Item) -> Iterator[tuple[str, bytes]]:
    try:
        quiz = parse_quiz(fenced(item.body, "quiz") or "")
        pages = quiz_pages(quiz)
    except QuizError:
        # The compiler has said so, and let no letter with it through.
        return
    folder = quiz_folder(item.slug)
    for one in pages:
        made = (
            _question_page(workspace, item, quiz, one)
            if isinstance(one, QuestionPage)
            else _result_page(workspace, item, one)
        )
        yield f"{folder}{one.id}.html", made
    first = pages[0]
    assert isinstance(first, QuestionPage)
    yield f"{folder}index.html", _question_page(workspace, item, quiz, first, is_cover=True)


def _question_page(
    workspace: Workspace, item: Item, quiz: Quiz, one: QuestionPage, *, is_cover: bool = False
) -> bytes:
    total = len(quiz.questions)
    step = WORDS[item.language]["step"].format(number=one.number, total=total)
    intro = _intro(item, "quiz") if is_cover else []
    return _page(
        workspace,
        item,
        "question.html.j2",
        quiz_folder(item.slug) + ("" if is_cover else f"{one.id}.html"),
        heading=item.title if is_cover else "",
        intro=intro,
        step=step if total > 1 else "",
        number=one.number,
        total=total,
        question=one.question,
        ways=one.ways,
        title=item.title if is_cover else f"{item.title} · {one.number}/{total}",
        description=intro[0] if intro else "",
        noindex=not is_cover,
    )


def _result_page(workspace: Workspace, item: Item, one: ResultPage) -> bytes:
    found = [workspace.catalogue[pick] for pick in one.result.picks if pick in workspace.catalogue]
    return _page(
        workspace,
        item,
        "result.html.j2",
        f"{quiz_folder(item.slug)}{one.id}.html",
        quiz=item.title,
        result=one.result,
        picks=[(each, money(each.price, each.currency, item.language)) for each in found],
        title=f"{one.result.title} — {item.title}",
        description=" ".join(one.result.text.split()),
        noindex=True,
    )


def _poll(workspace: Workspace, item: Item) -> Iterator[tuple[str, bytes]]:
    try:
        poll: Poll = parse_poll(fenced(item.body, "poll") or "")
    except GameError:
        # As with a quiz.
        return
    folder = poll_folder(item.slug)
    yield (
        f"{folder}index.html",
        _page(
            workspace,
            item,
            "poll.html.j2",
            folder,
            intro=_intro(item, "poll"),
            poll=poll,
            title=item.title,
            description=poll.question,
            noindex=True,
        ),
    )


def _page(workspace: Workspace, item: Item, template: str, path: str, **values: Any) -> bytes:  # noqa: ANN401  # what the template asks for
    settings = workspace.settings
    return page(
        settings,
        template,
        language=item.language,
        root="../../",
        url=f"{base_url(settings)}/{path}",
        script=QUIZ_SCRIPT,
        serve=settings.links_base_url,
        **values,
    )


def _intro(item: Item, kind: str) -> list[str]:
    """Return what a writer says before the game, as plain paragraphs."""
    before = re.split(rf"^```{kind}", item.body, maxsplit=1, flags=re.MULTILINE)[0]
    paragraphs = (_MARKUP.sub(r"\1", part) for part in re.split(r"\n\s*\n", before))
    return [text for part in paragraphs if (text := " ".join(part.split()))]
