"""Plain text made of Markdown tokens: the whole letter, readable as it is."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from types import MappingProxyType

from markdown_it.token import Token

_RULE = "* * *"


Fences = Mapping[str, Callable[[Token], str]]
"""What fenced blocks of some names are in plain text; any other is code."""


def plain_text(
    tokens: Sequence[Token], address: Callable[[str], str], fences: Fences = MappingProxyType({})
) -> str:
    """Write a document as plain text; every block ends with an empty line.

    Args:
        tokens: From `markdown.parse`.
        address: What to print for a link's address, '' to leave it out.
        fences: How fenced blocks such as rebuses are written.
    """
    return _Writer(address, fences).blocks(tokens)


class _Writer:
    """Writes blocks; lists and quotes indent what is inside them."""

    def __init__(self, address: Callable[[str], str], fences: Fences) -> None:
        self.address = address
        self.fences = fences

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
                return token.content
            case "paragraph_open" | "heading_open":
                return self.inline(inside[0]) + ("\n" if token.hidden else "\n\n")
            case "bullet_list_open":
                return self._list(inside, None)
            case "ordered_list_open":
                return self._list(inside, int(token.attrGet("start") or 1))
            case "blockquote_open":
                return _prefixed(self.blocks(inside).rstrip("\n"), "> ", "> ") + "\n\n"
            case "fence" if token.info.strip() in self.fences:
                return f"{self.fences[token.info.strip()](token)}\n\n"
            case "fence" | "code_block":
                return _prefixed(token.content.rstrip("\n"), "    ", "    ") + "\n\n"
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
        out: list[str] = []
        index = 0
        while index < len(tokens):
            token = tokens[index]
            end = _closing(tokens, index)
            if token.type == "control":
                out.append(token.content)
            else:
                marker = "- " if number is None else f"{number}. "
                text = self.blocks(tokens[index + 1 : end]).rstrip("\n")
                out.append(_prefixed(text, marker, " " * len(marker)) + "\n")
                number = None if number is None else number + 1
            index = end + 1
        return "".join(out) + "\n"

    def _table(self, tokens: Sequence[Token]) -> str:
        out: list[str] = []
        row: list[str] = []
        for token in tokens:
            match token.type:
                case "control":
                    out.append(token.content)
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


def _prefixed(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    starts = [first, *([rest] * (len(lines) - 1))]
    return "\n".join(
        start + line if line else "" for start, line in zip(starts, lines, strict=True)
    )


def _without_tags(html: str) -> str:
    text = re.sub(r"<(style|script)\b.*?</\1\s*>", "", html, flags=re.DOTALL | re.IGNORECASE)
    return unescape(re.sub(r"<!--.*?-->|<[^>]*>", "", text, flags=re.DOTALL))
