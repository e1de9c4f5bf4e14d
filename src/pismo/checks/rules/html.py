"""Raw HTML whose attributes do nothing, or not what was meant."""

import re
from collections.abc import Iterator

from pismo.checks.documents import HOLE
from pismo.checks.markup import Tag
from pismo.checks.scope import IssueScope
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.text import guess

ID_TWICE = Rule(
    "html-id-twice",
    Severity.WARNING,
    en="id '{name}' stands here already: a link to it finds the first one only",
    ru="id «{name}» здесь уже есть: ссылка найдёт только первый",
    hint_en="each id once in a letter",
    hint_ru="каждый id в письме один раз",
)
STYLE = Rule(
    "html-style",
    Severity.WARNING,
    en="«{text}» in a style attribute means nothing",
    ru="«{text}» в атрибуте style ничего не значит",
    hint_en="name: value, with a unit behind a number: font-size: 16px",
    hint_ru="имя: значение, у числа — единица: font-size: 16px",
)
NEGATIVE = Rule(
    "html-negative-margin",
    Severity.WARNING,
    en="«{text}» is dropped by Gmail, Yahoo and Outlook",
    ru="«{text}» Gmail, Yahoo и Outlook выбрасывают",
    hint_en="let nothing overlap: mail programs cannot do it",
    hint_ru="не накладывайте одно на другое: почта так не умеет",
)
LANGUAGE = Rule(
    "a11y-language-code",
    Severity.WARNING,
    en="lang=«{value}» is no language: it is read aloud with the wrong voice",
    ru="lang=«{value}» — не язык: вслух прочтут не тем голосом",
    hint_en='two letters: lang="en", lang="ru"',
    hint_ru='две буквы: lang="en", lang="ru"',
)
HIDDEN_LINK = Rule(
    "a11y-link-hidden",
    Severity.WARNING,
    en="a link with aria-hidden is reached by the keyboard and not read aloud",
    ru="на ссылку с aria-hidden попадают с клавиатуры, но вслух её не прочтут",
    hint_en="take aria-hidden out",
    hint_ru="уберите aria-hidden",
)
JUSTIFIED = Rule(
    "a11y-justified",
    Severity.NOTE,
    en="justified text has gaps on a phone, and is hard to read with dyslexia",
    ru="текст по ширине на телефоне в дырах, и с дислексией его трудно читать",
    hint_en="text-align: left",
    hint_ru="text-align: left",
)

_NEED_UNITS = {
    "font-size", "width", "height", "margin", "margin-top", "margin-right", "margin-bottom",
    "margin-left", "padding", "padding-top", "padding-right", "padding-bottom", "padding-left",
    "border-radius", "letter-spacing", "max-width", "min-width",
}  # fmt: skip
_PROPERTIES = _NEED_UNITS | {
    "color", "background", "background-color", "background-image", "border", "border-top",
    "border-right", "border-bottom", "border-left", "border-collapse", "border-spacing",
    "border-color", "border-style", "border-width", "font", "font-family", "font-style",
    "font-weight", "font-variant", "line-height", "text-align", "text-decoration", "text-indent",
    "text-transform", "vertical-align", "white-space", "display", "opacity", "list-style",
    "list-style-type", "direction", "max-height", "min-height", "overflow", "float", "clear",
    "word-break", "word-wrap", "box-sizing", "table-layout", "visibility", "position",
}  # fmt: skip
_BARE_NUMBER = re.compile(r"[1-9][\d.]*(?:\s+[\d.]+)*")
_NEGATIVE = re.compile(r"(?:^|\s)-\d")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z\d]{2,8})*", re.IGNORECASE)


def check_attributes(scope: IssueScope) -> Iterator[Finding]:
    """Check the attributes of every tag that a writer wrote."""
    seen: set[str] = set()
    for document in scope.documents.values():
        for tag in document.markup.tags:
            place, given = document.place_of(tag), tag.attributes
            name = given.get("id", "")
            if name and name in seen and HOLE not in name:
                yield ID_TWICE.at(place, name=name)
            seen.add(name)
            language = given.get("lang", "")
            if language and HOLE not in language and not _LANGUAGE.fullmatch(language):
                yield LANGUAGE.at(place, value=language)
            if tag.name == "a" and given.get("aria-hidden") == "true" and given.get("href"):
                yield HIDDEN_LINK.at(place)
            yield from _style(tag, place)


def _style(tag: Tag, place: Source) -> Iterator[Finding]:
    style = tag.attributes.get("style", "")
    for declaration in style.split(";") if HOLE not in style and "url(" not in style else ():
        name, colon, value = (part.strip().lower() for part in declaration.partition(":"))
        if not name:
            continue
        near = "" if name in _PROPERTIES else guess(name, _PROPERTIES)
        misspelled = near[:1] == name[0] and abs(len(name) - len(near)) <= 1
        unitless = name in _NEED_UNITS and bool(_BARE_NUMBER.fullmatch(value))
        if not colon or unitless or (misspelled and "-" not in name):
            yield STYLE.at(place, text=declaration.strip())
        elif name.startswith("margin") and _NEGATIVE.search(value):
            yield NEGATIVE.at(place, text=declaration.strip())
        elif (name, value) == ("text-align", "justify"):
            yield JUSTIFIED.at(place)
