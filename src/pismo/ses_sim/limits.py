"""What SES refuses in headers, tags, addresses, template data and raw mail.

Sources: botocore `data/sesv2/2019-09-27/service-2.json` (MessageHeader, MessageTag, Template …),
https://docs.aws.amazon.com/ses/latest/dg/header-fields.html and .../quotas.html.
"""

import json
import re
from collections.abc import Sequence

from pismo.ses_sim.errors import bad_request
from pismo.ses_sim.reading import Json, records, required, text

ENTRIES_PER_CALL = 50
RECIPIENTS_PER_MESSAGE = 50
HEADERS = 15
TEMPLATE_BYTES = 500 * 1024
TEMPLATES = 20_000
TEMPLATE_DATA_CHARS = 262_144
INLINE_BYTES = 1024 * 1024
MESSAGE_BYTES = 40 * 1024 * 1024
RAW_LINE_CHARS = 998  # 1000 with CRLF
TAGS = 50

_HEADER_NAME = re.compile(r"[!-9;-@A-~]{1,126}")
_HEADER_VALUE = re.compile(r"[ -~]{1,995}")
_HEADER_CHARS = 996
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_TEMPLATE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LOCAL = r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}|\"[ -!#-\[\]-~]{1,62}\")"
_DOMAIN = (
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
_ADDRESS = re.compile(rf"{_LOCAL}@{_DOMAIN}")
_NAMED = re.compile(r"[ -~]*<([^<>]*)>")
_OWN_HEADERS = frozenset(
    """
    bcc cc content-disposition content-transfer-encoding content-type date dkim-signature from
    message-id mime-version reply-to return-path sender subject to
    """.split()  # noqa: SIM905 - reads better than fifteen quoted words
)

Pairs = tuple[tuple[str, str], ...]


def bare_address(given: str) -> str | None:
    """Return the address in `a@b.c` or `Name <a@b.c>`; None if SES would refuse it.

    The local part must be ASCII, the domain punycode: SES has no SMTPUTF8.
    """
    named = _NAMED.fullmatch(given) if given.endswith(">") else None
    bare = named.group(1) if named else given
    return bare if _ADDRESS.fullmatch(bare) and ".." not in bare else None


def headers(holder: Json, key: str) -> Pairs:
    """Read a list of headers, each within SES's rules."""
    found = tuple((text(item, "Name"), text(item, "Value")) for item in records(holder, key))
    check_header_count(len(found))
    for name, value in found:
        _check_header(name, value)
    names = [name.casefold() for name, _ in found]
    for name in names:
        if name.startswith("list-") and names.count(name) > 1:
            raise bad_request(f"header {name} can be given once")
    return found


def check_header_count(count: int) -> None:
    """Refuse more headers than a message may have."""
    if count > HEADERS:
        raise bad_request(f"{count} headers given, {HEADERS} are allowed")


def _check_header(name: str, value: str) -> None:
    if not _HEADER_NAME.fullmatch(name):
        raise bad_request(
            f"invalid header name {name!r}: 1 to 126 printable ASCII characters, no ':'"
        )
    if not _HEADER_VALUE.fullmatch(value):
        raise bad_request(f"invalid value of header {name}: 1 to 995 printable ASCII characters")
    if len(name) + len(value) > _HEADER_CHARS:
        raise bad_request(f"header {name} is longer than {_HEADER_CHARS} characters with its name")
    if name.casefold() in _OWN_HEADERS:
        raise bad_request(f"header {name} is set by SES and cannot be given")


def tags(holder: Json, key: str) -> Pairs:
    """Read a list of message tags."""
    found = tuple((text(item, "Name"), text(item, "Value")) for item in records(holder, key))
    check_tags(found)
    return found


def check_tags(found: Pairs) -> None:
    """Refuse tags outside [A-Za-z0-9_-]{1,256}, repeated ones, and too many."""
    if len(found) > TAGS:
        raise bad_request(f"{len(found)} tags given, {TAGS} are allowed")
    for name, value in found:
        if not _TAG.fullmatch(name) or not _TAG.fullmatch(value):
            raise bad_request(
                f"invalid tag {name!r}={value!r}: letters, digits, '_' and '-', 1 to 256 of them"
            )
    if len({name for name, _ in found}) < len(found):
        raise bad_request("a tag is given twice")


def template_data(given: str, where: str) -> dict[str, object]:
    """Decode TemplateData or ReplacementTemplateData: a JSON object in a string."""
    if len(given) > TEMPLATE_DATA_CHARS:
        raise bad_request(f"{where} is longer than {TEMPLATE_DATA_CHARS} characters")
    if not given:
        return {}
    try:
        decoded = json.loads(given)
    except ValueError as error:
        raise bad_request(f"{where} is not JSON: {error}") from error
    if not isinstance(decoded, dict):
        raise bad_request(f"{where} is not a JSON object")
    return decoded


def template_parts(holder: Json) -> tuple[str, str, str]:
    """Read a TemplateContent: subject, html, text; at most 500 KB, with a subject and a body."""
    subject, html, plain = required(holder, "Subject"), text(holder, "Html"), text(holder, "Text")
    if not html and not plain:
        raise bad_request("a template needs an Html or a Text part")
    size = len(subject.encode()) + len(html.encode()) + len(plain.encode())
    if size > TEMPLATE_BYTES:
        raise bad_request(f"the template has {size} bytes, {TEMPLATE_BYTES} are allowed")
    return subject, html, plain


def template_name(given: str) -> str:
    """Check the name of a template."""
    if not _TEMPLATE_NAME.fullmatch(given):
        raise bad_request(
            f"invalid template name {given!r}: letters, digits, '_' and '-', up to 64"
        )
    return given


def object_name(given: str, what: str) -> str:
    """Check the name of a configuration set or event destination."""
    if not _TEMPLATE_NAME.fullmatch(given):
        raise bad_request(f"invalid {what} name {given!r}: letters, digits, '_' and '-', up to 64")
    return given


def check_recipients(addresses: Sequence[str]) -> None:
    """Refuse a message to nobody, or to more than 50."""
    if not addresses:
        raise bad_request("Destination has no address")
    if len(addresses) > RECIPIENTS_PER_MESSAGE:
        raise bad_request(f"{len(addresses)} recipients, {RECIPIENTS_PER_MESSAGE} are allowed")
    for address in addresses:
        if bare_address(address) is None:
            raise bad_request(f"invalid address {address!r}")


def check_raw(data: bytes) -> None:
    """Refuse raw mail that is too big, has 8-bit bytes, or lines over 1000 characters."""
    if len(data) > MESSAGE_BYTES:
        raise bad_request(f"the message has {len(data)} bytes, {MESSAGE_BYTES} are allowed")
    for number, line in enumerate(data.split(b"\n"), 1):
        if len(line.rstrip(b"\r")) > RAW_LINE_CHARS:
            raise bad_request(f"line {number} of the raw message is longer than 1000 characters")
    if not data.isascii():
        raise bad_request("the raw message has bytes above 127: encode the part or the header")
