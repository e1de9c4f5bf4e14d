"""What mail programs will not show, by caniemail's tables (vendored, MIT)."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html.parser import HTMLParser
from importlib.resources import files
from types import MappingProxyType

from pismo.checks.rules.accessibility import style_of
from pismo.checks.scope import IssueScope, LetterScope
from pismo.model.finding import Finding, Rule, Severity, Source

UNSUPPORTED = Rule(
    "client-support",
    Severity.WARNING,
    en="{feature} does not work in {clients}",
    ru="{feature} не работает в {clients}",
    hint_en="https://www.caniemail.com/features/{slug}/",
    hint_ru="https://www.caniemail.com/features/{slug}/",
)
VANISHES = Rule(
    "client-vanishes",
    Severity.ERROR,
    en="<{feature}> is removed by {clients}, and what it shows with it",
    ru="<{feature}> вырезают {clients}, вместе со всем, что в нём",
    hint_en="use text, an image or a link to a page",
    hint_ru="нужен текст, картинка или ссылка на страницу",
)

HEAD_ONLY = Rule(
    "client-head-only",
    Severity.WARNING,
    en="<{feature}> in the middle of a letter is dropped by Gmail and others",
    ru="<{feature}> посреди письма Gmail и другие выбрасывают",
    hint_en="styles belong into the layout: mj-style, or a style attribute",
    hint_ru="стилям место в макете: mj-style, или в атрибуте style",
)
SCRIPTED = Rule(
    "client-script",
    Severity.WARNING,
    en="{feature} runs in no mail program",
    ru="{feature} не сработает ни в одной почте",
    hint_en="link to a page",
    hint_ru="дайте ссылку на страницу",
)
HIDDEN = Rule(
    "html-hidden",
    Severity.WARNING,
    en="<{feature}> hides its text, as spam does",
    ru="<{feature}> прячет свой текст, как спам",
    hint_en="take it out; a preheader has its own field",
    hint_ru="уберите его; для прехедера есть своё поле",
)
UNCLOSED = Rule(
    "html-unclosed",
    Severity.WARNING,
    en="<{feature}> is never closed: all that follows may look so",
    ru="<{feature}> не закрыт: так может выглядеть и всё, что ниже",
    hint_en="add </{feature}>",
    hint_ru="добавьте </{feature}>",
)
STRAY_END = Rule(
    "html-stray-end",
    Severity.WARNING,
    en="</{feature}> closes nothing",
    ru="</{feature}> ничего не закрывает",
)

_HEAD_ONLY = {"style", "link", "meta", "base", "title", "html", "head", "body"}
_CORE = (
    "gmail.desktop-webmail",
    "gmail.ios",
    "gmail.android",
    "outlook.windows",
    "outlook.outlook-com",
    "apple-mail.ios",
    "yahoo.desktop-webmail",
    "mail-ru.desktop-webmail",
)
ALLOWED: Mapping[str, str] = {
    "html-body": "clients replace the body and keep what is in it",
    "html-semantics": "read as plain blocks where unknown",
    "html-lang": "ignored where unknown",
    "html-role": "ignored where unknown",
    "html-aria-label": "ignored where unknown",
    "html-aria-hidden": "ignored where unknown",
    "html-doctype": "rewritten, never shown",
    "html-link": "only web fonts, with a fallback",
    "html-style": "everything needed stands in style attributes",
    "html-target": "ignored where unknown",
    "html-meta-color-scheme": "a wish, not a need",
    "css-color-scheme": "a wish, not a need",
    "html-comments": "conditional comments are for Outlook alone",
    "css-border-radius": "square corners are corners",
    "css-box-sizing": "tables carry the widths",
    "css-max-width": "a ghost table holds the width in Outlook",
    "css-min-width": "only widens",
    "css-max-height": "hides the preheader, along with display:none",
    "css-opacity": "hides the preheader, along with display:none",
    "css-overflow": "hides the preheader",
    "css-display": "display:none and inline-block are wide-spread",
    "css-display-none": "hides the preheader; Outlook has mso-hide",
    "css-visibility": "hides the preheader",
    "css-word-break": "long links only",
    "css-word-wrap": "long links only",
    "css-overflow-wrap": "long links only",
    "css-height": "Yahoo drops it from block elements; line-height holds the row",
    "css-white-space": "wraps instead",
    "css-hyphens": "no hyphens instead",
    "css-table-layout": "widths are set",
    "css-float": "kept out of content",
    "css-clear": "goes with float",
    "css-cursor": "the mouse looks different",
    "css-transition": "changes at once instead",
    "css-text-shadow": "contrast is measured without it",
    "css-background-position": "of a background picture, which has its own rule",
    "css-background-repeat": "of a background picture, which has its own rule",
    "css-background-size": "of a background picture, which has its own rule",
    "css-letter-spacing": "a little air less",
    "css-outline": "of images' alt",
    "css-text-decoration-line": "plain underline instead",
    "css-unit-vw": "only widens",
    "css-direction": "ignored where unknown",
    "html-align": "doubled by CSS",
    "html-valign": "doubled by CSS",
    "css-border-collapse": "cellspacing says it too",
    "css-border-spacing": "cellspacing says it too",
    "html-height": "line-height holds the row",
    "css-list-style-position": "a list is a list",
    "html-wbr": "breaks elsewhere instead",
    "html-abbr": "reads as text",
    "css-min-height": "only adds air",
    "css-word-spacing": "MJML resets it to normal",
}
"""Features that may be missing without harm, each with its reason."""

_VANISHING = {
    "svg",
    "video",
    "audio",
    "form",
    "input",
    "button",
    "select",
    "textarea",
    "object",
    "iframe",
    "embed",
    "script",
    "canvas",
    "dialog",
    "picture",
    "marquee",
}
_TAGS = {f"h{level}": "html-h1-h6" for level in range(1, 7)} | {
    "ul": "html-lists",
    "ol": "html-lists",
    "dl": "html-lists",
    "s": "html-strike",
}
_NAMES = {
    "outlook": "Outlook",
    "gmail": "Gmail",
    "apple-mail": "Apple Mail",
    "yahoo": "Yahoo",
    "mail-ru": "Mail.ru",
}
_UNLISTED = {"html-details": "Gmail, Outlook, Mail.ru", "html-summary": "Gmail, Outlook, Mail.ru"}
"""What caniemail has no table of, by our own look: it stays open and cannot be folded."""
_VALUES = {
    ("display", "flex"): "css-display-flex",
    ("display", "inline-flex"): "css-display-flex",
    ("display", "grid"): "css-display-grid",
    ("display", "none"): "css-display-none",
    # Where they stand already: nothing is lost, unless they are shifted, which is another feature.
    ("position", "static"): "",
    ("position", "relative"): "",
    ("background-image", "none"): "",
}
_PROPERTIES = {
    "grid-template-columns": "css-grid-template",
    "grid-template-rows": "css-grid-template",
    **dict.fromkeys(("top", "left", "right", "bottom"), "css-left-right-top-bottom"),
}
_ATTRIBUTES = {
    "srcset": "html-srcset",
    "hidden": "html-hidden",
    "loading": "html-loading-attribute",
}
_INSIDE = {
    r"linear-gradient\(": "css-linear-gradient",
    r"radial-gradient\(": "css-radial-gradient",
    r"conic-gradient\(": "css-conic-gradient",
    r"var\(--": "css-variables",
    r"calc\(": "css-unit-calc",
    r"\bclamp\(": "css-function-clamp",
    r"\bmin\(": "css-function-min",
    r"\bmax\(": "css-function-max",
    r"\d(?:vh|vmin|vmax)\b": "css-unit-vmin",
}
"""Features of values, by what they look like."""


def check_raw_html(scope: IssueScope) -> Iterator[Finding]:
    """Check HTML that writers put into Markdown, at its line."""
    for document in scope.documents.values():
        for passage in document.html:
            yield from check_markup(passage.text, passage.place, scope.settings.allow)
        for tag in document.markup.tags:
            place = document.place_of(tag)
            if tag.name in _HEAD_ONLY:
                yield HEAD_ONLY.at(place, feature=tag.name)
            if style_of(tag.attributes.get("style", "")).get("display") == "none":
                yield HIDDEN.at(place, feature=tag.name)
            for name in tag.attributes:
                if name.startswith("on"):
                    yield SCRIPTED.at(place, feature=name)
        for tag in document.markup.open:
            yield UNCLOSED.at(document.place_of(tag), feature=tag.name)
        for tag in document.markup.stray:
            yield STRAY_END.at(document.place_of(tag), feature=tag.name)


def check_letter(scope: LetterScope) -> Iterator[Finding]:
    """Check the finished letter's own markup; each feature once, at the issue.

    What a writer wrote in Markdown has been told at its line.
    """
    written = check_raw_html(scope.inside)
    seen = {dict(finding.values).get("feature", "") for finding in written}
    for finding in check_markup(scope.email.html, scope.issue.source, scope.inside.settings.allow):
        slug = dict(finding.values).get("feature", "")
        if slug not in seen:
            seen.add(slug)
            place = _place_of_image(scope.inside, slug) or scope.issue.source
            yield finding.rule.at(place, **dict(finding.values))


def _place_of_image(scope: IssueScope, feature: str) -> Source | None:
    """Find the picture that a writer wrote in a format that some programs do not show."""
    for document in scope.documents.values():
        for image in document.images:
            if image.src.partition("?")[0].lower().endswith(f".{feature}"):
                return image.place
    return None


def check_markup(
    html: str, place: Source, allow: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Finding]:
    """Check a piece of HTML that begins at `place`; `allow` are features let through."""
    reader = _Reader()
    reader.feed(html)
    for tag, line in reader.tags:
        if tag in _VANISHING:
            yield VANISHES.at(place.shifted(line), feature=tag, clients=_missing(f"html-{tag}"))
    # Inside a comment for Outlook alone, MJML draws background pictures in Outlook's own language.
    drawn = {"css-background-image"} if "<v:fill" in html else set()
    for slug, line in reader.features:
        if slug not in allow and slug not in drawn and (clients := _missing(slug)):
            name = slug.partition("-")[2]
            yield UNSUPPORTED.at(place.shifted(line), feature=name, clients=clients, slug=slug)


def _missing(slug: str) -> str:
    """Name the families among the core clients that lack a feature, '' if none or allowed."""
    table = _table()
    answers = table["features"].get(slug, "")
    if slug in _UNLISTED:
        return _UNLISTED[slug]
    tag = slug.removeprefix("html-")
    if not answers:
        return "Gmail, Outlook, Mail.ru" if tag in _VANISHING else ""
    if slug in ALLOWED:
        return ""
    lacking = [
        client.partition(".")[0]
        for client, answer in zip(table["clients"], answers, strict=True)
        if answer == "n" and client in _CORE
    ]
    if not lacking and tag in _VANISHING:
        return "Outlook"
    return ", ".join(_NAMES[family] for family in dict.fromkeys(lacking))


@lru_cache(maxsize=1)
def _table() -> Mapping[str, dict[str, str]]:
    text = (files("pismo.checks") / "data" / "caniemail.json").read_text("utf-8")
    table: Mapping[str, dict[str, str]] = json.loads(text)
    return table


class _Reader(HTMLParser):
    """Collects tags, and features of tags and style attributes, each with its line offset."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, int]] = []
        self.features: list[tuple[str, int]] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0] - 1
        self.tags.append((tag, line))
        self._in_style = tag == "style"
        if tag not in _VANISHING:
            self.features.append((_TAGS.get(tag, f"html-{tag}"), line))
        for name, value in attrs:
            if name == "style":
                self._read_style(value or "", line)
            elif name in _ATTRIBUTES:
                self.features.append((_ATTRIBUTES[name], line))
            elif name == "src" and tag == "img":
                self._read_source(value or "", line)

    def _read_style(self, style: str, line: int) -> None:
        for name, value in style_of(style).items():
            slug = _VALUES.get((name, value.lower()), _PROPERTIES.get(name, f"css-{name}"))
            if slug:
                self.features.append((slug, line))
            if name == "background" and "url(" in value:
                self.features.append(("css-background-image", line))
            inside = (slug for pattern, slug in _INSIDE.items() if re.search(pattern, value))
            self.features.extend((slug, line) for slug in inside)

    def _read_source(self, source: str, line: int) -> None:
        suffix = source.partition("?")[0].rpartition(".")[2].lower()
        if source.startswith("data:"):
            self.features.append(("image-base64", line))
        elif suffix in ("webp", "svg", "avif", "tiff", "heic", "apng"):
            self.features.append((f"image-{'heif' if suffix == 'heic' else suffix}", line))
