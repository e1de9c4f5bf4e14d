"""A simulator on a clock that the test moves, and the real boto3 talking to it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from pismo import ses_sim

Start = Callable[..., ses_sim.RunningSim]


class HandClock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def start(clock: HandClock) -> Iterator[Start]:
    """Start simulators with `Settings` fields; they run on `clock`, without call rates."""
    with ExitStack() as running:

        def begin(**fields: Any) -> ses_sim.RunningSim:
            settings = ses_sim.Settings(
                **{"clock": clock, "control_calls_per_second": None, **fields}
            )
            return running.enter_context(ses_sim.start(settings))

        yield begin


@pytest.fixture
def sim(start: Start) -> ses_sim.RunningSim:
    """Return a simulator with the default account."""
    return start()


@pytest.fixture
def connect() -> Iterator[Callable[..., Any]]:
    """Make clients with invented keys that never repeat a call by themselves."""
    import boto3
    from botocore.config import Config

    clients: list[Any] = []

    def make(sim: ses_sim.RunningSim, *, key: str = "key", **config: Any) -> Any:
        options = {"retries": {"total_max_attempts": 1, "mode": "standard"}, **config}
        client = boto3.client(
            "sesv2",
            endpoint_url=sim.url,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key="secret",
            config=Config(**options),
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def ses(sim: ses_sim.RunningSim, connect: Callable[..., Any]) -> Any:
    """Return a client of the default simulator."""
    return connect(sim)
