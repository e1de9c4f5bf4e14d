"""Pictures that open quickly and look sharp."""

import io
import re
from collections.abc import Iterator
from urllib.parse import unquote

from pismo.checks.documents import Document
from pismo.checks.markup import Tag
from pismo.checks.scope import IssueScope
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.model.workspace import Workspace

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

PIXEL = Rule(
    "image-pixel",
    Severity.WARNING,
    en="picture '{image}' is {width} × {height} px: an invisible counter of opens, or a mistake",
    ru="картинка «{image}» — {width} × {height} px: невидимый счётчик открытий или ошибка",
    hint_en="opens are inflated anyway; take it out",
    hint_ru="открытия всё равно считаются неверно; уберите её",
)
PLAIN_HTTP = Rule(
    "image-http",
    Severity.WARNING,
    en="picture {image} is not https: many programs will not show it",
    ru="картинка {image} — не https: многие программы её не покажут",
    hint_en="put the file beside the text, or use https://",
    hint_ru="положите файл рядом с текстом или дайте адрес с https://",
)
NO_ALT = Rule(
    "image-alt-missing",
    Severity.ERROR,
    en="<img> has no alt text",
    ru="у <img> нет описания (alt)",
    hint_en='say in a few words what it shows; alt="" for an ornament',
    hint_ru='скажите в двух словах, что на ней; для украшения — alt=""',
)
WIDE = Rule(
    "image-wide",
    Severity.WARNING,
    en="<img> is {width} px wide, and a letter about 600",
    ru="<img> шириной {width} px, а письмо — около 600",
    hint_en='width="600" at most; Outlook ignores max-width',
    hint_ru='не больше width="600": max-width Outlook не знает',
)
TWICE = Rule(
    "image-twice",
    Severity.WARNING,
    en="picture '{image}' stands here already",
    ru="картинка «{image}» здесь уже есть",
    hint_en="pasted twice? take one of them out",
    hint_ru="вставлена дважды? уберите одну",
)
SAME_ALT = Rule(
    "image-alt-twice",
    Severity.WARNING,
    en="another picture above is described as «{alt}», too",
    ru="«{alt}» — это описание уже у другой картинки выше",
    hint_en="say what is seen on this one",
    hint_ru="скажите, что видно на этой",
)
UNUSED = Rule(
    "image-unused",
    Severity.NOTE,
    en="nothing uses this picture",
    ru="эту картинку ничто не использует",
    hint_en="show it somewhere, or delete it: Git remembers",
    hint_ru="покажите её где-нибудь или удалите: Git помнит",
)

_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".heic", ".bmp"}
_WORD = re.compile(r"[^\s\"'()<>/\\]+")
_SUFFIX = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|avif|heic|bmp)\b")
_HEAVY, _ANIMATION = 400 * 1024, 1024 * 1024
_WIDE_ENOUGH, _TALLEST = 200, 2400


def check_unused(workspace: Workspace) -> Iterator[Finding]:
    """Find picture files whose name stands in no content, catalogue, layout or settings.

    A drawing's SVG beside its picture is its source, and meant to stay.
    """
    text = unquote("\n".join(_texts(workspace))).lower()
    named = set(_names_in(text))
    found = sorted(
        path
        for folder in ("content", "newsletters")
        for path in (workspace.root / folder).rglob("*")
        if path.suffix.lower() in _PICTURES and path.is_file()
    )
    shown = {path.with_suffix("") for path in found if path.suffix.lower() != ".svg"}
    for path in found:
        if path.suffix.lower() == ".svg" and path.with_suffix("") in shown:
            continue
        name = path.name.lower()
        if name not in named and (" " not in name or name not in text):
            yield UNUSED.at(Source(path.relative_to(workspace.root).as_posix()))


def _names_in(text: str) -> Iterator[str]:
    """Yield what may be a picture's name, in a time that grows with the text alone."""
    for word in _WORD.finditer(text):
        for suffix in _SUFFIX.finditer(word[0]):
            yield word[0][: suffix.end()]


def _texts(workspace: Workspace) -> Iterator[str]:
    """Yield whatever may name a picture: content, catalogue, layouts, settings."""
    for item in workspace.items.values():
        yield f"{item.body}\n{item.image}"
        yield from (picked.image or "" for picked in item.products)
    yield from (issue.body for issue in workspace.issues.values())
    yield from (product.image for product in workspace.catalogue.values())
    layouts = (workspace.root / "newsletters").glob("*/*.j2")
    for file in (workspace.root / "pyproject.toml", *sorted(layouts)):
        if file.is_file():
            yield file.read_text("utf-8", errors="replace")


def check_images(scope: IssueScope) -> Iterator[Finding]:
    """Check each picture as it leaves: weight, width, height."""
    for image in scope.images:
        place = _place(scope, image.source)
        limit = _ANIMATION if image.name.endswith(".gif") else _HEAVY
        if len(image.data) > limit:
            yield HEAVY.at(place, image=image.source, size=len(image.data) // 1024)
        width, height = _size(image.data)
        if width <= _PIXEL and height <= _PIXEL:
            yield PIXEL.at(place, image=image.source, width=width, height=height)
        if _ICON < width < _WIDE_ENOUGH:
            yield SMALL.at(place, image=image.source, width=width, shown=_WIDE_ENOUGH)
        if height > _TALLEST:
            yield TALL.at(place, image=image.source, height=height)


def check_image_addresses(scope: IssueScope) -> Iterator[Finding]:
    """Check pictures that a letter takes from elsewhere, and <img> that a writer wrote."""
    for document in scope.documents.values():
        for image in document.images:
            if image.src.startswith("http://"):
                yield PLAIN_HTTP.at(image.place, image=image.src)
        for tag in document.markup.tags:
            if tag.name == "img" and "alt" not in tag.attributes:
                yield NO_ALT.at(document.place_of(tag))
            if tag.name == "img":
                yield from _shown_size(tag, document.place_of(tag))
        yield from _repeated(document)


def _shown_size(tag: Tag, place: Source) -> Iterator[Finding]:
    sizes = [tag.attributes.get(name, "").removesuffix("px") for name in ("width", "height")]
    width, height = (int(size) if size.isascii() and size.isdigit() else None for size in sizes)
    if width is not None and width > _WIDEST:
        yield WIDE.at(place, width=width)
    if width is not None and height is not None and 0 < max(width, height) <= _PIXEL:
        name = tag.attributes.get("src", "").partition("?")[0]
        yield PIXEL.at(place, image=name, width=width, height=height)


def _repeated(document: Document) -> Iterator[Finding]:
    """Find a picture that stands twice, and two of one description; raw HTML is layout."""
    raw = {tag.attributes.get("src", "") for tag in document.markup.tags if tag.name == "img"}
    described: dict[str, str] = {}
    seen: set[str] = set()
    for image in document.images:
        if image.src in raw:
            continue
        alt = image.alt.strip().lower()
        if image.src in seen:
            yield TWICE.at(image.place, image=image.src)
        elif alt and described.get(alt, image.src) != image.src:
            yield SAME_ALT.at(image.place, alt=image.alt)
        seen.add(image.src)
        described.setdefault(alt, image.src)


_PIXEL, _WIDEST = 3, 700
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
    for item in scope.items:
        if item.image and item.image.endswith(name):
            return item.place_of("image")
        for picked in item.products:
            if picked.image and picked.image.endswith(name):
                return item.place_in(picked, "image")
    return Source(source)
