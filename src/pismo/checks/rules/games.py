"""Games that are still games when the letter arrives: answers and prizes are not told."""

import re
from collections.abc import Iterator

from pismo.checks.documents import Passage
from pismo.checks.rules.content import names
from pismo.checks.scope import IssueScope
from pismo.games import (
    GameError,
    Remark,
    drawn_picture,
    fenced,
    must_be_drawn,
    parse_poll,
    parse_quiz,
    quiz_pages,
    review_rebus,
)
from pismo.model.content import GAMES, Item, Kind
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.model.workspace import Workspace
from pismo.text import slug

ANSWER_TOLD = Rule(
    "game-answer-told",
    Severity.WARNING,
    en="the letter itself says «{answer}», the answer of rebus '{slug}'",
    ru="в самом письме есть «{answer}» — ответ ребуса «{slug}»",
    hint_en="say it another way, or choose another word",
    hint_ru="скажите иначе или загадайте другое слово",
)
ANSWER_IN_NAME = Rule(
    "game-answer-in-name",
    Severity.WARNING,
    en="the file's name tells the answer «{answer}»: it stands in the address of the rebus's page",
    ru="имя файла выдаёт ответ «{answer}»: оно стоит в адресе страницы ребуса",
    hint_en="call it another name, by the week: friday-007",
    hint_ru="назовите иначе, по неделям: friday-007",
)
PRIZE_IN_CLEAR = Rule(
    "prize-in-clear",
    Severity.WARNING,
    en="promo code «{code}» stands in the letter for whoever has not solved anything",
    ru="промокод «{code}» стоит в письме и для тех, кто ничего не разгадал",
    hint_en="lock it with the answer: pismo rebus seal",
    hint_ru="заприте его ответом: pismo rebus seal",
)

_ANSWER = re.compile(r"^answer:\s*(.+?)\s*$", re.MULTILINE)
_HINT = re.compile(r"^hint:\s*(.+?)\s*$", re.MULTILINE)
_CODE = re.compile(
    r"(?:(?i:промо-?код\w*|купон\w*|ваучер\w*|код\w* (?:на скидку|скидки)|promo ?code|coupon"
    r"(?: code)?|voucher|discount code))[\s:—–«\"'*`=-]+(?:is )?(?=[A-ZА-ЯЁ0-9-]*[A-ZА-ЯЁ])"
    r"([A-ZА-ЯЁ0-9][A-ZА-ЯЁ0-9-]{3,})"
)
_CODE_IN_LINK = re.compile(
    r"[?&](?:promo(?:code)?|coupon|voucher|discount)=([\w-]{4,})", re.IGNORECASE
)


def check_waiting(workspace: Workspace) -> Iterator[Finding]:
    """Try the games that no issue has used yet; the compiler tries those that are in one."""
    for item in workspace.items.values():
        if item.kind in GAMES and not any(
            names(issue, item.kind, item.slug) for issue in workspace.issues.values()
        ):
            yield from _tried(item)


def check_answers(scope: IssueScope) -> Iterator[Finding]:
    """Find an answer that the letter gives away: its text, its titles, its hint."""
    for item in scope.items:
        answer = _answer(item)
        if not answer:
            continue
        letters = "".join("[её]" if letter in "её" else re.escape(letter) for letter in answer)
        word = re.compile(rf"\b{letters}\b", re.IGNORECASE)
        for passage in (*_read(scope), *_hints(item)):
            if found := word.search(passage.text):
                yield ANSWER_TOLD.at(passage.place_of(found), answer=answer, slug=item.slug)
        if f"-{slug(answer)}" in f"-{item.slug}":
            yield ANSWER_IN_NAME.at(item.source, answer=answer)


def check_prizes(scope: IssueScope) -> Iterator[Finding]:
    """Find promo codes in clear in a letter whose game has them as its prize."""
    if not any(item.kind in (Kind.REBUS, Kind.QUIZ) for item in scope.items):
        return
    for passage in _read(scope):
        for found in _CODE.finditer(passage.text):
            yield PRIZE_IN_CLEAR.at(passage.place_of(found), code=found[1])
    for document in scope.documents.values():
        for link in document.links:
            if code := _CODE_IN_LINK.search(link.href):
                yield PRIZE_IN_CLEAR.at(link.place, code=code[1])


def _read(scope: IssueScope) -> Iterator[Passage]:
    """Yield everything that is read in a letter: envelope, titles, texts."""
    yield from scope.envelope
    yield from scope.lines
    for document in scope.documents.values():
        yield from document.passages


def _hints(item: Item) -> Iterator[Passage]:
    yield Passage(item.hint, item.place_of("hint"))
    for found in _HINT.finditer(item.body):
        yield Passage(found[1], item.place_at(found.start()))


def _tried(item: Item) -> Iterator[Finding]:
    block = fenced(item.body, item.kind.value)
    if block is None:
        return
    before = item.body.partition(block)[0]
    place = Source(item.source.path, item.body_line + before.count("\n"))
    try:
        remarks = _remarks(item, block)
    except GameError as problem:
        remarks = (problem.remark,)
    yield from (remark.finding(place) for remark in remarks)


def _remarks(item: Item, block: str) -> tuple[Remark, ...]:
    if item.kind is Kind.REBUS:
        rebus, remarks = review_rebus(block, language=item.language)
        if must_be_drawn(rebus):
            drawn_picture(rebus)
        return remarks
    if item.kind is Kind.QUIZ:
        quiz_pages(parse_quiz(block))
    else:
        parse_poll(block)
    return ()


def _answer(item: Item) -> str:
    if item.kind is not Kind.REBUS:
        return ""
    found = _ANSWER.search(item.body)
    return found[1].strip("\"'«»").lower() if found else ""
