"""What a writer wrote, with lines: links, images, headings, text and raw HTML of one file.

Jinja is masked first, line by line, so that Markdown sees words where holes will be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pismo.model.content import Issue, Item
from pismo.model.finding import Source

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
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


@dataclass(frozen=True, slots=True)
class Document:
    """One Markdown file as its checks want it."""

    links: tuple[Link, ...]
    images: tuple[Image, ...]
    headings: tuple[Heading, ...]
    passages: tuple[Passage, ...]
    html: tuple[Passage, ...]

    @property
    def characters(self) -> int:
        """How much running text there is."""
        return sum(len(passage.text) for passage in self.passages)


def document_of(written: Item | Issue) -> Document:
    """Read an item's or an issue's Markdown."""
    return _read(written.body, written.source.path, written.body_line)


@lru_cache(maxsize=4096)
def _read(body: str, path: str, first_line: int) -> Document:
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    links: list[Link] = []
    images: list[Image] = []
    headings: list[Heading] = []
    passages: list[Passage] = []
    html: list[Passage] = []
    level = 0
    for token in tokens.parse(_JINJA.sub(_masked, body)):
        place = Source(path, first_line + (token.map[0] if token.map else 0))
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "html_block":
            html.append(Passage(token.content, place))
        elif token.type == "inline":
            links.extend(_links(token, place))
            images.extend(_images(token, place))
            html.extend(_inline_html(token, place))
            text = _text(token.children or [])
            if level:
                headings.append(Heading(level, text, place))
            passages.append(Passage(text, place))
            level = 0
    return Document(tuple(links), tuple(images), tuple(headings), tuple(passages), tuple(html))


def _masked(jinja: re.Match[str]) -> str:
    return HOLE + "\n" * jinja[0].count("\n")


def _lines(token: Token, place: Source) -> Iterator[tuple[Token, Source]]:
    """Yield each inline token with its line: a break ends one."""
    line = 0
    for child in token.children or []:
        yield child, place.shifted(line)
        if child.type in ("softbreak", "hardbreak"):
            line += 1


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
    pieces = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(
        pieces.get(token.type, token.content)
        for token in tokens
        if token.type in ("text", "softbreak", "hardbreak", "image")
    )
