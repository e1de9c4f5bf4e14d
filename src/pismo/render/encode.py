"""Text and headers as bytes that every mail server takes: 7-bit, CRLF, short lines.

Limits kept: 76 columns in encoded bodies (RFC 2045 §6.7, §6.8) and in lines with encoded words
(RFC 2047 §2), 78 in other header lines wherever there is a space to fold at (RFC 5322 §2.1.1).
"""

import re
from base64 import b64encode
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

CRLF = b"\r\n"
_SOFT_BREAK = b"=\r\n"
_QP_LINE = 76
_B64_LINE = 57  # bytes that make 76 characters
_LONGEST = 900
"""Bytes; a line of a message has at most 998 (RFC 5322 §2.1.1)."""
_HEADER_LINE = 78
_ENCODED_LINE = 76
_WORD_LIMIT = 75
_WORD_FRAME = len("=?utf-8?b??=")
_PHRASE = re.compile(r"([^<]*)(<.*)", re.DOTALL)
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_ADDRESS_SAFE = "<>:/?#[]@!$&'()*+,;=%~ "
_TOKENS = re.compile(r" *[^ ]+")


def wire_lines(text: str) -> bytes:
    r"""Return UTF-8 with CRLF line ends, from text with `\n`."""
    return text.replace("\n", "\r\n").encode()


def quoted_printable(data: bytes) -> bytes:
    """Encode bytes with CRLF line ends so that encoded pieces can simply be joined.

    Every piece begins in column one: it ends with a line end of its own, or with a soft break.
    """
    if not data:
        return b""
    # CPython breaks lines as the data's first line ends: with a bare \n if there is none.
    encoded = b2a_qp(data, quotetabs=False, istext=True).replace(b"=\n", _SOFT_BREAK)
    if encoded.endswith(CRLF):
        return encoded
    last = len(encoded) - (encoded.rfind(b"\n") + 1)
    if last < _QP_LINE:
        return encoded + _SOFT_BREAK
    # The soft break's own "=" does not fit: move the last character to a line of its own.
    cut = len(encoded) - (3 if encoded[-3:-2] == b"=" else 1)
    return encoded[:cut] + _SOFT_BREAK + encoded[cut:] + _SOFT_BREAK


def base64_lines(data: bytes) -> bytes:
    """Encode bytes as base64, every line ended by CRLF; only the last may end in padding."""
    if len(data) <= _B64_LINE:
        return b2a_base64(data, newline=False) + CRLF if data else b""
    starts = range(0, len(data), _B64_LINE)
    lines = [b2a_base64(data[start : start + _B64_LINE], newline=False) for start in starts]
    return CRLF.join(lines) + CRLF


@lru_cache(maxsize=64)
def date_value(moment: datetime) -> bytes:
    """Write a moment as RFC 5322 does; cached, because a whole batch carries the same."""
    # Imported here: a build renders letters but writes no messages.
    from email.utils import format_datetime

    return format_datetime(moment).encode()


def header_line(name: str, value: str) -> bytes:
    """Write one header field with its CRLF.

    Args:
        name: ASCII.
        value: On one line. In a List- header only the words before `<…>` are encoded, and what
            is within becomes ASCII by percent-encoding.
    """
    if value.isascii() and "=?" not in value and not _is_endless(name, value):
        return folded(name, value)
    words, address = value, ""
    if name.startswith("List-") and (split := _PHRASE.fullmatch(value)):
        words, address = split[1].rstrip(" "), quote(split[2], safe=_ADDRESS_SAFE)
    return folded(name, " ".join((*_encoded_words(words, len(name) + 2), address)).strip(" "))


def _is_endless(name: str, value: str) -> bool:
    """Tell whether a subject has a word that no line of a message has room for."""
    return (
        name == "Subject" and len(value) > _LONGEST and len(max(value.split(), key=len)) > _LONGEST
    )


def mailbox(name: str, address: str) -> str:
    """Return `name <address>` as ASCII: quoted or in encoded words where the name needs it."""
    name = name.strip()
    if not name:
        return address
    if _ATOMS.fullmatch(name) and "=?" not in name:
        return f"{name} <{address}>"
    if name.isascii():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return " ".join((*_encoded_words(name, len("Reply-To: ")), f"<{address}>"))


def folded(name: str, value: str) -> bytes:
    """Write a header that is ASCII already, broken at spaces wherever that makes lines fit.

    Never right after the name: Python's own parser, for one, would keep the space.
    """
    line = f"{name}: {value}"
    if len(line) <= (_ENCODED_LINE if "=?" in value else _HEADER_LINE):
        return f"{line}\r\n".encode("ascii")
    first, *tokens = _TOKENS.findall(value) or [""]
    lines = [f"{name}: {first}"]
    for token in tokens:
        limit = _ENCODED_LINE if "=?" in token or "=?" in lines[-1] else _HEADER_LINE
        if len(lines[-1]) + len(token) <= limit:
            lines[-1] += token
        else:
            lines.append(token)
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def _encoded_words(text: str, taken: int) -> list[str]:
    """Cut text into RFC 2047 words of whole characters; the first leaves `taken` columns free."""
    return [f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in _chunks(text.encode(), taken)]


def _chunks(data: bytes, taken: int) -> Iterator[bytes]:
    room = (_ENCODED_LINE - taken - _WORD_FRAME) // 4 * 3
    start = 0
    while start < len(data):
        end = min(start + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        yield data[start:end]
        start, room = end, (_WORD_LIMIT - _WORD_FRAME) // 4 * 3
