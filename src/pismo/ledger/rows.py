"""What goes into the ledger and comes out of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pismo.model.people import Outcome, Submission
from pismo.records import dataclass

EVERY_TOPIC = "*"
"""A consent to this topic is a consent to all of them."""


class Scope(StrEnum):
    """What a reader does not want."""

    ALL = "all"
    NEWSLETTER = "newsletter"
    TOPIC = "topic"
    OCCASION = "occasion"
    PAUSE = "pause"


class Reason(StrEnum):
    """Why somebody is not written to; the order is the order in which reasons are given."""

    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no-consent"
    OPTED_OUT_TOPIC = "opted-out-topic"
    OPTED_OUT_OCCASION = "opted-out-occasion"
    PAUSED = "paused"
    HOLDOUT = "holdout"
    CAPPED = "capped"


class Consent(NamedTuple):
    """Somebody agreed to be written to: when, where (`source`), and to which text."""

    person: str
    given_at: datetime
    source: str
    wording: str
    topic: str = EVERY_TOPIC


class OptOut(NamedTuple):
    """Somebody does not want something; `until` ends a pause, `name` says which topic."""

    person: str
    scope: Scope
    since: datetime
    name: str = ""
    until: datetime | None = None
    source: str = "page"


class Suppression(NamedTuple):
    """An address that must not be written to, by its keyed hash."""

    address_hash: bytes
    reason: str
    since: datetime


class DeliveryRow(NamedTuple):
    """One person in a plan.

    `occasion` is what the letter is about if not the plan's issue: `birthday/2026`, the same for
    everybody (what differs from person to person is a fact); `shown` lists products recommended.
    """

    person: str
    address_hash: bytes
    segment: str
    digest: str
    send_at: datetime | None = None
    variant: str = "a"
    occasion: str = ""
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A plan as the ledger knows it; the people are in its Parquet shards, at `stored`.

    `editions` maps a segment to the digest of its edition.
    """

    id: str
    issue: str
    newsletter: str
    created_at: datetime
    audience: int
    planned: Mapping[str, int]
    excluded: Mapping[str, int]
    editions: Mapping[str, str]
    stored: str
    expires_at: datetime | None = None
    erased_at: datetime | None = None
    stop_at: datetime | None = None
    superseded_by: str | None = None
    size: int = 0


class AddedPlan(NamedTuple):
    """How many deliveries are new, and how many an earlier plan of the issue had begun."""

    added: int
    adopted: int


class Settled(NamedTuple):
    """What became of one claimed delivery; `detail` is a code, nothing personal."""

    id: str
    submission: Submission
    message_id: str | None = None
    detail: str | None = None


class Proof(NamedTuple):
    """What the mail service says about one delivery afterwards.

    `outcome` None: it was accepted and then not sent (Reject, Rendering Failure).
    """

    id: str
    outcome: Outcome | None
    message_id: str | None = None
    detail: str | None = None


class Known(NamedTuple):
    """What an event's tag leads to."""

    person: str
    address_hash: bytes
    submission: Submission


class Event(NamedTuple):
    """Something that came back. The same `key` is recorded once.

    `kind` is bounce, complaint, click, answer …; `item` and `value` say of what and which.
    """

    key: str
    kind: str
    at: datetime
    person: str | None = None
    issue: str | None = None
    delivery: str | None = None
    item: str = ""
    value: str = ""


class AuditLine(NamedTuple):
    """What was done to somebody's records."""

    at: datetime
    action: str
    subject: str
    detail: str
