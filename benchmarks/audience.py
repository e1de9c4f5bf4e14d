"""How long do facts, segments, assignment and recommendations take, and how do they grow?

Input:   the invented audience (`pismo sample`'s): people, about 10 purchases and events each.
Run:     make bench                   1,000,000 people; 2 GB of disk
         make bench-large             10,000,000 people; 15 GB of disk, 8 GB of memory at most
         ... ARGS=--postgres          beside PostgreSQL 15 on the same rows, started here
Each step runs in this one process; memory is the peak of the process so far. `--memory` is what the
process may use in all: the engine gets five eighths of it, the rest is for Arrow, Parquet and
Python; a peak above it fails the run.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from audience_segments import pairs
from machine import machine, table, write_down

from pismo.audience import Snapshot, compute_facts, known_columns
from pismo.audience.engine import MEMORY, only_row
from pismo.audience.invent import write_invented
from pismo.model.content import Newsletter, Segment, Sender
from pismo.model.finding import Source
from pismo.model.workspace import Settings
from pismo.recommend import Picker, prepare
from pismo.segments import case_sql, compose_all
from pismo.segments.report import report_segments

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.postgresql import postgres_programs, running_postgres  # no package that is installed

if TYPE_CHECKING:
    import pyarrow as pa

NOW = datetime(2026, 11, 27, 10)  # noqa: DTZ001  # snapshots hold naive UTC
Row = tuple[str, float, float, float]
GB = 1_000_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--name", default="audience", help="results/<name>.md")
    parser.add_argument("--memory", type=float, default=0, help="GB that the process may use")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    if options.memory:
        os.environ[MEMORY] = f"{int(options.memory * 1000 * 5 / 8)}MB"
    folder = Path(tempfile.mkdtemp(prefix="pismo-bench-", dir=options.folder))
    try:
        clock = Clock()
        snapshot = invented(clock, folder, options.people)
        snapshot, sizes = measured(clock, snapshot)
        sections = [
            f"**Machine.** {machine()}.",
            f"**Rows.** {sizes}",
            table(["step", "s", "CPU s", "peak memory of the process, GB"],
                  [[name, f"{took:.1f}", f"{cpu:.1f}", f"{peak:.2f}"]
                   for name, took, cpu, peak in clock.rows]),
        ]  # fmt: skip
        if options.memory:
            sections.append(
                f"**Memory.** {options.memory:g} GB allowed, {os.environ[MEMORY]} of them to the "
                f"engine; the peak was {clock.peak:.2f} GB."
            )
        if options.postgres:
            sections.append(beside_postgres(snapshot))
        write_down(options.name, "The audience at scale", (__doc__ or "").split("\n")[0], sections)
        if options.memory and clock.peak > options.memory:
            sys.exit(f"{clock.peak:.2f} GB were used, more than {options.memory:g}")
    finally:
        shutil.rmtree(folder)


class Clock:
    """Wall, processor seconds and peak memory of each step."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    @property
    def peak(self) -> float:
        """Peak memory of the process so far, GB."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GB

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step and say how long it took."""
        begun, cpu = time.perf_counter(), time.process_time()
        yield
        took = time.perf_counter() - begun
        self.rows.append((name, took, time.process_time() - cpu, self.peak))
        print(f"{name}: {took:.1f} s, {self.peak:.2f} GB", file=sys.stderr, flush=True)


def invented(clock: Clock, folder: Path, people: int) -> Snapshot:
    with clock.step("invent the audience and write it as a snapshot"):
        return write_invented(folder, people, 2000, seed=7, today=date(2026, 11, 27))


def measured(clock: Clock, snapshot: Snapshot) -> tuple[Snapshot, str]:
    """Run each step; return the snapshot with all that was derived, and how much there was."""
    with clock.step("facts"):
        snapshot = compute_facts(snapshot, Settings(), NOW)
    everybody = segmented(clock, snapshot)
    with clock.step("similarity and popularity of products"):
        snapshot = prepare(snapshot, NOW, Settings())
    with snapshot.connect() as engine:
        counts = [
            f"{only_row(engine, f'SELECT count(*) FROM {name}')[0]:,} {name}"
            for name in ("subscribers", "products", "purchases", "events")
        ]
        with clock.step("four picks for all, with reasons"):
            picker = Picker(engine, people=everybody, count=4, now=NOW, settings=Settings())
            picked = sum(shard.num_rows for shard in picker.everybody())
    return snapshot, ", ".join(counts) + f"; {picked:,} picks."


def segmented(clock: Clock, snapshot: Snapshot) -> "pa.Table":
    """Return subscriber_id and segment of everybody."""
    segments = {f"s{n:02d}": _segment(f"s{n:02d}", where) for n, (where, _) in enumerate(pairs())}
    composed, findings = compose_all(segments, known_columns())
    assert not findings, findings
    with snapshot.connect() as engine:
        with clock.step("20 segments in one pass: sizes"):
            sums = ", ".join(f"count(*) FILTER (WHERE {where})" for where, _ in pairs())
            only_row(engine, f"SELECT {sums} FROM facts")
        with clock.step("20 segments in one pass: sizes and overlaps, as `pismo segments`"):
            report_segments(engine, list(segments.values()), composed)
        with clock.step("one segment each (first that fits)"):
            case = case_sql(_newsletter(tuple(segments)), segments)
            engine.execute(
                f"CREATE TEMP TABLE assigned AS SELECT subscriber_id, {case} AS segment FROM facts"
            )
        return engine.sql("SELECT * FROM assigned ORDER BY subscriber_id").to_arrow_table()


def beside_postgres(snapshot: Snapshot) -> str:
    """Load the same rows into PostgreSQL and run the same segments there, raw and over facts."""
    programs = postgres_programs()
    assert programs is not None, "PostgreSQL is not installed"
    options = "-c shared_buffers=1GB -c work_mem=256MB -c jit=off -c fsync=off -c max_wal_size=4GB"
    with running_postgres(Path(programs), options) as url:
        return _compare(f"{url}/postgres", snapshot)


def _compare(url: str, snapshot: Snapshot) -> str:
    import psycopg

    with psycopg.connect(url, autocommit=True) as database:
        begun = time.perf_counter()
        for name in ("subscribers", "purchases", "events", "facts"):
            _load(snapshot, name, database)
        for name in ("purchases", "events"):
            database.execute(f"CREATE INDEX ON {name} (subscriber_id, ts)")
        database.execute("CREATE INDEX ON events (kind, ts)")
        database.execute("CREATE INDEX ON purchases (ts)")
        database.execute("VACUUM ANALYZE")
        load_s = time.perf_counter() - begun
        raw_s, raw = _timed(
            database, [f"SELECT count(*) FROM subscribers AS s WHERE {sql}" for _, sql in pairs()]
        )
        sums = ", ".join(f"count(*) FILTER (WHERE {where})" for where, _ in pairs())
        scan_s, scan = _timed(database, [f"SELECT {sums} FROM facts"])
    with snapshot.connect() as engine:
        begun = time.perf_counter()
        ours = [int(one) for one in only_row(engine, f"SELECT {sums} FROM facts")]
        ours_s = time.perf_counter() - begun
    same = "the same counts" if ours == raw == scan else f"counts differ: {ours} {raw} {scan}"
    rows = [
        ["pismo: 20 predicates in one pass over the facts", f"{ours_s:.2f}", "1"],
        ["PostgreSQL: 20 raw queries over indexed tables, as listmonk runs them", f"{raw_s:.2f}",
         f"{raw_s / ours_s:.0f} ×"],
        ["PostgreSQL: the same facts table, one pass", f"{scan_s:.2f}", f"{scan_s / ours_s:.1f} ×"],
    ]  # fmt: skip
    return (
        f"**Beside PostgreSQL** (loading and indexing took it {load_s:.0f} s), {same} in all "
        "three:\n\n" + table(["how", "s", "times pismo"], rows)
    )


def _load(snapshot: Snapshot, name: str, database: "object") -> None:
    columns = {"VARCHAR": "text", "INTEGER": "integer", "DOUBLE": "double precision"}
    with snapshot.connect() as engine:
        described = engine.execute(f"DESCRIBE {name}").fetchall()
        listed = ", ".join(f"{row[0]} {columns.get(row[1], row[1])}" for row in described)
        database.execute(f"CREATE TABLE {name} ({listed})")  # type: ignore[attr-defined]
        file = snapshot.path / f"{name}.csv"
        engine.execute(f"COPY (SELECT * FROM {name}) TO '{file}' (FORMAT csv, HEADER false)")
    with (
        file.open("rb") as source,
        database.cursor() as cursor,  # type: ignore[attr-defined]
        cursor.copy(f"COPY {name} FROM STDIN (FORMAT csv)") as rows,
    ):
        while block := source.read(1 << 20):
            rows.write(block)
    file.unlink()


def _timed(database: "object", queries: list[str]) -> tuple[float, list[int]]:
    begun = time.perf_counter()
    found = [
        int(value)
        for query in queries
        for row in database.execute(query).fetchall()  # type: ignore[attr-defined]
        for value in row
    ]
    return time.perf_counter() - begun, found


def _segment(name: str, where: str) -> Segment:
    return Segment(id=name, title=name, where=where, where_line=1, source=Source(f"{name}.toml"))


def _newsletter(segments: tuple[str, ...]) -> Newsletter:
    return Newsletter(
        name="bench", title="Bench", language="ru", layout="letter", segments=segments,
        sender=Sender("Bench", "bench@example.com"), source=Source("bench.toml"),
    )  # fmt: skip


if __name__ == "__main__":
    main()
