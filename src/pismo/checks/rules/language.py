"""A paragraph in another language than its letter: a translation forgotten, or a wrong file."""

import re
from collections.abc import Iterator

from pismo.checks.documents import HOLE, Passage
from pismo.checks.scope import IssueScope, beginning
from pismo.model.content import Item
from pismo.model.finding import Finding, Rule, Severity

OTHER_LANGUAGE = Rule(
    "text-language",
    Severity.WARNING,
    en="«{text}» is in another language than the letter ({language})",
    ru="«{text}» — не на языке письма ({language})",
    hint_en="translate it; if it is meant, say so: <!-- pismo: ignore text-language — why -->",
    hint_ru="переведите; если так и задумано: <!-- pismo: ignore text-language — почему -->",
)

_KNOWN = ("en", "ru")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n")
_TOKEN = re.compile(r"\S+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?")
_LATIN, _CYRILLIC = re.compile(r"[a-z]", re.IGNORECASE), re.compile(r"[а-яё]", re.IGNORECASE)
_SMALL = {
    "the", "a", "an", "and", "or", "but", "of", "to", "in", "on", "at", "is", "are", "was", "were",
    "be", "it", "its", "you", "your", "we", "our", "they", "he", "she", "this", "that", "for",
    "with", "from", "as", "not", "no", "if", "so", "do", "does", "did", "have", "has", "had",
    "will", "can", "what", "when", "how", "who", "my", "i", "his", "her", "their", "them", "there",
    "here", "then", "all", "one", "out", "up", "about", "into",
}  # fmt: skip
"""Words without which hardly an English sentence goes, and few names of games need."""
_MOST, _WORDS, _SMALL_ONES, _SHOWN = 0.8, 6, 2, 60


def check_language(scope: IssueScope) -> Iterator[Finding]:
    """Find the first sentence of each file that is in another language than the newsletter."""
    wanted = scope.newsletter.language
    if wanted not in _KNOWN:
        return
    by_path = {item.source.path: item for item in scope.items}
    for path, document in scope.documents.items():
        for passage in (*document.passages, *document.html_texts):
            if found := _first(passage, wanted):
                yield _finding(found, wanted, by_path.get(path))
                break
    for line in (*scope.lines, *scope.envelope):
        if found := _first(line, wanted):
            yield _finding(found, wanted, None)


def _finding(found: Passage, wanted: str, item: Item | None) -> Finding:
    """Tell of a sentence where it stands, or where its file says which language it is in."""
    other = "en" if wanted == "ru" else "ru"
    declared = item is not None and item.language == other and "language" in item.lines
    place = item.place_of("language") if item and declared else found.place
    shown = beginning(found.text, _SHOWN)
    return OTHER_LANGUAGE.at(place, text=shown, language=wanted)


def _first(passage: Passage, wanted: str) -> Passage | None:
    begin = 0
    for gap in (*_SENTENCE.finditer(passage.text), None):
        sentence = passage.text[begin : gap.start() if gap else None]
        if _is_other(_TOKEN.sub(_prose, sentence), wanted):
            line = passage.text.count("\n", 0, begin)
            return Passage(sentence.replace(HOLE, "…").strip(), passage.place.shifted(line))
        begin = gap.end() if gap else begin
    return None


def _prose(token: re.Match[str]) -> str:
    """Leave out addresses and holes; word by word, for a line may be as long as one likes."""
    is_address = "://" in token[0] or "@" in token[0]
    return " " if is_address else token[0].replace(HOLE, " ")


def _is_other(sentence: str, wanted: str) -> bool:
    """Tell whether a sentence is prose of the other language; names and titles are not."""
    words: list[str] = _WORD.findall(sentence)
    letters = _LATIN if wanted == "ru" else _CYRILLIC
    others = [word for word in words if letters.search(word)]
    if len(others) < _WORDS or len(others) < _MOST * len(words):
        return False
    small = [word for word in others if word.lower() in _SMALL]
    telling = [word for word in others if word.lower() not in _SMALL]
    if wanted == "ru" and len(small) < _SMALL_ONES:
        return False
    in_prose = [word for word in telling if word.islower()]
    return 2 * len(in_prose) >= len(telling)
