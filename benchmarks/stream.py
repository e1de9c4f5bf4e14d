"""A plan's people streamed from its Parquet shards into messages: how fast, and in how much memory.

python benchmarks/stream.py [--people 200000] [--files 2000]
"""

import argparse
import dataclasses
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from machine import machine, write_down
from render import MOMENT, PLAIN, STORY, edition, person

from pismo.keys import Keys
from pismo.links import LinkSigner
from pismo.model.edition import Edition
from pismo.model.people import Plan
from pismo.plan.hours import Schedule
from pismo.plan.store import ROWS, Shard, StoredPlan, pick_type, read_people
from pismo.render import mime_program
from pismo.transports.base import Outgoing
from pismo.transports.outbox import Outbox


def stored_plan(folder: Path, people: int) -> StoredPlan:
    """Write the shards of a plan, one at a time, as `pismo plan` lays them out."""
    (folder / "shards").mkdir()
    facts = pa.struct(
        [
            *((name, pa.string()) for name in ("first_name", "city")),
            *((name, pa.int64()) for name in ("points", "orders")),
        ]
    )
    texts = [(name, pa.string()) for name in ("person", "address", "zone", "segment")]
    schema = pa.schema(
        [*texts, ("place", pa.int64()), ("facts", facts), ("picks", pa.list_(pick_type()))]
    )
    shards = []
    for first in range(0, people, ROWS):
        readers = [(place, person(place)) for place in range(first, min(first + ROWS, people))]
        rows = [
            {
                "person": one.id,
                "address": one.address,
                "zone": "Europe/Moscow",
                "segment": one.segment,
                "place": place,
                "facts": dict(one.facts),
                "picks": [dataclasses.asdict(pick) for pick in one.picks],
            }
            for place, one in readers
        ]
        name = f"{first // ROWS:05}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema), folder / "shards" / name)
        shards.append(Shard(file=name, first=first, size=len(rows)))
    made = datetime(2026, 11, 26, tzinfo=UTC)
    plan = Plan(
        id="bench",
        issue="friday/2026-11-27",
        created_at=made,
        audience=people,
        planned={"everyone": people},
        excluded={},
        editions={},
    )
    return StoredPlan(
        plan=plan,
        folder=folder,
        newsletter="friday",
        snapshot="bench",
        schedule=Schedule(made.date(), None, "", "UTC", timedelta(hours=6)),
        web_url="https://letters.example.com/friday/2026-11-27/",
        columns=("first_name", "city", "points", "orders"),
        items=(),
        drafts=(),
        shards=tuple(shards),
        canary=0,
        counts={},
    )


def memory_mb() -> float:
    """Return what the process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def outgoing(stored: StoredPlan, letter: Edition) -> Iterator[Outgoing]:
    signer = LinkSigner(Keys(signing=(b"s" * 32,), hmac=(b"h" * 32,)), "https://links.example.com")
    for shard in stored.shards:
        for planned in read_people(stored, shard, signer):
            yield Outgoing(f"d{planned.place}", letter, planned.recipient)


def streamed(stored: StoredPlan, letter: Edition) -> tuple[float, list[str]]:
    """Write everybody's message; return messages a second, and memory on the way."""
    program = mime_program(letter)
    step = max(1, stored.plan.audience // 8)
    held = []
    begun = time.perf_counter()
    with Path("/dev/null").open("wb") as sink:
        for number, one in enumerate(outgoing(stored, letter), 1):
            sink.write(program(one.recipient, MOMENT, f"{one.id}@example.com"))
            if number % step == 0:
                held.append(f"{memory_mb():.0f} MB after {number:,}")
    return stored.plan.audience / (time.perf_counter() - begun), held


def into_maildir(stored: StoredPlan, letter: Edition, folder: Path, files: int) -> float:
    """Hand letters to the real outbox, each synced to the disk; return letters a second."""
    outbox = Outbox(folder, now=lambda: MOMENT)
    letters = [one for one, _ in zip(outgoing(stored, letter), range(files), strict=False)]
    begun = time.perf_counter()
    for start in range(0, files, 50):
        outbox.send(letters[start : start + 50])
    return files / (time.perf_counter() - begun)


def measure(people: int, files: int) -> None:
    """Measure, print, and store."""
    letter = edition(STORY * 53, PLAIN * 30)
    with tempfile.TemporaryDirectory() as folder:
        stored = stored_plan(Path(folder), people)
        rate, held = streamed(stored, letter)
        maildir = into_maildir(stored, letter, Path(folder) / "outbox", files)
    write_down(
        "stream",
        "From a plan to messages",
        f"How fast, and in how much memory, do {people:,} people of a plan become messages?",
        [
            (
                f"**Input.** {people:,} people in Parquet shards of {ROWS:,} as `pismo plan` writes"
                " them: address, four facts, four picks; links are signed on the way. The letter"
                " is the one of render.md. One process, one thread."
            ),
            f"**Machine.** {machine()}.",
            f"Read, signed, filled in and written to a file that keeps nothing: {rate:,.0f}"
            " messages/s. The process held " + ", ".join(held) + ".",
            (
                f"The outbox's own writer (a file a letter, each synced and renamed), {files:,}"
                f" letters: {maildir:,.0f} letters/s; the disk decides."
            ),
        ],
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--files", type=int, default=2_000)
    chosen = parser.parse_args()
    measure(chosen.people, chosen.files)
