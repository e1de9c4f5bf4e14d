"""Letters that can be read aloud, in the dark, and with tired eyes."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from pismo.checks.colours import colour_in, contrast, inverted, parsed
from pismo.checks.markup import Tag
from pismo.checks.places import setting_place
from pismo.checks.scope import IssueScope, LetterScope
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.model.workspace import Workspace
from pismo.records import dataclass

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
    en="«{text}»: {colour} on {background} has contrast {ratio}, below {enough}",
    ru="«{text}»: {colour} на {background} — контраст {ratio}, нужно {enough}",
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

ALT_EMPTY = Rule(
    "a11y-alt-vague",
    Severity.WARNING,
    en="alt «{alt}» says that there is a picture, which programs say themselves",
    ru="alt «{alt}» сообщает, что там картинка, а это программы скажут и сами",
    hint_en="say what one would see",
    hint_ru="скажите, что на ней",
)

NO_COLOUR = Rule(
    "brand-colour",
    Severity.ERROR,
    en="'{colour}' is no colour, in brand.{name}",
    ru="«{colour}» — не цвет (brand.{name})",
    hint_en="write it like #b5502f",
    hint_ru="напишите как #b5502f",
)

_ENOUGH, _ENOUGH_IF_LARGE = 4.5, 3.0
_LARGE, _LARGE_IF_BOLD = 24, 18.66
"""WCAG 2.2, 1.4.3: contrast, and the size in px from which less of it does."""
_SMALLEST, _ALT = 12, 200
_FILE_NAME = re.compile(
    r"[\w-]+\.(png|jpe?g|gif|webp|svg)|(?:img|dsc|dscn|image|photo|screenshot|снимок)[\s_-]*\d[\d\s_.-]*",
    re.IGNORECASE,
)
_NOT_SAYING = {
    "image", "picture", "photo", "img", "pic", "banner", "alt", "untitled", "graphic",
    "illustration", "картинка", "фото", "изображение", "фотография", "рисунок", "баннер",
    "иллюстрация", "без названия",
}  # fmt: skip
_PICTURE_OF = re.compile(r"\s*(?:an? )?(?:image|picture) of\b|\s*изображени[ея] ", re.IGNORECASE)
_TEXT_LENGTH = 40
_NAMED_SIZES = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "smaller": 13.0, "medium": 16.0,
    "large": 18.0, "x-large": 24.0, "1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0,
}  # fmt: skip
"""CSS's words, and the numbers of <font size>, in pixels."""
_BOLD = 700
_BOLD_TAGS = {"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"}
_UNSEEN = {"style", "script", "title", "template"}


@dataclass(frozen=True, slots=True)
class Look:
    """How a text looks: its colour, its size in pixels, the colour behind it."""

    colour: str
    size: float
    background: str
    bold: bool = False

    @property
    def enough(self) -> float:
        """The contrast that it needs."""
        large = self.size >= (_LARGE_IF_BOLD if self.bold else _LARGE)
        return _ENOUGH_IF_LARGE if large else _ENOUGH


def check_brand(workspace: Workspace) -> Iterator[Finding]:
    """Check that the brand's colours are colours."""
    brand = workspace.settings.brand
    colours = {"accent": brand.accent, "background": brand.background, "text": brand.text}
    for name, colour in colours.items():
        if parsed(colour) is None:
            place = setting_place(workspace.root, f"brand.{name}")
            yield NO_COLOUR.at(place, name=name, colour=colour)


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
            elif image.alt.strip(" .").lower() in _NOT_SAYING or _PICTURE_OF.match(image.alt):
                yield ALT_EMPTY.at(image.place, alt=image.alt)
            elif len(image.alt) > _ALT:
                yield ALT_LONG.at(image.place, length=len(image.alt))


def check_page(scope: LetterScope) -> Iterator[Finding]:
    """Check the finished page: language, table roles, sizes."""
    if not scope.page.get("lang"):
        yield NO_LANGUAGE.at(scope.issue.source)
    tables = scope.page.iter("table")
    if any(table.get("role") is None and table.find(".//th") is None for table in tables):
        yield TABLE_ROLE.at(_origin(scope.inside, lambda tag: tag.name == "table"))
    told: set[tuple[Source, float]] = set()
    for text, look in _texts(scope.page):
        if 0 < look.size < _SMALLEST:
            place = _origin(scope.inside, _has_size(look.size), text)
            if (place, look.size) not in told:
                told.add((place, look.size))
                yield SMALL_TEXT.at(place, text=text, size=f"{look.size:.3g}")


def check_contrast(scope: LetterScope) -> Iterator[Finding]:
    """Check each text's contrast in the light, and under a client that turns colours over."""
    seen: set[tuple[str, str, float]] = set()
    for text, look in _texts(scope.page):
        if (look.colour, look.background, look.enough) in seen:
            continue
        seen.add((look.colour, look.background, look.enough))
        back = parsed(look.background)
        front = parsed(look.colour, back) if back else None
        if front is None or back is None:
            continue
        ratio, dark = contrast(front, back), contrast(inverted(front), inverted(back))
        if ratio < look.enough:
            colours = {"colour": look.colour, "background": look.background}
            shown = {"ratio": _shown(ratio), "enough": f"{look.enough:g}"}
            place = _origin_of_colours(scope.inside, look, text)
            yield CONTRAST.at(place, text=text, **colours, **shown)
        elif dark < look.enough:
            place = _origin_of_colours(scope.inside, look, text)
            yield DARK_CONTRAST.at(place, text=text, ratio=_shown(dark))


def _shown(ratio: float) -> str:
    """Round a contrast down: what is below a bound must not look like the bound."""
    return f"{int(10 * ratio) / 10:.1f}"


def _origin(scope: IssueScope, caused: Callable[[Tag], bool], text: str = "") -> Source:
    """Find the tag that a writer wrote and that caused something; else the text; else the issue."""
    for document in scope.documents.values():
        for tag in document.markup.tags:
            if caused(tag):
                return document.place_of(tag)
    return scope.place_of_text(text)


def _has_size(size: float) -> Callable[[Tag], bool]:
    return lambda tag: _size_of(tag) == size


def _origin_of_colours(scope: IssueScope, look: Look, text: str) -> Source:
    """Find where one of two colours was written: in a tag, or in the brand's settings."""
    wanted = {parsed(look.colour), parsed(look.background)}
    place = _origin(scope, lambda tag: bool(wanted & {parsed(one) for one in _colours_of(tag)}))
    if place != scope.issue.source:
        return place
    brand = scope.workspace.settings.brand
    for name, colour in (
        ("accent", brand.accent),
        ("text", brand.text),
        ("background", brand.background),
    ):
        written = setting_place(scope.workspace.root, f"brand.{name}")
        if parsed(colour) in wanted and written != setting_place(scope.workspace.root, "brand"):
            return written
    return scope.place_of_text(text)


def _colours_of(tag: Tag) -> Iterator[str]:
    style = style_of(tag.attributes.get("style", ""))
    yield from (style.get(name, "") for name in ("color", "background-color"))
    yield from (tag.attributes.get(name, "") for name in ("color", "bgcolor"))
    yield colour_in(style.get("background", ""))


def _size_of(tag: Tag) -> float:
    style = style_of(tag.attributes.get("style", ""))
    size = style.get("font-size") or (tag.name == "font" and tag.attributes.get("size", ""))
    return pixels(size or "", 16)


def _texts(page: Any) -> Iterator[tuple[str, Look]]:  # noqa: ANN401  # lxml
    """Yield each visible text and how it looks."""
    body = page.find("body")
    if body is not None:
        yield from _walk(body, Look("#000000", 16, "#ffffff"))


def _walk(node: Any, around: Look) -> Iterator[tuple[str, Look]]:  # noqa: ANN401  # lxml
    if not isinstance(node.tag, str) or node.tag in _UNSEEN:
        return
    own = style_of(node.get("style", ""))
    if own.get("display") == "none" or own.get("visibility") == "hidden":
        return
    size = own.get("font-size") or (node.get("size") if node.tag == "font" else "")
    behind = own.get("background-color") or node.get("bgcolor")
    behind = behind or colour_in(own.get("background", ""))
    look = Look(
        own.get("color") or (node.get("color") if node.tag == "font" else "") or around.colour,
        pixels(size or "", around.size),
        around.background if behind in ("", None, "transparent", "none") else behind,
        _is_bold(node.tag, own.get("font-weight", ""), around=around.bold),
    )
    if text := (node.text or "").strip():
        yield text[:_TEXT_LENGTH], look
    for child in node:
        yield from _walk(child, look)
        if tail := (child.tail or "").strip():
            yield tail[:_TEXT_LENGTH], look


def _is_bold(tag: str, weight: str, *, around: bool) -> bool:
    if weight.isdigit():
        return int(weight) >= _BOLD
    if weight in ("bold", "bolder", "normal", "lighter"):
        return weight.startswith("bold")
    return around or tag in _BOLD_TAGS


def pixels(size: str, around: float) -> float:
    """Return a font size in CSS pixels; `around` it text is that large. Unknown ones inherit."""
    size = size.strip().lower()
    if size in _NAMED_SIZES:
        return _NAMED_SIZES[size]
    found = re.fullmatch(r"([\d.]+)(px|pt|em|rem|%)", size)
    if not found:
        return around
    factor = {"px": 1.0, "pt": 4 / 3, "em": around, "rem": 16.0, "%": around / 100}[found[2]]
    return round(float(found[1]) * factor, 2)


def style_of(attribute: str) -> dict[str, str]:
    """Read a style attribute; the last of two declarations wins, `!important` is dropped."""
    pairs = (declaration.partition(":") for declaration in attribute.split(";"))
    bare = ((name.strip().lower(), value.partition("!")[0].strip()) for name, _, value in pairs)
    return {name: value for name, value in bare if value}
