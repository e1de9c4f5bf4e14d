"""People and letters: recipients, what they are shown, and what became of it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pismo.model.content import FactValue, Sender
from pismo.records import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """One product chosen for one reader, with the reason in words."""

    id: str
    title: str
    url: str
    price: Decimal
    currency: str
    reason: str
    image: str = ""
    old_price: Decimal | None = None
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """A reader's own links: signed and untimed, except `web`, which is the same for all.

    `items` maps a poll's or quiz's slug to the link that answers it.
    """

    unsubscribe: str
    preferences: str
    web: str
    items: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One person as a letter needs them; `address` is None in previews and samples."""

    id: str
    segment: str
    facts: Mapping[str, FactValue]
    picks: tuple[Recommended, ...]
    links: Links
    address: str | None = None
    variant: str = "a"
    counts: Mapping[str, int] = field(default_factory=dict)
    occasion: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """Decoded parts and headers of one letter; `headers` excludes From, To and Subject."""

    sender: Sender
    to: str
    subject: str
    preheader: str
    html: str
    text: str
    headers: tuple[tuple[str, str], ...]


DELIVERY_TAG = "delivery"
"""Name of the message tag that carries `Delivery.id`, by which SES's events find their row."""


class Submission(StrEnum):
    """What became of handing a letter over (DESIGN §6)."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    THROTTLED = "throttled"
    IN_DOUBT = "in_doubt"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What became of an accepted letter, in the order in which it can only move up."""

    SENT = "sent"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One person's state in one issue; `id` is opaque and tags the message.

    `issue` is the occasion instead, for a triggered letter; `digest` is cut to 16 letters;
    `detail` is a code (why withdrawn, refused, bounced), never anything personal.
    """

    id: str
    issue: str
    person: str
    submission: Submission
    outcome: Outcome | None = None
    detail: str = ""
    plan: str = ""
    segment: str = ""
    variant: str = "a"
    digest: str = ""
    attempt: int = 0
    message_id: str = ""
    send_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who gets which edition, frozen; the people themselves are in the plan's Parquet shards.

    `editions` maps a segment to its edition's digest; audience = sum(planned) + sum(excluded).
    """

    id: str
    issue: str
    created_at: datetime
    audience: int
    planned: Mapping[str, int]
    excluded: Mapping[str, int]
    editions: Mapping[str, str]
