"""Escaping, decided by where a value stands and by nothing else.

A `Context.URL` hole that begins an address has its scheme checked; one that stands further on
(`https://shop.example/?q=…`) is percent-encoded, because only static text may decide where an
address leads. `placed` finds out which is which.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias
from urllib.parse import quote

from markupsafe import escape

from pismo.model.edition import Branch, Choice, Context, Expr, Filter, Hole, Parts, Repeat, Static
from pismo.model.language import URL_SCHEMES

HARMLESS = "#"
"""What stands where an address could not be trusted."""


class Sink(StrEnum):
    """How a value is escaped: a context, or a place further on in an address."""

    HTML = "html"
    ATTRIBUTE = "attribute"
    URL = "url"
    URL_REST = "url-rest"
    TEXT = "text"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class Slot:
    """A hole and how what it shows is escaped."""

    expr: Expr
    sink: Sink


@dataclass(frozen=True, slots=True)
class Fork:
    """A choice whose holes are slots: `(test, parts)` in order, else `otherwise`."""

    branches: "tuple[tuple[Expr, Placed], ...]"
    otherwise: "Placed"


@dataclass(frozen=True, slots=True)
class Loop:
    """A repeat whose holes are slots."""

    variable: str
    over: Expr
    only: Expr | None
    body: "Placed"
    otherwise: "Placed"


PlacedPart: TypeAlias = Static | Slot | Fork | Loop
Placed: TypeAlias = tuple[PlacedPart, ...]

# The end of static text after which an address begins: in an attribute, or in `url(…)`.
_BEGINS = re.compile(r"""(?:=\s*["']|url\(\s*["']?)\s*$""")


def placed(parts: Parts, before: str = "") -> Placed:
    """Decide for every hole how its value is escaped.

    Args:
        parts: What an edition holds.
        before: Static text in front of `parts`, for holes at their very beginning.
    """
    result: list[PlacedPart] = []
    for part in parts:
        match part:
            case Static(text):
                result.append(part)
                before = before + text if len(text) < len("url('") else text
                continue
            case Hole(expr, context):
                result.append(Slot(expr, _sink(expr, context, before)))
            case Choice(branches, otherwise):
                result.append(_fork(branches, otherwise, before))
            case Repeat(variable, over, body, otherwise, only):
                inside = placed(body, before), placed(otherwise, before)
                result.append(Loop(variable, over, only, *inside))
        before = "…"  # something unknown: an address does not begin after it
    return tuple(result)


def _fork(branches: tuple[Branch, ...], otherwise: Parts, before: str) -> Fork:
    arms = tuple((branch.test, placed(branch.parts, before)) for branch in branches)
    return Fork(arms, placed(otherwise, before))


def _sink(expr: Expr, context: Context, before: str) -> Sink:
    if context is not Context.URL or not before or _BEGINS.search(before):
        return Sink(context.value)
    if isinstance(expr, Filter) and expr.name == "urlencode":
        return Sink.ATTRIBUTE
    return Sink.URL_REST


# Controls but tab and newline, lone surrogates, and what turns the rest of a line around.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_LINE_END = re.compile("\r\n?|\u2028|\u2029|\x85")
_HEADER_SPACE = re.compile("[\x00-\x20\x7f\x85\u2028\u2029]+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"


def as_text(value: str) -> str:
    r"""Return text as a plain-text part may hold it: `\n` line ends, nothing unprintable."""
    if value.isprintable():
        return value
    return _UNFIT.sub("", _LINE_END.sub("\n", value))


def as_html(value: str) -> str:
    """Return text as HTML shows it, in an element or in a quoted attribute."""
    return str(escape(as_text(value)))


def as_url(value: str) -> str:
    """Return an address for `href` or `src`; `#` unless its scheme is http, https, mailto or tel.

    Browsers drop tabs and newlines from an address, and blanks around it, before they look.
    """
    address = "".join(as_text(value).split())
    if not address:
        return ""
    scheme = _SCHEME.match(address)
    if scheme is None or scheme[1].lower() not in URL_SCHEMES:
        return HARMLESS
    return str(escape(quote(address, safe=_URL_SAFE)))


def as_url_rest(value: str) -> str:
    """Return text as a part of an address that static text began."""
    return quote(as_text(value), safe="/")


def as_header(value: str) -> str:
    """Return text as a header may hold it: on one line, whatever it was."""
    if value.isprintable():
        return value
    return _UNFIT.sub("", _HEADER_SPACE.sub(" ", value))


ESCAPES: Mapping[Sink, Callable[[str], str]] = {
    Sink.HTML: as_html,
    Sink.ATTRIBUTE: as_html,
    Sink.URL: as_url,
    Sink.URL_REST: as_url_rest,
    Sink.TEXT: as_text,
    Sink.HEADER: as_header,
}
"""The escape of each sink, from printed text to what stands in the letter."""
