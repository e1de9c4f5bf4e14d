"""Typesetting of Russian and English text: quotes, dashes, no-break spaces, signs.

Works on running text only, never on source: Markdown's code, addresses and markup are not shown to
it, and links, e-mail addresses, promo codes, telephone numbers and file names within the text are
set aside before the rules run. A hole is one word. Setting twice changes nothing.

Rules: facts of Russian typography as in A. E. Milchin, L. K. Cheltsova, «Справочник издателя и
автора»; English as in The Chicago Manual of Style, with a spaced dash.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

NBSP = "\u00a0"
SEAM = "\ue000"
"""Stands between texts that markup separates: `в <em>доме</em>`."""

THING = "\ue001"
"""Stands for what is in the line and is no text: code, an image."""

_SET_ASIDE, _ROOM = 0xE100, 0x1600
_S = f"{SEAM}*"
_WORD = "0-9A-Za-zА-Яа-яЁё"

_PRIVATE = re.compile("[\ue000\ue100-\uf8ff]")
"""Characters that are used here for other things; what has them is left alone."""

_ASIDE = re.compile(
    rf"""(?:https?://|www\.|mailto:)[^\s{SEAM}<>«»"]+          # addresses
      | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                            # e-mail
      | (?<![\w.])[\w-]+(?:\.[a-z]{{2,}})+/[^\s{SEAM}<>«»"]*    # shop.example/page
      | \+\d[\d\s()-]{{7,}}\d                                    # telephones
      | \b8[\s(-]*\d{{3}}[\s)-]*\d{{3}}[\s-]?\d\d[\s-]?\d\d\b
      | \#[0-9A-Fa-f]{{3,8}}\b                                  # colours
      | \b0x[0-9A-Fa-f]+\b
      | (?<![\w-])(?=[A-ZА-ЯЁ-]*\d)[A-ZА-ЯЁ][A-ZА-ЯЁ0-9]*       # promo codes
        (?:-[A-ZА-ЯЁ0-9]+)*(?![\w-])
      | (?<![\w-])[A-ZА-ЯЁ]{{2,}}(?:-[A-ZА-ЯЁ0-9]*\d[A-ZА-ЯЁ0-9]*)+(?![\w-])
      | (?<![\w-])\d{{4}}-\d\d-\d\d(?![\w-])                    # ISO dates
      | (?<![\w-])\d+(?:-\d+){{2,}}(?![\w-])                    # numbers of several parts
      | (?<!\w)[\w-]+\.(?:png|jpe?g|gif|svg|pdf|md|toml|csv|html?|py)\b
    """,
    re.VERBOSE,
)


@lru_cache(maxsize=512)  # every segment's letter says the same at its foot
def typeset(text: str, language: str) -> str:
    """Typeset one line or paragraph; language "ru", anything else is set as English."""
    return typeset_all([text], language)[0]


def typeset_all(texts: Sequence[str], language: str) -> list[str]:
    """Typeset the texts of one paragraph, which only markup separates.

    Args:
        texts: In order; `THING` stands for what is no text.
        language: As for `typeset`.

    Returns:
        As many texts.
    """
    if not texts:
        return []
    aside: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        aside.append(found[0])
        return chr(_SET_ASIDE + len(aside) - 1)

    whole = "".join(texts)
    if _PRIVATE.search(whole) or len(whole) > _ROOM * 4:
        return list(texts)
    line = _ASIDE.sub(put_aside, SEAM.join(texts))
    for step in _steps("ru" if language == "ru" else "en"):
        line = step(line)
    line = re.sub("[\ue100-\uf6ff]", lambda found: aside[ord(found[0]) - _SET_ASIDE], line)
    return line.split(SEAM)


_Step = Callable[[str], str]


@cache
def _steps(language: str) -> tuple[_Step, ...]:
    rules = _SIGNS + (_RUSSIAN if language == "ru" else _ENGLISH)
    compiled = [(re.compile(pattern), replacement) for pattern, replacement in rules]

    def apply(line: str) -> str:
        for pattern, replacement in compiled:
            line = pattern.sub(replacement, line)
        return line

    return (lambda line: _quoted(line, language), apply)


_SIGNS = [
    (r"(?<![.!?])\.\.\.(?!\.)", "…"),
    (r"\([cCсС]\)", "©"),
    (r"\([rR]\)", "®"),
    (r"\((?:tm|TM)\)", "™"),
    (r"\+-(?=\s?\d)", "±"),
    (r"(?<![\d/.,])1/2(?![\d/])", "½"),
    (r"(?<![\d/.,])1/4(?![\d/])", "¼"),
    (r"(?<![\d/.,])3/4(?![\d/])", "¾"),
    # 10 x 15, with a Latin or a Cyrillic letter
    (r"(?<![\w.,])([1-9]\d*)(\s?)[xXхХ]\2(?=\d+(?![A-Za-z]))", r"\1×"),
    # 10 - 3 = 7 is a sum, 5 - 7 a range
    (rf"(?<=\d)[ {NBSP}]-[ {NBSP}](?=\d+(?:[.,]\d+)?\s*=)", f"{NBSP}−{NBSP}"),
    (rf"(?<![\d.,-])(\d+)[ {NBSP}]?[-–][ {NBSP}]?(?=\d+(?![\d-]|[.,]\d))(?!\d+\s*=)", r"\1–"),
    (rf"(?:(?<=[\s({NBSP}])|(?<={SEAM})|^)-(?=\d)", "−"),
    # Groups of thousands stay together
    (rf"(?<=\d)(?<!\d\d\d\d) (?=\d\d\d(?:[ {NBSP}]\d\d\d)*(?!\d))", NBSP),
    (r"№\s?(?=\d)", f"№{NBSP}"),
    (r"§\s?(?=\d)", f"§{NBSP}"),
    (rf"(?<=\d)[ {NBSP}]%", "%"),
    (r"(?<=\d) (?=[₽€$°])", NBSP),
]

_DASHES = [
    # A dash opens a line of dialogue; within a line it stays with the word before it.
    (rf"^({_S})(?:-{{1,3}}|–|—)[ {NBSP}]+", rf"\1—{NBSP}"),
    (
        rf"(?<=[^\s{NBSP}])({_S})[ {NBSP}\n]+({_S})(?:-{{1,3}}|–|—)({_S})(?=[ {NBSP}\n]|$)",
        rf"\1{NBSP}\2—\3",
    ),
]

_RUSSIAN_SHORT = (
    "без|для|или|про|под|над|при|обо|изо|ото|[АаБбВвИиКкОоСсУуЯя]|"
    "[Вв]о|[Кк]о|[Сс]о|[Оо]б|[Нн]а|[Нн]е|[Нн]и|[Нн]о|[Дд]о|[Дд]а|[Зз]а|[Ии]з|[Оо]т|[Пп]о|"
    "Без|Для|Или|Про|Под|Над|При"
)
_RUSSIAN_UNITS = "кг|г|мг|т|см|мм|м|км|л|мл|мин|сек|ч|руб|шт|тыс|млн|млрд"

_RUSSIAN = [
    *_DASHES,
    (r",-+(?=\s)", f",{NBSP}—"),
    (r"(?<=[А-Яа-яЁё])'(?=[А-Яа-яЁё])", "’"),
    # т. е., и т. д., и др.
    (rf"(?<![{_WORD}])([Тт])\.\s?(?=[едпкноч]\.)", rf"\1.{NBSP}"),
    (rf"(?<![{_WORD}])([Нн])\.\s?(?=э\.)", rf"\1.{NBSP}"),
    (rf"(?<![{_WORD}])([Ии])\s(?=т\.|др\.|пр\.)", rf"\1{NBSP}"),
    # А. С. Пушкин
    (rf"(?<![{_WORD}.])([А-ЯЁ]\.)\s?([А-ЯЁ]\.)\s?(?=[А-ЯЁ][а-яё])", rf"\1{NBSP}\2{NBSP}"),
    (rf"(?<![{_WORD}.])([А-ЯЁ]\.)\s(?=[А-ЯЁ][а-яё])", rf"\1{NBSP}"),
    # г. Тверь, ул. Правды, д. 12, рис. 3
    (rf"(?<![{_WORD}])(г|ул|д|кв|пр|просп|пер|стр|рис|гл|им|пл|корп|оф|тел|бул)\.\s(?=[А-ЯЁA-Z\d])",
     rf"\1.{NBSP}"),
    (r"(?<=[IVX])\s(?=вв?\.)", NBSP),
    # 5 кг, 27 ноября, 2–4 игрока
    (rf"(?<=\d)\s(?=(?:{_RUSSIAN_UNITS})(?![{_WORD}]))", NBSP),
    (rf"(?<=\d)({_S})\s(?={_S}[а-яё]{{3}})", rf"\1{NBSP}"),
    # 25000 ₽
    (r"(?<![\d.,])(\d{2,3})(\d{3})(?=\s?(?:₽|руб))", rf"\1{NBSP}\2"),
    # Short words stay with what follows, particles with what precedes
    (rf"(?<![{_WORD}-])({_RUSSIAN_SHORT})({_S})[ \n](?={_S}[^\s—–-])", rf"\1\2{NBSP}"),
    (
        rf"(?<=[{_WORD}»“”!?,])({_S})[ \n]({_S})(?=(?:же|ли|ль|бы|б|ж)(?![{_WORD}-]))",
        rf"\1{NBSP}\2",
    ),
]  # fmt: skip

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"

_ENGLISH = [
    *_DASHES,
    (r"(?<=[A-Za-z])--(?=[A-Za-z])", "—"),
    (rf"(?<![{_WORD}-])(an?|A|An|I)({_S})[ \n](?={_S}\w)", rf"\1\2{NBSP}"),
    (r"(?<!\w)(Mr|Mrs|Ms|Dr|St|No|Fig|p|pp)\.\s(?=[A-Z\d])", rf"\1.{NBSP}"),
    (r"(?<![\w.])([A-Z]\.)\s(?=[A-Z][\w.])", rf"\1{NBSP}"),
    (r"(?<=\d)\s(?=(?:kg|g|mg|lb|oz|cm|mm|m|km|mi|ft|in|l|ml|min|h|s|px|MB|GB)(?!\w))", NBSP),
    (r"(?<=\d)\s(?=(?:a\.m\.|p\.m\.|am|pm)(?!\w))", NBSP),
    (rf"(?<=\d)\s(?=(?:{_MONTHS}))", NBSP),
    (rf"({_MONTHS})\s(?=\d)", rf"\1{NBSP}"),
]  # fmt: skip

_QUOTES = {"ru": (("«", "»"), ("„", "“")), "en": (("“", "”"), ("‘", "’"))}
_OPENS_AFTER = set(" \t\n([{«„“‘—–-/") | {NBSP}


def _quoted(line: str, language: str) -> str:
    """Give straight quotation marks their sides and levels; leave inches and odd ones alone."""
    if language != "ru":
        line = _apostrophes(line)
    if '"' not in line:
        return line
    pairs = _QUOTES[language]
    out = list(line)
    open_at: list[int] = []
    levels = _levels_given(line, pairs)
    for index, mark in enumerate(line):
        if mark != '"':
            continue
        if _opens(line, index):
            open_at.append(index)
        elif open_at:
            start = open_at.pop()
            depth = min(len(open_at) + levels[start], 1)
            out[start], out[index] = pairs[depth]
    return "".join(out)


def _levels_given(line: str, pairs: Sequence[tuple[str, str]]) -> list[int]:
    """Count, for each place, the guillemets already open there."""
    opening, closing = pairs[0]
    level, levels = 0, []
    for mark in line:
        level += mark == opening
        levels.append(level)
        level -= mark == closing and level > 0
    return levels


def _opens(line: str, index: int) -> bool:
    before = line[:index].rstrip(SEAM)[-1:]
    after = line[index + 1 :].lstrip(SEAM)[:1]
    starts = not before or before in _OPENS_AFTER or (before == '"' and _opens(line, index - 1))
    return starts and bool(after) and not after.isspace() and after not in ".,!?;:)"


def _apostrophes(line: str) -> str:
    line = re.sub(rf"(?<=[{_WORD}>])'(?=[{_WORD}])", "’", line)
    line = re.sub(rf"(?<![{_WORD}])'(?=\d\ds\b|tis\b|twas\b)", "’", line)
    line = re.sub(rf"(?:(?<=[\s(\[—–“\"{SEAM}])|^)'(?=\S)", "‘", line)
    return re.sub(rf"(?<=[{_WORD}.,!?…])'", "’", line)
