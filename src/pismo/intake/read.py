"""Sources into one table of text, with the place of each row; what has no columns is set aside."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pismo.audience.engine import only_row, quoted
from pismo.audience.schema import TABLES
from pismo.errors import AudienceError
from pismo.intake.mapping import shown
from pismo.intake.quotes import REASON, is_marked_sql, mend_quotes, restored_sql
from pismo.intake.sources import Source
from pismo.records import dataclass

if TYPE_CHECKING:
    import duckdb

LONGEST_LINE = 1_000_000
"""Bytes; a longer line is no row but an accident, and is set aside unread."""
_LONGEST_HEAD = 100_000
_MOST_COLUMNS = 500
_SINGLE = frozenset(column.name for table in TABLES.values() for column in table)
"""Columns that hold one value, or a list; what a shop calls its own may be anything."""
_LONGEST_JSON = 9_000_000
"""Bytes: what is copied of a line (`sources`) fits in, so that it can be told to be no JSON."""


def read_headers(engine: "duckdb.DuckDBPyConnection", source: Source) -> list[str]:
    """Return a source's column names as it has them.

    Raises:
        AudienceError: If it is empty, or not what its name says.
    """
    if source.form == "csv":
        return _csv_head(source).names
    try:
        if source.form == "parquet":
            scan = f"read_parquet({quoted(str(source.path.resolve()))})"
            return [
                str(row[0]) for row in engine.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
            ]
        _lines(engine, source)
        rows = engine.execute(
            "SELECT DISTINCT unnest(json_keys(doc)) AS name FROM "
            "(SELECT doc FROM json_rows WHERE json_type(doc) = 'OBJECT' LIMIT 10000) AS first_rows "
            "ORDER BY name"
        ).fetchall()
    except _engine_error() as error:
        raise AudienceError(
            f"{source.name} cannot be read: {_first_line(error)}",
            ru=f"{source.name} не читается: {_first_line(error)}",
        ) from error
    if not rows:
        raise AudienceError(
            f"{source.name} holds no JSON objects, one a line",
            ru=f"в {source.name} нет объектов JSON, по одному на строку",
        )
    return [str(row[0]) for row in rows]


def read_rows(
    engine: "duckdb.DuckDBPyConnection", source: Source, columns: Sequence[tuple[str, str]]
) -> int:
    """Add a source's rows to tables `raw` (row_file, row_index, ours …) and `bad`; count both.

    Rows of CSV bear no number of their own: they lie in `raw` one after the other, from `first`
    up to `beyond`.

    Args:
        engine: Has `raw`, `files (name, first, beyond, head)` and `bad (file, row, reason, line,
            row_id)`.
        source: What to read.
        columns: (column of the file, our column); all are read as text.
    """
    read = {"csv": _read_csv, "parquet": _read_parquet, "jsonl": _read_json}[source.form]
    first = _count(engine, "raw")
    try:
        count = read(engine, source, columns)
    except _engine_error() as error:
        raise AudienceError(
            f"{source.name} cannot be read: {_first_line(error)}",
            ru=f"{source.name} не читается: {_first_line(error)}",
        ) from error
    head = int(source.form == "csv")
    engine.execute(
        f"INSERT INTO files SELECT {quoted(source.name)}, {first}, count(*), {head} FROM raw"
    )
    return count


def _read_csv(
    engine: "duckdb.DuckDBPyConnection", source: Source, columns: Sequence[tuple[str, str]]
) -> int:
    head = _csv_head(source)
    places = {header: f"c{number}" for number, header in enumerate(head.names)}
    name = quoted(source.name)
    chosen = ", ".join(
        [f"{name} AS row_file", *(f"{places[header]} AS {ours}" for header, ours in columns)]
    )
    first = _count(engine, "raw")
    broken = _scan_csv(engine, source.path, head, chosen)
    if broken:
        # An open quote hides rows, from the engine's own count too; mended, it hides only its own.
        mended = source.path.with_name(source.path.name + "-mended")
        mend_quotes(source.path, mended, head.separator, len(head.names))
        # Made anew, since rows that were only deleted would still count in those to come.
        engine.execute(f"CREATE OR REPLACE TABLE raw AS SELECT * FROM raw LIMIT {first}")
        _scan_csv(engine, mended, head, chosen)
    _set_aside(engine, source.name, head.separator)
    # The engine numbers the rows that it could read; rejected ones before them make the difference.
    engine.execute(f"INSERT INTO shifts SELECT {name}, line - place FROM rejected")
    return _count(engine, "raw") - first + _count(engine, "rejected")


def _scan_csv(engine: "duckdb.DuckDBPyConnection", path: Path, head: "_Head", chosen: str) -> bool:
    """Add to `raw`, make `rejected`; tell whether a broken quote may hide rows from both."""
    typed = ", ".join(f"{quoted(f'c{number}')}: 'VARCHAR'" for number in range(len(head.names)))
    engine.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    engine.execute(
        f"INSERT INTO raw BY NAME SELECT {chosen} FROM read_csv("
        f"{quoted(str(path.resolve()))}, delim = {quoted(head.separator)}, quote = '\"', "
        f"escape = '\"', header = true, skip = {head.skip}, columns = {{{typed}}}, "
        "auto_detect = false, store_rejects = true, rejects_limit = 0, strict_mode = true, "
        f"max_line_size = {LONGEST_LINE}, buffer_size = {16 * LONGEST_LINE})"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE rejected AS "
        "SELECT row_number() OVER (ORDER BY line) AS place, line, min(error_message) AS reason, "
        "min(left(csv_line, 2000)) AS text FROM reject_errors GROUP BY line"
    )
    (broken,) = only_row(
        engine, "SELECT count(*) FROM reject_errors WHERE error_type = 'UNQUOTED VALUE'"
    )
    return bool(broken)


def _set_aside(engine: "duckdb.DuckDBPyConnection", name: str, separator: str) -> None:
    reason = f"CASE WHEN {is_marked_sql('text')} THEN {quoted(REASON)} ELSE reason END"
    engine.execute(
        f"INSERT INTO bad SELECT {quoted(name)}, line, {reason}, "
        f"{restored_sql('text', separator)}, NULL FROM rejected"
    )


@dataclass(frozen=True, slots=True)
class _Head:
    """Column names, what stands between them, and how many lines are to be skipped before them."""

    names: list[str]
    separator: str
    skip: int


def _csv_head(source: Source) -> _Head:
    """Read the headers; empty lines and Excel's `sep=;` may stand before them.

    Raises:
        AudienceError: If there are none, two are the same, or there are more than make sense.
    """
    skip, separator = 0, ""
    with source.path.open(encoding="utf-8", newline="") as text:
        while (first := text.readline(_LONGEST_HEAD)) and (
            not first.strip() or first.lower().startswith("sep=")
        ):
            skip += 1
            separator = first.strip()[4:5]
        # A header may go over several lines, in quotes.
        while first.count('"') % 2 and len(first) < _LONGEST_HEAD and (more := text.readline(1000)):
            first += more
    if not first.strip():
        raise AudienceError(
            f"{source.name} is empty",
            ru=f"{source.name} пуст",
        )
    if len(first) >= _LONGEST_HEAD:
        raise AudienceError(
            f"{source.name} has a first line of {len(first)} characters or more",
            hint="the first line must name the columns",
            ru=f"первая строка {source.name} не короче {len(first)} знаков",
            hint_ru="первая строка должна называть колонки",
        )
    outside = re.sub('"[^"]*"', "", first)
    separator = separator or max(";,\t|", key=outside.count)
    names = [name.strip() for name in next(csv.reader([first], delimiter=separator))]
    _check_head(source, names)
    return _Head(names, separator, skip)


def _check_head(source: Source, names: Sequence[str]) -> None:
    if len(names) > _MOST_COLUMNS:
        raise AudienceError(
            f"{source.name} has {len(names)} columns, more than {_MOST_COLUMNS}",
            hint="export only the columns that a segment or a letter needs",
            ru=f"в {source.name} колонок: {len(names)}, больше {_MOST_COLUMNS}",
            hint_ru="выгрузите только те, что нужны сегментам и письмам",
        )
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if twice:
        raise AudienceError(
            f"{source.name} has two columns '{shown(twice[0])}'",
            hint="rename one of them",
            ru=f"в {source.name} две колонки «{shown(twice[0])}»",
            hint_ru="переименуйте одну из них",
        )


def _read_parquet(
    engine: "duckdb.DuckDBPyConnection", source: Source, columns: Sequence[tuple[str, str]]
) -> int:
    chosen = ", ".join(
        f'CAST("{header.replace(chr(34), chr(34) * 2)}" AS VARCHAR) AS {ours}'
        for header, ours in columns
    )
    scan = f"read_parquet({quoted(str(source.path.resolve()))})"
    engine.execute(
        f"INSERT INTO raw BY NAME SELECT {quoted(source.name)} AS row_file, "
        f"row_number() OVER () AS row_index, {chosen} FROM {scan}"
    )
    return _count(engine, scan)


def _read_json(
    engine: "duckdb.DuckDBPyConnection", source: Source, columns: Sequence[tuple[str, str]]
) -> int:
    _lines(engine, source)
    name = quoted(source.name)
    chosen = ", ".join(f"{_member_sql(header)} AS {ours}" for header, ours in columns)
    objects = ", ".join(
        f"CASE WHEN json_type(doc, {quoted(_pointer(header))}) = 'OBJECT' "
        f"THEN {quoted(f'{ours}: an object, and not one value')} END"
        for header, ours in columns
        if ours in _SINGLE
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE judged_rows AS SELECT *, CASE "
        "WHEN coalesce(json_type(doc) <> 'OBJECT', TRUE) THEN 'not a JSON object' "
        f"ELSE concat_ws('; ', {objects or 'NULL'}) END AS reason FROM json_rows"
    )
    engine.execute(
        f"INSERT INTO bad SELECT {name}, row_index, reason, left(line, 2000), NULL "
        "FROM judged_rows WHERE reason <> ''"
    )
    engine.execute(
        f"INSERT INTO raw BY NAME SELECT {name} AS row_file, row_index, {chosen} "
        "FROM (SELECT * FROM judged_rows WHERE reason = '') AS fine"
    )
    # Row numbers of JSON lines are their own: nothing is missing between them.
    return _count(engine, "json_rows")


def _member_sql(header: str) -> str:
    """Return SQL for a member as text: a list as `kids,cards`, as people write it in a CSV."""
    path = quoted(_pointer(header))
    listed = f"array_to_string(json_extract_string(json_extract(doc, {path}), '$[*]'), ',')"
    text = f"json_extract_string(doc, {path})"
    return f"CASE WHEN json_type(doc, {path}) = 'ARRAY' THEN {listed} ELSE {text} END"


def _pointer(name: str) -> str:
    """Return the JSON pointer to a member, RFC 6901: unlike a path, it takes any name."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _lines(engine: "duckdb.DuckDBPyConnection", source: Source) -> None:
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE json_rows AS "
        "SELECT row_index, line, TRY_CAST(line AS JSON) AS doc FROM ("
        "SELECT row_number() OVER () AS row_index, line FROM read_csv("
        f"{quoted(str(source.path.resolve()))}, columns = {{'line': 'VARCHAR'}}, delim = '\x01', "
        "quote = '', escape = '', header = false, auto_detect = false, "
        f"max_line_size = {_LONGEST_JSON}, buffer_size = {4 * _LONGEST_JSON})) AS l "
        "WHERE line IS NOT NULL AND trim(line) <> ''"
    )


def _count(engine: "duckdb.DuckDBPyConnection", rows: str) -> int:
    return int(only_row(engine, f"SELECT count(*) FROM {rows}")[0])


def _engine_error() -> type[Exception]:
    import duckdb

    return duckdb.Error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def readable_folders(sources: Sequence[Source]) -> list[Path]:
    """Return the folders that an engine must be allowed to read."""
    return sorted({source.path.resolve().parent for source in sources})
