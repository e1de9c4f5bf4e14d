"""Who is publishing: a lock that dies with its process, so that orphaned claims are found at once.

SQLite: one publisher per issue; the lock is a transaction on a small database file of its own in
`locks/`, which the operating system releases with the process, on every platform.
PostgreSQL: any number of publishers; each holds an advisory lock on a connection of its own,
which the server releases with the connection (so no pgbouncer in transaction mode).
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from pismo.errors import StateError
from pismo.ledger.ids import delivery_id
from pismo.ledger.states import CODE
from pismo.ledger.store import Store, epoch, scalar, translated
from pismo.model.people import Submission
from pismo.records import dataclass

_LOCK_CLASS = 0x7069736D
_LOOK_S = 0.2
"""A look at who publishes holds the lock for a moment: a publisher that begins waits it out."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """A running `publish`; `num` marks its claims."""

    num: int
    issue: str
    owner: str


class Publishers(Store):
    """Leases on publishing an issue, and the claims of those who died."""

    @contextmanager
    def lease(self, issue: str, owner: str, now: datetime) -> Iterator[Publisher]:
        """Be a publisher of an issue for as long as the block runs.

        Args:
            issue: The issue.
            owner: Who: host and process, for people to read.
            now: The moment it begins.

        Raises:
            StateError: On SQLite, if another process publishes this issue.
        """
        if self.is_sqlite:
            with self._file_lock(issue):
                yield self._enter(issue, owner, now)
            return
        publisher = self._enter(issue, owner, now)
        autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        with translated(), autocommit.connect() as connection:
            _try_lock(connection, publisher.num)
            try:
                yield publisher
            finally:
                # A server that is gone has let go of the lock, and whatever happened is told.
                with suppress(DBAPIError):
                    _unlock(connection, publisher.num)

    def living_publishers(self, issue: str) -> tuple[str, ...]:
        """Say who publishes an issue at this moment: host and process of each."""
        if self.is_sqlite:
            if not self._lock_path(issue).exists():
                return ()
            try:
                with self._file_lock(issue):
                    return ()
            except StateError:
                return (self._last_owner(issue),)
        with self.read() as connection:
            found = connection.execute(text(_LIVING), {"issue": issue, "kind": _LOCK_CLASS}).all()
        return tuple(owner for (owner,) in found)

    def published_issues(self) -> tuple[str, ...]:
        """Name every issue that was ever published, or is."""
        with self.read() as connection:
            found = connection.execute(text("SELECT DISTINCT issue FROM publishers ORDER BY 1"))
            return tuple(issue for (issue,) in found)

    def has_run(self, num: int, issue: str, owner: str) -> bool:
        """Tell whether a publisher that was here once is remembered."""
        with self.read() as connection:
            sql = "SELECT 1 FROM publishers WHERE num = :num AND issue = :issue AND owner = :owner"
            return scalar(connection, sql, num=num, issue=issue, owner=owner) is not None

    def adopt_orphans(
        self, plan_id: str, now: datetime, *, publisher: Publisher
    ) -> tuple[str, ...]:
        """Put claims whose publisher is gone in doubt; they are this publisher's to settle.

        Returns:
            Their delivery ids.
        """
        with self.write() as connection:
            rows = connection.execute(text(_CLAIMERS), {"plan_id": plan_id}).all()
            gone = [
                num for (num,) in rows if num != publisher.num and self._is_gone(connection, num)
            ]
            moved = connection.execute(
                text(f"{_ORPHANS} AND {self.among('claimer', 'gone')} RETURNING seq"),
                {
                    "plan_id": plan_id,
                    "gone": self.numbers(gone),
                    "now": epoch(now),
                    "publisher": publisher.num,
                },
            ).all()
            named = {}
            for (seq,) in moved:
                maker, first = connection.execute(text(_MAKER), {"seq": seq}).one()
                named[seq] = delivery_id(maker, seq - first)
        return tuple(named[seq] for seq in sorted(named))

    def _enter(self, issue: str, owner: str, now: datetime) -> Publisher:
        with self.write() as connection:
            num = scalar(
                connection,
                "INSERT INTO publishers (issue, owner, started_at)"
                " VALUES (:issue, :owner, :now) RETURNING num",
                issue=issue,
                owner=owner,
                now=epoch(now),
            )
        return Publisher(int(num), issue, owner)

    def _is_gone(self, connection: Connection, num: int) -> bool:
        # On SQLite whoever holds the lease is the only one; on PostgreSQL the lock tells.
        if self.is_sqlite:
            return True
        return bool(
            scalar(
                connection,
                "SELECT pg_try_advisory_xact_lock(:kind, :num)",
                kind=_LOCK_CLASS,
                num=num,
            )
        )

    @contextmanager
    def _file_lock(self, issue: str) -> Iterator[None]:
        path = self._lock_path(issue)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(path, timeout=_LOOK_S, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                raise self._busy(issue) from error
            yield

    def _lock_path(self, issue: str) -> Path:
        database = self.engine.url.database
        assert database is not None
        name = hashlib.sha256(issue.encode()).hexdigest()[:16]
        return Path(database).parent / "locks" / f"publish-{name}.lock"

    def _last_owner(self, issue: str) -> str:
        with self.read() as connection:
            return str(
                scalar(
                    connection,
                    "SELECT owner FROM publishers WHERE issue = :issue ORDER BY num DESC LIMIT 1",
                    issue=issue,
                )
            )

    def _busy(self, issue: str) -> StateError:
        return StateError(
            f"{issue} is being published already, by {self._last_owner(issue)}",
            hint=f"wait for it, or end it: pismo stop {issue}. Several publishers at once need"
            " PostgreSQL (state.url)",
            ru=f"{issue} уже публикует {self._last_owner(issue)}",
            hint_ru=f"дождитесь или прервите: pismo stop {issue}. Для нескольких сразу нужен"
            " PostgreSQL (state.url)",
        )


_RANGE = (
    "seq >= (SELECT oldest_seq FROM plans WHERE id = :plan_id)"
    " AND seq < (SELECT first_seq + size FROM plans WHERE id = :plan_id)"
    " AND plan = (SELECT num FROM plans WHERE id = :plan_id)"
    f" AND submission = {CODE[Submission.CLAIMED]}"
)
_CLAIMERS = f"SELECT DISTINCT claimer FROM deliveries WHERE {_RANGE}"
_ORPHANS = (
    f"UPDATE deliveries SET submission = {CODE[Submission.IN_DOUBT]}, claimer = :publisher,"
    f" updated_at = :now, detail = 'never answered' WHERE {_RANGE}"
)
_LIVING = (
    "SELECT p.owner FROM publishers p JOIN pg_locks l ON CAST(l.objid AS bigint) = p.num"
    " WHERE p.issue = :issue AND l.locktype = 'advisory' AND l.granted"
    " AND CAST(l.classid AS bigint) = :kind ORDER BY p.num"
)
_MAKER = (
    "SELECT id, first_seq FROM plans WHERE first_seq <= :seq AND size > 0"
    " ORDER BY first_seq DESC LIMIT 1"
)


def _try_lock(connection: Connection, num: int) -> None:
    scalar(connection, "SELECT pg_advisory_lock(:kind, :num)", kind=_LOCK_CLASS, num=num)


def _unlock(connection: Connection, num: int) -> None:
    scalar(connection, "SELECT pg_advisory_unlock(:kind, :num)", kind=_LOCK_CLASS, num=num)
