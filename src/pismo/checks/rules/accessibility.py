"""Letters that can be read aloud, in the dark, and with tired eyes."""

import re
from collections.abc import Iterator
from typing import Any

from pismo.checks.colours import contrast, inverted, parsed
from pismo.checks.scope import IssueScope, LetterScope
from pismo.model.finding import Finding, Rule, Severity

NO_LANGUAGE = Rule(
    "a11y-language",
    Severity.ERROR,
    en="the letter does not name its language",
    ru="в письме не указан язык",
    hint_en='the layout needs <mjml lang="…">',
    hint_ru='в макете нужен <mjml lang="…">',
)
HEADING_SKIP = Rule(
    "a11y-heading-order",
    Severity.WARNING,
    en="heading «{text}» skips a level: h{level} after h{before}",
    ru="заголовок «{text}» перескакивает уровень: h{level} после h{before}",
    hint_en="use one # more than the heading above",
    hint_ru="на одну # больше, чем у заголовка выше",
)
HEADING_ONE = Rule(
    "a11y-heading-one",
    Severity.WARNING,
    en="«{text}» is a first-level heading, and the letter has one already",
    ru="«{text}» — заголовок первого уровня, а он в письме уже есть",
    hint_en="begin with ##",
    hint_ru="начните с ##",
)
EMPTY_HEADING = Rule(
    "a11y-heading-empty",
    Severity.WARNING,
    en="an empty heading",
    ru="пустой заголовок",
)
TABLE_ROLE = Rule(
    "a11y-table-role",
    Severity.WARNING,
    en='a layout table without role="presentation" is read aloud cell by cell',
    ru='таблицу вёрстки без role="presentation" читают вслух по клеткам',
)
CONTRAST = Rule(
    "a11y-contrast",
    Severity.WARNING,
    en="«{text}»: {colour} on {background} has contrast {ratio}, below 4.5",
    ru="«{text}»: {colour} на {background} — контраст {ratio}, нужно 4,5",
    hint_en="darken the text or lighten the background",
    hint_ru="сделайте текст темнее или фон светлее",
)
DARK_CONTRAST = Rule(
    "a11y-contrast-dark",
    Severity.WARNING,
    en="«{text}» would have contrast {ratio} in a dark theme that inverts colours",
    ru="«{text}» в тёмной теме с инверсией получит контраст {ratio}",
)
SMALL_TEXT = Rule(
    "a11y-small-text",
    Severity.WARNING,
    en="«{text}» is {size} px small",
    ru="«{text}» — всего {size} px",
    hint_en="12 px is the least that phones leave alone",
    hint_ru="меньше 12 px на телефоне не прочесть",
)
ALT_FILE = Rule(
    "a11y-alt-file-name",
    Severity.WARNING,
    en="alt «{alt}» is a file name",
    ru="alt «{alt}» — это имя файла",
    hint_en="say what one would see",
    hint_ru="скажите, что там видно",
)
ALT_LONG = Rule(
    "a11y-alt-long",
    Severity.WARNING,
    en="the alt text has {length} characters",
    ru="в описании картинки {length} знаков",
    hint_en="a sentence is enough; a story belongs in the text",
    hint_ru="хватит фразы; история — в тексте",
)

_ENOUGH, _SMALLEST, _ALT = 4.5, 12, 200
_FILE_NAME = re.compile(r"[\w-]+\.(png|jpe?g|gif|webp|svg)", re.IGNORECASE)
_TEXT_LENGTH = 40


def check_headings(scope: IssueScope) -> Iterator[Finding]:
    """Check the headings inside each file: the title stands above them as a second level."""
    for document in scope.documents.values():
        before = 2
        for heading in document.headings:
            if not heading.text.strip():
                yield EMPTY_HEADING.at(heading.place)
            if heading.level == 1:
                yield HEADING_ONE.at(heading.place, text=heading.text)
            elif heading.level > before + 1:
                yield HEADING_SKIP.at(
                    heading.place, text=heading.text, level=heading.level, before=before
                )
            before = max(heading.level, 2)


def check_alts(scope: IssueScope) -> Iterator[Finding]:
    """Check that descriptions describe."""
    for document in scope.documents.values():
        for image in document.images:
            if _FILE_NAME.fullmatch(image.alt.strip()):
                yield ALT_FILE.at(image.place, alt=image.alt)
            elif len(image.alt) > _ALT:
                yield ALT_LONG.at(image.place, length=len(image.alt))


def check_page(scope: LetterScope) -> Iterator[Finding]:
    """Check the finished page: language, table roles, sizes."""
    place = scope.issue.source
    if not scope.page.get("lang"):
        yield NO_LANGUAGE.at(place)
    tables = scope.page.iter("table")
    if any(table.get("role") is None and table.find(".//th") is None for table in tables):
        yield TABLE_ROLE.at(place)
    for text, style, _ in _texts(scope.page):
        size = style.get("font-size", "")
        if size.endswith("px") and 0 < float(size[:-2] or 0) < _SMALLEST:
            yield SMALL_TEXT.at(place, text=text, size=size[:-2])


def check_contrast(scope: LetterScope) -> Iterator[Finding]:
    """Check each text's contrast in the light, and under a client that turns colours over."""
    seen: set[tuple[str, str]] = set()
    for text, style, background in _texts(scope.page):
        colour = style.get("color", "#000000")
        if (colour, background) in seen:
            continue
        seen.add((colour, background))
        front, back = parsed(colour), parsed(background)
        if front is None or back is None:
            continue
        ratio = contrast(front, back)
        if ratio < _ENOUGH:
            shown = {"colour": colour, "background": background, "ratio": f"{ratio:.1f}"}
            yield CONTRAST.at(scope.issue.source, text=text, **shown)
        dark = contrast(inverted(front), inverted(back))
        if dark < _ENOUGH <= ratio:
            yield DARK_CONTRAST.at(scope.issue.source, text=text, ratio=f"{dark:.1f}")


def _texts(page: Any) -> Iterator[tuple[str, dict[str, str], str]]:  # noqa: ANN401  # lxml
    """Yield each visible text, its inherited style, and the background behind it."""
    body = page.find("body")
    if body is not None:
        yield from _walk(body, {}, "#ffffff")


def _walk(
    node: Any,  # noqa: ANN401  # lxml
    inherited: dict[str, str],
    background: str,
) -> Iterator[tuple[str, dict[str, str], str]]:
    if not isinstance(node.tag, str):
        return
    own = style_of(node.get("style", ""))
    if own.get("display") == "none" or own.get("visibility") == "hidden":
        return
    style = inherited | {name: own[name] for name in ("color", "font-size") if name in own}
    behind = own.get("background-color") or node.get("bgcolor") or _colour_of(own.get("background"))
    background = behind if behind and behind not in ("transparent", "none") else background
    text = (node.text or "").strip()
    if text:
        yield text[:_TEXT_LENGTH], style, background
    for child in node:
        yield from _walk(child, style, background)
        if tail := (child.tail or "").strip():
            yield tail[:_TEXT_LENGTH], style, background


def style_of(attribute: str) -> dict[str, str]:
    """Read a style attribute; the last of two declarations wins."""
    pairs = (declaration.partition(":") for declaration in attribute.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if value}


def _colour_of(background: str | None) -> str | None:
    found = re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", background or "")
    return found[0] if found else None
