"""What keeps letters from a person: their own wishes, and what happened to their mailbox."""

from datetime import datetime

from pismo.explain.audience import Audience
from pismo.keys import hashes_of
from pismo.plan.state import State
from pismo.records import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason, since when, and where it came from.

    `what` is the scope of a wish, or `suppressed`; `name` is what the wish is about; `source` is
    where it was said (`one-click`, an import), or why an address is suppressed (`bounce` …).
    """

    what: str
    name: str
    since: datetime
    until: datetime | None
    source: str


def refusals_of(state: State, audience: Audience | None, person: str) -> tuple[Refusal, ...]:
    """List everything on record against writing to a person, the newest first."""
    found = [
        Refusal(one.scope.value, one.name, one.since, one.until, one.source)
        for one in state.ledger.opt_outs_of(person)
    ]
    reader = audience.reader(person) if audience is not None else None
    if reader is not None:
        hashes = [address_hash for _, address_hash in hashes_of([reader])]
        found += [
            Refusal("suppressed", "", one.since, None, one.reason)
            for one in state.ledger.suppressions_of(hashes)
        ]
    return tuple(sorted(found, key=lambda one: one.since, reverse=True))
