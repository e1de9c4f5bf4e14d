"""One edition as a function that writes a whole message: `program(recipient, date, id) -> bytes`.

Static text is encoded once, when the program is made; a message is a join of bytes. Each part
travels as quoted-printable or base64, whichever is shorter for its static text:

- quoted-printable: every piece, static or not, ends in a line break of its own;
- base64: bytes come in threes, so a static piece is kept in three alignments, and the bytes of
  values between two of them are encoded together with the 0-2 static bytes that fill the last
  three. Lines may be shorter than 76.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeAlias

from pismo.errors import SendError
from pismo.model.edition import Choice, Context, Edition, Parts, Repeat, Static
from pismo.model.people import Recipient
from pismo.records import dataclass
from pismo.render.encode import (
    CRLF,
    base64_lines,
    date_value,
    folded,
    header_line,
    mailbox,
    quoted_printable,
    wire_lines,
)
from pismo.render.letter import one_line
from pismo.render.program import ROOTS, Said, Source, writer
from pismo.render.scope import scope_of

Program: TypeAlias = Callable[[Recipient, datetime, str], bytes]

_SHORT = 60  # bytes below which static text in base64 is cheaper to encode with its neighbours
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_MESSAGE_ID = re.compile(r"<?[!-;=?-~]+@[!-;=?-~]+>?")


def mime_program(edition: Edition) -> Program:
    """Compile an edition into a function that writes complete messages.

    Returns:
        `program(recipient, date, message_id)`: the date carries its time zone; the id comes
        with its angle brackets or without. A recipient without an address (a preview) gets
        `To: undisclosed-recipients:;`. It raises SendError for an address that no header holds.
    """
    source = Source(edition.language)
    for root in ROOTS:
        source.add(f"{root} = scope[{root!r}]")
    source.add("out = [opening, addressed]", "add = out.append")
    source.bind("opening", _opening(edition))
    _headers(source, edition)
    boundary = f"=_pismo_{edition.digest[:32]}"
    _constant(source, _multipart(boundary))
    _body(source, boundary, "plain", edition.text)
    _body(source, boundary, "html", edition.html)
    _constant(source, f"--{boundary}--\r\n".encode())
    source.add("return b''.join(out)")
    letter: Callable[..., bytes] = source.function("letter", "scope, addressed")

    def program(recipient: Recipient, date: datetime, message_id: str) -> bytes:
        return letter(scope_of(recipient), _addressed(recipient, date, message_id))

    return program


def _opening(edition: Edition) -> bytes:
    sender = edition.sender
    reply = folded("Reply-To", sender.reply_to) if sender.reply_to else b""
    return folded("From", mailbox(sender.name, sender.address)) + reply


def _addressed(recipient: Recipient, date: datetime, message_id: str) -> bytes:
    to = recipient.address
    if to is None:
        to = "undisclosed-recipients:;"
    elif not _ADDRESS.fullmatch(to):
        # Never with the address itself: errors end in logs.
        raise SendError(
            f"the address of recipient {recipient.id} cannot stand in a header",
            hint="import the audience again: it sets such rows apart, with the reason",
            ru=f"адрес получателя {recipient.id} не может стоять в заголовке",
            hint_ru="загрузите аудиторию снова: такие строки отложатся, с причиной",
        )
    if not _MESSAGE_ID.fullmatch(message_id):
        raise SendError(f"{message_id!r} is no Message-ID", hint="make it as name@domain, ASCII")
    return b"To: %b\r\nDate: %b\r\nMessage-ID: <%b>\r\n" % (
        to.encode(),
        date_value(date),
        message_id.strip("<>").encode(),
    )


def _headers(source: Source, edition: Edition) -> None:
    source.bind("header", _header)
    for name, parts in (("Subject", edition.subject), *edition.headers):
        if all(isinstance(part, Static) for part in parts):
            _constant(source, _header(name, "".join(_static(parts))))
            continue
        source.add("said = []", "say = said.append")
        source.parts(parts, Said(source))
        source.add(f"add(header({name!r}, ''.join(said)))")


def _header(name: str, value: str) -> bytes:
    return header_line(name, one_line(value))


def _multipart(boundary: str) -> bytes:
    return (
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/alternative;\r\n"
        f' boundary="{boundary}"\r\n\r\n'
    ).encode()


def _body(source: Source, boundary: str, subtype: str, parts: Parts) -> None:
    """Write one part: its head, its text, and the line end that belongs to the next boundary."""
    static = [wire_lines(text) for text in _static(parts)]
    as_base64 = sum(map(len, static)) * 78 // 57
    encoding = (
        "base64"
        if as_base64 < sum(len(quoted_printable(text)) for text in static)
        else "quoted-printable"
    )
    head = (
        f"--{boundary}\r\n"
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    _constant(source, head.encode())
    if encoding == "base64":
        source.add("run = b''")
        source.parts(parts, _Base64(source))
        source.add("add(base64_lines(run))", "add(line_end)")
    else:
        source.parts(parts, _QuotedPrintable(source))
        source.add("add(line_end)")
    source.bind("base64_lines", base64_lines)
    source.bind("line_end", CRLF)


def _static(parts: Parts) -> Iterator[str]:
    for part in parts:
        match part:
            case Static(text):
                yield text
            case Choice(branches, otherwise):
                for branch in branches:
                    yield from _static(branch.parts)
                yield from _static(otherwise)
            case Repeat(body=body, otherwise=otherwise):
                yield from _static(body)
                yield from _static(otherwise)


def _constant(source: Source, data: bytes) -> None:
    source.add(f"add({source.constant(data)})")


@dataclass(frozen=True)
class _QuotedPrintable:
    """Puts out pieces that each end in a line break."""

    source: Source

    def static(self, text: str) -> list[str]:
        encoded = quoted_printable(wire_lines(text))
        return [f"add({self.source.constant(encoded)})"] if encoded else []

    def value(self, source: str, context: Context) -> list[str]:
        write = writer(context, lambda text: quoted_printable(wire_lines(text)))
        return [f"add({self.source.constant(write)}({source}))"]


@dataclass(frozen=True)
class _Base64:
    """Puts out lines; `run` holds what does not make a whole three, or is too short to bother."""

    source: Source

    def static(self, text: str) -> list[str]:
        data = wire_lines(text)
        if len(data) < _SHORT:
            return [f"run += {data!r}"]
        fills, lines, rests = zip(*(_aligned(data, fill) for fill in range(3)), strict=True)
        return [
            "fill = -len(run) % 3",
            f"add(base64_lines(run + {self.source.constant(fills)}[fill]))",
            f"add({self.source.constant(lines)}[fill])",
            f"run = {self.source.constant(rests)}[fill]",
        ]

    def value(self, source: str, context: Context) -> list[str]:
        return [f"run += {self.source.constant(writer(context, wire_lines))}({source})"]


def _aligned(data: bytes, fill: int) -> tuple[bytes, bytes, bytes]:
    """Return the bytes that fill up what came before, whole lines, and what is left over."""
    end = len(data) - (len(data) - fill) % 3
    return data[:fill], base64_lines(data[fill:end]), data[end:]
