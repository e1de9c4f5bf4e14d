"""A plan's people streamed from its Parquet shards into the outbox: how fast, in how much memory.

python benchmarks/stream.py [--people 200000] [--files 2000]
"""

import argparse
import dataclasses
import os
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from unittest import mock

import pyarrow as pa
import pyarrow.parquet as pq
from machine import machine, table, write_down
from render import MOMENT, PLAIN, STORY, edition, person

from pismo.keys import Keys
from pismo.links import LinkSigner
from pismo.model.edition import Edition
from pismo.model.people import Plan, Submission
from pismo.plan.hours import Schedule
from pismo.plan.store import ROWS, Shard, StoredPlan, pick_type, read_people
from pismo.render import mime_program
from pismo.transports.base import Outgoing
from pismo.transports.outbox import SUFFIX, Outbox

BATCH = 50
MEMORY = Path("/dev/shm")  # where a sync costs nothing
Held = tuple[tuple[int, float], ...]
"""Letters done, and megabytes held then."""


SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("person", "address", "zone", "segment")),
        ("place", pa.int64()),
        (
            "facts",
            pa.struct(
                [
                    *((name, pa.string()) for name in ("first_name", "city")),
                    *((name, pa.int64()) for name in ("points", "orders")),
                ]
            ),
        ),
        ("picks", pa.list_(pick_type())),
    ]
)


def stored_plan(folder: Path, people: int) -> StoredPlan:
    """Write the shards of a plan, one at a time, as `pismo plan` lays them out."""
    (folder / "shards").mkdir()
    shards = []
    for first in range(0, people, ROWS):
        rows = [row(place) for place in range(first, min(first + ROWS, people))]
        name = f"{first // ROWS:05}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), folder / "shards" / name)
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


def row(place: int) -> dict[str, object]:
    """Return one person of the plan as its shard holds them."""
    one = person(place)
    return {
        "person": one.id,
        "address": one.address,
        "zone": "Europe/Moscow",
        "segment": one.segment,
        "place": place,
        "facts": dict(one.facts),
        "picks": [dataclasses.asdict(pick) for pick in one.picks],
    }


def memory_mb() -> float:
    """Return what the process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def outgoing(stored: StoredPlan, letter: Edition) -> Iterator[Outgoing]:
    signer = LinkSigner(Keys(signing=(b"s" * 32,), hmac=(b"h" * 32,)), "https://links.example.com")
    for shard in stored.shards:
        for planned in read_people(stored, shard, signer):
            yield Outgoing(f"d{planned.place}", letter, planned.recipient)


def filled_in(stored: StoredPlan, letter: Edition) -> float:
    """Fill in everybody's message and drop it; return messages a second."""
    program = mime_program(letter)
    begun = time.perf_counter()
    for one in outgoing(stored, letter):
        program(one.recipient, MOMENT, f"{one.id}@example.com")
    return stored.plan.audience / (time.perf_counter() - begun)


def through_outbox(letters: Iterable[Outgoing], folder: Path, count: int) -> tuple[float, Held]:
    """Hand letters to the real outbox as `publish` does; return letters a second, and memory.

    What a batch wrote is removed once it is accepted, outside of the clock: 200,000 letters are
    13 GB.
    """
    outbox = Outbox(folder, now=lambda: MOMENT)
    step, held, done, spent = max(1, count // 8), [], 0, 0.0
    begun = time.perf_counter()
    for batch in batched(letters, BATCH):
        accepted = outbox.send(batch)
        assert all(one.submission is Submission.ACCEPTED for one in accepted)
        paused = time.perf_counter()
        spent += paused - begun
        for one in batch:
            (folder / "new" / f"{one.id}{SUFFIX}").unlink()
        if done // step != (done + len(batch)) // step:
            held.append((done + len(batch), memory_mb()))
        done += len(batch)
        begun = time.perf_counter()
    return done / spent, tuple(held)


def batched(letters: Iterable[Outgoing], size: int) -> Iterator[list[Outgoing]]:
    """Yield letters by `size`."""
    rest = iter(letters)
    while batch := list(islice(rest, size)):
        yield batch


def unsynced(_descriptor: int) -> None:
    """Stand in for `os.fsync`, for what a disk would take without it; a mock would cost time."""


def on_disk(stored: StoredPlan, letter: Edition, folder: Path, files: int) -> tuple[float, float]:
    """Return letters a second of the outbox on a disk: as it is, and if nothing were synced."""
    synced, _ = through_outbox(islice(outgoing(stored, letter), files), folder / "synced", files)
    with mock.patch.object(os, "fsync", unsynced):
        loose, _ = through_outbox(islice(outgoing(stored, letter), files), folder / "loose", files)
    return synced, loose


def measure(people: int, files: int) -> None:
    """Measure, print, and store."""
    letter = edition(STORY * 53, PLAIN * 30)
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as memory,
    ):
        stored = stored_plan(Path(folder), people)
        bare = filled_in(stored, letter)
        rate, held = through_outbox(outgoing(stored, letter), Path(memory) / "outbox", people)
        disk = on_disk(stored, letter, Path(folder), files)
    report(people, files, bare, rate, held, disk)


def report(
    people: int, files: int, bare: float, rate: float, held: Held, disk: tuple[float, float]
) -> None:
    """Print what was measured, and store it."""
    synced, loose = disk
    write_down(
        "stream",
        "From a plan to the outbox",
        f"How fast, and in how much memory, do {people:,} people of a plan become letters in the"
        " outbox?",
        [
            (
                f"**Input.** {people:,} people in Parquet shards of {ROWS:,} as `pismo plan` writes"
                " them: address, four facts, four picks; links are signed on the way. The letter"
                f" is the one of render.md. `Outbox.send` takes {BATCH} letters at a time, as from"
                " `publish`, and writes a file a letter: made, synced, renamed. What was written"
                " is removed after each batch, outside of the clock. One process, one thread."
            ),
            f"**Machine.** {machine()}.",
            table(
                ["way", "people", "letters/s"],
                [
                    ["read, signed, filled in, dropped", f"{people:,}", f"{bare:,.0f}"],
                    ["… and through the outbox's writer, in memory", f"{people:,}", f"{rate:,.0f}"],
                    [
                        "… on this machine's disk, every letter synced",
                        f"{files:,}",
                        f"{synced:,.0f}",
                    ],
                    ["… on the disk, nothing synced", f"{files:,}", f"{loose:,.0f}"],
                ],
            ),
            (
                f"Syncing is {1 - synced / loose:.0%} of the time on this disk:"
                f" {1000 / synced - 1000 / loose:.2f} ms a letter. It is what lets the next"
                " publisher believe the folder after a power cut."
            ),
            "The process held "
            + ", ".join(f"{megabytes:.0f} MB after {after:,}" for after, megabytes in held)
            + ".",
        ],
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--files", type=int, default=2_000)
    chosen = parser.parse_args()
    measure(chosen.people, chosen.files)
