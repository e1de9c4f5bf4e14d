"""Slips of the keyboard that a spelling checker does not see."""

import re
from collections.abc import Iterator

from pismo.checks.documents import HOLE, Passage
from pismo.checks.scope import IssueScope
from pismo.model.finding import Finding, Rule, Severity, Source

MIXED_LETTERS = Rule(
    "text-mixed-letters",
    Severity.WARNING,
    en="«{word}» mixes Latin and Cyrillic letters",
    ru="в слове «{word}» смешаны латиница и кириллица",
    hint_en="type the word again",
    hint_ru="наберите слово заново",
)
SHOUTING = Rule(
    "text-exclamations",
    Severity.WARNING,
    en="«{mark}»: one is enough",
    ru="«{mark}»: одного хватит",
)
CAPITALS = Rule(
    "text-capitals",
    Severity.WARNING,
    en="«{words}» in capitals reads as shouting",
    ru="«{words}» заглавными читается как крик",
)
SPACE_BEFORE = Rule(
    "text-space-before",
    Severity.WARNING,
    en="a space before «{mark}»",
    ru="пробел перед «{mark}»",
)
TWICE = Rule(
    "text-word-twice",
    Severity.WARNING,
    en="«{word} {word}»",
    ru="слово дважды: «{word} {word}»",
)
UNCLOSED = Rule(
    "text-unclosed",
    Severity.WARNING,
    en="{count} × «{mark}» without its pair",
    ru="{count} × «{mark}» без пары",
)
PLACEHOLDER = Rule(
    "text-placeholder",
    Severity.ERROR,
    en="«{word}» was left in the text",
    ru="в тексте осталось «{word}»",
    hint_en="write what belongs there",
    hint_ru="впишите то, что здесь должно быть",
)

_MIXED = re.compile(r"\b(?=\w*[a-zA-Z])(?=\w*[а-яА-ЯёЁ])[a-zA-Zа-яА-ЯёЁ]{3,}\b")
_EXCLAIMED = re.compile(r"!{2,}|\?{3,}|[!?]{4,}")
_CAPITALS = re.compile(r"(?:\b[А-ЯЁA-Z]{4,}\b[\s,]*){3,}")
_SPACED = re.compile(r"(?<=\w) ([,;!?])(?!\))")
_DOUBLED = re.compile(r"\b([а-яёa-z]{3,})\s+\1\b", re.IGNORECASE)
_LEFT = re.compile(r"lorem ipsum|\bTODO\b|\bXXX\b|\[вставить[^\]]*\]|\bтекст сюда\b", re.IGNORECASE)
_MEANT_TWICE = {"чуть", "едва", "долго", "очень", "далеко", "давно", "very", "had", "that"}
_PAIRS = (("«", "»"), ("(", ")"))


def check_wording(scope: IssueScope) -> Iterator[Finding]:
    """Check the running text of every file of the issue."""
    for document in scope.documents.values():
        for passage in document.passages:
            yield from _check(passage)


def _check(passage: Passage) -> Iterator[Finding]:
    text = passage.text.replace(HOLE, " ")
    for rule, pattern in (
        (MIXED_LETTERS, _MIXED), (CAPITALS, _CAPITALS), (PLACEHOLDER, _LEFT),
    ):  # fmt: skip
        for found in pattern.finditer(text):
            word = found[0].strip(" ,\n")
            yield rule.at(_place(passage, text, found), word=word, words=word)
    for rule, pattern in ((SHOUTING, _EXCLAIMED), (SPACE_BEFORE, _SPACED)):
        for found in pattern.finditer(text):
            yield rule.at(_place(passage, text, found), mark=found[0].strip())
    for found in _DOUBLED.finditer(text):
        if found[1].lower() not in _MEANT_TWICE:
            yield TWICE.at(_place(passage, text, found), word=found[1])
    for opening, closing in _PAIRS:
        missing = text.count(opening) - text.count(closing)
        if missing > 0 and not text.rstrip().endswith(":"):
            yield UNCLOSED.at(passage.place, mark=opening, count=missing)


def _place(passage: Passage, text: str, found: re.Match[str]) -> Source:
    return passage.place.shifted(text[: found.start()].count("\n"))
