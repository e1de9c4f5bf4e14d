"""An embedded DuckDB that can touch nothing but the folders it is given, and SQL from files."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from pismo.errors import AudienceError
from pismo.records import dataclass

if TYPE_CHECKING:
    import duckdb


MEMORY = "PISMO_MEMORY"
"""Environment variable: how much memory one engine may use, "4GB"."""


def open_engine(
    folders: Sequence[Path], *, memory: str = "", threads: int = 0, spill: Path | None = None
) -> "duckdb.DuckDBPyConnection":
    """Open an in-memory DuckDB confined to `folders`; settings are locked, extensions off.

    Args:
        folders: The only folders that SQL may read or write.
        memory: Limit as DuckDB writes it, "4GB"; '' takes `PISMO_MEMORY`, else half of the RAM.
            Rows on their way to Arrow, Parquet and Python come on top.
        threads: 0 leaves the engine's default: all cores.
        spill: Where to put what does not fit into memory; must lie in one of `folders`.
    """
    import duckdb

    return _confined(duckdb, folders, memory=memory, threads=threads, spill=spill)


def open_for_sql() -> "duckdb.DuckDBPyConnection":
    """Open an engine of one thread that can touch no folder; it only has `execute`, see `core`."""
    return _confined(core(), (), memory="", threads=1, spill=None)


def core() -> ModuleType:
    """Import DuckDB's engine alone: its classes for building queries in Python take 45 ms more.

    It knows `execute` and what that returns, and its errors: not `sql` and all that follows on it.
    """
    try:
        return import_module("_duckdb")
    except ImportError:  # another release may keep it elsewhere
        return import_module("duckdb")


def _confined(
    duckdb_: ModuleType, folders: Sequence[Path], *, memory: str, threads: int, spill: Path | None
) -> "duckdb.DuckDBPyConnection":
    config: dict[str, str | bool | int | float | list[str]]
    config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    if threads:
        # Here, and not by SET: threads that are never begun need not be ended.
        config["threads"] = threads
    engine: duckdb.DuckDBPyConnection = duckdb_.connect(config=config)
    allowed = ", ".join(quoted(str(folder.resolve())) for folder in folders)
    limit = memory or os.environ.get(MEMORY, "")
    try:
        engine.execute(f"SET memory_limit = {quoted(limit or _half_of_memory())}")
    except duckdb_.Error as error:
        raise AudienceError(
            f"'{limit}' is no amount of memory: {str(error).splitlines()[0]}",
            hint=f"write {MEMORY}=4GB, or leave it unset",
            ru=f"«{limit}» — не объём памяти: {str(error).splitlines()[0]}",
            hint_ru=f"напишите {MEMORY}=4GB или не задавайте вовсе",
        ) from error
    engine.execute(f"SET temp_directory = {quoted(str(spill.resolve()) if spill else '')}")
    engine.execute(f"SET allowed_directories = [{allowed}]")
    engine.execute("SET enable_external_access = false")
    # Work that is shared out in parts of its own has threads enough: `one_thread`.
    engine.execute("SET allowed_configs = ['threads']")
    engine.execute("SET lock_configuration = true")
    return engine


@contextmanager
def one_thread(engine: "duckdb.DuckDBPyConnection") -> Iterator[None]:
    """Let each query run in the thread that asks for it alone, as long as this lasts.

    For short queries asked from several threads at a time: the engine's own threads would only
    get in their way.
    """
    (usual,) = only_row(engine, "SELECT current_setting('threads')")
    engine.execute("SET threads = 1")
    try:
        yield
    finally:
        engine.execute(f"SET threads = {usual}")


def _half_of_memory() -> str:
    """Return half of the machine's memory, as DuckDB writes amounts."""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') // 2 >> 20}MiB"


def quoted(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT from a file, with what its header says: `-- purpose:` and `-- cost:`."""

    name: str
    purpose: str
    cost: str
    sql: str


def read_query(package: str, name: str) -> Query:
    """Read `<package>/sql/<name>.sql`.

    Raises:
        AudienceError: If the header lacks its purpose or cost.
    """
    from importlib.resources import files

    file = files(package).joinpath("sql", f"{name}.sql")
    return parse_query(name, file.read_text("utf-8"))


def parse_query(name: str, text: str) -> Query:
    """Split a query's text into header and SELECT."""
    header: dict[str, str] = {}
    field = ""
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        words = line.removeprefix("--").strip()
        key, colon, value = words.partition(":")
        if colon and key in ("purpose", "cost"):
            field, words = key, value.strip()
        header[field] = f"{header.get(field, '')} {words}".strip()
    if not header.get("purpose") or not header.get("cost"):
        raise AudienceError(
            f"query {name} must begin with `-- purpose:` and `-- cost:`",
            ru=f"запрос {name} должен начинаться с `-- purpose:` и `-- cost:`",
        )
    return Query(name, header["purpose"], header["cost"], text.strip().rstrip(";"))


def run_query(
    engine: "duckdb.DuckDBPyConnection",
    package: str,
    name: str,
    *,
    into: str = "",
    literals: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Run a query from a file and keep its rows as temporary table `into` (default: its name).

    Args:
        engine: Where.
        package: Where its file is.
        name: Of the file.
        into: The table.
        literals: Columns of `params` that are written out as numbers: with a limit that it can see,
            the engine keeps the first few of each person rather than sort them all.
    """
    sql = read_query(package, name).sql
    for parameter, value in literals.items():
        sql = re.sub(rf"\bparams\.{parameter}\b", str(int(value)), sql)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {into or name} AS\n{sql}")


def only_row(engine: "duckdb.DuckDBPyConnection", sql: str) -> tuple[Any, ...]:
    """Return the one row of a query, and leave the engine free for the next."""
    (row,) = engine.execute(sql).fetchall()
    return tuple(row)


def set_parameters(engine: "duckdb.DuckDBPyConnection", **values: object) -> None:
    """Make the one-row table `params` that queries join for what is not data.

    A table rather than bound values, so that the same files run on engines without them.
    """
    columns = ", ".join(f"{_literal(value)} AS {name}" for name, value in values.items())
    engine.execute(f"CREATE OR REPLACE TEMP TABLE params AS SELECT {columns}")


def _literal(value: object) -> str:
    if isinstance(value, datetime):
        return f"TIMESTAMP {quoted(utc(value).isoformat(sep=' ', timespec='seconds'))}"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"CAST({value!r} AS DOUBLE)"
    return quoted(str(value))


def utc(moment: datetime) -> datetime:
    """Return a moment as snapshots hold it: naive, in UTC."""
    from datetime import UTC

    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
