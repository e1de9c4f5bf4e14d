"""Raw HTML as a writer put it into Markdown: its tags, links, images and headings, with lines."""

from collections.abc import Iterator
from html.parser import HTMLParser

from pismo.records import dataclass, field

_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
}  # fmt: skip
_CLOSED_BY_ITSELF = {
    "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "option",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that opens: its name, its attributes, how many lines below the markup's first."""

    name: str
    attributes: dict[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class Spanned:
    """An element and the text that stands in it."""

    tag: Tag
    text: str


@dataclass(slots=True)
class Markup:
    """What a piece of HTML holds; `open` are tags without an end, `stray` ends without a tag."""

    tags: list[Tag] = field(default_factory=list)
    spanned: list[Spanned] = field(default_factory=list)
    open: list[Tag] = field(default_factory=list)
    stray: list[Tag] = field(default_factory=list)

    def of(self, *names: str) -> Iterator[Spanned]:
        """Yield the elements of these names that were closed, in the order of their ends."""
        return (one for one in self.spanned if one.tag.name in names)


def read_markup(html: str) -> Markup:
    """Read a piece of HTML, which need not be a whole page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    left = (tag for tag, _ in reader.stack)
    reader.found.open += [tag for tag in left if tag.name not in _CLOSED_BY_ITSELF]
    return reader.found


class _Reader(HTMLParser):
    """Collects tags, and the text of every element that is open."""

    def __init__(self) -> None:
        super().__init__()
        self.found = Markup()
        self.stack: list[tuple[Tag, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0] - 1
        opened = Tag(tag, {name: value or "" for name, value in attrs}, line)
        self.found.tags.append(opened)
        if tag == "img":
            self._say(opened.attributes.get("alt", ""))
        if tag not in _VOID:
            self.stack.append((opened, []))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        names = [opened.name for opened, _ in self.stack]
        at = len(names) - 1 - names[::-1].index(tag) if tag in names else -1
        if at < 0:
            if tag not in _VOID | _CLOSED_BY_ITSELF:
                self.found.stray.append(Tag(tag, {}, self.getpos()[0] - 1))
            return
        for opened, texts in self.stack[at + 1 :]:
            if opened.name not in _CLOSED_BY_ITSELF:
                self.found.open.append(opened)
            self.stack[at][1].extend(texts)
        opened, texts = self.stack[at]
        del self.stack[at:]
        self.found.spanned.append(Spanned(opened, "".join(texts)))
        self._say("".join(texts))

    def handle_data(self, data: str) -> None:
        self._say(data)

    def _say(self, text: str) -> None:
        if self.stack:
            self.stack[-1][1].append(text)
