"""The database under the ledger: SQLite in a file of its own, or PostgreSQL by URL.

Writing transactions on SQLite begin with BEGIN IMMEDIATE, so that two processes queue instead of
failing half-way, and commit with synchronous=FULL: what `commit` returned from survives a power
cut (the settling of claims alone may lose its last moments: then they are in doubt). Sets of rows
reach SQL through temporary tables (`give`), numbers as one parameter (`among`).
"""

import itertools
import os
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError

from pismo.errors import StateError
from pismo.records import dataclass
from pismo.text import Hints

OLDEST_SQLITE = (3, 35, 0)
_BUSY_S = 30
_ASK_AGAIN_S = 0.02
_CACHE_KIB = 16_384
"""SQLite's page cache: a publisher's memory stays below this, however many people there are."""
_ROOMY_KIB = 131_072
"""The same while a plan is stored, which writes two indexes in random order."""

AnyRow = Row[*tuple[Any, ...]]
"""A row of a query written as text."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:/|(postgres(ql)?|sqlite)\b[^/]*:|.*://", re.IGNORECASE)
"""How a URL begins, or what was meant to be one; a single letter is a drive."""

_ROWS_A_STATEMENT = 100
_ROWS = 50 * _ROWS_A_STATEMENT


@dataclass(frozen=True, slots=True)
class Given:
    """A temporary table that hands a set of rows to SQL; columns are (name, type)."""

    name: str
    columns: tuple[tuple[str, str], ...]


class Store:
    """Connections and transactions; errors of the database become `StateError`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a reading transaction: one consistent state, nobody waits for it."""
        with translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self, *, is_durable: bool = True) -> Iterator[Connection]:
        """Open a writing transaction; when the block is left, it is on disk.

        Args:
            is_durable: False where a power cut may take the last moments away, and nothing is
                wrong then: the next durable transaction brings them to disk, too.
        """
        writing = self.engine.execution_options(
            pismo_synchronous="FULL" if is_durable else "NORMAL"
        )
        with translated(), writing.begin() as connection:
            if not is_durable and not self.is_sqlite:
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield connection

    @contextmanager
    def roomy(self, connection: Connection) -> Iterator[None]:
        """Let SQLite keep more pages in memory within the block, and let go of them after it."""
        if not self.is_sqlite:
            yield
            return
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_ROOMY_KIB}")
        try:
            yield
        finally:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB}")

    def give(self, connection: Connection, table: Given, rows: Iterable[Sequence[object]]) -> int:
        """Fill a temporary table, seen by this connection only; what it held before is gone.

        Returns:
            How many rows there are.
        """
        columns = ", ".join(name for name, _ in table.columns)
        types = {"blob": "BLOB" if self.is_sqlite else "BYTEA"}
        ddl = ", ".join(f"{name} {types.get(kind, kind)}" for name, kind in table.columns)
        create = f"CREATE TEMP TABLE IF NOT EXISTS {table.name} ({ddl})"
        if self.is_sqlite:
            connection.exec_driver_sql(create)
            connection.exec_driver_sql(f"DELETE FROM {table.name}")
        else:
            # Emptied by the commit: DELETE would leave dead rows that nobody vacuums.
            connection.exec_driver_sql(f"{create} ON COMMIT DELETE ROWS")
            if connection.exec_driver_sql(f"SELECT 1 FROM {table.name} LIMIT 1").first():
                connection.exec_driver_sql(f"TRUNCATE {table.name}")
        cursor: Any = connection.connection.cursor()
        try:
            if self.is_sqlite:
                marks = ", ".join("?" * len(table.columns))
                statement = f"INSERT INTO {table.name} VALUES ({marks})"
                cursor.executemany(statement, rows)
                return max(int(cursor.rowcount), 0)
            with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            count = int(cursor.rowcount)
        finally:
            cursor.close()
        if count > 1_000:
            connection.exec_driver_sql(f"ANALYZE {table.name}")
        return count

    def insert_each(
        self, connection: Connection, into: str, conflict: str, rows: Iterable[Sequence[object]]
    ) -> int:
        """Insert very many rows into one of SQLite's tables, without a copy of them all.

        A hundred go with one statement, in two thirds of the time.

        Args:
            connection: Of the transaction.
            into: `INSERT INTO … (…)`.
            conflict: `ON CONFLICT …`; judged row by row.
            rows: All of one width.

        Returns:
            How many rows there were, whether or not they changed anything.
        """
        cursor: Any = connection.connection.cursor()
        left, count = iter(rows), 0
        try:
            while batch := list(itertools.islice(left, _ROWS)):
                one = f"({', '.join('?' * len(batch[0]))})"
                size = _ROWS_A_STATEMENT if len(batch) == _ROWS else 1
                many = ", ".join([one] * size)
                cursor.executemany(
                    f"{into} VALUES {many} {conflict}",
                    (
                        tuple(itertools.chain.from_iterable(batch[at : at + size]))
                        for at in range(0, len(batch), size)
                    ),
                )
                count += len(batch)
        finally:
            cursor.close()
        return count

    def among(self, column: str, name: str) -> str:
        """Write `column IN (…)` over a whole list of numbers passed as one parameter."""
        if self.is_sqlite:
            return f"{column} IN (SELECT value FROM json_each(:{name}))"
        return f"{column} = ANY(:{name})"

    def numbers(self, numbers: Sequence[int]) -> object:
        """Return a list of numbers as the parameter that `among` takes."""
        return str(list(numbers)) if self.is_sqlite else list(numbers)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_engine(url: str | Path) -> Engine:
    """Connect to a database: a path or `sqlite:///…`, or `postgresql://…`.

    Raises:
        StateError: If the URL means neither, or SQLite is too old.
    """
    file = sqlite_file(url)
    if file is not None:
        return _sqlite(file)
    chosen = make_url(str(url)).set(drivername="postgresql+psycopg")
    return create_engine(chosen, pool_pre_ping=True, pool_size=5, max_overflow=20)


def sqlite_file(url: str | Path) -> Path | None:
    """Return the file that a state URL means; None if it means PostgreSQL.

    Raises:
        StateError: If it means neither.
    """
    spelled = str(url)
    if not _SCHEME.match(spelled):
        return Path(spelled)
    if spelled.partition("?")[0].count("@") > 1:
        raise _unescaped()
    try:
        parsed = make_url(spelled)
    except ArgumentError as error:
        raise _unknown_url() from error
    if "://" not in spelled:  # a slash was lost: it is no folder of that name
        raise _unknown_url()
    backend = spelled.partition(":")[0].partition("+")[0]
    if backend == "postgres":  # what hosting services write
        backend = "postgresql"
    if backend == "sqlite" and parsed.database:
        return Path(parsed.database)
    if backend == "postgresql":
        return None
    raise _unknown_url()


def shown_url(url: str | Path) -> str:
    """Spell the place of a database without the password that a URL may hold."""
    spelled = str(url)
    return make_url(spelled).render_as_string() if "://" in spelled else spelled


def epoch(moment: datetime) -> int:
    """Return a moment as whole seconds since 1970.

    Raises:
        ValueError: If it has no time zone: a guess would be wrong half of the time.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return int(moment.timestamp())


def moment(seconds: int) -> datetime:
    """Return seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def scalar(connection: Connection, sql: str, **parameters: object) -> Any:  # noqa: ANN401  # SQL's
    """Return the first column of the first row, None if there is none."""
    return connection.execute(text(sql), parameters).scalar()


def _unescaped() -> StateError:
    return StateError(
        "the state URL has more than one @, so nobody can tell where the password ends",
        hint="write the @ of a password as %40 (and % as %25)",
        ru="в URL базы состояния больше одной @, и не понять, где кончается пароль",
        hint_ru="знак @ в пароле пишите как %40 (а % как %25)",
    )


def _unknown_url() -> StateError:
    return StateError(
        "the state URL means no database that pismo knows",
        hint="state.url is a path, sqlite:///path, or postgresql://user@host/database",
        ru="по этому URL базы состояния pismo ничего не узнаёт",
        hint_ru="state.url — это путь, sqlite:///путь или postgresql://user@host/database",
    )


def _sqlite(path: Path) -> Engine:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StateError(
            f"this Python brings SQLite {sqlite3.sqlite_version}, too old for the state database",
            hint="use a Python with SQLite 3.35 or newer, or PostgreSQL by state.url",
            ru=f"в этом Python SQLite {sqlite3.sqlite_version}, для базы состояния он стар",
            hint_ru="возьмите Python с SQLite 3.35 или новее, или PostgreSQL через state.url",
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made before SQLite does, with the right mode; the -wal and -shm files copy it.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StateError(
            f"the state database cannot be opened: {error.strerror}",
            ru=f"базу состояния не открыть: {error.strerror}",
        ) from error
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_S})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE; `_begin_sqlite` does it.
    # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pysqlite-serializable
    connection.isolation_level = None
    _to_wal(connection)
    for pragma in (
        f"busy_timeout = {_BUSY_S * 1000}",
        f"cache_size = -{_CACHE_KIB}",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _to_wal(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work at once. SQLite does not wait for others to make this change.

    Two processes that open a new database are both asked; who comes second asks again.
    """
    until = time.monotonic() + _BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # whichever kind of busy
            if not is_busy or time.monotonic() > until:
                raise
            time.sleep(_ASK_AGAIN_S)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    synchronous = connection.get_execution_options().get("pismo_synchronous")
    if synchronous is None:
        connection.exec_driver_sql("BEGIN")
        return
    # https://sqlite.org/pragma.html#pragma_synchronous: with a write-ahead log, FULL syncs it
    # after each commit, NORMAL at checkpoints only; both survive a killed process.
    connection.exec_driver_sql(f"PRAGMA synchronous = {synchronous}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of the database into `StateError`; those of constraints are the caller's."""
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, SQLAlchemyError) as error:
        origin = getattr(error, "orig", None) or error
        # Only the first line: what follows may quote parameters, and so a person.
        reason = str(origin).splitlines()[0] if str(origin) else type(origin).__name__
        raise StateError(
            f"the state database said: {reason}",
            ru=f"база состояния сказала: {reason}",
            **_hints(reason),
        ) from error


def _hints(reason: str) -> Hints:
    en = ru = ""
    if "locked" in reason:
        en = "another process has been writing for half a minute; see who, then try again"
        ru = "другой процесс пишет уже полминуты; посмотрите кто и попробуйте снова"
    elif "full" in reason:
        en = "make room on the disk; nothing half-done was kept"
        ru = "освободите место на диске; недоделанного не осталось"
    elif "not a database" in reason or "malformed" in reason:
        en = "restore the newest backup: pismo state restore FILE"
        ru = "верните самую новую копию: pismo state restore ФАЙЛ"
    return {"hint": en, "hint_ru": ru}
