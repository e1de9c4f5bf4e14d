"""Bring files to one checked table: `good` rows with our columns, `bad` ones with their reasons."""

import secrets
import shutil
import zoneinfo
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pismo.audience import alone, current
from pismo.audience.engine import only_row, open_engine, quoted
from pismo.audience.schema import KEYS
from pismo.errors import AudienceError
from pismo.intake.addresses import judge_addresses
from pismo.intake.clean import FILLED, Rule, found, guess_type_sql, rules_for
from pismo.intake.mapping import Matched, load_extras, load_mapping, match_columns
from pismo.intake.read import read_headers, read_rows, readable_folders
from pismo.intake.sources import Source, open_sources
from pismo.model.workspace import Workspace
from pismo.private import private_folder
from pismo.records import dataclass

if TYPE_CHECKING:
    import duckdb

_KEYS = {**KEYS, "consents": ("subscriber_id", "topic"), "suppressions": ("email",),
         "opt-outs": ("subscriber_id", "scope", "name"), "ids": ("subscriber_id",)}  # fmt: skip


_COPIED, CHECKED = 0.4, 0.8
"""How much of an import is done when its files are copied, and when its rows are checked."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Files read and checked; `engine` holds tables `good`, `bad` and `raw`.

    `bad (file, row, reason, line, row_id)` has the row of `raw` that is meant, or else, of what
    could not be told apart into columns, the line as it stands in the file.

    `read` counts rows of the files, `good` those that can be used, `repeated` rows among the good
    that say the same as a later one and were merged into it; read = good + bad.
    """

    engine: "duckdb.DuckDBPyConnection"
    folder: Path
    mapping: Matched
    extras: Mapping[str, str]
    columns: tuple[str, ...]
    read: int
    good: int
    repeated: int
    reasons: Mapping[str, int]

    @property
    def bad(self) -> int:
        """How many rows are set aside."""
        return self.read - self.good


@contextmanager
def staged(
    workspace: Workspace,
    table: str,
    places: Sequence[str],
    now: datetime,
    *,
    currency: str,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Iterator[Staged]:
    """Read and check files; nobody else imports meanwhile, and copies are gone afterwards.

    Raises:
        AudienceError: If a file cannot be read or lacks a column that every row needs.
    """
    with (
        alone(workspace.state_dir) as state,
        open_sources(places, state, on_progress) as sources,
    ):
        on_progress(_COPIED)
        folder = private_folder(state / f".import-{secrets.token_hex(6)}")
        base = current(workspace.state_dir)
        readable = [*readable_folders(sources), folder, *([base.path] if base else [])]
        with open_engine(readable, spill=folder / "spill") as engine:
            try:
                stage = _stage(engine, folder, workspace, table, sources, now, currency)
                on_progress(CHECKED)
                yield stage
            finally:
                shutil.rmtree(folder, ignore_errors=True)


def _stage(
    engine: "duckdb.DuckDBPyConnection",
    folder: Path,
    workspace: Workspace,
    table: str,
    sources: Sequence[Source],
    now: datetime,
    currency: str,
) -> Staged:
    saved = load_mapping(workspace.root, table)
    matched = [match_columns(table, read_headers(engine, one), saved) for one in sources]
    mapping = Matched(
        {header: ours for one in matched for header, ours in one.known.items()},
        {header: ours for one in matched for header, ours in one.extras.items()},
        tuple(dict.fromkeys(header for one in matched for header in one.left)),
    )
    names = tuple(dict.fromkeys(mapping.all.values()))
    _make_tables(engine, tuple(dict.fromkeys((*names, *FILLED.get(table, ())))))
    read = sum(
        read_rows(engine, source, tuple(one.all.items()))
        for source, one in zip(sources, matched, strict=True)
    )
    extras = _types(engine, mapping, load_extras(workspace.root, table))
    given = {name: extras.get(name, "") for name in names}
    rules = rules_for(
        table,
        given,
        currency=currency,
        zone=workspace.settings.timezone,
        today=now.date().isoformat(),
    )
    base = current(workspace.state_dir)
    _check_rows(engine, rules, known=quoted(str(base.table("subscribers"))) if base else "")
    repeated = _keep_last(engine, [rule.name for rule in rules], _KEYS[table])
    (good,) = only_row(engine, "SELECT count(*) FROM good")
    (bad,) = only_row(engine, "SELECT count(*) FROM bad")
    if good + repeated + bad != read:
        raise AudienceError(
            f"rows do not add up: {read} read, {good} good, {repeated} repeated, {bad} bad",
            hint="this is a fault of pismo: please report it with the header of the file",
            ru=f"строки не сходятся: прочитано {read}, годных {good}, повторов {repeated},"
            f" негодных {bad}",
            hint_ru="это ошибка pismo: пожалуйста, сообщите о ней и приложите первую строку файла",
        )
    columns = tuple(rule.name for rule in rules)
    return Staged(engine, folder, mapping, extras, columns, read, good + repeated, repeated,
                  _reasons(engine))  # fmt: skip


def _make_tables(engine: "duckdb.DuckDBPyConnection", names: Sequence[str]) -> None:
    columns = "".join(f", {name} VARCHAR" for name in names)
    engine.execute(f"CREATE TABLE raw (row_file VARCHAR, row_index BIGINT{columns})")
    engine.execute("CREATE TABLE files (name VARCHAR, first BIGINT, beyond BIGINT, head INTEGER)")
    engine.execute(
        "CREATE TABLE bad (file VARCHAR, row BIGINT, reason VARCHAR, line VARCHAR, row_id BIGINT)"
    )
    engine.execute("CREATE TABLE shifts (file VARCHAR, before BIGINT)")
    engine.execute("CREATE TABLE zones (zone VARCHAR)")
    listed = ", ".join(f"({quoted(zone)})" for zone in sorted(zoneinfo.available_timezones()))
    engine.execute(f"INSERT INTO zones VALUES {listed}")


def _types(
    engine: "duckdb.DuckDBPyConnection", mapping: Matched, saved: Mapping[str, str]
) -> dict[str, str]:
    """Give each of the shop's own columns a type: the saved one, else what its values fit."""
    names = sorted(set(mapping.extras.values()))
    if not names:
        return {}
    found = only_row(engine, f"SELECT {', '.join(map(guess_type_sql, names))} FROM raw")
    return {name: saved.get(name, str(type_)) for name, type_ in zip(names, found, strict=True)}


def _check_rows(engine: "duckdb.DuckDBPyConnection", rules: Sequence[Rule], *, known: str) -> None:
    """Make `checked`: each row with our values and its reasons, '' if there are none."""
    values = ", ".join(f"{rule.value} AS {found(rule.name)}" for rule in rules)
    named = ", ".join(f"{found(rule.name)} AS {rule.name}" for rule in rules)
    reasons = ", ".join(
        f"CASE WHEN {rule.wrong} THEN {quoted(f'{rule.name}: {rule.reason}')} END"
        for rule in rules
        if rule.reason
    )
    engine.execute(
        f"CREATE TABLE checked AS SELECT row_id, row_file, {named}, "
        "coalesce(row_index, row_id - files.first + 1) AS row_index, files.head AS row_head, "
        f"concat_ws('; ', {reasons or 'NULL'}) AS reasons "
        f"FROM (SELECT rowid AS row_id, *, {values} FROM raw) AS valued "
        "JOIN files ON files.name = row_file AND row_id >= files.first AND row_id < files.beyond"
    )
    if any(rule.name == "email" for rule in rules):
        _check_addresses(engine, known)
    _add_bad(engine, "c.reasons", "checked AS c", "c.reasons <> ''")
    engine.execute("DELETE FROM checked WHERE reasons <> ''")


def _add_bad(engine: "duckdb.DuckDBPyConnection", reason: str, rows: str, which: str) -> None:
    """Set rows `c` aside, each with its row number in the file."""
    engine.execute(
        "INSERT INTO bad SELECT c.row_file, c.row_index + c.row_head + "
        "(SELECT count(*) FROM shifts AS s WHERE s.file = c.row_file AND s.before <= c.row_index), "
        f"{reason}, NULL, c.row_id FROM {rows} WHERE {which}"
    )


def _check_addresses(engine: "duckdb.DuckDBPyConnection", known: str) -> None:
    """Judge addresses that the audience does not have yet; write the good ones as they are sent."""
    judge_addresses(engine, "checked", f"SELECT email FROM read_parquet({known})" if known else "")
    engine.execute(
        "UPDATE checked SET reasons = concat_ws('; ', nullif(reasons, ''), 'email: ' || j.reason) "
        "FROM judged AS j WHERE j.given = checked.email AND j.reason IS NOT NULL"
    )
    engine.execute(
        "UPDATE checked SET email = j.address FROM judged AS j "
        "WHERE j.given = checked.email AND j.address IS NOT NULL"
    )


def _keep_last(
    engine: "duckdb.DuckDBPyConnection", columns: Sequence[str], key: Sequence[str]
) -> int:
    """Make `good`: of rows with one key the last; the others are bad unless equal to it."""
    present = [name for name in key if name in columns]
    every = " || '|' || ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in columns)
    engine.execute(
        "CREATE TABLE keyed AS SELECT *, row_number() OVER (PARTITION BY "
        f"{', '.join(present)} ORDER BY row_file DESC, row_index DESC) AS nth, "
        f"last_value(md5({every})) OVER (PARTITION BY {', '.join(present)} "
        "ORDER BY row_file, row_index ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) "
        f"= md5({every}) AS same FROM checked "
        f"WHERE ({', '.join(present)}) IN (SELECT {', '.join(present)} FROM checked "
        f"GROUP BY {', '.join(present)} HAVING count(*) > 1)"
    )
    named = ", ".join(present)
    reason = quoted(f"{named}: a later row has the same and says otherwise")
    _add_bad(engine, reason, "keyed AS c", "c.nth > 1 AND NOT c.same")
    (repeated,) = only_row(engine, "SELECT count(*) FROM keyed WHERE nth > 1 AND same")
    engine.execute(
        f"CREATE VIEW good AS SELECT {', '.join(columns)} FROM checked AS c WHERE NOT EXISTS "
        "(SELECT 1 FROM keyed AS k WHERE k.row_id = c.row_id AND k.nth > 1)"
    )
    return int(repeated)


def _reasons(engine: "duckdb.DuckDBPyConnection") -> dict[str, int]:
    rows = engine.execute(
        "SELECT regexp_replace(reason, '[0-9]+', 'N', 'g') AS kind, count(*) FROM bad "
        "GROUP BY kind ORDER BY count(*) DESC, kind LIMIT 10"
    ).fetchall()
    return {str(reason): int(count) for reason, count in rows}
