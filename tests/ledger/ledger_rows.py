"""Rows to fill ledgers with."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pismo.ledger import (
    Consent,
    DeliveryRow,
    Ledger,
    PlanRow,
    Publisher,
    Settled,
    delivery_id,
)
from pismo.model.people import Submission

NOW = datetime(2026, 11, 27, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
ISSUE = "friday/2026-11-27"
DIGEST = "0123456789abcdef" * 4


def hash_of(person: str) -> bytes:
    """Return 16 bytes that stand for a person's address."""
    return person.encode().rjust(16, b"\0")[-16:]


def rows_for(people: Iterable[str]) -> list[DeliveryRow]:
    """Return a plan's rows for people."""
    return [DeliveryRow(person, hash_of(person), "everyone", DIGEST) for person in people]


def plan_row(plan: str, *, issue: str = ISSUE, audience: int = 0) -> PlanRow:
    """Return a plan without people."""
    return PlanRow(
        id=plan,
        issue=issue,
        newsletter=issue.split("/", maxsplit=1)[0],
        created_at=NOW,
        audience=audience,
        planned={"everyone": audience},
        excluded={},
        editions={"everyone": DIGEST},
        stored=f"plans/{plan}",
    )


def add(ledger: Ledger, plan: str, people: Iterable[str], *, issue: str = ISSUE) -> list[str]:
    """Add a plan and return the ids of its deliveries."""
    listed = list(people)
    ledger.add_plan(plan_row(plan, issue=issue, audience=len(listed)), rows_for(listed))
    return [delivery_id(plan, place) for place in range(len(listed))]


def send(
    ledger: Ledger,
    plan: str,
    ids: list[str],
    submission: Submission = Submission.ACCEPTED,
    *,
    publisher: Publisher | None = None,
    at: datetime = NOW,
) -> None:
    """Claim deliveries and settle them."""
    num = 1 if publisher is None else publisher.num
    claimed = ledger.claim(plan, ids, at, publisher=num)
    ledger.settle([Settled(each, submission) for each in claimed], at, publisher=num)


def agree(ledger: Ledger, people: Iterable[str], topic: str = "*") -> None:
    """Let people consent."""
    ledger.record_consents(
        Consent(person, NOW - 30 * HOUR, "site", "2026-01", topic) for person in people
    )
