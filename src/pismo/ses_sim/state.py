"""What the simulated account remembers: its settings' living half, and every letter it took."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pismo.ses_sim.events import EventSink
from pismo.ses_sim.handlebars import Template
from pismo.ses_sim.limits import Pairs
from pismo.ses_sim.quota import Bucket, CallRates, Daily
from pismo.ses_sim.settings import Settings

ALL_EVENTS = (
    "SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "OPEN", "CLICK",
    "RENDERING_FAILURE", "DELIVERY_DELAY", "SUBSCRIPTION",
)  # fmt: skip
_TEMPLATE_CALLS = (
    "CreateEmailTemplate", "UpdateEmailTemplate", "GetEmailTemplate", "DeleteEmailTemplate",
    "ListEmailTemplates", "TestRenderEmailTemplate",
)  # fmt: skip
_RECEIPTS = 200_000


@dataclass(slots=True)
class Identity:
    """A domain or an address that may (or may not yet) send."""

    name: str
    verified: bool
    dkim_enabled: bool = True
    mail_from: str = ""
    mail_from_status: str = "SUCCESS"
    on_mx_failure: str = "USE_DEFAULT_VALUE"
    configuration_set: str = ""

    @property
    def is_domain(self) -> bool:
        """Say whether it is a domain (and covers what is below it)."""
        return "@" not in self.name


@dataclass(frozen=True, slots=True)
class StoredTemplate:
    """A template as it was given, and compiled."""

    name: str
    subject: str
    html: str
    text: str
    created: datetime
    parts: tuple[Template, Template, Template]


@dataclass(frozen=True, slots=True)
class EventDestination:
    """Where events of a configuration set go; `topic` is empty unless it is SNS."""

    name: str
    enabled: bool
    types: tuple[str, ...]
    topic: str
    definition: dict[str, object]


@dataclass(slots=True)
class ConfigurationSet:
    """A configuration set; `options` holds what is only given back."""

    name: str
    sending_enabled: bool = True
    destinations: dict[str, EventDestination] = field(default_factory=dict)
    options: dict[str, object] = field(default_factory=dict)
    suppressed_reasons: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Suppressed:
    """One address of the account's suppression list."""

    address: str
    reason: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """One accepted letter to one Destination, as its readers would see it.

    `outcome` is delivered, bounced, complained, suppressed, rejected or rendering-failure;
    `problem` says more about the last two.
    """

    message_id: str
    accepted_at: datetime
    operation: str
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    reply_to: tuple[str, ...]
    subject: str
    html: str
    text: str
    headers: Pairs
    tags: Pairs
    configuration_set: str
    template: str
    outcome: str
    problem: str = ""
    raw: bytes | None = None
    attachments: tuple[tuple[str, str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """One call as the server saw it; `at_s` is the settings' clock."""

    at_s: float
    operation: str
    status: int
    accepted: int
    throttled: int


@dataclass(slots=True)
class State:
    """Everything behind the API. Written by the server's thread only; tests read it."""

    settings: Settings
    identities: dict[str, Identity]
    templates: dict[str, StoredTemplate]
    configuration_sets: dict[str, ConfigurationSet]
    suppressed: dict[str, Suppressed]
    suppressed_reasons: tuple[str, ...]
    sending_enabled: bool
    bucket: Bucket
    daily: Daily
    rates: CallRates
    letters: deque[Letter]
    receipts: deque[Receipt]
    sink: EventSink
    clock: Callable[[], float]
    clock_zero: float
    wall_zero: datetime
    requests: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    throttled: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    accepted_by_tag: dict[str, Counter[str]] = field(default_factory=dict)
    accepted_by_address: Counter[str] = field(default_factory=Counter)

    def now(self) -> datetime:
        """Return the wall clock's reading, moved on by the settings' clock."""
        return self.wall_zero + timedelta(seconds=self.clock() - self.clock_zero)

    def receipt(
        self, operation: str, status: int, *, accepted: int = 0, throttled: int = 0
    ) -> None:
        """Note one call of sending."""
        self.accepted += accepted
        self.throttled += throttled
        self.receipts.append(Receipt(self.clock(), operation, status, accepted, throttled))


def new_state(settings: Settings, sink: EventSink) -> State:
    """Return a fresh account as the settings describe it."""
    clock = settings.clock
    holds = settings.burst if settings.burst is not None else max(1.0, settings.max_send_rate)
    sets = {name: ConfigurationSet(name) for name in settings.configuration_sets}
    for one in sets.values():
        topic = f"arn:aws:sns:{settings.region}:{settings.account_id}:{one.name}-events"
        definition: dict[str, object] = {"SnsDestination": {"TopicArn": topic}}
        one.destinations["all"] = EventDestination("all", True, ALL_EVENTS, topic, definition)
    return State(
        settings=settings,
        identities={name: Identity(name, verified=True) for name in settings.identities},
        templates={},
        configuration_sets=sets,
        suppressed={},
        suppressed_reasons=("BOUNCE", "COMPLAINT"),
        sending_enabled=settings.sending_enabled,
        bucket=Bucket(settings.max_send_rate, holds, clock),
        daily=Daily(settings.max_24_hour_send, clock),
        rates=CallRates(_limits(settings), clock),
        letters=deque(maxlen=settings.keep_letters),
        receipts=deque(maxlen=_RECEIPTS),
        sink=sink,
        clock=clock,
        clock_zero=clock(),
        wall_zero=settings.started_at or datetime.now(UTC),
    )


def _limits(settings: Settings) -> dict[str, float]:
    limits: dict[str, float] = {}
    if settings.control_calls_per_second is not None:
        limits = dict.fromkeys(_TEMPLATE_CALLS, settings.control_calls_per_second)
    if settings.bulk_calls_per_second is not None:
        limits["SendBulkEmail"] = settings.bulk_calls_per_second
    return limits
