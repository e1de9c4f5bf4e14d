"""What a letter is for: more story and advice than advertising, and text that stands alone."""

import re
from collections.abc import Iterator
from typing import Any

from pismo.checks.documents import document_of
from pismo.checks.rules.accessibility import style_of
from pismo.checks.scope import LetterScope, visible_text
from pismo.model.content import Kind
from pismo.model.finding import Finding, Rule, Severity

TOO_MUCH_ADVERTISING = Rule(
    "advertising-share",
    Severity.WARNING,
    en="{share} % of the letter is advertising; that is more than its story or advice",
    ru="реклама занимает {share} % письма: больше, чем история и советы",
    hint_en="put a story or a tip first, and leave the shop a few lines at the end",
    hint_ru="поставьте вперёд историю или совет, а магазину оставьте пару строк в конце",
)
TEXT_DIFFERS = Rule(
    "text-part-thin",
    Severity.WARNING,
    en="the plain-text part lacks much of the letter ({share} % of its words)",
    ru="в текстовой версии не хватает слов письма (есть {share} %)",
)
IMAGES_ONLY = Rule(
    "images-only",
    Severity.WARNING,
    en="almost all of the letter is pictures: {words} words",
    ru="в письме почти одни картинки: слов {words}",
    hint_en="many readers see no pictures; say it in words",
    hint_ru="многие не видят картинок; скажите словами",
)

_PRICE = 10
"""What a recommended product's price takes, besides its title and reason."""
_ENOUGH_WORDS, _FEW_WORDS = 0.7, 40
_WIDE = 300
"""Half of a letter's width in px; narrower pictures are logos, signs and portraits."""
_WORD = re.compile(r"\w{3,}")


def check_advertising(scope: LetterScope) -> Iterator[Finding]:
    """Compare what sells with what is read for its own sake."""
    useful, selling = 0, 0
    for item in scope.items:
        characters = document_of(item).characters + sum(
            len(picked.comment) for picked in item.products
        )
        if item.ad or item.sponsor or item.kind is Kind.PICK:
            selling += characters
        else:
            useful += characters
    useful += document_of(scope.issue).characters
    shown = [pick for pick in scope.recipient.picks if pick.title in scope.email.text]
    selling += sum(len(pick.title) + len(pick.reason) + _PRICE for pick in shown)
    if selling > useful:
        share = round(100 * selling / (selling + useful))
        yield TOO_MUCH_ADVERTISING.at(scope.issue.source, share=share)


def check_text_part(scope: LetterScope) -> Iterator[Finding]:
    """Check that the plain text says what the letter says."""
    html_words = set(_WORD.findall(visible_text(scope.page).lower()))
    text_words = set(_WORD.findall(scope.email.text.lower()))
    if not html_words:
        return
    share = len(html_words & text_words) / len(html_words)
    if share < _ENOUGH_WORDS:
        yield TEXT_DIFFERS.at(scope.issue.source, share=int(100 * share))
    if len(html_words) < _FEW_WORDS and any(map(_is_large, scope.page.iter("img"))):
        yield IMAGES_ONLY.at(scope.issue.source, words=len(html_words))


def _is_large(image: Any) -> bool:  # noqa: ANN401  # an lxml element
    width = style_of(image.get("style", "")).get("width", image.get("width", ""))
    shown = re.fullmatch(r"(\d+)(?:\.\d+)?(?:px)?", width.strip())
    return shown is None or int(shown[1]) >= _WIDE
