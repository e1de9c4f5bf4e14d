"""Pictures that open quickly and look sharp."""

import io
from collections.abc import Iterator

from pismo.checks.scope import IssueScope
from pismo.model.finding import Finding, Rule, Severity, Source

HEAVY = Rule(
    "image-heavy",
    Severity.WARNING,
    en="picture '{image}' has {size} KB in the letter",
    ru="картинка «{image}» весит в письме {size} КБ",
    hint_en="save photos as JPEG; shorten an animation",
    hint_ru="фотографии сохраняйте в JPEG, анимацию укоротите",
)
SMALL = Rule(
    "image-blurred",
    Severity.WARNING,
    en="picture '{image}' is {width} px wide and will look blurred at {shown}",
    ru="картинка «{image}» шириной {width} px будет мутной на месте в {shown}",
    hint_en="bring one that is twice as wide as its place",
    hint_ru="возьмите вдвое шире места, где она стоит",
)
TALL = Rule(
    "image-tall",
    Severity.WARNING,
    en="picture '{image}' is {height} px tall: two screens of a phone",
    ru="картинка «{image}» высотой {height} px: это два экрана телефона",
    hint_en="crop it",
    hint_ru="обрежьте её",
)

_HEAVY, _ANIMATION = 400 * 1024, 1024 * 1024
_WIDE_ENOUGH, _TALLEST = 200, 2400


def check_images(scope: IssueScope) -> Iterator[Finding]:
    """Check each picture as it leaves: weight, width, height."""
    for image in scope.images:
        place = _place(scope, image.source)
        limit = _ANIMATION if image.name.endswith(".gif") else _HEAVY
        if len(image.data) > limit:
            yield HEAVY.at(place, image=image.source, size=len(image.data) // 1024)
        width, height = _size(image.data)
        if _ICON < width < _WIDE_ENOUGH:
            yield SMALL.at(place, image=image.source, width=width, shown=_WIDE_ENOUGH)
        if height > _TALLEST:
            yield TALL.at(place, image=image.source, height=height)


_ICON = 96
"""Narrower ones are meant to be small: signs, signatures, logos."""


def _size(content: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        return image.size


def _place(scope: IssueScope, source: str) -> Source:
    """Return where the letter names a picture; the picture itself if a field does."""
    name = source.rpartition("/")[2]
    for document in scope.documents.values():
        for image in document.images:
            if image.src.endswith(name):
                return image.place
    return Source(source)
