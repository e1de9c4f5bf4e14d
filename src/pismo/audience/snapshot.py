"""Immutable folders of Parquet, and a pointer to the current one that moves last."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pismo.audience.engine import only_row, open_engine, quoted
from pismo.audience.schema import KEYS, NAME, OPEN_TABLES, TABLES
from pismo.errors import AudienceError
from pismo.private import private_folder
from pismo.records import dataclass

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

FOLDER = "audience"
POINTER = "current"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of the audience, never changed; what is derived from it lies beside its tables.

    `facts` is the file of computed facts, or None before `compute_facts`; `recommend` the folder
    of similarity and popularity of products, or None before `pismo.recommend.prepare`. `invented`
    tells that its people are not real.
    """

    id: str
    path: Path
    created_at: datetime
    facts: Path | None = None
    recommend: Path | None = None
    invented: bool = False

    def connect(self, *, memory: str = "", threads: int = 0) -> "duckdb.DuckDBPyConnection":
        """Open an engine confined to this snapshot, with its tables and facts as views."""
        spill = self.path / "spill"
        engine = open_engine([self.path], memory=memory, threads=threads, spill=spill)
        for table in TABLES:
            engine.execute(f"CREATE VIEW {table} AS SELECT * FROM {_scan(self.table(table))}")
        if self.facts is not None:
            engine.execute(f"CREATE VIEW facts AS SELECT * FROM {_scan(self.facts)}")
        for file in sorted(self.recommend.glob("*.parquet")) if self.recommend else ():
            engine.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM {_scan(file)}")
        return engine

    def table(self, name: str) -> Path:
        """Return the file of one table."""
        return self.path / f"{name}.parquet"


def current(state_dir: Path) -> Snapshot | None:
    """Return the audience as it is now, or None if nobody was imported yet.

    Raises:
        AudienceError: If the pointer names a snapshot that is not there.
    """
    folder = state_dir / FOLDER
    try:
        name = (folder / POINTER).read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    try:
        return open_snapshot(folder / name)
    except FileNotFoundError:
        raise AudienceError(
            f"audience snapshot {name} is gone, though {POINTER} names it",
            hint="restore .pismo/audience from a backup, or import the audience again",
            ru=f"снимка аудитории {name} нет, хотя {POINTER} указывает на него",
            hint_ru="верните .pismo/audience из копии или загрузите аудиторию снова",
        ) from None


def open_snapshot(path: Path) -> Snapshot:
    """Open a snapshot by its folder; its latest facts come with it.

    Raises:
        FileNotFoundError: If it is not a snapshot.
    """
    about = json.loads((path / "snapshot.json").read_text("utf-8"))
    moment = datetime.fromisoformat(about["created_at"])
    facts, recommend = _derived(path, "facts"), _derived(path, "recommend")
    invented = bool(about.get("invented", False))
    return Snapshot(path.name, path, moment, facts, recommend, invented)


def write_snapshot(
    state_dir: Path,
    tables: "Mapping[str, pa.Table | Path]",
    *,
    now: datetime | None = None,
    base: Snapshot | None = None,
    take: bool = False,
    invented: bool | None = None,
) -> Snapshot:
    """Write the tables as a new snapshot and make it the current one: all or nothing.

    Args:
        state_dir: The workspace's `.pismo/`; made readable by its owner only.
        tables: Table -> rows, or a Parquet file of them. Absent tables and columns are empty.
        now: When the audience was so; the moment of writing by default.
        base: Where the tables come from that are not given; else they are empty.
        take: The files given are nobody else's and on the same disk: one that has a table's columns
            in their order and types already is taken as it is, and not written again.
        invented: Whether the people are not real; as in `base` by default.

    Raises:
        AudienceError: If a column is unknown or of the wrong type, a key is missing or repeated.
    """
    moment = now or datetime.now(UTC)
    folder = private_folder(state_dir / FOLDER)
    if unknown := sorted(set(tables) - set(TABLES)):
        raise AudienceError(
            f"there is no table {unknown[0]} in an audience snapshot",
            ru=f"в снимке аудитории нет таблицы {unknown[0]}",
        )
    with _writing(folder) as made:
        for name in TABLES:
            if base is not None and name not in tables:
                os.link(base.table(name), made / f"{name}.parquet")
            else:
                _write_table(made, name, tables.get(name), take=take)
        if invented is None:
            invented = base is not None and base.invented
        about = {"created_at": moment.isoformat(timespec="seconds"), "invented": invented}
        (made / "snapshot.json").write_text(json.dumps(about) + "\n", "utf-8")
        for file in made.iterdir():
            _settle(file)
        snapshot_id = f"{moment:%Y%m%dT%H%M%S}-{_digest(made)[:8]}"
        if not (folder / snapshot_id).exists():
            made.rename(folder / snapshot_id)
        point(folder / POINTER, snapshot_id)
    return open_snapshot(folder / snapshot_id)


@contextmanager
def alone(state_dir: Path) -> Iterator[Path]:
    """Be the only one who makes a new audience out of the current one; give the folder of both.

    What somebody else wrote meanwhile would be lost. Copies of one who was killed are swept up.

    Raises:
        AudienceError: If an import runs, or somebody is being erased.
    """
    folder = private_folder(state_dir / FOLDER)
    (folder / ".lock").touch(mode=0o600)
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AudienceError(
                "another import is running",
                hint="wait for it; nothing was changed",
                ru="уже идёт другая загрузка",
                hint_ru="дождитесь её; ничего не изменилось",
            ) from None
        for left in folder.glob(".import-*"):
            shutil.rmtree(left, ignore_errors=True)
        yield folder


@contextmanager
def _writing(folder: Path) -> Iterator[Path]:
    """Give a folder to write in, one writer at a time; sweep up after one that was killed."""
    (folder / ".write-lock").touch(mode=0o600)
    with (folder / ".write-lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in folder.glob(".new-*"):
            shutil.rmtree(left, ignore_errors=True)
        made = private_folder(folder / f".new-{secrets.token_hex(6)}")
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)


def prune(state_dir: Path, *, keep: int = 3) -> list[str]:
    """Delete all but the current snapshot and the last written others; return the ids deleted.

    By the order of writing, not by the clock in their names, which may have been set back.
    """
    folder, now = state_dir / FOLDER, current(state_dir)
    if now is None:
        return []
    others = [file for file in folder.glob("[!.]*/snapshot.json") if file.parent.name != now.id]
    others.sort(key=lambda file: file.stat().st_mtime_ns, reverse=True)
    gone = [file.parent.name for file in others[max(0, keep - 1) :]]
    for name in gone:
        shutil.rmtree(folder / name)
    return gone


def point(pointer: Path, name: str) -> None:
    """Move a pointer file durably: a reader sees the old name or the new one."""
    made = pointer.with_name(f".{pointer.name}-{secrets.token_hex(6)}")
    made.touch(mode=0o600)
    made.write_text(name + "\n", "utf-8")
    _settle(made)
    made.replace(pointer)
    _sync(pointer.parent)


def _derived(path: Path, what: str) -> Path | None:
    """Return what was last computed from a snapshot, if it is still there."""
    pointer = path / f"{what}.current"
    found = path / pointer.read_text("utf-8").strip() if pointer.exists() else None
    return found if found and found.exists() else None


def _write_table(folder: Path, name: str, rows: "pa.Table | Path | None", *, take: bool) -> None:
    source_folder = [rows.parent] if isinstance(rows, Path) else []
    engine = open_engine([folder, *source_folder], spill=folder / "spill")
    given: dict[str, str] = {}
    if rows is not None:
        scan = _scan(rows) if isinstance(rows, Path) else "given_rows"
        if not isinstance(rows, Path):
            engine.register("given_rows", rows)
        engine.execute(f"CREATE VIEW given AS SELECT * FROM {scan}")
        described = engine.execute("DESCRIBE given").fetchall()
        given = {row[0]: row[1] for row in described}
    _check_names(name, given)
    if take and isinstance(rows, Path) and _is_ready(name, given):
        os.link(rows, folder / f"{name}.parquet")
    else:
        _copy_table(engine, folder, name, given)
    _check_keys(engine, folder, name)
    engine.close()
    shutil.rmtree(folder / "spill", ignore_errors=True)


def _is_ready(name: str, given: Mapping[str, str]) -> bool:
    """Tell whether the columns are the table's own, in order and type; more may follow."""
    known = [(column.name, column.type) for column in TABLES[name]]
    return list(given.items())[: len(known)] == known


def _copy_table(
    engine: "duckdb.DuckDBPyConnection", folder: Path, name: str, given: Mapping[str, str]
) -> None:
    known = {column.name: column for column in TABLES[name]}
    columns = [
        f"CAST({column.name if column.name in given else 'NULL'} AS {column.type}) AS {column.name}"
        for column in known.values()
    ]
    columns += [extra for extra in given if extra not in known]
    source = "given" if given else "(SELECT 1) AS nothing WHERE FALSE"
    target = quoted(str(folder / f"{name}.parquet"))
    try:
        engine.execute(
            f"COPY (SELECT {', '.join(columns)} FROM {source}) TO {target} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
    except _engine_error() as error:
        raise AudienceError(
            f"table {name} has values of the wrong type: {str(error).splitlines()[0]}",
            hint="bring them in through `pismo audience import`, which sets bad rows aside",
            ru=f"в таблице {name} значения не того типа: {str(error).splitlines()[0]}",
            hint_ru="загрузите её через `pismo audience import`: негодные строки он отложит",
        ) from error


def _check_names(table: str, given: Mapping[str, str]) -> None:
    known = {column.name for column in TABLES[table]}
    for name in given:
        if name not in known and table not in OPEN_TABLES:
            raise AudienceError(
                f"table {table} has no column {name}",
                ru=f"в таблице {table} нет колонки {name}",
            )
        if not NAME.match(name):
            raise AudienceError(
                f"column '{name}' of {table} cannot be written in a predicate",
                hint="lower-case Latin letters, digits and _ only, a letter first",
                ru=f"колонку «{name}» таблицы {table} нельзя написать в условии",
                hint_ru="строчные латинские буквы, цифры и _, сначала буква",
            )


def _check_keys(engine: "duckdb.DuckDBPyConnection", folder: Path, name: str) -> None:
    scan = _scan(folder / f"{name}.parquet")
    required = [column.name for column in TABLES[name] if not column.nullable]
    absent = " OR ".join(f"{column} IS NULL" for column in required)
    (lacking,) = only_row(engine, f"SELECT count(*) FROM {scan} WHERE {absent}")
    if lacking:
        raise AudienceError(
            f"{lacking} rows of {name} lack one of {', '.join(required)}",
            ru=f"в таблице {name} строк без {', '.join(required)}: {lacking}",
        )
    if name not in ("subscribers", "products"):
        return
    key = KEYS[name][0]
    rows, keys = only_row(engine, f"SELECT count(*), count(DISTINCT {key}) FROM {scan}")
    if rows != keys:
        raise AudienceError(
            f"{rows - keys} rows of {name} repeat a {key}",
            ru=f"в таблице {name} строк с повторным {key}: {rows - keys}",
        )


def _scan(file: Path) -> str:
    return f"read_parquet({quoted(str(file.resolve()))})"


def _engine_error() -> type[Exception]:
    import duckdb

    return duckdb.Error


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.parquet")):
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()


def _settle(file: Path) -> None:
    """Make a file private and durable before anything points to it."""
    file.chmod(0o600)
    _sync(file)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
