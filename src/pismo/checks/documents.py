"""What a writer wrote, with lines: links, images, headings, text and raw HTML of one file.

Jinja is masked first, line by line, so that Markdown sees words where holes will be.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape, unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pismo.checks.markup import Markup, Tag, read_markup
from pismo.model.content import Issue, Item
from pismo.model.finding import Source
from pismo.records import dataclass

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_UNREAD = re.compile(
    r"<(style|script|title)\b.*?</\1\s*>|<!--.*?-->|<![^>]*>", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"</?([a-z]\w*)(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_INLINE = {"a", "b", "i", "u", "s", "em", "strong", "span", "font", "small", "sup", "sub", "code"}
HOLE = "qzholeqz"
"""Stands where Jinja stood."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link: where to, what it says."""

    href: str
    text: str
    place: Source


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the text."""

    src: str
    alt: str
    place: Source


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and its level."""

    level: int
    text: str
    place: Source


@dataclass(frozen=True, slots=True)
class Passage:
    """Running text, or raw HTML, that begins at `place`."""

    text: str
    place: Source

    def place_of(self, found: re.Match[str]) -> Source:
        """Return where something found in the text stands, or in a copy with the same lines."""
        return self.place.shifted(found.string.count("\n", 0, found.start()))


@dataclass(frozen=True, slots=True)
class Document:
    """One Markdown file as its checks want it; links, images and headings may be raw HTML.

    `markup` is all of its raw HTML, whose lines count from `begins`; `html_texts` are what is
    read of its blocks. `tokens` are Markdown's own, of `lines`, where words stand for Jinja.
    """

    links: tuple[Link, ...]
    images: tuple[Image, ...]
    headings: tuple[Heading, ...]
    passages: tuple[Passage, ...]
    html: tuple[Passage, ...]
    html_texts: tuple[Passage, ...]
    markup: Markup
    begins: Source
    tokens: tuple[Token, ...] = ()
    lines: tuple[str, ...] = ()

    def place_of(self, tag: Tag) -> Source:
        """Return where a tag of the raw HTML stands."""
        return self.begins.shifted(tag.line)

    @property
    def characters(self) -> int:
        """How much running text there is."""
        return sum(len(passage.text) for passage in self.passages)


def without_jinja(text: str) -> str:
    """Return a line of front matter with a word where each hole will be."""
    return _JINJA.sub(masked, text)


def document_of(written: Item | Issue) -> Document:
    """Read an item's or an issue's Markdown."""
    return _read(written.body, written.source.path, written.body_line)


@lru_cache(maxsize=4096)
def _read(body: str, path: str, first_line: int) -> Document:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    text = _JINJA.sub(masked, body)
    tokens = parser.parse(text)
    begins = Source(path, first_line)
    markup = read_markup(_html_of(tokens))
    links: list[Link] = []
    images: list[Image] = []
    headings: list[Heading] = []
    passages: list[Passage] = []
    html: list[Passage] = []
    level = 0
    for token in tokens:
        place = begins.shifted(token.map[0] if token.map else 0)
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "html_block":
            html.append(Passage(token.content, place))
        elif token.type == "inline":
            links.extend(_links(token, place))
            images.extend(_images(token, place))
            html.extend(_inline_html(token, place))
            said = _text(token.children or [])
            if level:
                headings.append(Heading(level, said, place))
            passages.append(Passage(said, place))
            level = 0
    links.extend(_html_links(markup, begins))
    images.extend(_html_images(markup, begins))
    headings.extend(_html_headings(markup, begins))
    headings.sort(key=lambda heading: heading.place.line)
    return Document(
        links=tuple(links),
        images=tuple(images),
        headings=tuple(headings),
        passages=tuple(passages),
        html=tuple(html),
        html_texts=tuple(
            Passage(_read_of(token.content), begins.shifted(token.map[0]))
            for token in tokens
            if token.type == "html_block" and token.map
        ),
        markup=markup,
        begins=begins,
        tokens=tuple(tokens),
        lines=tuple(text.split("\n")),
    )


def _read_of(html: str) -> str:
    """Return what is read of a block of HTML, on the same lines."""
    bare = _UNREAD.sub(lambda found: "\n" * found[0].count("\n"), html)
    return unescape(_TAG.sub(lambda tag: "" if tag[1] in _INLINE else " ", bare)).rstrip()


def _html_of(tokens: Sequence[Token]) -> str:
    """Return the raw HTML and the text around it, each on the line where it was written."""
    html = ""
    for token in tokens:
        if token.type not in ("html_block", "inline"):
            continue
        line = token.map[0] if token.map else 0
        html += "\n" * (line - html.count("\n"))
        html += token.content if token.type == "html_block" else _inline_markup(token)
    return html


def _inline_markup(token: Token) -> str:
    pieces = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(
        child.content
        if child.type == "html_inline"
        else pieces.get(child.type, escape(child.content, quote=False))
        for child in token.children or []
    )


def _html_links(markup: Markup, begins: Source) -> Iterator[Link]:
    for anchor in markup.of("a"):
        given = anchor.tag.attributes
        if "href" in given or not given.keys() & {"name", "id"}:
            yield Link(given.get("href", ""), anchor.text, begins.shifted(anchor.tag.line))


def _html_images(markup: Markup, begins: Source) -> Iterator[Image]:
    for tag in markup.tags:
        if tag.name == "img":
            given = tag.attributes
            alt = given.get("alt", "")
            yield Image(given.get("src", ""), alt, begins.shifted(tag.line))


def _html_headings(markup: Markup, begins: Source) -> Iterator[Heading]:
    for heading in markup.of("h1", "h2", "h3", "h4", "h5", "h6"):
        level, place = int(heading.tag.name[1]), begins.shifted(heading.tag.line)
        yield Heading(level, heading.text, place)


def masked(jinja: re.Match[str]) -> str:
    """Put a word where Jinja stood, and keep its lines."""
    return HOLE + "\n" * jinja[0].count("\n")


def _lines(token: Token, place: Source) -> Iterator[tuple[Token, Source]]:
    """Yield each inline token with its line: a break ends one."""
    line = 0
    for child in token.children or []:
        yield child, place.shifted(line)
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "html_inline":
            line += child.content.count("\n")


def _links(token: Token, place: Source) -> Iterator[Link]:
    href, began = "", place
    inside: list[Token] = []
    for child, where in _lines(token, place):
        if child.type == "link_open":
            href, inside, began = str(child.attrGet("href") or ""), [], where
        elif child.type == "link_close":
            yield Link(href, _text(inside), began)
        else:
            inside.append(child)


def _images(token: Token, place: Source) -> Iterator[Image]:
    for child, where in _lines(token, place):
        if child.type == "image":
            yield Image(str(child.attrGet("src") or ""), child.content, where)


def _inline_html(token: Token, place: Source) -> Iterator[Passage]:
    for child, where in _lines(token, place):
        if child.type == "html_inline":
            yield Passage(child.content, where)


def _text(tokens: list[Token]) -> str:
    """Return what is read; code and pictures are a word."""
    pieces = {"softbreak": "\n", "hardbreak": "\n", "code_inline": HOLE}
    return "".join(
        HOLE if token.content.startswith("<img") else pieces.get(token.type, token.content)
        for token in tokens
        if token.type in ("text", "softbreak", "hardbreak", "image", "code_inline")
        or token.content.startswith("<img")
    )
