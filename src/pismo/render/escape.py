"""Escaping, decided by where a value stands and by nothing else."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from markupsafe import escape

from pismo.model.edition import Context
from pismo.model.language import URL_SCHEMES

HARMLESS = "#"
"""What stands where an address could not be trusted."""

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


def as_header(value: str) -> str:
    """Return text as a header may hold it: on one line, whatever it was."""
    if value.isprintable():
        return value
    return _UNFIT.sub("", _HEADER_SPACE.sub(" ", value))


ESCAPES: Mapping[Context, Callable[[str], str]] = {
    Context.HTML: as_html,
    Context.ATTRIBUTE: as_html,
    Context.URL: as_url,
    Context.TEXT: as_text,
    Context.HEADER: as_header,
}
"""The escape of each context, from printed text to what stands in the letter."""
