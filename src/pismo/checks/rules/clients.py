"""What mail programs will not show, by caniemail's tables (vendored, MIT)."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html.parser import HTMLParser
from importlib.resources import files

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
_VALUES = {
    ("display", "flex"): "css-display-flex",
    ("display", "inline-flex"): "css-display-flex",
    ("display", "grid"): "css-display-grid",
    ("display", "none"): "css-display-none",
}


def check_raw_html(scope: IssueScope) -> Iterator[Finding]:
    """Check HTML that writers put into Markdown, at its line."""
    for document in scope.documents.values():
        for passage in document.html:
            yield from check_markup(passage.text, passage.place)


def check_letter(scope: LetterScope) -> Iterator[Finding]:
    """Check the finished letter's own markup; each feature once, at the issue."""
    html = re.sub(r"<!--\[if.*?<!\[endif\]-->", "", scope.email.html, flags=re.DOTALL)
    seen: set[str] = set()
    for finding in check_markup(html, scope.issue.source):
        slug = dict(finding.values).get("feature", "")
        if slug not in seen:
            seen.add(slug)
            yield (
                UNSUPPORTED.at(scope.issue.source, **dict(finding.values))
                if (finding.rule is UNSUPPORTED)
                else VANISHES.at(scope.issue.source, **dict(finding.values))
            )


def check_markup(html: str, place: Source) -> Iterator[Finding]:
    """Check a piece of HTML that begins at `place`."""
    reader = _Reader()
    reader.feed(html)
    for tag, line in reader.tags:
        if tag in _VANISHING:
            yield VANISHES.at(place.shifted(line), feature=tag, clients=_missing(f"html-{tag}"))
    for slug, line in reader.features:
        if clients := _missing(slug):
            name = slug.partition("-")[2]
            yield UNSUPPORTED.at(place.shifted(line), feature=name, clients=clients, slug=slug)


def _missing(slug: str) -> str:
    """Name the families among the core clients that lack a feature, '' if none or allowed."""
    table = _table()
    answers = table["features"].get(slug, "")
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
            elif name == "src" and tag == "img":
                self._read_source(value or "", line)

    def _read_style(self, style: str, line: int) -> None:
        for name, value in style_of(style).items():
            slug = _VALUES.get((name, value.lower()), f"css-{name}")
            self.features.append((slug, line))
            if "linear-gradient(" in value:
                self.features.append(("css-linear-gradient", line))
            if "var(--" in value:
                self.features.append(("css-variables", line))
            if "calc(" in value:
                self.features.append(("css-unit-calc", line))

    def _read_source(self, source: str, line: int) -> None:
        suffix = source.partition("?")[0].rpartition(".")[2].lower()
        if source.startswith("data:"):
            self.features.append(("image-base64", line))
        elif suffix in ("webp", "svg", "avif", "tiff", "heic", "apng"):
            self.features.append((f"image-{'heif' if suffix == 'heic' else suffix}", line))
