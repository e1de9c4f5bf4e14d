"""The whole state database into another, empty one: SQLite to PostgreSQL, and back.

    source held -> schema and rows at the target, `arriving` -> source `moved_to` -> target free

The commit of `moved_to` decides. Before it the source goes on and the target, marked as arriving,
refuses; after it the source refuses. Whatever was cut short is mended by the same command again.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from pismo.errors import StateError
from pismo.ledger.ledger import ARRIVING, MOVED, Ledger, open_ledger
from pismo.ledger.migrate import build
from pismo.ledger.store import open_engine, scalar, shown_url, sqlite_file
from pismo.records import dataclass

_AT_ONCE = 5_000
_NUMBERED = ("occasions", "editions", "plans", "publishers", "audit")
"""Tables whose numbers PostgreSQL draws from a sequence, which rows that are copied do not move."""
_SET = "INSERT INTO meta (name, value) VALUES (:name, :value)"


@dataclass(frozen=True, slots=True)
class Moved:
    """A move: the ledger's id, the new place without a password, rows per table."""

    ledger: str
    place: str
    rows: dict[str, int]


def move(source: Ledger, target: str | Path) -> Moved:
    """Copy all tables of a ledger into an empty database, and let the old one take no more.

    Args:
        source: Held for writing meanwhile; who publishes by it must have ended.
        target: A path, or a URL; with what a move that was cut short left there, or nothing.

    Raises:
        StateError: If somebody publishes, the target holds anything, or the copy is not the same.
            Nothing has moved then.
    """
    place = shown_url(target)
    with _new_file_on_trial(target), closing(Ledger(open_engine(target))) as arrived:
        if source.moved_to() != place:
            _refuse_full(arrived, source.id, place)
            _carry(source, arrived, place)
        elif not _is_arriving(arrived, source.id):
            raise _moved_before(place)
        rows = _counts(arrived)
        with arrived.write() as connection:
            connection.execute(text("DELETE FROM meta WHERE name = :name"), {"name": ARRIVING})
    with closing(open_ledger(target)) as opened:
        return Moved(opened.id, place, rows)


def _carry(source: Ledger, arrived: Ledger, place: str) -> None:
    """Copy everything, then mark the source: the moment from which the target counts."""
    with source.write() as old:
        _hold(source, old)
        _refuse_publishers(source)
        with arrived.write() as new:
            _clear(new)
            build(arrived, new)
            new.exec_driver_sql("DELETE FROM meta")
            for table in _tables(new):
                _copy(old, arrived, new, table)
            new.execute(text(_SET), {"name": ARRIVING, "value": "unfinished"})
        old.execute(text(_SET), {"name": MOVED, "value": place})


def _hold(source: Ledger, old: Connection) -> None:
    """Keep writers out until the transaction ends; on SQLite it has begun IMMEDIATE."""
    if source.is_sqlite:
        return
    # Every writer asks `meta` first (see Ledger.write): with it locked, none is half-way through.
    old.exec_driver_sql("LOCK TABLE meta IN ACCESS EXCLUSIVE MODE")
    others = ", ".join(table for table in _tables(old) if table != "meta")
    old.exec_driver_sql(f"LOCK TABLE {others} IN EXCLUSIVE MODE")


def _refuse_publishers(source: Ledger) -> None:
    for issue in source.published_issues():
        for owner in source.living_publishers(issue):
            raise StateError(
                f"{issue} is being published, by {owner}: nothing was moved",
                hint=f"pismo stop {issue}; stop pismo serve as well, then move",
                ru=f"{issue} сейчас публикует {owner}: ничего не перенесено",
                hint_ru=f"pismo stop {issue}; остановите и pismo serve, потом переносите",
            )


def _copy(old: Connection, arrived: Ledger, new: Connection, table: str) -> None:
    columns = [column["name"] for column in inspect(new).get_columns(table)]
    names = ", ".join(columns)
    found = old.execute(
        text(f"SELECT {names} FROM {table}"),  # names of our own tables
        execution_options={"yield_per": _AT_ONCE},
    )
    rows: Iterator[tuple[Any, ...]] = (tuple(row) for row in found)
    if arrived.is_sqlite:
        arrived.insert_each(new, f"INSERT INTO {table} ({names})", "", rows)
    else:
        cursor: Any = new.connection.cursor()
        with closing(cursor), cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        if table in _NUMBERED:
            new.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'num'),"
                f" (SELECT COALESCE(MAX(num), 0) + 1 FROM {table}), false)"
            )
        new.exec_driver_sql(f"ANALYZE {table}")
    count = f"SELECT COUNT(*) FROM {table}"
    before, after = scalar(old, count), scalar(new, count)
    if before != after:
        raise StateError(
            f"of {before} rows of {table}, {after} arrived: nothing was moved",
            ru=f"из {before} строк таблицы {table} дошло {after}: ничего не перенесено",
        )


def _counts(ledger: Ledger) -> dict[str, int]:
    with ledger.read() as connection:
        return {
            table: int(scalar(connection, f"SELECT COUNT(*) FROM {table}"))
            for table in _tables(connection)
            if table != "meta"
        }


def _tables(connection: Connection) -> list[str]:
    return sorted(inspect(connection).get_table_names())


def _clear(connection: Connection) -> None:
    """Take away what a move that was cut short left; `_refuse_full` saw that it is nothing else."""
    for table in _tables(connection):
        connection.exec_driver_sql(f"DROP TABLE {table}")


def _is_arriving(arrived: Ledger, ledger_id: str) -> bool:
    with arrived.read() as connection:
        if "meta" not in _tables(connection):
            return False
        named = connection.execute(
            text("SELECT name, value FROM meta WHERE name IN ('id', :name)"), {"name": ARRIVING}
        ).all()
    return dict(named) == {"id": ledger_id, ARRIVING: "unfinished"}


def _refuse_full(arrived: Ledger, ledger_id: str, place: str) -> None:
    with arrived.read() as connection:
        tables = _tables(connection)
    if tables and not _is_arriving(arrived, ledger_id):
        raise StateError(
            f"{place} is not empty, it has the table {tables[0]}: nothing was moved",
            hint="name a file that is not there, or an empty database: createdb NAME",
            ru=f"{place} — не пустая база, в ней есть таблица {tables[0]}: ничего не перенесено",
            hint_ru="назовите файл, которого нет, или пустую базу: createdb ИМЯ",
        )


def _moved_before(place: str) -> StateError:
    return StateError(
        f"this state database has moved to {place} already",
        hint="name the new place in [tool.pismo.state] url, or in PISMO_STATE_URL",
        ru=f"эта база состояния уже переехала: {place}",
        hint_ru="назовите новое место в [tool.pismo.state] url или в PISMO_STATE_URL",
    )


@contextmanager
def _new_file_on_trial(target: str | Path) -> Iterator[None]:
    """Take an SQLite file that the block made away again if nothing came of it."""
    file = sqlite_file(target)
    was_there = file is None or file.exists()
    try:
        yield
    except StateError:
        if file is not None and not was_there:
            for suffix in ("", "-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)
        raise
