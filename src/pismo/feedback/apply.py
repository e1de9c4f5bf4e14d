"""Events written down: outcomes, doubts settled, suppressions, wishes. Twice is the same as once.

Every step can be repeated, and the events themselves are recorded last: a crash in the middle
leaves them unseen, so that the next pull does it all again.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pismo.feedback.parse import Kind, SesEvent
from pismo.ledger import Event, Known, Ledger, OptOut, Proof, Scope, Suppression
from pismo.model.people import Outcome, Submission
from pismo.records import dataclass, field

SOFT_BOUNCE_DAYS = 5
"""On so many different days of a month a mailbox may be full before it is given up."""

_SOFT_BOUNCE_SPAN = timedelta(days=30)
_OUTCOMES: Mapping[Kind, Outcome | None] = {
    Kind.SEND: Outcome.SENT,
    Kind.DELAY: Outcome.DELAYED,
    Kind.DELIVERY: Outcome.DELIVERED,
    Kind.OPEN: Outcome.DELIVERED,
    Kind.CLICK: Outcome.DELIVERED,
    Kind.BOUNCE: Outcome.BOUNCED,
    Kind.COMPLAINT: Outcome.COMPLAINED,
    Kind.REJECT: None,
    Kind.FAILURE: None,
}
_UNSETTLED = {Submission.CLAIMED, Submission.IN_DOUBT}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackReport:
    """What a pull did. `settled`: deliveries in doubt (or claimed) of which the event was proof.

    `strange`: events about letters that this ledger did not send; `unreadable`: no events at all.
    """

    read: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    settled: int = 0
    suppressed: int = 0
    unsubscribed: int = 0
    strange: int = 0
    unreadable: int = 0

    def __add__(self, other: "FeedbackReport") -> "FeedbackReport":
        kinds = Counter(self.kinds) + Counter(other.kinds)
        sums = {
            each.name: getattr(self, each.name) + getattr(other, each.name)
            for each in dataclasses.fields(self)
            if each.name != "kinds"
        }
        return FeedbackReport(kinds=dict(kinds), **sums)


def apply_events(events: Iterable[SesEvent], ledger: Ledger, now: datetime) -> FeedbackReport:
    """Write a batch of events down; on disk when this returns.

    Hard bounces suppress the address, complaints suppress it and unsubscribe the person from
    everything, soft bounces are counted. An event that proves that a letter went out, or that
    SES did not send it, settles a delivery in doubt.
    """
    listed = list(events)
    known = ledger.known({event.delivery for event in listed})
    ours = [event for event in listed if event.delivery in known]
    ledger.record_proofs((_proof(event) for event in ours if event.kind in _OUTCOMES), now)
    kept = {event.key: event for event in ours if event.kind in _KEPT}
    fresh = ledger.unseen(kept)
    consequences = [event for key, event in kept.items() if key in fresh]
    suppressed = _suppress(consequences, known, ledger)
    unsubscribed = _unsubscribe(consequences, known, ledger)
    ledger.record_events([_record(event) for event in consequences], now)
    suppressed += _give_up_full_mailboxes(consequences, known, ledger, now)
    after = ledger.known({event.delivery for event in ours})
    settled = [
        name
        for name, row in after.items()
        if known[name].submission in _UNSETTLED and row.submission not in _UNSETTLED
    ]
    return FeedbackReport(
        read=len(listed),
        kinds=dict(Counter(event.kind.value for event in listed)),
        settled=len(settled),
        suppressed=suppressed,
        unsubscribed=unsubscribed,
        strange=len(listed) - len(ours),
    )


_KEPT = {Kind.BOUNCE, Kind.COMPLAINT, Kind.REJECT, Kind.FAILURE, Kind.OPEN, Kind.CLICK}
"""Kinds of events of which each is kept; Send and Delivery are told by the outcome alone."""


def _proof(event: SesEvent) -> Proof:
    outcome = _OUTCOMES[event.kind]
    return Proof(event.delivery, outcome, event.message_id, event.detail or None)


def _is_complaint(event: SesEvent) -> bool:
    # «not-spam» is the opposite: somebody took a letter out of the spam folder (RFC 5965 §7.3).
    return event.kind is Kind.COMPLAINT and not event.detail.startswith("not-spam")


def _suppress(events: Iterable[SesEvent], known: Mapping[str, Known], ledger: Ledger) -> int:
    found = {
        known[event.delivery].address_hash: Suppression(
            known[event.delivery].address_hash, event.kind.value, event.at
        )
        for event in events
        if _is_complaint(event) or (event.kind is Kind.BOUNCE and event.is_permanent)
    }
    return ledger.suppress(found.values()) if found else 0


def _unsubscribe(events: Iterable[SesEvent], known: Mapping[str, Known], ledger: Ledger) -> int:
    people = {known[event.delivery].person: event.at for event in events if _is_complaint(event)}
    wishes = [OptOut(person, Scope.ALL, at, source="complaint") for person, at in people.items()]
    return ledger.opt_out(wishes) if wishes else 0


def _record(event: SesEvent) -> Event:
    kind = event.kind.value
    if event.kind is Kind.BOUNCE and not event.is_permanent:
        kind = _SOFT
    return Event(
        event.key, kind, event.at, delivery=event.delivery, item=event.link, value=event.detail
    )


_SOFT = "soft-bounce"


def _give_up_full_mailboxes(
    events: Iterable[SesEvent], known: Mapping[str, Known], ledger: Ledger, now: datetime
) -> int:
    soft = {
        known[event.delivery].person: known[event.delivery].address_hash
        for event in events
        if event.kind is Kind.BOUNCE and not event.is_permanent
    }
    if not soft:
        return 0
    since = now - _SOFT_BOUNCE_SPAN
    given_up = ledger.people_with(_SOFT, at_least=SOFT_BOUNCE_DAYS, since=since)
    found = [Suppression(soft[person], _SOFT, now) for person in given_up if person in soft]
    return ledger.suppress(found) if found else 0
