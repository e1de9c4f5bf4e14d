"""Subjects and preheaders among others: working titles, housekeeping, the same as last week."""

import re
from collections.abc import Iterator

from pismo.checks.documents import Passage
from pismo.checks.scope import IssueScope
from pismo.model.content import Issue
from pismo.model.finding import Finding, Rule, Severity, Source

WORKING_TITLE = Rule(
    "subject-working-title",
    Severity.WARNING,
    en="«{words}» in the subject is a note to yourselves",
    ru="«{words}» в теме — пометка для себя",
    hint_en="take it out before readers see it",
    hint_ru="уберите, пока не увидели читатели",
)
TWO_SPACES = Rule(
    "subject-two-spaces",
    Severity.WARNING,
    en="two spaces in «{text}»: mailboxes show both",
    ru="два пробела в «{text}»: почта покажет оба",
)
SAME_SUBJECT = Rule(
    "subject-repeated",
    Severity.WARNING,
    en="{earlier} had this subject already",
    ru="с этой темой уже выходил {earlier}",
    hint_en="mailboxes put the two letters into one thread: say what is new",
    hint_ru="почта сложит два письма в одну цепочку: скажите, что нового",
)
SAME_PREHEADER = Rule(
    "preheader-repeated",
    Severity.WARNING,
    en="{earlier} had this preheader already",
    ru="с этим прехедером уже выходил {earlier}",
    hint_en="copied along? say what is new",
    hint_ru="скопирован вместе с файлом? скажите, что нового",
)
HOUSEKEEPING = Rule(
    "preheader-housekeeping",
    Severity.WARNING,
    en="«{words}» in the preheader makes nobody curious",
    ru="«{words}» в прехедере никого не заинтересует",
    hint_en="one line that makes one want to open",
    hint_ru="строка, ради которой открывают",
)
SHORT_PREHEADER = Rule(
    "preheader-short",
    Severity.WARNING,
    en="the preheader «{text}» says next to nothing, and the letter's first words will follow it",
    ru="прехедер «{text}» почти ничего не говорит, и почта допишет первые слова письма",
    hint_en="40 to 100 characters that go on where the subject stops",
    hint_ru="40–100 знаков, которые продолжают тему",
)

_WORKING = re.compile(
    r"^\W*(?:test|тест|draft|черновик|копия|copy)\b\s*[\]):№#-]|^\W*(?:copy of|копия(?: письма)?\b)"
    r"|\[(?:test|тест|draft|черновик)[^\]]*\]|\((?:copy|копия|test|тест|\d)\)\s*$"
    r"|[_\s-](?:final|финал|v\d+|в\d+)\s*$|_(?:final|финал)\b|\.(?:docx?|md|html)\s*$",
    re.IGNORECASE,
)
_TWO_SPACES = re.compile(r"\S {2,}\S")
_HOUSEKEEPING = re.compile(
    r"https?://\S+|\bwww\.\S+|view (?:this |it |the )?(?:email |letter |message )?(?:in|on) "
    r"(?:your |a |the )?(?:browser|web)|(?:открыт|посмотре|смотр|читат)\w+.{0,20} в браузере"
    r"|\bunsubscribe\b|\bотпис(?:аться|ка)\b|если письмо не отображается|trouble viewing",
    re.IGNORECASE,
)
_LEAST = 5
"""Letters of a preheader that say something."""


def check_envelope(scope: IssueScope) -> Iterator[Finding]:
    """Check the subject and the preheader as they are written, and beside earlier ones."""
    issue = scope.issue
    subject, preheader = issue.subject.strip(), issue.preheader.strip()
    if found := _WORKING.search(subject):
        yield WORKING_TITLE.at(issue.place_of("subject"), words=found[0].strip())
    if found := _HOUSEKEEPING.search(preheader):
        yield HOUSEKEEPING.at(issue.place_of("preheader"), words=found[0])
    elif preheader and "{" not in preheader and len(re.findall(r"\w", preheader)) < _LEAST:
        yield SHORT_PREHEADER.at(issue.place_of("preheader"), text=preheader)
    yield from (finding for line in scope.envelope for finding in _spaces(line))
    for earlier in scope.workspace.before(issue)[: scope.settings.recent_issues]:
        if subject and earlier.subject.strip() == subject:
            yield _repeated(SAME_SUBJECT, issue.place_of("subject"), earlier)
        if preheader and earlier.preheader.strip() == preheader:
            yield _repeated(SAME_PREHEADER, issue.place_of("preheader"), earlier)


def _spaces(line: Passage) -> Iterator[Finding]:
    if found := _TWO_SPACES.search(line.text.strip()):
        yield TWO_SPACES.at(line.place, text=found[0])


def _repeated(rule: Rule, place: Source, earlier: Issue) -> Finding:
    return rule.at(place, earlier=earlier.id)
