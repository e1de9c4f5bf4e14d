"""How long does it take to import a million people from a shop's CSV, first and once more?

Input:   the invented audience as a shop's export: Russian headers, `;`, a consent in most rows,
         one row in a hundred bad, a few per cent of addresses in small domains of their own.
Run:     make bench                   1,000,000 people; 1 GB of disk
         python benchmarks/intake.py --people 100000
Each import is a `pismo audience import` of its own: seconds, processor seconds and peak memory are
the process's, from its start to its end. The stages are timed in one more run in between.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from machine import machine, table, write_down

from pismo.audience.invent.people import invent_people
from pismo.audience.invent.words import CATEGORIES

TODAY = date(2026, 1, 1)
BLOCK = 1 << 20
SETTINGS = (
    '[tool.pismo]\nlanguage = "ru"\n[tool.pismo.brand]\nname = "Игротека"\n'
    'legal_name = "ООО «Игротека»"\npostal_address = "101000, Москва"\n'
    'url = "https://shop.example"\n'
)
# A row's fields; the last two bad ones in a thousand have too few of them.
ROWS = """
SELECT concat_ws(';', subscriber_id,
    CASE WHEN n % 1000 < 3 THEN replace(email, '@', ' собака ')
         WHEN n % 1000 = 3 THEN replace(email, '@', '..@')
         WHEN n % 40 = 7 THEN split_part(email, '@', 1) || '@firm-' || n % 4999 || '.example'
         WHEN n % 2000 = 11 THEN split_part(email, '@', 1) || '@почта-' || n % 97 || '.example'
         ELSE email END,
    '"' || replace(coalesce(first_name, ''), '"', '""') || '"',
    coalesce(last_name, ''), coalesce(sex, ''), coalesce(city, ''), country, language,
    coalesce(timezone, ''),
    CASE WHEN n % 1000 IN (4, 5) THEN '31.02.1990'
         ELSE coalesce(strftime(birthday, '%d.%m.%Y'), '') END,
    CASE WHEN n % 1000 IN (6, 7) THEN '2026-13-01' ELSE CAST(signup_date AS VARCHAR) END,
    coalesce(CAST(n % 7 * 130 AS VARCHAR), ''),
    CASE WHEN n % 1000 IN (8, 9) THEN NULL WHEN n % 25 = 1 THEN ''
         ELSE strftime(signup_date, '%d.%m.%Y') || ' ' || 10 + n % 12 || ':' || 10 + n % 49 END,
    CASE WHEN n % 1000 IN (8, 9) THEN NULL WHEN n % 25 = 1 THEN ''
         WHEN n % 10 < 7 THEN 'форма на сайте' ELSE 'касса' END,
    CASE WHEN n % 1000 IN (8, 9) THEN NULL WHEN n % 25 = 1 THEN ''
         ELSE '"Согласен получать письма «Игротеки»; отписаться можно в любой момент"' END
) AS line FROM (SELECT *, row_number() OVER () AS n FROM people) AS numbered
"""
HEADER = (
    "Код клиента;Почта;Имя;Фамилия;Пол;Город;Страна;Язык;Часовой пояс;Дата рождения;"
    "Дата подписки;Баллы;Дата согласия;Источник согласия;Текст согласия"
)
STAGES = {
    "copied as UTF-8": ("sources", "_prepared"),
    "read into columns": ("staging", "read_rows"),
    "values and reasons": ("staging", "_check_rows"),
    "  of that, addresses": ("staging", "_check_addresses"),
    "repeated keys": ("staging", "_keep_last"),
    "merged into the audience": ("importing", "merge"),
    "written as a snapshot": ("importing", "write_snapshot"),
    "consents into the state database": ("importing", "_record_consents"),
}


@dataclass(frozen=True, slots=True)
class Run:
    """One process from start to end: what it printed as JSON, and what it took."""

    printed: dict[str, Any]
    wall_s: float
    cpu_s: float
    peak_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--stages", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    options = parser.parse_args()
    if options.stages:
        print(json.dumps(timed_stages(options.stages)))
        return
    folder = Path(tempfile.mkdtemp(prefix="pismo-bench-", dir=options.folder))
    try:
        report(options.people, *measured(folder, options.people))
    finally:
        shutil.rmtree(folder)


def measured(folder: Path, people: int) -> tuple[list[list[object]], dict[str, Any]]:
    """Return a row for each import, and what the stages took."""
    plain = write_export(folder / "people.csv", people)
    rows: list[list[object]] = []
    for encoding in ("utf-8", "cp1251"):
        file = plain if encoding == "utf-8" else recoded(plain, encoding)
        root = new_workspace(folder / encoding)
        for name in ("first import", "the same again"):
            run = imported(root, file)
            counts = (run.printed[count] for count in ("good", "quarantined", "consents"))
            took = [f"{run.wall_s:.1f}", f"{run.cpu_s:.1f}", f"{run.peak_mb:.0f}"]
            rows.append([f"{encoding}, {name}", *took, *(f"{count:,}" for count in counts)])
            expect(run, people)
    root = new_workspace(folder / "stages")
    stages = run_of([sys.executable, __file__, "--stages", str(root)], {"FILE": str(file)})
    return rows, stages.printed


def expect(run: Run, people: int) -> None:
    """Stop if a row was lost, or the bad ones are not the hundredth that was made."""
    done = run.printed
    if done["read"] != people or done["good"] + done["quarantined"] != people:
        sys.exit(f"{people} rows were written, and {done} says otherwise")
    if abs(done["quarantined"] - people / 100) > people / 10_000 + 10:
        sys.exit(f"one row in a hundred is bad, but there were: {done['reasons']}")


def write_export(file: Path, people: int) -> Path:
    """Write people as their shop would export them."""
    import duckdb
    import numpy as np
    import pyarrow as pa

    rng = np.random.Generator(np.random.PCG64(7))
    step = 250_000
    parts = [
        invent_people(min(step, people - first), first, rng, TODAY, tuple(CATEGORIES)).table
        for first in range(0, people, step)
    ]
    with duckdb.connect() as engine, file.open("w", encoding="utf-8", newline="") as out:
        engine.register("people", pa.concat_tables(parts))
        out.write(HEADER + "\r\n")
        for batch in engine.sql(ROWS).to_arrow_reader(100_000):
            out.write("\r\n".join(batch["line"].to_pylist()) + "\r\n")
    return file


def recoded(file: Path, encoding: str) -> Path:
    """Copy a file in another encoding; signs that it lacks become `?`."""
    copy = file.with_name(f"{file.stem}-{encoding}.csv")
    with (
        file.open(encoding="utf-8", newline="") as source,
        copy.open("w", encoding=encoding, errors="replace", newline="") as out,
    ):
        while block := source.read(BLOCK):
            out.write(block)
    return copy


def new_workspace(root: Path) -> Path:
    root.mkdir()
    (root / "pyproject.toml").write_text(SETTINGS, "utf-8")
    return root


def imported(root: Path, file: Path) -> Run:
    """Import people with a `pismo` of its own."""
    command = ["-m", "pismo", "-C", str(root), "audience", "import", "subscribers", str(file)]
    return run_of([sys.executable, *command, "--max-bad", "2", "--json"], {})


def run_of(command: list[str], environ: dict[str, str]) -> Run:
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **environ})
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command} ended with {process.returncode}")
    return Run(
        json.loads(printed), wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6
    )


def timed_stages(root: Path) -> dict[str, list[float]]:
    """Import once in this process; return seconds and processor seconds of each stage."""
    from pismo.intake.importing import How, import_table
    from pismo.ledger import open_state
    from pismo.workspace import load_workspace

    took: dict[str, list[float]] = {}
    for stage, (module, name) in STAGES.items():
        wrap(f"pismo.intake.{module}", name, partial(step, took, stage))
    workspace = load_workspace(root)
    with step(took, "all"), open_state(workspace.state_dir, workspace.settings.state_url) as state:
        how = How(now=datetime.now(UTC), max_bad=0.02)
        import_table(workspace, "subscribers", [os.environ["FILE"]], how, state.ledger)
    return took


def wrap(module: str, name: str, timed: Callable[[], Any]) -> None:
    """Time each call of a function."""
    import importlib

    home = importlib.import_module(module)
    inner = getattr(home, name)

    def outer(*given: object, **named: object) -> object:
        with timed():
            return inner(*given, **named)

    setattr(home, name, outer)


@contextmanager
def step(took: dict[str, list[float]], stage: str) -> Iterator[None]:
    begun, cpu = time.perf_counter(), time.process_time()
    yield
    wall, used = took.get(stage, [0.0, 0.0])
    took[stage] = [wall + time.perf_counter() - begun, used + time.process_time() - cpu]


def report(people: int, rows: list[list[object]], stages: dict[str, Any]) -> None:
    """Print what was measured, and store it."""
    whole_wall, whole_cpu = stages.pop("all")
    write_down(
        "import",
        "Importing people",
        (__doc__ or "").split("\n")[0],
        [
            (
                f"**Input.** {people:,} people, {len(HEADER.split(';'))} columns with Russian"
                " headers, separated by `;`, CRLF; 96 % bring a consent (when, where, which text);"
                " 1 % of rows are bad: a broken address, an impossible day, too few fields. The"
                " same as UTF-8 and as cp1251. Consents go to SQLite."
            ),
            f"**Machine.** {machine()}.",
            table(["import", "s", "CPU s", "peak memory, MB", "good", "set aside", "consents"],
                  rows),
            "Where the time of a first import goes, in one process:",
            table(["stage", "s", "CPU s", "share of CPU"],
                  [[name, f"{stages[name][0]:.1f}", f"{stages[name][1]:.1f}",
                    f"{stages[name][1] / whole_cpu:.0%}"] for name in STAGES]
                  + [["all", f"{whole_wall:.1f}", f"{whole_cpu:.1f}", "100%"]]),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
