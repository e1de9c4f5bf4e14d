"""Merge checked rows into the audience: by key, keeping what the file does not speak of."""

from datetime import date
from pathlib import Path

from pismo.audience import Snapshot
from pismo.audience.engine import quoted
from pismo.audience.schema import KEYS, TABLES
from pismo.intake.mapping import CONSENT
from pismo.intake.staging import Staged


def merge(
    stage: Staged, table: str, base: Snapshot | None, today: date, *, complete: bool
) -> dict[str, Path]:
    """Write the new state of what changes as Parquet files, by table.

    People and products are updated column by column; purchases and events are added if they are
    not there yet. Products leave a row in `product_days` on each day their price or stock changed.

    Args:
        stage: Its engine holds `good`.
        table: What was imported.
        base: The audience so far.
        today: For `product_days`.
        complete: Products that are not in the file are out of stock.
    """
    source = _scan(base.table(table)) if base else _nobody(table)
    stage.engine.execute(f"CREATE OR REPLACE TEMP VIEW had AS SELECT * FROM {source}")
    if table in ("purchases", "events"):
        return {table: _written(stage, table, _added(stage, table))}
    files = {table: _written(stage, table, _updated(stage, table, complete=complete))}
    if table == "products":
        days = _scan(base.table("product_days")) if base else _nobody("product_days")
        now = _scan(files[table])
        files["product_days"] = _written(stage, "product_days", _days(now, days, today))
    return files


def _updated(stage: Staged, table: str, *, complete: bool) -> str:
    """Return SQL for old and new rows: the file's columns win, others stay as they were."""
    key = KEYS[table][0]
    old = [str(row[0]) for row in stage.engine.execute("DESCRIBE had").fetchall()]
    new = [name for name in stage.columns if name not in CONSENT]
    columns = []
    for name in dict.fromkeys([*old, *new]):
        if name == key:
            columns.append(f"coalesce(n.{key}, h.{key}) AS {key}")
        elif name not in new:
            gone = complete and name == "in_stock"
            columns.append(f"h.{name} AND n.{key} IS NOT NULL AS {name}" if gone else f"h.{name}")
        elif name not in old:
            columns.append(f"n.{name}")
        else:
            stays = f"h.{name} AND FALSE" if complete and name == "in_stock" else f"h.{name}"
            columns.append(f"CASE WHEN n.{key} IS NULL THEN {stays} ELSE n.{name} END AS {name}")
    return (
        f"SELECT {', '.join(columns)} FROM had AS h FULL JOIN good AS n ON n.{key} = h.{key} "
        f"ORDER BY {key}"
    )


def _added(stage: Staged, table: str) -> str:
    columns = [column.name for column in TABLES[table]]
    given = ", ".join(
        f"n.{name}" if name in stage.columns else f"NULL AS {name}" for name in columns
    )
    same = " AND ".join(f"h.{name} = n.{name}" for name in KEYS[table])
    return (
        f"SELECT * FROM (SELECT {', '.join(columns)} FROM had "
        f"UNION ALL SELECT {given} FROM good AS n "
        f"WHERE NOT EXISTS (SELECT 1 FROM had AS h WHERE {same})) AS every_row "
        "ORDER BY subscriber_id, ts"
    )


def _days(products: str, days: str, today: date) -> str:
    """Return SQL for price and stock by day: today's row only where something changed."""
    day = f"DATE {quoted(today.isoformat())}"
    return (
        f"WITH kept AS (SELECT * FROM {days} AS d WHERE d.day <> {day}), "
        "latest AS (SELECT k.* FROM kept AS k JOIN (SELECT product_id, max(day) AS day FROM kept "
        "GROUP BY product_id) AS m ON m.product_id = k.product_id AND m.day = k.day) "
        "SELECT product_id, day, price, in_stock FROM kept UNION ALL "
        f"SELECT p.product_id, {day}, p.price, p.in_stock FROM {products} AS p "
        "LEFT JOIN latest AS l ON l.product_id = p.product_id "
        "WHERE l.product_id IS NULL OR l.price <> p.price OR l.in_stock <> p.in_stock"
    )


def _written(stage: Staged, name: str, sql: str) -> Path:
    file = stage.folder / f"{name}.parquet"
    stage.engine.execute(
        f"COPY ({sql}) TO {quoted(str(file.resolve()))} (FORMAT parquet, COMPRESSION zstd)"
    )
    return file


def _nobody(table: str) -> str:
    columns = ", ".join(f"CAST(NULL AS {column.type}) AS {column.name}" for column in TABLES[table])
    return f"(SELECT {columns} WHERE FALSE)"


def _scan(file: Path) -> str:
    return f"read_parquet({quoted(str(file.resolve()))})"
