"""Snapshots: immutable, private, all or nothing, and confined when asked."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pismo.audience import current, write_snapshot
from pismo.errors import AudienceError

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def people(*ids: str) -> pa.Table:
    return pa.table({"subscriber_id": list(ids), "email": [f"{one}@example.com" for one in ids]})


def test_nobody_imported_yet_is_no_snapshot(tmp_path: Path) -> None:
    assert current(tmp_path) is None


def test_a_snapshot_written_is_the_current_one(tmp_path: Path) -> None:
    written = write_snapshot(tmp_path, {"subscribers": people("a", "b")}, now=NOW)
    assert current(tmp_path) == written
    with written.connect() as engine:
        assert engine.execute("SELECT count(*) FROM subscribers").fetchone() == (2,)
        assert engine.execute("SELECT count(*) FROM purchases").fetchone() == (0,)


def test_a_parquet_file_does_as_well_as_a_table(tmp_path: Path) -> None:
    pq.write_table(people("a"), tmp_path / "rows.parquet")
    made = write_snapshot(tmp_path / "s", {"subscribers": tmp_path / "rows.parquet"}, now=NOW)
    with made.connect() as engine:
        assert engine.execute("SELECT email FROM subscribers").fetchall() == [("a@example.com",)]


def test_only_the_owner_can_read_a_snapshot(tmp_path: Path) -> None:
    made = write_snapshot(tmp_path, {"subscribers": people("a")}, now=NOW)
    assert made.path.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in made.path.iterdir()} == {0o600}


def test_a_failed_write_leaves_the_old_snapshot(tmp_path: Path) -> None:
    old = write_snapshot(tmp_path, {"subscribers": people("a")}, now=NOW)
    with pytest.raises(AudienceError, match="repeat a subscriber_id"):
        write_snapshot(tmp_path, {"subscribers": people("b", "b")}, now=NOW)
    assert current(tmp_path) == old
    names = {path.name for path in old.path.parent.iterdir()}
    assert names == {old.id, "current", ".write-lock"}


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"persons": people("a")}, "no table persons"),
        ({"events": people("a")}, "has no column email"),
        ({"subscribers": people("a").append_column("Рост", pa.array([1]))}, "cannot be written"),
        ({"subscribers": pa.table({"subscriber_id": ["a"]})}, "lack one of"),
        ({"subscribers": people("a").append_column("birthday", pa.array(["31.02"]))}, "wrong type"),
    ],
)
def test_rows_of_the_wrong_shape_are_refused(
    tmp_path: Path, tables: dict[str, pa.Table], message: str
) -> None:
    with pytest.raises(AudienceError, match=message):
        write_snapshot(tmp_path, tables, now=NOW)


def test_a_pointer_to_nothing_says_what_to_do(tmp_path: Path) -> None:
    write_snapshot(tmp_path, {"subscribers": people("a")}, now=NOW)
    (tmp_path / "audience" / "current").write_text("gone\n", "utf-8")
    with pytest.raises(AudienceError, match="restore"):
        current(tmp_path)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY subscribers TO '/tmp/stolen.csv'",
        "ATTACH '/tmp/stolen.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT * FROM read_parquet('https://example.com/x.parquet')",
    ],
)
def test_sql_on_a_snapshot_can_touch_nothing_else(tmp_path: Path, sql: str) -> None:
    import duckdb

    made = write_snapshot(tmp_path, {"subscribers": people("a")}, now=NOW)
    with made.connect() as engine, pytest.raises(duckdb.Error):
        engine.execute(sql)


def test_an_engine_keeps_to_the_memory_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write_snapshot(tmp_path, {"subscribers": people("a")}, now=NOW)
    asked = "SELECT current_setting('memory_limit')"
    monkeypatch.setenv("PISMO_MEMORY", "512MiB")
    with made.connect() as engine:
        assert engine.execute(asked).fetchall() == [("512.0 MiB",)]
    monkeypatch.setenv("PISMO_MEMORY", "a lot")
    with pytest.raises(AudienceError, match="a lot"):
        made.connect()


def test_what_does_not_fit_into_memory_is_spilled_beside_the_snapshot(tmp_path: Path) -> None:
    made = write_snapshot(tmp_path, {"subscribers": people("a")}, now=NOW)
    with made.connect(memory="64MB", threads=1) as engine:
        engine.execute(
            "CREATE TEMP TABLE many AS SELECT range AS n, md5(CAST(range AS VARCHAR)) AS word "
            "FROM range(3000000)"
        )
        assert list((made.path / "spill").iterdir())
        assert engine.execute("SELECT count(*) FROM many").fetchall() == [(3_000_000,)]


def test_a_file_in_the_right_shape_is_taken_as_it_is_and_checked_all_the_same(
    tmp_path: Path,
) -> None:
    first = write_snapshot(tmp_path / "first", {"subscribers": people("a", "b")}, now=NOW)
    file = first.table("subscribers")
    taken = write_snapshot(tmp_path / "second", {"subscribers": file}, now=NOW, take=True)
    assert taken.table("subscribers").samefile(file)
    twice = tmp_path / "twice.parquet"
    pq.write_table(pa.concat_tables([pq.read_table(file)] * 2), twice)
    with pytest.raises(AudienceError, match="repeat a subscriber_id"):
        write_snapshot(tmp_path / "third", {"subscribers": twice}, now=NOW, take=True)
