"""Sources into one table of text, with the place of each row; what has no columns is set aside."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pismo.audience.engine import only_row, quoted
from pismo.errors import AudienceError
from pismo.intake.sources import Source

if TYPE_CHECKING:
    import duckdb

LONGEST_LINE = 1_000_000
"""Bytes; a longer line is no row but an accident, and is set aside unread."""


def read_headers(engine: "duckdb.DuckDBPyConnection", source: Source) -> list[str]:
    """Return a source's column names as it has them.

    Raises:
        AudienceError: If it is empty, or not what its name says.
    """
    if source.form == "csv":
        return _csv_head(source)[0]
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
        raise AudienceError(f"{source.name} cannot be read: {_first_line(error)}") from error
    if not rows:
        raise AudienceError(f"{source.name} holds no JSON objects, one a line")
    return [str(row[0]) for row in rows]


def read_rows(
    engine: "duckdb.DuckDBPyConnection", source: Source, columns: Sequence[tuple[str, str]]
) -> int:
    """Add a source's rows to tables `raw` (row_file, row_number, ours …) and `bad`; count both.

    Args:
        engine: Has `raw` and `bad (file, row, reason, line)`.
        source: What to read.
        columns: (column of the file, our column); all are read as text.
    """
    try:
        if source.form == "csv":
            return _read_csv(engine, source, columns)
        if source.form == "parquet":
            return _read_parquet(engine, source, columns)
        return _read_json(engine, source, columns)
    except _engine_error() as error:
        raise AudienceError(f"{source.name} cannot be read: {_first_line(error)}") from error


def _read_csv(
    engine: "duckdb.DuckDBPyConnection", source: Source, columns: Sequence[tuple[str, str]]
) -> int:
    headers, separator, skip = _csv_head(source)
    typed = ", ".join(f"{quoted(f'c{number}')}: 'VARCHAR'" for number in range(len(headers)))
    places = {header: f"c{number}" for number, header in enumerate(headers)}
    chosen = ", ".join(f"{places[header]} AS {ours}" for header, ours in columns)
    engine.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE file_rows AS "
        f"SELECT row_number() OVER () AS row_index, {chosen} FROM read_csv("
        f"{quoted(str(source.path.resolve()))}, delim = {quoted(separator)}, quote = '\"', "
        f"escape = '\"', header = true, skip = {skip}, columns = {{{typed}}}, "
        "auto_detect = false, store_rejects = true, rejects_limit = 0, strict_mode = true, "
        f"max_line_size = {LONGEST_LINE}, buffer_size = {16 * LONGEST_LINE})"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE rejected AS "
        "SELECT row_number() OVER (ORDER BY line) AS place, line, min(error_message) AS reason, "
        "min(left(csv_line, 2000)) AS text FROM reject_errors GROUP BY line"
    )
    name = quoted(source.name)
    engine.execute(f"INSERT INTO bad SELECT {name}, line, reason, text FROM rejected")
    # The engine numbers the rows that it could read; rejected ones before them make the difference.
    ours = ", ".join(name for _, name in columns)
    engine.execute(
        f"INSERT INTO raw BY NAME SELECT {name} AS row_file, row_index, 1 AS row_head, {ours} "
        "FROM file_rows"
    )
    engine.execute(f"INSERT INTO shifts SELECT {name}, line - place FROM rejected")
    (good,) = only_row(engine, "SELECT count(*) FROM file_rows")
    (lost,) = only_row(engine, "SELECT count(*) FROM rejected")
    return int(good) + int(lost)


def _csv_head(source: Source) -> tuple[list[str], str, int]:
    """Return headers, separator, and how many lines stand before the headers (Excel's `sep=;`)."""
    with source.path.open(encoding="utf-8", newline="") as text:
        first = text.readline(LONGEST_LINE)
        skip = 0
        if first.lower().startswith("sep="):
            separator, skip = first.strip()[4:5], 1
            first = text.readline(LONGEST_LINE)
        else:
            separator = max(";,\t|", key=first.count)
    if not first.strip():
        raise AudienceError(f"{source.name} is empty")
    (headers,) = csv.reader([first], delimiter=separator)
    cleaned = [header.strip() for header in headers]
    if len(set(cleaned)) < len(cleaned):
        twice = next(name for name in cleaned if cleaned.count(name) > 1)
        raise AudienceError(f"{source.name} has two columns '{twice}'", hint="rename one of them")
    return cleaned, separator, skip


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
        f"row_number() OVER () AS row_index, 0 AS row_head, {chosen} FROM {scan}"
    )
    (count,) = only_row(engine, f"SELECT count(*) FROM {scan}")
    return int(count)


def _read_json(
    engine: "duckdb.DuckDBPyConnection", source: Source, columns: Sequence[tuple[str, str]]
) -> int:
    _lines(engine, source)
    name = quoted(source.name)
    good = "coalesce(json_type(doc) = 'OBJECT', FALSE)"
    paths = [(quoted('$."' + header + '"'), ours) for header, ours in columns]
    chosen = ", ".join(f"json_extract_string(doc, {path}) AS {ours}" for path, ours in paths)
    engine.execute(
        f"INSERT INTO bad SELECT {name}, row_index, 'not a JSON object', left(line, 2000) "
        f"FROM json_rows WHERE NOT {good}"
    )
    engine.execute(
        f"INSERT INTO raw BY NAME SELECT {name} AS row_file, row_index, 0 AS row_head, {chosen} "
        f"FROM (SELECT * FROM json_rows WHERE {good}) AS fine"
    )
    # Row numbers of JSON lines are their own: nothing is missing between them.
    (count,) = only_row(engine, "SELECT count(*) FROM json_rows")
    return int(count)


def _lines(engine: "duckdb.DuckDBPyConnection", source: Source) -> None:
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE json_rows AS "
        "SELECT row_index, line, TRY_CAST(line AS JSON) AS doc FROM ("
        "SELECT row_number() OVER () AS row_index, line FROM read_csv("
        f"{quoted(str(source.path.resolve()))}, columns = {{'line': 'VARCHAR'}}, delim = '\x01', "
        "quote = '', escape = '', header = false, auto_detect = false, "
        f"max_line_size = {LONGEST_LINE}, buffer_size = {16 * LONGEST_LINE})) AS l "
        "WHERE line IS NOT NULL AND trim(line) <> ''"
    )


def _engine_error() -> type[Exception]:
    import duckdb

    return duckdb.Error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def readable_folders(sources: Sequence[Source]) -> list[Path]:
    """Return the folders that an engine must be allowed to read."""
    return sorted({source.path.resolve().parent for source in sources})
