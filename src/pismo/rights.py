"""What a person may ask of us: everything we know about them, and to be forgotten."""

import shutil
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pismo.audience import Snapshot, alone, current, prune, write_snapshot
from pismo.audience.engine import open_engine, quoted
from pismo.errors import AudienceError, SettingsError
from pismo.ledger.opening import State
from pismo.model.people import Submission
from pismo.model.workspace import Settings, Workspace
from pismo.records import dataclass

if TYPE_CHECKING:
    import duckdb

_PERSONAL = ("subscribers", "purchases", "events")
_IN_HAND_S, _IN_HAND_LOOKS = 0.25, 80
"""A publisher settles what it has in hand within seconds; one that was killed never does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was forgotten: rows by place, files that were rewritten or deleted."""

    rows: Mapping[str, int]
    snapshots: int
    plans: int
    letters: int
    quarantine: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long things are kept (`[tool.pismo.retention]`); 0 days is for ever."""

    snapshots: int = 3
    """How many audience snapshots are kept."""
    quarantine_days: int = 30
    """How long rows that were set aside by an import are kept."""
    ledger_days: int = 1095
    """How long deliveries and events are kept in the state database."""


def export_person(workspace: Workspace, state: State, person: str) -> dict[str, object]:
    """Return everything that is known about a person, ready for JSON.

    Raises:
        AudienceError: If nothing at all is known.
    """
    snapshot = current(workspace.state_dir)
    known: dict[str, object] = {"person": person, "audience": {}, "plans": []}
    if snapshot is not None:
        with snapshot.connect() as engine:
            tables = [*_PERSONAL, *(["facts"] if snapshot.facts else [])]
            known["audience"] = {table: _rows_of(engine, table, person) for table in tables}
    ledger = state.ledger
    known["consents"] = [row._asdict() for row in ledger.consents_of(person)]
    known["opt_outs"] = [row._asdict() for row in ledger.opt_outs_of(person)]
    known["events"] = [row._asdict() for row in ledger.events(person=person)]
    deliveries = ledger.deliveries_of(person)
    known["deliveries"] = [
        {"id": one.id, "issue": one.issue, "submission": one.submission, "outcome": one.outcome}
        for one in deliveries
    ]
    known["plans"] = _planned(workspace.state_dir, person)
    if not any(known[name] for name in ("consents", "opt_outs", "events", "deliveries", "plans")):
        audience = known["audience"]
        if not (isinstance(audience, dict) and any(audience.values())):
            raise AudienceError(
                f"nothing is known about '{person}'",
                hint="a person is named by subscriber_id",
                ru=f"о «{person}» ничего не известно",
                hint_ru="человека называют по subscriber_id",
            )
    return known


def erase_person(
    workspace: Workspace,
    state: State,
    person: str,
    now: datetime,
    *,
    wait: Callable[[float], None] = time.sleep,
) -> Erased:
    """Forget a person: audience, facts, plans, letters, quarantine, details in the ledger.

    Sums of issues stay true, and the keyed hash of the address stays suppressed, so that a later
    import cannot bring letters back. Older snapshots are deleted: they hold the person too.
    A letter that a publisher has in hand is waited for (`wait` lets seconds pass), then deleted.

    Raises:
        AudienceError: If an import runs: it would bring the person back.
    """
    with alone(workspace.state_dir):
        return _forget(workspace, state, person, now, wait)


def finish_erasures(workspace: Workspace, state: State, issue: str, now: datetime) -> int:
    """Forget those who were erased while a plan of the issue was made; return how many.

    Their address is suppressed, so nobody would be written to; the plan holds them all the same.
    """
    late = state.ledger.erased_in(issue)
    for person, address_hash in late:
        state.ledger.erase_person(person, [address_hash], now)
        _erase_from_plans(workspace.state_dir, person)
    return len(late)


def _forget(
    workspace: Workspace,
    state: State,
    person: str,
    now: datetime,
    wait: Callable[[float], None],
) -> Erased:
    snapshot = current(workspace.state_dir)
    addresses = _addresses(snapshot, person) if snapshot else []
    letters = [one.id for one in state.ledger.deliveries_of(person)]
    # The ledger first: if we are killed after it, nobody is written to, and erasing again ends it.
    hashes = [
        one
        for address in addresses
        for reader in (state.keys.reader(person, address),)
        for one in (reader.address_hash, *reader.older)
    ]
    rows = dict(state.ledger.erase_person(person, hashes, now))
    _let_land(state, letters, wait)
    gone = 0
    if snapshot is not None:
        rows |= _erase_from_audience(workspace.state_dir, snapshot, person, now)
        gone = len(prune(workspace.state_dir, keep=1))
    return Erased(
        rows=rows,
        snapshots=gone,
        plans=_erase_from_plans(workspace.state_dir, person),
        letters=_delete_letters(workspace.state_dir, letters),
        quarantine=_erase_from_quarantine(workspace.state_dir, [person, *addresses]),
    )


def retention_from(settings: Settings) -> Retention:
    """Read `[tool.pismo.retention]`; what belongs to plans is read by `plan`.

    Raises:
        SettingsError: If a value is not a whole number, zero or more.
    """
    table = settings.tables.get("retention", {})
    values: dict[str, int] = {}
    for name in ("snapshots", "quarantine_days", "ledger_days"):
        value = table.get(name, getattr(Retention(), name))
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise SettingsError(
                f"[tool.pismo.retention] {name} = {value!r} is no whole number",
                ru=f"[tool.pismo.retention] {name} = {value!r} — не целое число",
            )
        values[name] = value
    return Retention(**values)


def forget_old(workspace: Workspace, state: State, now: datetime) -> dict[str, int]:
    """Delete what retention says is too old; return how much, by place. Safe to repeat."""
    keep = retention_from(workspace.settings)
    done = {"snapshots": len(prune(workspace.state_dir, keep=max(1, keep.snapshots)))}
    if keep.ledger_days:
        before = now - timedelta(days=keep.ledger_days)
        done["deliveries"] = state.ledger.forget_old(before, now)
    oldest = (now - timedelta(days=keep.quarantine_days)).timestamp()
    old = [
        file
        for file in (workspace.state_dir / "quarantine").glob("*.csv")
        if keep.quarantine_days and file.stat().st_mtime < oldest
    ]
    for file in old:
        file.unlink()
    return {**done, "quarantine": len(old)}


def _let_land(state: State, letters: list[str], wait: Callable[[float], None]) -> None:
    """Wait until no publisher has one of the letters in hand; what a dead one had is not ours."""
    for _ in range(_IN_HAND_LOOKS):
        known = state.ledger.known(letters).values()
        if all(one.submission is not Submission.CLAIMED for one in known):
            return
        wait(_IN_HAND_S)


def _rows_of(engine: "duckdb.DuckDBPyConnection", table: str, person: str) -> list[dict[str, Any]]:
    found = engine.execute(f"SELECT * FROM {table} WHERE subscriber_id = ?", [person])  # noqa: S608  # our names
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _addresses(snapshot: Snapshot, person: str) -> list[str]:
    with snapshot.connect() as engine:
        return [str(row["email"]) for row in _rows_of(engine, "subscribers", person)]


def _erase_from_audience(
    state_dir: Path, snapshot: Snapshot, person: str, now: datetime
) -> dict[str, int]:
    """Write a snapshot without the person; facts are computed anew when next asked for."""
    work = snapshot.path.parent / ".import-erase"
    work.mkdir(mode=0o700, exist_ok=True)
    rows: dict[str, int] = {}
    try:
        files = {}
        for table in _PERSONAL:
            files[table] = work / f"{table}.parquet"
            rows[table] = _without(snapshot.table(table), files[table], "subscriber_id", person)
        # The name of a snapshot comes from its content, so this one never meets the old one.
        write_snapshot(state_dir, files, now=now, base=snapshot)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return rows


def _without(source: Path, target: Path, column: str, person: str) -> int:
    """Copy a Parquet file without one person's rows; return how many those were."""
    import pyarrow.parquet as pq

    with open_engine([source.parent, target.parent], spill=target.parent / "spill") as engine:
        scan = f"read_parquet({quoted(str(source.resolve()))})"
        engine.execute(
            f"COPY (SELECT * FROM {scan} WHERE {column} <> {quoted(person)}) "  # noqa: S608  # quoted
            f"TO {quoted(str(target.resolve()))} (FORMAT parquet, COMPRESSION zstd)"
        )
    before = pq.ParquetFile(source).metadata.num_rows
    return int(before - pq.ParquetFile(target).metadata.num_rows)


def _planned(state_dir: Path, person: str) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    found = []
    for file in sorted((state_dir / "plans").glob("*/shards/*.parquet")):
        rows = pq.read_table(file, filters=[("person", "=", person)], partitioning=None)
        found += [{"plan": file.parent.parent.name, **row} for row in rows.to_pylist()]
    return found


def _erase_from_plans(state_dir: Path, person: str) -> int:
    """Rewrite every shard that holds the person; nobody else's place in the plan moves."""
    import pyarrow.parquet as pq

    rewritten = 0
    for file in sorted((state_dir / "plans").glob("*/shards/*.parquet")):
        table = pq.read_table(file, partitioning=None)
        rest = table.filter([one != person for one in table["person"].to_pylist()])
        if rest.num_rows == table.num_rows:
            continue
        made = file.with_suffix(".new")
        pq.write_table(rest, made, compression="zstd")
        made.chmod(0o600)
        made.replace(file)
        rewritten += 1
    return rewritten


def _delete_letters(state_dir: Path, deliveries: list[str]) -> int:
    """Delete the letters of these deliveries from the outbox."""
    wanted = set(deliveries)
    gone = 0
    for file in (state_dir / "outbox").rglob("*"):
        if file.is_file() and file.name.partition(":")[0].removesuffix(".eml") in wanted:
            file.unlink()
            gone += 1
    return gone


def _erase_from_quarantine(state_dir: Path, marks: list[str]) -> int:
    """Take lines that name the person out of quarantine files; a row there may be anybody's."""
    import csv
    import io

    rewritten = 0
    for file in sorted((state_dir / "quarantine").glob("*.csv")):
        rows = list(csv.reader(io.StringIO(file.read_text("utf-8"))))
        kept = [row for row in rows if not _names(row[-1] if row else "", marks)]
        if len(kept) == len(rows):
            continue
        made = file.with_suffix(".new")
        with made.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(kept)
        made.chmod(0o600)
        made.replace(file)
        rewritten += 1
    return rewritten


def _names(line: str, marks: list[str]) -> bool:
    """Tell whether a quarantined line holds one of the marks as a whole field."""
    for separator in (" | ", ",", ";", "\t", "|"):
        fields = {field.strip().strip('"') for field in line.split(separator)}
        if fields & set(marks):
            return True
    return False
