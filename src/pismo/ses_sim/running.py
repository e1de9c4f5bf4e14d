"""Start the simulator: in a thread for tests, or in the foreground for people."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Self, TypeVar

from pismo.ses_sim.events import EventSink, FolderEvents, NoEvents, QueueEvents
from pismo.ses_sim.faults import Fault, FaultPlan
from pismo.ses_sim.server import Simulator
from pismo.ses_sim.settings import Settings
from pismo.ses_sim.state import State, new_state

Result = TypeVar("Result")


class RunningSim:
    """A simulator in a thread of its own; leave the `with` block to stop it."""

    def __init__(
        self, simulator: Simulator, loop: asyncio.AbstractEventLoop, thread: threading.Thread
    ) -> None:
        self._simulator, self._loop, self._thread = simulator, loop, thread
        self._port = simulator.address[1]

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return self._port

    @property
    def url(self) -> str:
        """Return the endpoint for boto3."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def state(self) -> State:
        """Return what it remembers: letters, counts, receipts. Read only."""
        return self._simulator.state

    @property
    def plan(self) -> FaultPlan:
        """Return the fault plan with its counts."""
        return self._simulator.plan

    def set_faults(self, *rules: Fault) -> None:
        """Replace the fault plan; counting starts again."""
        plan = FaultPlan(rules, self.state.settings.seed)

        def replace() -> None:
            self._simulator.plan = plan
            self._simulator.refuse_if_planned()

        self.do(replace)

    def reset(self) -> None:
        """Forget everything but the settings and the plan."""
        self.do(self._simulator.reset)

    def refuse_connections(self) -> None:
        """Close the door: the next connection is refused."""
        self.do(self._simulator.shut)

    def accept_connections(self) -> None:
        """Open it again, at the same port."""
        opening = self._simulator.listen(*self._simulator.address)
        asyncio.run_coroutine_threadsafe(opening, self._loop).result()

    def flush_events(self) -> None:
        """Wait until all events have arrived in the folder or the queue."""
        self.state.sink.flush()

    def do(self, act: Callable[[], Result]) -> Result:
        """Run something between two requests, in the server's own thread."""
        done: Future[Result] = Future()

        def run() -> None:
            try:
                done.set_result(act())
            except BaseException as error:  # noqa: BLE001 - handed to the thread that asked
                done.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return done.result()

    def close(self) -> None:
        """Stop listening, drop connections, write out the events."""
        if self._thread.is_alive():
            self.do(lambda: _let_go(self._simulator))
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self.state.sink.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def start(settings: Settings | None = None, *, port: int = 0) -> RunningSim:
    """Start a simulator on 127.0.0.1 and return when it listens.

    Args:
        settings: The account; None for the default one.
        port: Where to listen; 0 for any free port.

    Raises:
        OSError: If the port is taken.
    """
    simulator = _simulator(settings or Settings())
    loop = asyncio.new_event_loop()
    loop.run_until_complete(_open(simulator, "127.0.0.1", port))
    thread = threading.Thread(target=_serve, args=(loop,), name="ses-sim", daemon=True)
    thread.start()
    return RunningSim(simulator, loop, thread)


def run(
    settings: Settings, host: str, port: int, ready: Callable[[str, int], None] | None = None
) -> None:
    """Serve in the foreground until interrupted or terminated.

    Args:
        settings: The account.
        host: Where to listen.
        port: 0 for any free port.
        ready: Called with the address once it listens.

    Raises:
        OSError: If the port is taken.
    """
    simulator = _simulator(settings)

    async def serve() -> None:
        await _open(simulator, host, port)
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        if ready is not None:
            ready(*simulator.address)
        await stopped.wait()
        _let_go(simulator)

    asyncio.run(serve())
    simulator.state.sink.close()


async def _open(simulator: Simulator, host: str, port: int) -> None:
    await simulator.listen(host, port)
    simulator.refuse_if_planned()


def _simulator(settings: Settings) -> Simulator:
    for folder in (settings.letters_dir, settings.events_dir):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    sink = _sink(settings)
    plan = FaultPlan(settings.faults, settings.seed)
    return Simulator(new_state(settings, sink), plan, lambda: new_state(settings, sink))


def _sink(settings: Settings) -> EventSink:
    if settings.queue is not None:
        return QueueEvents(settings.queue.url, settings.queue.endpoint, settings.queue.region)
    return FolderEvents(settings.events_dir) if settings.events_dir is not None else NoEvents()


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    with contextlib.closing(loop):
        loop.run_forever()
        loop.run_until_complete(asyncio.sleep(0))  # lets closed connections say so


def _let_go(simulator: Simulator) -> None:
    simulator.shut()
    for connection in list(simulator.connections):
        connection.drop()
