"""Answers to rebuses: one page each, shut until the reader opens it.

Nothing about a page but its folded part says the answer: its address is a hash of the item's
place, its title is the letter's date. Until the day of the answer search engines are asked to
keep out, and neither archive nor sitemap names the page. A build does not know what day it is:
for it, it is the day of the newest letter on the site.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b

from pismo.games import Rebus, RebusError, draw_html, parse_rebus
from pismo.model.content import Issue, Item, Kind
from pismo.model.edition import Edition
from pismo.model.workspace import Workspace
from pismo.text import date_text

_FENCE = re.compile(r"^```rebus[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_WAIT = timedelta(days=7)
_TITLES = {"ru": "Ребус из письма от {day}", "en": "The rebus of {day}"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One rebus and its answer; `known` from the day on which everybody may know it."""

    path: str
    issue: str
    title: str
    language: str
    puzzle: str
    hint: str
    answer: str
    known: bool


def answers_of(workspace: Workspace, public: Sequence[tuple[Issue, Edition]]) -> list[Answer]:
    """Return the answers to all rebuses of the letters on the site, each once, newest last."""
    today = max((issue.date for issue, _ in public), default=date.min)
    found: dict[str, Answer] = {}
    for issue, edition in public:
        for item in _rebuses(workspace, edition):
            answer = _answer(item, issue, workspace.newsletter_of(issue).language, today)
            if answer is not None:
                found.setdefault(answer.path, answer)
    return list(found.values())


def _rebuses(workspace: Workspace, edition: Edition) -> Iterator[Item]:
    for name in edition.items:
        kind, _, slug = name.partition("/")
        if kind == Kind.REBUS and (Kind.REBUS, slug) in workspace.items:
            yield workspace.items[Kind.REBUS, slug]


def _answer(item: Item, issue: Issue, language: str, today: date) -> Answer | None:
    rebus = _rebus(item)
    if rebus is None:
        return None
    known_from = rebus.answer_from or issue.date + _WAIT
    place = blake2b(item.source.path.encode(), digest_size=8).hexdigest()
    return Answer(
        path=f"answers/{place}/",
        issue=issue.id,
        title=_TITLES[language].format(day=date_text(issue.date, language, year=True)),
        language=language,
        puzzle=draw_html(rebus, language=language),
        hint=rebus.hint,
        answer=rebus.answer,
        known=known_from <= today,
    )


def _rebus(item: Item) -> Rebus | None:
    """Read the item's rebus; one that the compiler did not let through is in no letter here."""
    fence = _FENCE.search(item.body)
    try:
        return parse_rebus(fence[1]) if fence else None
    except RebusError:
        return None
