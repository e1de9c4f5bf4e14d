"""How many letters a second one publisher hands over, and where its time goes.

Question: recipients per second (wall) and per CPU-second of one publishing process with a durable
SQLite ledger, against the simulator's sink and the full simulator, at 0 and 80 ms latency; and
whether its memory grows with the audience.
Input: an edition of 40 KB with 12 holes, a stored plan, every person consenting.

    python benchmarks/publish.py [--people 50000] [--memory 10000,200000] [--only sink-0]
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from machine import machine, table, write_down
from simulator import simulator

from pismo import ses_sim
from pismo.model.edition import Edition
from pismo.model.people import Recipient
from pismo.transports.ses import Headers, Prepared

THREADS = 8


@dataclass(frozen=True)
class Case:
    """One measurement."""

    name: str
    sink: bool
    latency_ms: float
    people: int
    threads: int = THREADS


class Measured:
    """Wraps something and adds up the CPU seconds of its calls, by thread."""

    def __init__(self, real: object, clock: Callable[[], float] = time.thread_time) -> None:
        self._real = real
        self._clock = clock
        self.seconds: dict[str, float] = {}

    def __getattr__(self, name: str) -> Any:  # whatever the real one has
        attribute = getattr(self._real, name)
        if not callable(attribute):
            return attribute

        def timed(*args: object, **kwargs: object) -> object:
            begun = self._clock()
            try:
                return attribute(*args, **kwargs)
            finally:
                self.seconds[name] = self.seconds.get(name, 0.0) + self._clock() - begun

        return timed


def plan(case: Case, folder: Path) -> None:
    """Store the plan, in a process of its own: its memory is not the publisher's."""
    from tests.publish.plans import desk

    desk(folder, case.people, size=40_000)


class Rendering:
    """Wraps the function that makes editions ready, and adds up what filling them in takes."""

    def __init__(self, prepare: Callable[[Edition], Prepared]) -> None:
        self._prepare = prepare
        self.seconds = 0.0

    def __call__(self, edition: Edition) -> Prepared:
        """Make an edition ready; what fills it in is measured."""
        ready = self._prepare(edition)

        def fill(recipient: Recipient) -> tuple[Mapping[str, object], Headers]:
            begun = time.thread_time()
            try:
                return ready.fill(recipient)
            finally:
                self.seconds += time.thread_time() - begun

        return replace(ready, fill=fill)


def measure(case: Case, endpoint: str, folder: Path, tell: Connection) -> None:
    """Be the publisher, in a process of its own; tell rates, shares and memory."""
    from pismo.publish import SystemClock, publish
    from pismo.publish.account import Unlimited
    from pismo.transports.ses import SesTransport
    from pismo.transports.ses_client import Method, SesSettings, control_client, sending_client
    from pismo.transports.ses_prepare import preparer
    from pismo.transports.ses_templates import TemplateStore
    from tests.publish.plans import open_desk, ses_job

    where, clock = open_desk(folder), SystemClock()
    settings = SesSettings(endpoint_url=endpoint, region="us-east-1", threads=case.threads)
    store = TemplateStore(control_client(settings), lambda _: None)
    rendering = Rendering(preparer(store, method=Method.BULK, now=clock.now))
    client: Any = Measured(sending_client(settings))
    ledger: Any = Measured(where.ledger)
    transport = SesTransport(client, rendering, configuration_set="pismo", steady=clock.steady)
    for edition in where.stored.editions().values():
        transport.prepare(edition)
    job = replace(
        ses_job(where, endpoint, clock, threads=case.threads),
        transport=transport,
        ledger=ledger,
        account=Unlimited(),
    )
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    outcome = publish(job)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert outcome.books.accepted == case.people, outcome
    tell.send(
        {
            "wall": case.people / wall,
            "cpu": case.people / cpu,
            "boto3": client.seconds.get("send_bulk_email", 0.0) / cpu,
            "ledger": sum(ledger.seconds.values()) / cpu,
            "render": rendering.seconds / cpu,
            "mb": after.ru_maxrss / 1024,
            "bytes": (folder / "ledger.sqlite").stat().st_size / case.people,
            "detail": {name: round(value, 2) for name, value in ledger.seconds.items()},
        }
    )


def run(case: Case) -> dict[str, Any]:
    """Run simulator and publisher, each in its own process."""
    context = multiprocessing.get_context("spawn")
    settings = ses_sim.Settings(
        sink=case.sink,
        latency_ms=case.latency_ms,
        max_send_rate=1e9,
        max_24_hour_send=-1,
        burst=1e9,
        control_calls_per_second=None,
        keep_letters=10,
    )
    with simulator(settings) as running, tempfile.TemporaryDirectory() as folder:
        planner = context.Process(target=plan, args=(case, Path(folder)))
        planner.start()
        planner.join()
        mine, theirs = context.Pipe()
        wanted = (case, running.endpoint, Path(folder), theirs)
        publisher = context.Process(target=measure, args=wanted)
        publisher.start()
        result: dict[str, Any] = mine.recv()
        publisher.join()
    return result


def main() -> None:
    """Measure, print a table, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--memory", default="10000,200000")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    cases = [
        Case("sink-0", True, 0.0, options.people),
        Case("sink-80", True, 80.0, options.people, 32),
        Case("full-0", False, 0.0, options.people // 5),
        Case("full-80", False, 80.0, options.people // 5, 32),
    ]
    cases += [Case(f"memory-{n}", True, 0.0, int(n)) for n in options.memory.split(",") if n]
    rows = []
    for case in cases:
        if options.only and options.only not in case.name:
            continue
        found = run(case)
        print(case.name, found, file=sys.stderr)
        rows.append(
            [
                "sink" if case.sink else "full simulator",
                f"{case.latency_ms:.0f} ms",
                f"{case.people:,}",
                case.threads,
                f"{found['wall']:,.0f}",
                f"{found['cpu']:,.0f}",
                f"{found['boto3']:.0%}",
                f"{found['ledger']:.0%}",
                f"{found['render']:.0%}",
                f"{found['mb']:.0f}",
                f"{found['bytes']:.0f}",
            ]
        )
    head = [
        "against", "latency", "people", "threads", "letters/s (wall)", "letters/CPU-s", "boto3",
        "ledger", "rendering", "peak MB", "ledger bytes/letter",
    ]  # fmt: skip
    text = table(head, rows)
    if options.only:
        print(text)
        return
    question = "How many letters a second does one publishing process hand over?"
    write_down("publish", "Publishing", question, [f"Machine: {machine()}.", text])


if __name__ == "__main__":
    main()
