"""The subject and the preheader: what is seen before the letter is opened."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pismo.checks.scope import LetterScope
from pismo.model.finding import Finding, Rule, Severity
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
LONG_PREHEADER = Rule(
    "preheader-long",
    Severity.WARNING,
    en="the preheader has {length} characters, Gmail shows about 100",
    ru="в прехедере {length} знаков, Gmail покажет около 100",
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
    r"!!+|\?\?+|100\s?%|бесплатно|только сегодня|успей|срочно|скидк\w* до|заработ\w+"
    r"|\bfree\b|act now|urgent|limited time|buy now|cash|winner|\$\$+",
    re.IGNORECASE,
)
_EMOJI = re.compile("[\U0001f300-\U0001faff☀-➿]")
_LOUD_WORD = re.compile(r"\b[А-ЯЁA-Z]{4,}\b")
_LONG, _LONG_PREHEADER, _EMOJIS = 70, 110, 2


def check_subject(scope: LetterScope) -> Iterator[Finding]:
    """Check the subject as the sample reader gets it."""
    place = scope.issue.place_of("subject")
    subject = scope.email.subject
    nameless = replace(scope.recipient, facts={})
    if not missing(scope.edition, nameless):
        subject_without_name = render(scope.edition, nameless).subject
        if not subject_without_name.strip(" ,!.—-"):
            yield EMPTY.at(place)
    if len(subject) > _LONG:
        yield LONG.at(place, length=len(subject))
    if loud := _LOUD_WORD.findall(subject):
        yield SHOUTING.at(place, words=", ".join(loud))
    if spam := _SPAM.findall(subject):
        yield SPAM.at(place, words=", ".join(spam))
    if re.match(r"(re|fwd?|отв|нп)\s*:", subject, re.IGNORECASE):
        yield FAKE_REPLY.at(place)
    if len(found := _EMOJI.findall(subject)) > _EMOJIS:
        yield EMOJI.at(place, count=len(found))


def check_preheader(scope: LetterScope) -> Iterator[Finding]:
    """Check the preheader as the sample reader gets it."""
    place = scope.issue.place_of("preheader")
    preheader = scope.email.preheader.strip()
    if not preheader:
        yield NO_PREHEADER.at(place)
    elif len(preheader) > _LONG_PREHEADER:
        yield LONG_PREHEADER.at(place, length=len(preheader))
    if preheader and preheader.lower() == scope.email.subject.strip().lower():
        yield SAME_PREHEADER.at(place)
