"""Slips of the keyboard that a spelling checker does not see."""

import re
from collections.abc import Iterator
from itertools import islice

from pismo.checks.documents import HOLE, Passage
from pismo.checks.scope import IssueScope
from pismo.checks.stand_ins import FILLERS, STAND_INS
from pismo.model.finding import Finding, Rule, Severity

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

DOUBLED = Rule(
    "text-double-mark",
    Severity.WARNING,
    en="«{mark}»: a mark too many",
    ru="«{mark}»: лишний знак",
)
NO_SPACE = Rule(
    "text-no-space",
    Severity.WARNING,
    en="no space behind the mark in «{word}»",
    ru="нет пробела после знака: «{word}»",
)
INSIDE = Rule(
    "text-space-inside",
    Severity.WARNING,
    en="a space behind «{mark}»",
    ru="пробел после «{mark}»",
)
DIGIT = Rule(
    "text-digit-letter",
    Severity.WARNING,
    en="«{word}»: a letter among digits",
    ru="«{word}»: буква среди цифр",
    hint_en="type the number again: O and 0, З and 3 look alike",
    hint_ru="наберите число заново: О и 0, З и 3 похожи",
)
HYPHENATED = Rule(
    "text-hyphenated",
    Severity.WARNING,
    en="«{word}» was divided at the end of a line, and readers will see a gap",
    ru="«{word}» разорвано в конце строки: читатели увидят пробел",
    hint_en="join the word",
    hint_ru="соедините слово",
)
MARKUP_LEFT = Rule(
    "text-markup-left",
    Severity.WARNING,
    en="readers will see «{mark}» as it stands",
    ru="читатели увидят «{mark}» как есть",
    hint_en="close what was opened: bold, a link, code; open what is closed: {{{{ before }}}}; end"
    " &nbsp; with its semicolon",
    hint_ru="закройте, что открыто: жирный, ссылку, код; откройте, что закрыто: {{{{ перед }}}};"
    " у &nbsp; в конце точка с запятой",
)
BROKEN_LETTERS = Rule(
    "text-broken-letters",
    Severity.WARNING,
    en="«{mark}» in the text: a letter that cannot be seen, or another encoding",
    ru="«{mark}» в тексте: невидимый знак или не та кодировка",
    hint_en="type the place again, and save the file as UTF-8",
    hint_ru="наберите это место заново и сохраните файл в UTF-8",
)

_MIXED = re.compile(r"\b(?=\w*[a-zA-Z])(?=\w*[а-яА-ЯёЁ])[a-zA-Zа-яА-ЯёЁ]{2,}\b")
_EXCLAIMED = re.compile(r"!{2,}|\?{2,}|[!?]{4,}")
_CAPITALS = re.compile(
    r"(?:\b[А-ЯЁA-Z]{2,}\b[\s,—-]*(?:\b[А-ЯЁA-Z]\b[\s,—-]*)?){3,}|\b(?:ВНИМАНИЕ|СРОЧНО|АКЦИЯ|СКИДК[АИ]|РАСПРОДАЖА|БЕСПЛАТНО"
    r"|ATTENTION|URGENT|SALE|FREE|WARNING)\b"
)
_MOST = 50
"""Findings of one kind in one paragraph; a hostile one would have a hundred thousand."""
_LOUD_LETTERS = 8
"""Fewer are initials and names of companies."""
_SPACED = re.compile(r"(?<=\w) (?:[,;!?](?!\))|\.(?=\s|$)|:(?=\s))")
_DOUBLED_MARK = re.compile(
    r"%{2,}|[?!]\.(?!\.)|,{2,}|;{2,}|:{2,}|(?<![.?!])\.\.(?!\.)|\.{4,}|[,;:]\.(?!\.)|\.,(?!\w)"
)
_JOINED = re.compile(
    r"(?<![\w.@/])(?i:[а-яёa-z]+,[а-яёa-z]+)\b"
    r"|(?<![\w.@/#])[а-яёa-z]{3,}[.!?](?!Net\b|Js\b)[А-ЯЁA-Z][а-яёa-z]*(?=[\s,])"
)
_INSIDE = re.compile(r"«[ \u00a0](?=\w)|(?<=\s)\( (?=\w)")
_DIGIT = re.compile(r"\b\d+[OОoо]\d+\b|\b[1-9][ОO][ОO0]+\b|\bЗ\d+\b")
_HYPHENATED = re.compile(r"\b[а-яёa-z]{2,}-\n[а-яёa-z]{2,}", re.IGNORECASE)
_TWICE = re.compile(r"\b([а-яёa-z]+)\s+\1\b", re.IGNORECASE)
_LEFT = re.compile(
    rf"\b(?:{STAND_INS})\b|(?i:{FILLERS})"
    r"|%[A-Z_]{3,}%|\|[A-Z_]{3,}\||\[(?:[A-Z_]{3,}|[А-ЯЁ_]{3,}"
    r"|(?i:имя|фамилия|город|дата|цена|ссылка|название"
    r"|(?:first |last |full )?name|city|date|price|link|company))\]"
    r"|(?<!\{)\{[a-z_.]{2,}\}|\$\{\w+\}"
)
_MARKUP = re.compile(
    r"\*\*|(?<!\w)__(?=\w)|~~|\]\s*\((?=\w)|\)\[(?=http)|(?<!`)`(?!`)|[}%#]\}"
    r"|\[\^\w+\]|(?<![\w:/]):[a-z][a-z_]{2,}:(?![\w:/])|(?m:^#{2,6}(?=[^\s#]))|\[\[(?=\w)|\]\[(?=\w)"
    r"|(?<=[.!?,;:»)\s])\\n(?=[A-ZА-ЯЁ\s\\]|$)|&(?:nbsp|amp|lt|gt|quot|laquo|raquo|mdash|ndash|hellip)\b;?|&[a-z]{2,8};|&#\d+;|</?[a-z]+>"
)
_BROKEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffd]"
    "|(?:[РС][\u00a0-\u00bf\u0402-\u040f\u0452-\u045f‘’“”•–—™€‚„…†‡‰‹›°±]|[РС][А-яЁё°±]){5,}"
    "|[ÐÑ][\x80-\xbf]|Ã[\x80-\xbf]|â€"
)
"""Marks that cannot be seen, and Russian or accents read in another encoding."""
_MEANT_TWICE = {
    "чуть", "едва", "еле", "долго", "очень", "далеко", "давно", "вот", "да", "нет", "ну", "так",
    "ха", "хо", "хи", "тук", "кап", "ля", "бай", "баю", "тик", "ой", "ай", "эх", "много", "мало",
    "very", "had", "that", "ha", "bye", "no", "yes", "so", "la", "knock", "tick",
}  # fmt: skip
_WORDS = (
    (MIXED_LETTERS, _MIXED),
    (PLACEHOLDER, _LEFT),
    (NO_SPACE, _JOINED),
    (DIGIT, _DIGIT),
    (HYPHENATED, _HYPHENATED),
)
_MARKS = (
    (SHOUTING, _EXCLAIMED),
    (SPACE_BEFORE, _SPACED),
    (DOUBLED, _DOUBLED_MARK),
    (INSIDE, _INSIDE),
)
_ONCE = ((MARKUP_LEFT, _MARKUP), (BROKEN_LETTERS, _BROKEN))
_CLOSING = re.compile(r"\S»")
"""Behind a space it is an arrow: «Read on »»."""
_BLOCK_TITLE = re.compile(r"\{\{[^}]*\btitle\s*=\s*([\"'])(.*?)\1[^}]*\}\}")
_INCHES = re.compile(r"(?<=\d)\"")
_PAIRS = (("«", "»"), ("„", "“"), ("(", ")"))


def check_wording(scope: IssueScope) -> Iterator[Finding]:
    """Check the running text of every file of the issue, and what its front matter shows."""
    for document in scope.documents.values():
        for passage in (*document.passages, *document.html_texts):
            yield from _check(passage)
            yield from _unclosed(passage)
    for line in scope.lines:
        yield from _check(line)
    for line in _titles(scope):
        yield from _check(line)
    for line in scope.envelope:
        # Shouting in a subject is the subject's own rule.
        yield from (one for one in _check(line) if one.rule not in (SHOUTING, CAPITALS))


def _titles(scope: IssueScope) -> Iterator[Passage]:
    """Yield the titles that an issue gives to its blocks."""
    for found in _BLOCK_TITLE.finditer(scope.issue.body):
        yield Passage(found[2], scope.issue.place_at(found.start(2)))


def _check(passage: Passage) -> Iterator[Finding]:
    text = passage.text.replace(HOLE, " ")
    for rule, pattern in _WORDS:
        for found in _first(pattern, text):
            yield rule.at(passage.place_of(found), word=found[0].strip(" ,\n"))
    for rule, pattern in _MARKS:
        # What stands beside a hole is judged by nobody here: it is a word in this text.
        for found in _first(pattern, passage.text):
            yield rule.at(passage.place_of(found), mark=found[0].strip())
    for rule, pattern in _ONCE:
        if one := pattern.search(text):
            yield rule.at(passage.place_of(one), mark=_shown(one[0]))
    yield from _shouted(passage, text)
    for found in _first(_TWICE, passage.text):
        if found[1].lower() not in _MEANT_TWICE and found[1] != HOLE:
            yield TWICE.at(passage.place_of(found), word=found[1])


def _first(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield so many of what is found in a paragraph as somebody would read."""
    return islice(pattern.finditer(text), _MOST)


def _shouted(passage: Passage, text: str) -> Iterator[Finding]:
    for found in _first(_CAPITALS, text):
        words = re.findall(r"\w+", found[0])
        if len(words) == 1 or sum(map(len, words)) >= _LOUD_LETTERS:
            yield CAPITALS.at(passage.place_of(found), words=found[0].strip(" ,—-\n"))


def _unclosed(passage: Passage) -> Iterator[Finding]:
    for opening, closing in _PAIRS:
        missing = passage.text.count(opening) - passage.text.count(closing)
        if missing > 0 and not passage.text.rstrip().endswith(":"):
            yield UNCLOSED.at(passage.place, mark=opening, count=missing)
        elif missing < 0 and closing == "»" and _CLOSING.search(passage.text):
            yield UNCLOSED.at(passage.place, mark=closing, count=-missing)
    # A quotation of several paragraphs opens at each of them and closes at the last alone.
    straight = _INCHES.sub("", passage.text).count('"')
    if straight % 2 and not passage.text.lstrip().startswith('"'):
        yield UNCLOSED.at(passage.place, mark='"', count=1)


def _shown(mark: str) -> str:
    return mark.strip() if mark.isprintable() else f"U+{ord(mark[0]):04X}"
