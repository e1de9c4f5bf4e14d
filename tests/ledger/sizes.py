"""One issue as a ledger lives through it: planned, claimed, accepted, delivered; its weight."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import text

from pismo.ledger import DeliveryRow, Ledger, Proof, Settled, delivery_id, new_plan_id
from pismo.model.people import Outcome, Submission
from tests.ledger.ledger_rows import DIGEST, NOW, plan_row

CLAIM = 500
EVENTS = 1_000


def live_through(ledger: Ledger, people: int, issue: str = "friday/2026-11-27") -> None:
    """Plan, claim, accept and deliver a letter to so many people, in batches as publishing has."""
    plan = new_plan_id()
    ledger.add_plan(plan_row(plan, issue=issue, audience=people), _rows(people))
    ids = [delivery_id(plan, place) for place in range(people)]
    with ledger.lease(issue, "benchmark", NOW) as publisher:
        for batch in _batches(ids, CLAIM):
            claimed = ledger.claim(plan, batch, NOW, publisher=publisher.num)
            ledger.settle(
                [Settled(one, Submission.ACCEPTED, _message_id(one)) for one in claimed],
                NOW,
                publisher=publisher.num,
            )
    for batch in _batches(ids, EVENTS):
        ledger.record_proofs([Proof(one, Outcome.DELIVERED) for one in batch], NOW)


def bytes_of(ledger: Ledger) -> int:
    """Return what deliveries and their indexes take, dead rows included."""
    if ledger.is_sqlite:
        database = ledger.engine.url.database
        assert database is not None
        return Path(database).stat().st_size
    with ledger.read() as connection:
        size = connection.execute(text("SELECT pg_total_relation_size('deliveries')")).scalar_one()
    return int(size)


def _rows(people: int) -> Iterator[DeliveryRow]:
    for number in range(people):
        # In no order, as a plan's people are in the order of a lot (the factor is a prime).
        person = f"p{number * 7_368_787 % 10**7:07}"
        key = hashlib.sha256(person.encode()).digest()[:16]
        yield DeliveryRow(person, key, "everyone", DIGEST, send_at=NOW)


def _message_id(delivery: str) -> str:
    """Return an id as SES makes them: 60 characters."""
    digits = hashlib.sha256(delivery.encode()).hexdigest()
    groups = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32])
    return "-".join((f"01000192{digits[:8]}", *groups, "000000"))


def _batches(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
