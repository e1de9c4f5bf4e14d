"""Requests to send, read and checked: what SendEmail and SendBulkEmail have in common."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from email.utils import getaddresses

from pismo.ses_sim import configuration_sets, limits, reading, templates
from pismo.ses_sim.account import covering_identity
from pismo.ses_sim.errors import ApiError, bad_request, rejected, sending_paused
from pismo.ses_sim.handlebars import Template
from pismo.ses_sim.limits import Pairs
from pismo.ses_sim.reading import Json
from pismo.ses_sim.state import State

SIMULATOR = "simulator.amazonses.com"
_NOT_SIMULATED = (
    "ListManagementOptions", "EndpointId", "TenantName", "FromEmailAddressIdentityArn",
    "FeedbackForwardingEmailAddressIdentityArn",
)  # fmt: skip
_DISPOSITIONS = ("ATTACHMENT", "INLINE")

Attachments = tuple[tuple[str, str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Destination:
    """Who one message goes to, checked."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]

    def bare(self) -> list[str]:
        """Return all addresses without display names."""
        return [limits.bare_address(one) or one for one in (*self.to, *self.cc, *self.bcc)]


@dataclass(frozen=True, slots=True)
class Content:
    """What is said: three parts to render (or ready text), headers, attachments, or raw MIME."""

    parts: tuple[Template, Template, Template] | None
    ready: tuple[str, str, str] = ("", "", "")
    headers: Pairs = ()
    attachments: Attachments = ()
    template: str = ""
    values: Json | None = None
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Common:
    """What all messages of one call share."""

    sender: str
    reply_to: tuple[str, ...]
    configuration_set: str


def read_common(state: State, body: Json, sender: str = "", chosen: str = "") -> Common:
    """Read and check sender, reply-to and configuration set.

    Args:
        state: The account.
        body: The request.
        sender: The From of raw mail, if the request names none.
        chosen: The configuration set that raw mail names in a header.

    Raises:
        ApiError: MessageRejected, MailFromDomainNotVerifiedException, SendingPausedException,
            NotFoundException, BadRequestException.
    """
    for key in _NOT_SIMULATED:
        if body.get(key):
            raise bad_request(f"{key} is not simulated by pismo ses-sim")
    if not state.sending_enabled or state.settings.enforcement_status == "SHUTDOWN":
        _refuse_sending(state)
    given = reading.text(body, "FromEmailAddress") or sender
    if not given:
        raise bad_request("FromEmailAddress is required")
    default_set = _check_sender(state, given)
    replies = tuple(reading.texts(body, "ReplyToAddresses"))
    for reply in replies:
        if limits.bare_address(reply) is None:
            raise bad_request(f"invalid reply-to address {reply!r}")
    name = reading.text(body, "ConfigurationSetName") or chosen or default_set
    if name and not configuration_sets.find(state, name).sending_enabled:
        raise sending_paused(f"Sending is paused for configuration set <{name}>.")
    return Common(given, replies, name)


def _refuse_sending(state: State) -> None:
    if state.settings.enforcement_status == "SHUTDOWN":
        raise ApiError(400, "AccountSuspendedException", "Sending is suspended for this account.")
    raise sending_paused("Sending is paused for this account.")


def _check_sender(state: State, given: str) -> str:
    """Check that the sender is verified; return its identity's own configuration set."""
    address = limits.bare_address(given)
    if address is None:
        raise bad_request(f"invalid sender {given!r}")
    identity = covering_identity(state, address)
    if identity is None:
        raise unverified(state, [address])
    if identity.on_mx_failure == "REJECT_MESSAGE" and identity.mail_from_status != "SUCCESS":
        raise ApiError(
            400,
            "MailFromDomainNotVerifiedException",
            f"The MAIL FROM domain {identity.mail_from} is not verified.",
        )
    return identity.configuration_set


def unverified(state: State, addresses: Sequence[str]) -> ApiError:
    """Return MessageRejected in SES's words."""
    region = state.settings.region.upper()
    return rejected(
        "Email address is not verified. The following identities failed the check in region "
        f"{region}: {', '.join(addresses)}"
    )


def read_destination(state: State, given: Json) -> Destination:
    """Read and check the addresses of one message; in the sandbox they must be verified."""
    found = Destination(
        tuple(reading.texts(given, "ToAddresses")),
        tuple(reading.texts(given, "CcAddresses")),
        tuple(reading.texts(given, "BccAddresses")),
    )
    limits.check_recipients((*found.to, *found.cc, *found.bcc))
    if not state.settings.production:
        strangers = [
            one
            for one in found.bare()
            if not one.endswith(f"@{SIMULATOR}") and covering_identity(state, one) is None
        ]
        if strangers:
            raise unverified(state, strangers)
    return found


def read_template(state: State, given: Json, request_bytes: int) -> Content:
    """Read a Template: a stored one by name or ARN, or inline content of substitutions only."""
    headers = limits.headers(given, "Headers")
    attachments = read_attachments(given)
    values = limits.template_data(reading.text(given, "TemplateData"), "TemplateData")
    inline = reading.record(given, "TemplateContent")
    name = reading.text(given, "TemplateName")
    name = name or reading.text(given, "TemplateArn").rpartition("template/")[2]
    if bool(inline) == bool(name):
        raise bad_request("a Template has either TemplateName (or TemplateArn) or TemplateContent")
    if not inline:
        stored = templates.find(state, name)
        return Content(
            stored.parts, headers=headers, attachments=attachments, template=name, values=values
        )
    if request_bytes > limits.INLINE_BYTES:
        raise bad_request(
            f"a request with an inline template is limited to {limits.INLINE_BYTES} bytes"
        )
    parts = _inline_parts(inline)
    return Content(parts, headers=headers, attachments=attachments, values=values)


def _inline_parts(inline: Json) -> tuple[Template, Template, Template]:
    parts = templates.compiled(limits.template_parts(inline))
    if not all(part.is_flat for part in parts):
        raise bad_request("an inline template can have simple substitutions only")
    return parts


def read_attachments(given: Json) -> Attachments:
    """Read attachments: (file name, content type, content)."""
    return tuple(_attachment(one) for one in reading.records(given, "Attachments"))


def _attachment(given: Json) -> tuple[str, str, bytes]:
    name = reading.required(given, "FileName")
    if len(name) > 255:
        raise bad_request("FileName is longer than 255 characters")
    if reading.text(given, "ContentDisposition", "ATTACHMENT") not in _DISPOSITIONS:
        raise bad_request("ContentDisposition is ATTACHMENT or INLINE")
    return name, reading.text(given, "ContentType"), _blob(reading.required(given, "RawContent"))


def read_simple(given: Json) -> Content:
    """Read a Simple message: subject, html, text, headers, attachments."""
    body = reading.record(given, "Body")
    subject = reading.required(reading.record(given, "Subject"), "Data")
    html = reading.text(reading.record(body, "Html"), "Data")
    text = reading.text(reading.record(body, "Text"), "Data")
    if not html and not text:
        raise bad_request("Body needs an Html or a Text part")
    if len(html.encode()) + len(text.encode()) > limits.MESSAGE_BYTES:
        raise bad_request(f"the message is larger than {limits.MESSAGE_BYTES} bytes")
    headers = limits.headers(given, "Headers")
    return Content(None, (subject, html, text), headers, read_attachments(given))


@dataclass(frozen=True, slots=True)
class Raw:
    """Raw mail taken apart as far as SES itself does."""

    content: Content
    sender: str
    destination: Json
    tags: Pairs
    configuration_set: str


def read_raw(given: Json) -> Raw:
    """Read raw mail: valid MIME, short 7-bit lines; X-SES-* headers are taken out of it."""
    data = _blob(reading.required(given, "Data"))
    limits.check_raw(data)
    message = BytesParser(policy=policy.default).parsebytes(data)
    if message.defects or not message["From"]:
        what = f": {message.defects[0]}" if message.defects else ": no From header"
        raise bad_request(f"the raw message is not valid MIME{what}")
    tags = tuple(
        (name.strip(), value.strip())
        for pair in str(message.get("X-SES-MESSAGE-TAGS", "")).split(",")
        for name, _, value in [pair.partition("=")]
        if pair.strip()
    )
    limits.check_tags(tags)
    fields = {"ToAddresses": "To", "CcAddresses": "Cc", "BccAddresses": "Bcc"}
    destination = {
        key: [
            address for _, address in getaddresses([str(one) for one in message.get_all(name, [])])
        ]
        for key, name in fields.items()
    }
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    ready = (
        str(message.get("Subject", "")),
        html.get_content() if html is not None else "",
        text.get_content() if text is not None else "",
    )
    headers = tuple((name, str(value)) for name, value in message.items())
    _, sender = getaddresses([str(message["From"])])[0]
    chosen = str(message.get("X-SES-CONFIGURATION-SET", "")).strip()
    return Raw(Content(None, ready, headers, raw=data), sender, destination, tags, chosen)


def _blob(given: str) -> bytes:
    try:
        return base64.b64decode(given, validate=True)
    except binascii.Error as error:
        raise bad_request(f"invalid base64: {error}") from error
