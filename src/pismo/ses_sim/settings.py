"""What the simulated account is allowed, and how the simulator behaves."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pismo.ses_sim.faults import Fault


class Throttle(StrEnum):
    """What happens to a call of several recipients when the bucket holds less than that."""

    DEBT = "debt"  # goes through whole while anything is left, and the debt is waited for
    PARTIAL = "partial"  # the first ones go through, the others are ACCOUNT_THROTTLED


class BadEntry(StrEnum):
    """What one bad address or bad JSON does to a SendBulkEmail."""

    ENTRY = "entry"  # that entry is INVALID_PARAMETER, the others are accepted
    CALL = "call"  # the whole call is a BadRequestException, nothing is accepted


@dataclass(frozen=True, slots=True)
class Queue:
    """An SQS queue that gets the events, in SNS's envelope."""

    url: str
    endpoint: str | None = None
    region: str = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One simulated account.

    Attributes:
        max_send_rate: Recipients per second: the rate of the bucket, and what GetAccount says.
        burst: Recipients that the full bucket holds; None for one second's worth (at least 1).
        max_24_hour_send: Recipients in any 24 hours; -1 for no limit.
        throttle: What a call larger than the bucket's rest meets.
        bulk_calls_per_second: A limit on SendBulkEmail calls, which some accounts may have.
        control_calls_per_second: The limit on each template call; None for no limit.
        production: False for the sandbox, where recipients must be verified too.
        identities: Verified domains (with all below them) and addresses.
        configuration_sets: Made at the start, with an SNS destination for all events.
        access_keys: Access key ids that are let in; empty lets in any signed request.
        sink: Only count letters: no rendering, no limits, no events.
        latency_ms: Added to every answer of the API.
        faults: What goes wrong, and when.
        seed: Of everything drawn: faults by probability, bounces and complaints by share.
        bounce_share: Share of addresses, 0..1, that bounce for good.
        complaint_share: Share of addresses, 0..1, that complain.
        keep_letters: Letters held in memory; older ones are forgotten (counts are not).
        letters_dir: Folder that gets each letter as an .eml file.
        events_dir: Folder that gets each event as a .json file.
        queue: SQS queue that gets each event.
        clock: Seconds, never going back; tests hand in their own.
        started_at: The wall clock's reading at the start; None for now.
    """

    max_send_rate: float = 200.0
    burst: float | None = None
    max_24_hour_send: float = 1_000_000.0
    throttle: Throttle = Throttle.DEBT
    bad_entry: BadEntry = BadEntry.ENTRY
    bulk_calls_per_second: float | None = None
    control_calls_per_second: float | None = 1.0
    production: bool = True
    sending_enabled: bool = True
    enforcement_status: str = "HEALTHY"
    identities: tuple[str, ...] = ("example.com", "example.org", "example.net", "example")
    configuration_sets: tuple[str, ...] = ("pismo",)
    access_keys: tuple[str, ...] = ()
    region: str = "us-east-1"
    account_id: str = "123456789012"
    sink: bool = False
    latency_ms: float = 0.0
    faults: tuple[Fault, ...] = ()
    seed: int = 0
    bounce_share: float = 0.0
    complaint_share: float = 0.0
    keep_letters: int = 1_000
    letters_dir: Path | None = None
    events_dir: Path | None = None
    queue: Queue | None = None
    clock: Callable[[], float] = time.monotonic
    started_at: datetime | None = None
