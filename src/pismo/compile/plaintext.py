"""Plain text made of Markdown tokens: the whole letter, readable as it is."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from types import MappingProxyType

from markdown_it.token import Token

from pismo.compile.numbering import NUMBER, Count, numbers_of
from pismo.compile.plain_ends import APART, WITHIN, ended, whole
from pismo.compile.stage.tokens import CONTROL, TokenKind, kind_of, matching

_RULE = "* * *"
_UNMARKED = {ord(APART): None, ord(WITHIN): None}
_TAGS_FIRST = re.compile(rf"(?:[{APART}{WITHIN}]{CONTROL.pattern})*")
_ENDS_WITH_BLOCK = re.compile(rf"^{matching(TokenKind.SLOT)}$")


Fences = Mapping[str, Callable[[Token], str]]
"""What fenced blocks of some names are in plain text; any other is code."""


def plain_text(
    tokens: Sequence[Token], address: Callable[[str], str], fences: Fences = MappingProxyType({})
) -> tuple[str, list[list[Count]]]:
    """Write a document as plain text; every block ends with an empty line.

    Returns:
        The text, and the counts that `numbering.filled_in` puts into it.

    Args:
        tokens: From `markdown.parse`.
        address: What to print for a link's address, '' to leave it out.
        fences: How fenced blocks such as rebuses are written.
    """
    writer = _Writer(address, fences)
    return writer.blocks(tokens).translate(_UNMARKED), writer.counts


class _Writer:
    """Writes blocks; lists and quotes indent what is inside them."""

    def __init__(self, address: Callable[[str], str], fences: Fences) -> None:
        self.address = address
        self.fences = fences
        self.counts: list[list[Count]] = []

    def blocks(self, tokens: Sequence[Token]) -> str:
        out: list[str] = []
        index = 0
        while index < len(tokens):
            token = tokens[index]
            end = _closing(tokens, index)
            out.append(self._block(token, tokens[index + 1 : end]))
            index = end + 1
        return "".join(out)

    def _block(self, token: Token, inside: Sequence[Token]) -> str:  # noqa: C901  # one case each
        match token.type:
            case "control":
                return _control(token)
            case "paragraph_open" | "heading_open":
                return self.inline(inside[0]) + ("\n" if token.hidden else "\n\n")
            case "bullet_list_open":
                return self._list(inside, None)
            case "ordered_list_open":
                return self._list(
                    inside,
                    int(1 if token.attrGet("start") is None else str(token.attrGet("start"))),
                )
            case "blockquote_open":
                return whole(_prefixed(ended(self.blocks(inside)), "> ", "> ") + "\n")
            case "fence" if token.info.strip() in self.fences:
                return f"{self.fences[token.info.strip()](token)}\n\n"
            case "fence" | "code_block":
                return _prefixed(ended(token.content), "    ", "    ") + "\n"
            case "hr":
                return f"{_RULE}\n\n"
            case "table_open":
                return self._table(inside) + "\n"
            case "html_block":
                text = _without_tags(token.content).strip()
                return f"{text}\n\n" if text else ""
            case "inline":
                return self.inline(token)
            case _:
                return self.blocks(inside)

    def _list(self, tokens: Sequence[Token], number: int | None) -> str:
        ends = _children(tokens)
        pieces = [tokens[i].content if tokens[i].type == "control" else "" for i, _ in ends]
        markers = iter(self._markers(pieces, number))
        out: list[str] = []
        for piece, (start, end) in zip(pieces, ends, strict=True):
            if piece:
                out.append(APART + piece)
            else:
                marker, width = next(markers)
                text = ended(self.blocks(tokens[start + 1 : end]))
                out.append(_prefixed(text, marker, " " * width))
        return whole("".join(out) + "\n")

    def _markers(self, pieces: Sequence[str], start: int | None) -> list[tuple[str, int]]:
        """Return what stands before each item, and how wide that is."""
        items = pieces.count("")
        numbers = None if start is None else numbers_of(pieces, start)
        if numbers is None:
            return [("- ", 2)] * items
        if not any(count.terms for count in numbers):
            return [(f"{count.fixed}. ", len(f"{count.fixed}. ")) for count in numbers]
        first = sum(len(group) for group in self.counts)
        self.counts.append(numbers)
        return [(f"{NUMBER.format(first + index)} ", 3) for index in range(items)]

    def _table(self, tokens: Sequence[Token]) -> str:
        out: list[str] = []
        row: list[str] = []
        for token in tokens:
            match token.type:
                case "control":
                    out.append(APART + token.content)
                case "tr_open":
                    row = []
                case "inline":
                    row.append(self.inline(token))
                case "tr_close":
                    out.append(" | ".join(row) + "\n")
        return "".join(out)

    def inline(self, token: Token) -> str:
        out: list[str] = []
        link: list[tuple[str, int]] = []
        for child in token.children or []:
            match child.type:
                case "softbreak":
                    out.append(" ")
                case "hardbreak":
                    out.append("\n")
                case "image":
                    out.append(_image(child))
                case "html_inline":
                    out.append("\n" if child.content.startswith("<br") else "")
                case "link_open":
                    link.append((str(child.attrGet("href") or ""), len(out)))
                case "link_close":
                    href, start = link.pop()
                    text = "".join(out[start:])
                    out[start:] = [self._link(text, href)]
                case _:
                    out.append(child.content)
        return "".join(out)

    def _link(self, text: str, href: str) -> str:
        address = self.address(href)
        plain = address.removeprefix("mailto:").removeprefix("tel:")
        if not address or plain == text:
            return text or address
        return f"{text} ({plain})" if text else plain


def _image(token: Token) -> str:
    text = token.content.strip()
    return f"[{text}]" if text else ""


def _closing(tokens: Sequence[Token], start: int) -> int:
    """Find the token that closes the one at `start` (itself if it holds nothing)."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += tokens[index].nesting
        if depth <= 0:
            return index
    return len(tokens) - 1


def _control(token: Token) -> str:
    """Write a control token; a block is a line of its own, and ends itself."""
    if kind_of(token.content) is TokenKind.SLOT:
        return f"{token.content}\n"
    return APART + token.content


def _children(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Return where each of the blocks among `tokens` begins and ends."""
    out: list[tuple[int, int]] = []
    index = 0
    while index < len(tokens):
        out.append((index, _closing(tokens, index)))
        index = out[-1][1] + 1
    return out


def _prefixed(text: str, first: str, rest: str) -> str:
    """Begin each line anew; tags between blocks stay outside of the lines, which may be left out.

    Returns:
        Whole lines: each with its end, but for tags after the last.
    """
    out: list[str] = []
    start = first
    lines = text.split("\n")
    for index, line in enumerate(lines):
        tags = _TAGS_FIRST.match(line)[0]  # type: ignore[index]  # it matches anything
        words = line[len(tags) :]
        if words or index < len(lines) - 1 or not tags:
            # A block brings its own line ends.
            end = "" if _ENDS_WITH_BLOCK.search(words) else "\n"
            out.append(f"{tags}{start if words else start.rstrip()}{words}{end}")
        else:
            out.append(tags)
        start = rest if words or not tags else start
    return "".join(out)


def _without_tags(html: str) -> str:
    text = re.sub(r"<(style|script)\b.*?</\1\s*>", "", html, flags=re.DOTALL | re.IGNORECASE)
    return unescape(re.sub(r"<!--.*?-->|<[^>]*>", "", text, flags=re.DOTALL))
