"""How heavy a letter is."""

from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator

from pismo.checks.scope import LetterScope
from pismo.model.finding import Finding, Rule, Severity

CLIPPED = Rule(
    "size-clipped",
    Severity.ERROR,
    en="the letter has {size} KB; Gmail clips it after 102 KB, unsubscribe link and all",
    ru="письмо весит {size} КБ; после 102 КБ Gmail его обрежет вместе со ссылкой на отписку",
    hint_en="take a story out, or split it",
    hint_ru="уберите историю или разделите её",
)
HEAVY = Rule(
    "size-heavy",
    Severity.WARNING,
    en="the letter has {size} KB, near the 102 KB after which Gmail clips",
    ru="письмо весит {size} КБ: близко к 102 КБ, после которых Gmail обрезает",
)

_WARN, _FAIL = 75 * 1024, 95 * 1024


def check_size(scope: LetterScope) -> Iterator[Finding]:
    """Check the larger of the decoded and the encoded HTML part."""
    size = html_size(scope.email.html)
    if size > _FAIL:
        yield CLIPPED.at(scope.issue.source, size=size // 1024)
    elif size > _WARN:
        yield HEAVY.at(scope.issue.source, size=size // 1024)


def html_size(html: str) -> int:
    """Measure an HTML part as Gmail does: its source, in the better of two mail encodings."""
    body = html.encode()
    lines = 2 * (len(body) // 57 + 1)
    encoded = min(len(b2a_base64(body, newline=False)) + lines, len(b2a_qp(body)))
    return max(len(body), encoded)
