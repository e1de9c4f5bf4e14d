"""The subject and the preheader: what is seen before the letter is opened."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pismo.checks.scope import LetterScope, flat, visible_text
from pismo.model.edition import Parts
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.render import missing, render

LONG = Rule(
    "subject-long",
    Severity.WARNING,
    en="the subject has {length} characters; phones show about 40, few programs more than 70",
    ru="в теме {length} знаков; телефон покажет около 40, и мало кто больше 70",
    hint_en="put what matters first, and cut the rest",
    hint_ru="главное — вперёд, остальное сократите",
)
SHOUTING = Rule(
    "subject-shouting",
    Severity.WARNING,
    en="the subject shouts: {words}",
    ru="тема кричит: {words}",
    hint_en="small letters are heard better",
    hint_ru="тихо слышно лучше",
)
SPAM = Rule(
    "subject-spam",
    Severity.WARNING,
    en="«{words}» in a subject looks like spam",
    ru="«{words}» в теме похоже на спам",
    hint_en="say what is inside",
    hint_ru="скажите, что внутри",
)
FAKE_REPLY = Rule(
    "subject-fake-reply",
    Severity.WARNING,
    en="the subject pretends to be a reply",
    ru="тема прикидывается ответом",
    hint_en="begin without Re: or Fwd:",
    hint_ru="начните без Re: и Fwd:",
)
EMPTY = Rule(
    "subject-empty",
    Severity.ERROR,
    en="the subject is empty for a reader without a name",
    ru="у читателя без имени тема пустая",
    hint_en='give a fallback: | default("Friends")',
    hint_ru='дайте запасное слово: | default("Друзья")',
)
LEFT_OVER = Rule(
    "subject-left-over",
    Severity.WARNING,
    en="for some readers the subject is «{subject}»",
    ru="у части читателей тема будет «{subject}»",
    hint_en="put the comma inside the if, or give the name a fallback",
    hint_ru="внесите запятую внутрь if или дайте имени запасное слово",
)
SHORT = Rule(
    "subject-short",
    Severity.WARNING,
    en="the subject «{subject}» says next to nothing",
    ru="тема «{subject}» почти ничего не говорит",
    hint_en="two or three words that make one want to open",
    hint_ru="два-три слова, ради которых откроют",
)
EMOJI = Rule(
    "subject-emoji",
    Severity.WARNING,
    en="{count} emoji in the subject",
    ru="в теме {count} эмодзи",
    hint_en="one is plenty",
    hint_ru="хватит одного",
)
NO_PREHEADER = Rule(
    "preheader-missing",
    Severity.WARNING,
    en="no preheader: the mailbox will show the first words of the letter instead",
    ru="нет прехедера: почта покажет вместо него первые слова письма",
    hint_en="preheader: one line that makes one want to open",
    hint_ru="preheader: строка, ради которой открывают",
)
EMPTY_PREHEADER = Rule(
    "preheader-empty",
    Severity.WARNING,
    en="the preheader is empty for some readers, such as one of whom nothing is known",
    ru="для части читателей прехедер пустой: например, если о человеке ничего не известно",
    hint_en="give a fallback: | default(…), or {{% else %}}",
    hint_ru="дайте запасные слова: | default(…) или {{% else %}}",
)
LOUD_PREHEADER = Rule(
    "preheader-shouting",
    Severity.WARNING,
    en="the preheader shouts: {words}",
    ru="прехедер кричит: {words}",
    hint_en="small letters are heard better",
    hint_ru="тихо слышно лучше",
)
SPAM_PREHEADER = Rule(
    "preheader-spam",
    Severity.WARNING,
    en="«{words}» in a preheader looks like spam",
    ru="«{words}» в прехедере похоже на спам",
    hint_en="say what is inside",
    hint_ru="скажите, что внутри",
)
LONG_PREHEADER = Rule(
    "preheader-long",
    Severity.WARNING,
    en="the preheader has {length} characters, Gmail shows about 100",
    ru="в прехедере {length} знаков, Gmail покажет около 100",
)
FIRST_WORDS = Rule(
    "preheader-first-words",
    Severity.WARNING,
    en="the preheader repeats the first words of the letter",
    ru="прехедер повторяет первые слова письма",
    hint_en="many mailboxes show both, one after the other",
    hint_ru="многие почты покажут одно за другим",
)
SAME_PREHEADER = Rule(
    "preheader-same",
    Severity.WARNING,
    en="the preheader repeats the subject",
    ru="прехедер повторяет тему",
    hint_en="go on where the subject stops",
    hint_ru="продолжите там, где тема кончилась",
)

_SPAM = re.compile(
    r"!!+|\?\?+|\b100\s?%|бесплатн\w+|только сегодня|успе(?:й|йте)\b|срочно"
    r"|скидк\w* (?:до )?[−-]?\d+\s?%|скидк\w* до|\d+\s?% (?:скидк\w+|off)|заработ\w+|распродаж\w+"
    r"|гарантированн\w+|жми(?:те)?\b|купи(?:те)? сейчас|вы выиграли|выигрыш\w*|без вложений"
    r"|\bкредит\w*|последний шанс|не упусти\w*"
    r"|\bfree\b|act now|urgent|limited time|buy now|\bcash\b|\bwinners?\b|\$\$+|risk.free"
    r"|guarante\w+|last chance|congratulations|click here|best price|money back|don't miss",
    re.IGNORECASE,
)
_EMOJI = re.compile("[\U0001f300-\U0001faff☀-➿]")
_LEFT_OVER = re.compile(r"\s*[,;:.!?)](?!\.)|.*(?:,\s*[,.!?:]|\s[,;]|,\s*$)")
"""What a missing name leaves: a comma with nothing before or behind it."""
_LOUD = re.compile(r"\b[А-ЯЁA-Z]{2,}(?:[\s,\d]+[А-ЯЁA-Z]{2,}\b)+|\b[А-ЯЁA-Z]{4,}\b")
_LOUD_LETTERS = 4
_LONG, _LONG_PREHEADER, _EMOJIS, _SHORT = 70, 110, 2, 3


def check_subject(scope: LetterScope) -> Iterator[Finding]:
    """Check the subject as the sample reader gets it, and as somebody without a name does."""
    place = scope.issue.place_of("subject")
    subject = scope.email.subject
    lines = list(_as_somebody_reads(scope, scope.edition.subject))
    if any(_says_nothing(line) for line in lines):
        yield EMPTY.at(place)
    elif torn := next(filter(_LEFT_OVER.match, lines), None):
        yield LEFT_OVER.at(place, subject=torn)
    if len(subject) > _LONG:
        yield LONG.at(place, length=len(subject))
    elif 0 < len(re.findall(r"\w", subject)) < _SHORT:
        yield SHORT.at(place, subject=subject)
    yield from _tone(subject, place, SHOUTING, SPAM)
    if re.match(r"(re|fwd?|отв|нп|ответ|пересл)\s*(\[\d+\])?:", subject, re.IGNORECASE):
        yield FAKE_REPLY.at(place)
    if len(found := _EMOJI.findall(subject)) > _EMOJIS:
        yield EMOJI.at(place, count=len(found))


def check_preheader(scope: LetterScope) -> Iterator[Finding]:
    """Check the preheader as the sample reader gets it, and as somebody without a name does."""
    place = scope.issue.place_of("preheader")
    preheader = scope.email.preheader.strip()
    if not scope.edition.preheader:
        yield NO_PREHEADER.at(place)
    elif any(map(_says_nothing, _as_somebody_reads(scope, scope.edition.preheader))):
        yield EMPTY_PREHEADER.at(place)
    if len(preheader) > _LONG_PREHEADER:
        yield LONG_PREHEADER.at(place, length=len(preheader))
    yield from _tone(preheader, place, LOUD_PREHEADER, SPAM_PREHEADER)
    if preheader and _words(preheader) == _words(scope.email.subject):
        yield SAME_PREHEADER.at(place)
    elif preheader and flat(visible_text(scope.page)).startswith(flat(preheader)):
        yield FIRST_WORDS.at(place)


def _tone(line: str, place: Source, loud: Rule, spam: Rule) -> Iterator[Finding]:
    shouted = [found[0] for found in _LOUD.finditer(line)]
    if shouted and len(re.findall(r"\w", " ".join(shouted))) >= _LOUD_LETTERS:
        yield loud.at(place, words=", ".join(shouted))
    if marks := [found[0] for found in _SPAM.finditer(line)]:
        yield spam.at(place, words=", ".join(marks))


def _as_somebody_reads(scope: LetterScope, line: Parts) -> Iterator[str]:
    """Yield a line as those read it who get the letter.

    Looked at through the sample reader, everybody of people.toml, and one without any facts.
    """
    known = (person.facts for person in scope.workspace.people)
    for facts in (scope.recipient.facts, *known, {}):
        reader = replace(scope.recipient, facts=facts)
        alone = replace(scope.edition, subject=line, preheader=(), html=(), text=(), headers=())
        if not missing(alone, reader):
            yield render(alone, reader).subject


def _says_nothing(line: str) -> bool:
    return not re.search(r"\w", line)


def _words(line: str) -> list[str]:
    return re.findall(r"\w+", line.lower())
