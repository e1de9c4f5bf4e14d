"""Why publishing of a plan stopped by itself, kept until a person goes on."""

from datetime import datetime

from sqlalchemy import text

from pismo.ledger.store import Store, epoch, scalar
from pismo.records import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """What events said about an issue's letters so far."""

    accepted: int = 0
    bounced: int = 0
    complained: int = 0


class Holds(Store):
    """Stops that no cron job may lift."""

    def hold(self, plan_id: str, reason: str, now: datetime) -> None:
        """Stop a plan until a person resumes it."""
        with self.write() as connection:
            sql = "UPDATE plans SET stop_at = :now WHERE id = :id"
            connection.execute(text(sql), {"id": plan_id, "now": epoch(now)})
            connection.execute(text(_SET), {"name": f"held-{plan_id}", "value": reason})

    def held_for(self, plan_id: str) -> str:
        """Say why a plan was stopped by itself; '' if it was not."""
        with self.read() as connection:
            return str(scalar(connection, _GET, name=f"held-{plan_id}") or "")

    def release(self, plan_id: str, seen: Tally) -> None:
        """Let a plan be published again.

        Args:
            plan_id: The plan.
            seen: What a person who goes on has seen: only what comes on top is judged then. Kept
                if the plan had stopped by itself.
        """
        with self.write() as connection:
            held = scalar(connection, _GET, name=f"held-{plan_id}")
            connection.execute(
                text("UPDATE plans SET stop_at = NULL WHERE id = :id"), {"id": plan_id}
            )
            if held is None:
                return
            connection.execute(
                text("DELETE FROM meta WHERE name = :name"), {"name": f"held-{plan_id}"}
            )
            value = f"{seen.accepted} {seen.bounced} {seen.complained}"
            connection.execute(text(_SET), {"name": f"excused-{plan_id}", "value": value})

    def excused(self, plan_id: str) -> Tally:
        """Return what a person has seen and gone on from."""
        with self.read() as connection:
            value = scalar(connection, _GET, name=f"excused-{plan_id}")
        return Tally(*map(int, str(value).split())) if value else Tally()


_GET = "SELECT value FROM meta WHERE name = :name"
_SET = (
    "INSERT INTO meta (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
