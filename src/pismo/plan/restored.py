"""After a backup was put back: whoever may have been written to since is in doubt, not planned.

The state database has forgotten what was sent after the backup, but the plans of that time are
still stored here, each with the way it was published. What is in doubt is settled by SES's events
(`pismo feedback pull`) or asked for by a person (`--retry-in-doubt`); nothing is sent by itself.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from pismo.errors import PlanError
from pismo.ledger import Ledger
from pismo.plan.handed import forget_handed
from pismo.plan.make import record_plan
from pismo.plan.store import FOLDER, StoredPlan, bound_transport, read_plan
from pismo.records import dataclass


@dataclass(frozen=True, slots=True)
class Doubted:
    """A plan that may have been sent from since the backup, and how many letters are in doubt."""

    plan: str
    issue: str
    letters: int


def doubt_since_backup(
    state_dir: Path, ledger: Ledger, now: datetime, *, keep_days: float
) -> list[Doubted]:
    """Put in doubt whatever plans stored here may have sent since the backup.

    Plans that the ledger has forgotten are recorded again, so that events about their letters are
    understood; ids of deliveries stay what they were.

    Returns:
        Plans with letters in doubt, oldest first. Plans that were never begun are left alone.
    """
    forget_handed(state_dir)
    found = []
    for stored in sorted(_begun(state_dir), key=lambda one: one.plan.created_at):
        known = {row.id for row in ledger.plans(stored.plan.issue)}
        if stored.plan.id not in known:
            record_plan(stored, ledger, expires_at=now + timedelta(days=keep_days))
        letters = ledger.doubt_unsent(stored.plan.id, now)
        if letters:
            found.append(Doubted(stored.plan.id, stored.plan.issue, letters))
    return found


def _begun(state_dir: Path) -> Iterator[StoredPlan]:
    for folder in (state_dir / FOLDER).glob("[a-z0-9]*"):
        if not bound_transport(folder):
            continue
        try:
            yield read_plan(state_dir, folder.name, "")
        except (PlanError, KeyError, ValueError):
            continue
