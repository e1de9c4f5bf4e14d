"""Find a code in a file, however it got there: spelled otherwise, escaped, encoded, in a picture.

A code that looks like one (digits, or eight signs and more) is found whatever its case and whatever
spaces, hyphens or tags stand between its signs; a short word only as it was written, or «ЛЕТО»
could not be a prize in summer.
"""

import base64
import binascii
import html
import json
import quopri
import re
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from urllib.parse import unquote_to_bytes

from pismo.records import dataclass

_CODE = re.compile(r"[A-ZА-ЯЁ0-9][A-ZА-ЯЁ0-9_-]{3,}")
_NOISE = re.compile(r"[\W_]+")
_TAG = re.compile(r"<[^>]*>")
_JSON_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_LONG_ENOUGH = 8
_PNG = b"\x89PNG\r\n\x1a\n"
_PICTURES = (_PNG, b"\xff\xd8\xff", b"GIF8", b"RIFF")


@dataclass(frozen=True, slots=True)
class Secret:
    """What must not be found: `text` as it is, or `squeezed`, its letters and digits in one case.

    `squeezed` is '' for a short word, which is found only as it was written.
    """

    text: str
    squeezed: str

    def is_in(self, text: str, folded: str) -> bool:
        """Tell whether a text, or the same text folded, has it."""
        return bool(_sought(self).search(folded if self.squeezed else text))


@cache
def _sought(secret: Secret) -> re.Pattern[str]:
    if secret.squeezed:
        # A tenth of the time that it takes to squeeze what is searched.
        return re.compile(r"[\W_]*".join(secret.squeezed))
    return re.compile(rf"(?<!\w){re.escape(secret.text)}(?!\w)")


def secrets_of(prize: str) -> tuple[Secret, ...]:
    """Return what a prize must not be recognised by: itself, and each code within its words."""
    prize = unicodedata.normalize("NFKC", prize).strip()
    codes = _CODE.findall(prize) if " " in prize else []
    return tuple(_secret(text) for text in dict.fromkeys((prize, *codes)))


def _secret(text: str) -> Secret:
    squeezed = _squeezed(text)
    is_code = len(squeezed) >= _LONG_ENOUGH or (
        len(squeezed) > 3 and any(sign.isdigit() for sign in squeezed)
    )
    return Secret(text, squeezed if is_code else "")


def found_in(path: str, content: bytes, secrets: Sequence[Secret]) -> Iterator[tuple[Secret, str]]:
    """Yield which secrets a file holds, by its bytes or its name, each once with its form."""
    left = list(secrets)
    for form, text in (("name", path), *_forms(content)):
        if not left:
            return
        folded = _folded(text)
        for secret in [one for one in left if one.is_in(text, folded)]:
            left.remove(secret)
            yield secret, form


def _squeezed(text: str) -> str:
    return _NOISE.sub("", _folded(text))


def _folded(text: str) -> str:
    """Return a text in NFKC and in one case."""
    # What typesetting puts everywhere; without it most texts are seen to be normal at once.
    plain = text.replace("\u00a0", " ").replace("…", "...")
    if not unicodedata.is_normalized("NFKC", plain):
        plain = unicodedata.normalize("NFKC", plain)
    return plain.casefold()


def _forms(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield a file's content as text, decoded in every way that a reader or a program might."""
    if content.startswith(_PICTURES):
        yield from _picture_texts(content)
        return
    plain = content.decode("utf-8", "replace")
    yield "text", plain
    if "<" in plain:
        yield "text", _TAG.sub("", plain)
    for form, text in _decoded(plain):
        yield form, text
        # One in another: a link in HTML is escaped twice.
        yield from ((f"{form}, {inner}", more) for inner, more in _decoded(text))
    yield from (("base64", text) for text in _base64_texts(plain))


def _decoded(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a text says where it is escaped; nothing where nothing is."""
    if "&" in text and (said := html.unescape(text)) != text:
        yield "HTML", said
    if "%" in text and (said := unquote_to_bytes(text).decode("utf-8", "replace")) != text:
        yield "percent-encoded", said
    if "=" in text:
        said = quopri.decodestring(text.encode()).decode("utf-8", "replace")
        if said != text:
            yield "quoted-printable", said
    if "\\u" in text:
        yield "JSON", _JSON_ESCAPE.sub(lambda found: json.loads(f'"{found[0]}"'), text)


def _base64_texts(text: str) -> Iterator[str]:
    """Decode every run that may be base64, from each of the four places where it may begin."""
    runs = _BASE64.findall(text)
    # A long one is cut into lines (RFC 2045 §6.8).
    runs += _BASE64.findall(re.sub(r"(?<=[A-Za-z0-9+/_-])\r?\n(?=[A-Za-z0-9+/_-])", "", text))
    decoded = []
    for run in dict.fromkeys(runs):
        plain = run.replace("-", "+").replace("_", "/")
        for start in range(4):
            part = plain[start:]
            try:
                decoded.append(base64.b64decode(part[: len(part) // 4 * 4 or None] + "=="))
            except binascii.Error:
                continue
    yield b"\n".join(decoded).decode("utf-8", "replace")


def _picture_texts(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield what a picture says besides its pixels: comments, EXIF, XMP, in their encodings."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield "metadata", content.decode(encoding, "replace")
    if content.startswith(_PNG):
        yield "metadata", "\n".join(_png_texts(content))


def _png_texts(content: bytes) -> Iterator[str]:
    """Yield the compressed texts of a PNG (zTXt, iTXt; PNG §11.3.3)."""
    place = len(_PNG)
    while place + 8 <= len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        kind, body = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        if kind in (b"zTXt", b"iTXt"):
            # The compressed text follows some fields that end with zero bytes: try after each.
            for at in (at + 1 for at, byte in enumerate(body[:400]) if byte == 0):
                for start in (at, at + 1):
                    try:
                        yield zlib.decompress(body[start:]).decode("utf-8", "replace")
                    except zlib.error:
                        continue
        place += size + 12
