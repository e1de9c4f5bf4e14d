"""The simulator in a process of its own, so that it costs a benchmark's publisher nothing."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from pismo import ses_sim

Call = tuple[float, int, int]
"""When a bulk call came (seconds), how many of its letters were accepted, how many throttled."""


@dataclass
class Simulator:
    """A running simulator: where, and, once it has ended, the bulk calls it was asked."""

    endpoint: str
    calls: list[Call]


@contextmanager
def simulator(settings: ses_sim.Settings) -> Iterator[Simulator]:
    """Run a simulator for as long as the block lasts."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(settings, there))
    process.start()
    running = Simulator(here.recv(), [])
    yield running
    here.send("end")
    running.calls = here.recv()
    process.join()


def _serve(settings: ses_sim.Settings, tell: Connection) -> None:
    with ses_sim.start(settings) as sim:
        tell.send(sim.url)
        tell.recv()
        tell.send(
            [
                (one.at_s, one.accepted, one.throttled)
                for one in sim.state.receipts
                if one.operation == "SendBulkEmail"
            ]
        )
