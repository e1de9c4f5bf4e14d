"""SES's events as they arrive: in SNS's envelope, in EventBridge's, or bare.

Shapes: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
and https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html; EventBridge puts
the same object under `detail`; Yandex Cloud Postbox writes times with a zone, and `url` for `link`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from pismo.model.people import DELIVERY_TAG
from pismo.records import dataclass


class Kind(StrEnum):
    """What happened; the value is SES's `eventType` without space and case."""

    SEND = "send"
    DELIVERY = "delivery"
    DELAY = "deliverydelay"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    REJECT = "reject"
    FAILURE = "renderingfailure"
    OPEN = "open"
    CLICK = "click"
    SUBSCRIPTION = "subscription"


class UnreadableEventError(ValueError):
    """What arrived is no event of SES; the message never quotes it, for it may hold a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SesEvent:
    """One event about one letter.

    `delivery` is our tag, '' if the letter carries none (identity notifications never do);
    `key` is the same whenever the same event arrives again; `detail` is a code of SES.
    """

    kind: Kind
    key: str
    at: datetime
    message_id: str
    delivery: str
    detail: str = ""
    is_permanent: bool = False
    """A bounce that will not mend itself."""
    link: str = ""
    """What was clicked, without its query: that may say who."""


_BODIES: Mapping[Kind, str] = {
    Kind.DELIVERY: "delivery",
    Kind.DELAY: "deliveryDelay",
    Kind.BOUNCE: "bounce",
    Kind.COMPLAINT: "complaint",
    Kind.REJECT: "reject",
    Kind.FAILURE: "failure",
    Kind.OPEN: "open",
    Kind.CLICK: "click",
    Kind.SUBSCRIPTION: "subscription",
    Kind.SEND: "send",
}
_RECIPIENTS: Mapping[Kind, str] = {
    Kind.BOUNCE: "bouncedRecipients",
    Kind.COMPLAINT: "complainedRecipients",
    Kind.DELAY: "delayedRecipients",
    Kind.DELIVERY: "recipients",
}


def parse_event(message: str | Mapping[str, Any]) -> SesEvent | None:
    """Read one message of a queue or file.

    Args:
        message: JSON: SNS's envelope with `Message` as a string or an object, EventBridge's, or
            SES's object itself.

    Returns:
        The event; None for what SNS says about itself (a confirmed subscription, SES's greeting)
        and for kinds of events that SES may add.

    Raises:
        UnreadableEventError: If it is no JSON or no event.
    """
    event = _unwrapped(_object(message))
    if event is None:
        return None
    named = event.get("eventType") or event.get("notificationType")
    if not isinstance(named, str):
        raise UnreadableEventError("an object without eventType")
    kind = named.replace(" ", "").lower()
    if kind not in set(Kind):
        return None
    try:
        return _event(Kind(kind), event)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise UnreadableEventError(f"a {kind} event without what it should hold") from error


def _object(message: str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(message, Mapping):
        return message
    try:
        document = json.loads(message)
    except (TypeError, ValueError) as error:
        raise UnreadableEventError("no JSON") from error
    if not isinstance(document, dict):
        raise UnreadableEventError("JSON, but no object")
    return document


def _unwrapped(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if "Message" in document and "Type" in document:
        # SES greets a new topic with plain text, and SNS asks to confirm a subscription.
        told = document["Message"]
        if document["Type"] != "Notification":
            return None
        if isinstance(told, str) and told.startswith("Successfully validated SNS topic"):
            return None
        return _object(told)
    detail = document.get("detail")
    if "detail-type" in document and isinstance(detail, dict):
        return detail
    return document


def _event(kind: Kind, event: Mapping[str, Any]) -> SesEvent:
    mail = event["mail"]
    body = event.get(_BODIES[kind]) or {}
    tags = (mail.get("tags") or {}).get(DELIVERY_TAG) or [""]
    message_id = str(mail["messageId"])
    # Reject and Rendering Failure have no time of their own.
    at = body.get("timestamp") or mail["timestamp"]
    parts = (message_id, kind.value, _recipient(kind, body, mail), body.get("feedbackId") or at)
    return SesEvent(
        kind=kind,
        key="|".join(str(part) for part in parts),
        at=_time(at),
        message_id=message_id,
        delivery=str(tags[0]),
        detail=_detail(kind, body),
        is_permanent=body.get("bounceType") == "Permanent",
        link=_link(body),
    )


def _recipient(kind: Kind, body: Mapping[str, Any], mail: Mapping[str, Any]) -> str:
    listed = body.get(_RECIPIENTS.get(kind, "")) or mail.get("destination") or [""]
    first = listed[0]
    return str(first.get("emailAddress", "")) if isinstance(first, dict) else str(first)


def _detail(kind: Kind, body: Mapping[str, Any]) -> str:
    """Return SES's own codes; never diagnostic text, which quotes addresses."""
    codes = {
        Kind.BOUNCE: (body.get("bounceType"), body.get("bounceSubType")),
        Kind.COMPLAINT: (body.get("complaintFeedbackType"), body.get("complaintSubType")),
        Kind.DELAY: (body.get("delayType"),),
        Kind.REJECT: ("rejected", body.get("reason")),
        Kind.FAILURE: ("rendering failure",),
    }
    return "/".join(str(code) for code in codes.get(kind, ()) if code)[:100]


def _link(body: Mapping[str, Any]) -> str:
    clicked = urlsplit(str(body.get("link") or body.get("url") or ""))
    return clicked._replace(query="", fragment="").geturl()[:500]


def _time(written: object) -> datetime:
    read = datetime.fromisoformat(str(written))
    return read if read.tzinfo else read.replace(tzinfo=UTC)
