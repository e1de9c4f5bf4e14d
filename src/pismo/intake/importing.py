"""Import a table: checked rows are merged into a new snapshot, bad ones are set aside."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

from pismo.audience import Snapshot, current, prune, write_snapshot
from pismo.audience.engine import only_row, quoted, utc
from pismo.errors import AudienceError
from pismo.intake.erased import erased_again
from pismo.intake.mapping import CONSENT, QUARANTINED, Matched, save_mapping
from pismo.intake.merge import merge
from pismo.intake.reasons import in_words
from pismo.intake.staging import Staged, staged
from pismo.keys import Keys
from pismo.ledger import EVERY_TOPIC, Ledger, OptOut, Scope, Suppression
from pismo.model.workspace import Workspace
from pismo.private import private_folder
from pismo.records import dataclass

QUARANTINE = "quarantine"
_BATCH = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How to import.

    Args:
        now: The moment; product prices are remembered by its day.
        dry_run: Look, report, change nothing.
        max_bad: The share of bad rows that stops an import: 0.01 is one in a hundred.
        complete: Products that are not in the file are out of stock from now on.
        currency: Of products that name none; purchases in another one are set aside.
        save: Write the mapping to `audience.toml`.
        snapshots: How many states of the audience are kept, this one included.
        on_progress: Told how much is done, 0 to 1.
        take_erased: Take people back whose data was erased: they have subscribed anew.
    """

    now: datetime
    dry_run: bool = False
    max_bad: float = 0.01
    complete: bool = False
    currency: str = "RUB"
    save: bool = False
    snapshots: int = 3
    on_progress: Callable[[float], None] = lambda _: None
    take_erased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of an import: read = good + bad; a row that repeats another is good and merged.

    `no_consent` counts people whose row brings no consent (when, where and to which text);
    `shared_addresses` those in the audience who have somebody else's address too;
    `strangers` counts rows, and whose they are, of people whom the audience does not have (yet);
    `instead_of_invented` tells that the people of `pismo sample` are gone.
    """

    table: str
    read: int
    good: int
    bad: int
    repeated: int
    mapping: Matched
    extras: Mapping[str, str]
    reasons: Mapping[str, int]
    quarantine: Path | None = None
    snapshot: Snapshot | None = None
    consents: int = 0
    no_consent: int = 0
    shared_addresses: int = 0
    strangers: tuple[int, int] = (0, 0)
    instead_of_invented: bool = False
    erased: int = 0
    seconds: float = 0.0


def import_table(
    workspace: Workspace,
    table: str,
    places: Sequence[str],
    how: How,
    ledger: Ledger | None = None,
    keys: Keys | None = None,
) -> Imported:
    """Import subscribers, products, purchases or events; all or nothing.

    Importing the same again changes nothing. A kill at any moment leaves the old audience.

    Args:
        workspace: Where to.
        table: What the rows are.
        places: Files, folders, `s3://…`, `postgresql://…?query=…`.
        how: Dry run, limits, defaults.
        ledger: Where consents go that a file of subscribers brings; knows who was erased.
        keys: With which it knows addresses.

    Raises:
        AudienceError: If a file cannot be read, lacks a needed column, or too many rows are bad.
    """
    started = time.perf_counter()
    with staged(
        workspace, table, places, how.now, currency=how.currency, on_progress=how.on_progress
    ) as stage:
        if how.save:
            save_mapping(workspace.root, table, stage.mapping, stage.extras)
        if how.dry_run:
            return _report(table, stage, started)
        quarantine = _set_aside(stage, workspace.state_dir, table, how.now)
        _refuse_too_many(stage, quarantine, how.max_bad)
        base = current(workspace.state_dir)
        instead_of_invented = base is not None and base.invented and table != "products"
        if instead_of_invented:
            base = None  # real people are never mixed with invented ones
        erased = 0
        if table == "subscribers" and ledger and keys:
            erased = erased_again(stage, base, ledger, keys, take_back=how.take_erased)
        files = merge(stage, table, base, utc(how.now).date(), complete=how.complete)
        snapshot = write_snapshot(workspace.state_dir, files, now=how.now, base=base, take=True)
        prune(workspace.state_dir, keep=how.snapshots)
        agreed, silent = _record_consents(stage, table, ledger)
        return _report(
            table, stage, started, quarantine=quarantine, snapshot=snapshot, consents=agreed,
            no_consent=silent, shared_addresses=_shared_addresses(snapshot),
            strangers=_strangers(stage, table, base), instead_of_invented=instead_of_invented,
            erased=erased,
        )  # fmt: skip


def _shared_addresses(snapshot: Snapshot) -> int:
    with snapshot.connect() as engine:
        rows, addresses = only_row(
            engine, "SELECT count(email), count(DISTINCT lower(email)) FROM subscribers"
        )
    return int(rows - addresses)


def import_wishes(
    workspace: Workspace,
    table: str,
    places: Sequence[str],
    how: How,
    ledger: Ledger,
    keys: Keys,
) -> Imported:
    """Import consents, opt-outs or suppressions into the state database.

    Raises:
        AudienceError: If a file cannot be read, lacks a needed column, or too many rows are bad.
    """
    started = time.perf_counter()
    with staged(
        workspace, table, places, how.now, currency=how.currency, on_progress=how.on_progress
    ) as stage:
        if how.dry_run:
            return _report(table, stage, started)
        quarantine = _set_aside(stage, workspace.state_dir, table, how.now)
        _refuse_too_many(stage, quarantine, how.max_bad)
        if table == "consents":
            ledger.record_consent_rows(_consents(stage))
        elif table == "opt-outs":
            ledger.opt_out(_opt_outs(stage))
        else:
            ledger.suppress(
                Suppression(keys.address_hash(address), reason, _aware(since))
                for address, reason, since in _rows(stage, "email", "reason", "since")
            )
        return _report(table, stage, started, quarantine=quarantine)


def _report(
    table: str,
    stage: Staged,
    started: float,
    *,
    quarantine: Path | None = None,
    snapshot: Snapshot | None = None,
    consents: int = 0,
    no_consent: int = 0,
    shared_addresses: int = 0,
    strangers: tuple[int, int] = (0, 0),
    instead_of_invented: bool = False,
    erased: int = 0,
) -> Imported:
    return Imported(
        table=table,
        read=stage.read,
        good=stage.good,
        bad=stage.bad,
        repeated=stage.repeated,
        mapping=stage.mapping,
        extras=stage.extras,
        reasons=stage.reasons,
        quarantine=quarantine,
        snapshot=snapshot,
        consents=consents,
        no_consent=no_consent,
        shared_addresses=shared_addresses,
        strangers=strangers,
        instead_of_invented=instead_of_invented,
        erased=erased,
        seconds=round(time.perf_counter() - started, 2),
    )


def _strangers(stage: Staged, table: str, base: Snapshot | None) -> tuple[int, int]:
    """Count rows, and whose they are, of people whom the audience does not have."""
    if table not in ("purchases", "events"):
        return 0, 0
    stranger = "TRUE"
    if base is not None:
        known = f"read_parquet({quoted(str(base.table('subscribers').resolve()))})"
        stranger = f"subscriber_id NOT IN (SELECT subscriber_id FROM {known})"
    rows, people = only_row(
        stage.engine,
        f"SELECT count(*), count(DISTINCT subscriber_id) FROM good WHERE {stranger}",
    )
    return int(rows), int(people)


def _set_aside(stage: Staged, state_dir: Path, table: str, now: datetime) -> Path | None:
    """Write bad rows to a private CSV that can be corrected and imported itself.

    It has the file's columns, and after them where each row stood (1 is the header), its reasons,
    and what cannot be told apart into columns (`QUARANTINED`).
    """
    if not stage.bad:
        return None
    made = stage.folder / "bad.csv"
    headers: dict[str, str] = {}
    for header, ours in stage.mapping.all.items():
        headers.setdefault(ours, header)
    sent = "".join(
        f"left(r.{ours}, 2000) AS {_column(header)}, " for ours, header in headers.items()
    )
    told = ", ".join(f"b.{name.removeprefix('pismo_')} AS {name}" for name in QUARANTINED)
    stage.engine.execute(
        f"COPY (SELECT {sent}{told} FROM bad AS b LEFT JOIN raw AS r ON r.rowid = b.row_id "
        f"ORDER BY b.file, b.row) TO {quoted(str(made.resolve()))} (FORMAT csv, HEADER true)"
    )
    made.chmod(0o600)
    folder = private_folder(state_dir / QUARANTINE)
    stem, again = f"{table}-{utc(now):%Y%m%dT%H%M%S}", 1
    file = folder / f"{stem}.csv"
    while file.exists():  # two imports within one second, or a clock set back
        again += 1
        file = folder / f"{stem}-{again}.csv"
    return made.replace(file)


def _column(header: str) -> str:
    """Write a column's name as SQL does."""
    return '"' + header.replace("\0", "").replace('"', '""') + '"'


def _refuse_too_many(stage: Staged, quarantine: Path | None, most: float) -> None:
    if stage.bad <= most * stage.read:
        return
    en, ru = (
        "; ".join(f"{in_words(one, language)} ({count})" for one, count in stage.reasons.items())
        for language in ("en", "ru")
    )
    accept = f"--max-bad {ceil(100 * stage.bad / stage.read)}"
    raise AudienceError(
        f"{stage.bad} of {stage.read} rows are bad, more than {most:.0%}: nothing was imported",
        hint=f"{en[:400]}. See {quarantine}; if that is as it should be: {accept}",
        ru=f"негодных строк {stage.bad} из {stage.read}, больше {most:.0%}: не загружено ничего",
        hint_ru=f"{ru[:400]}. Они в {quarantine}; если так и надо: {accept}",
    )


def _record_consents(stage: Staged, table: str, ledger: Ledger | None) -> tuple[int, int]:
    """Hand consents that came with subscribers to the ledger; count them, and rows without."""
    if table != "subscribers":
        return 0, 0
    (people,) = only_row(stage.engine, "SELECT count(*) FROM good")
    if not set(CONSENT) <= set(stage.columns):
        return 0, int(people)
    if ledger is None:
        raise AudienceError(
            "consents were given, but no state database to keep them in",
            ru="согласия есть, а базы состояния, чтобы их хранить, нет",
        )
    agreed = ledger.record_consent_rows(_consents(stage))
    return agreed, int(people) - agreed


def _consents(stage: Staged) -> Iterator[tuple[str, str, int, str, str]]:
    """Yield rows as the ledger takes them, in its own order: a million at once."""
    topic = "nullif(topic, '')" if "topic" in stage.columns else "NULL"
    found = stage.engine.sql(
        f"SELECT subscriber_id, coalesce({topic}, {quoted(EVERY_TOPIC)}) AS topic, "
        "CAST(floor(epoch(consent_at)) AS BIGINT) AS seconds, consent_source, consent_text "
        "FROM good WHERE consent_at IS NOT NULL AND consent_source <> '' AND consent_text <> '' "
        "ORDER BY subscriber_id, topic"
    ).to_arrow_table()
    for batch in found.to_batches(max_chunksize=_BATCH):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _opt_outs(stage: Staged) -> Iterator[OptOut]:
    name, until = (one if one in stage.columns else "NULL" for one in ("name", "until"))
    for person, scope, since, about, end in _rows(
        stage, "subscriber_id", "scope", "since", name, until
    ):
        until_at = None if end is None else _aware(end)
        yield OptOut(person, Scope(scope), _aware(since), about or "", until_at, "import")


def _rows(stage: Staged, *columns: str) -> Iterator[tuple[Any, ...]]:
    found = stage.engine.sql(f"SELECT {', '.join(columns)} FROM good").to_arrow_table()
    for batch in found.to_batches(max_chunksize=_BATCH):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
