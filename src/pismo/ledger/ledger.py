"""The ledger: one class over one database, made of its parts."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import text

from pismo.errors import StateError
from pismo.ledger.deliveries import Deliveries
from pismo.ledger.events import Events
from pismo.ledger.migrate import migrate
from pismo.ledger.pace import Pace
from pismo.ledger.plans import Plans
from pismo.ledger.publishers import Publishers
from pismo.ledger.rights import Rights
from pismo.ledger.store import epoch, moment, open_engine, scalar
from pismo.ledger.wishes import Wishes

FILE = "ledger.sqlite"


class Ledger(Wishes, Plans, Deliveries, Publishers, Events, Pace, Rights):
    """The one authority on consent, opt-outs, suppressions, deliveries and incoming events.

    Every method is one transaction; many processes and threads use one database at once.
    """

    @cached_property
    def id(self) -> str:
        """The ledger's own name, made with it: 16 hex digits, in approvals and reports."""
        with self.read() as connection:
            return str(scalar(connection, "SELECT value FROM meta WHERE name = 'id'"))

    def bind_keys(self, hmac_ids: Sequence[str]) -> None:
        """Make sure that addresses are hashed with the keys this ledger knows.

        Args:
            hmac_ids: `Keys.hmac_ids`, newest first.

        Raises:
            StateError: If none of them has been used here: nobody suppressed would be recognised.
        """
        with self.write() as connection:
            known = str(scalar(connection, "SELECT value FROM meta WHERE name = 'keys'") or "")
            if known and not set(known.split()) & set(hmac_ids):
                raise StateError(
                    "the state database was written with another key for hashing addresses",
                    hint="restore keys.toml or PISMO_HMAC_KEYS: with a new key, people who must"
                    " not be written to would not be recognised",
                )
            if set(hmac_ids) - set(known.split()):
                merged = " ".join(dict.fromkeys([*known.split(), *hmac_ids]))
                connection.execute(text(_SET), {"name": "keys", "value": merged})

    def has_used(self, transport: str) -> bool:
        """Tell whether this ledger has sent by a transport before, or was told that it may."""
        with self.read() as connection:
            sql = "SELECT value FROM meta WHERE name = :name"
            return scalar(connection, sql, name=f"used-{transport}") is not None

    def note_use(self, transport: str) -> None:
        """Remember that a transport is used: a ledger just made cannot know who was written to."""
        with self.write() as connection:
            connection.execute(text(_SET), {"name": f"used-{transport}", "value": "yes"})

    def restored_at(self) -> datetime | None:
        """Return when a backup was put in this ledger's place; None if that never happened."""
        with self.read() as connection:
            found = scalar(connection, "SELECT value FROM meta WHERE name = 'restored'")
        return None if found is None else moment(int(found))

    def note_restored(self, now: datetime) -> None:
        """Remember that what happened between a backup and this moment was forgotten."""
        with self.write() as connection:
            connection.execute(text(_SET), {"name": "restored", "value": str(epoch(now))})


_SET = (
    "INSERT INTO meta (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def open_ledger(url: str | Path, *, hmac_ids: Sequence[str] = ()) -> Ledger:
    """Open a state database, made or migrated if need be.

    Args:
        url: A path, `sqlite:///path` or `postgresql://user@host/database`.
        hmac_ids: `Keys.hmac_ids`: checked against those the ledger knows.

    Raises:
        StateError: If it cannot be reached, is newer than this pismo, or knows other keys.
    """
    ledger = Ledger(open_engine(url))
    try:
        migrate(ledger)
        if hmac_ids:
            ledger.bind_keys(hmac_ids)
    except BaseException:
        ledger.close()
        raise
    return ledger
