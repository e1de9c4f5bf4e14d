"""Hands that hand letters over: in this thread, or several at once."""

import queue
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Protocol, Self

from pismo.model.people import Submission
from pismo.transports.base import Outgoing, Result, Transport

Done = tuple[Sequence[Outgoing], Sequence[Result]]


class Hands(Protocol):
    """Takes batches and gives answers back, in any order."""

    @property
    def busy(self) -> int:
        """How many batches are under way or not yet collected."""
        ...

    @property
    def free(self) -> bool:
        """Whether another batch can begin now."""
        ...

    def take(self, batch: Sequence[Outgoing]) -> None:
        """Begin to hand a batch over."""
        ...

    def collect(self, timeout_s: float) -> list[Done]:
        """Return what is finished; wait for the first one for at most that long."""
        ...


class OwnHands:
    """Hands over in the caller's thread: for a transport that does not wait for a network."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._done: list[Done] = []

    @property
    def busy(self) -> int:
        """How many answers wait to be collected."""
        return len(self._done)

    @property
    def free(self) -> bool:
        """Whether the last answer was collected."""
        return not self._done

    def take(self, batch: Sequence[Outgoing]) -> None:
        """Hand over now."""
        self._done.append((batch, _answers(self._transport, batch)))

    def collect(self, timeout_s: float) -> list[Done]:  # noqa: ARG002  # nothing is ever under way
        """Return the answers."""
        done, self._done = self._done, []
        return done


class ManyHands:
    """A few threads: they hide the network's latency, as one core is enough for the work."""

    def __init__(self, transport: Transport, threads: int) -> None:
        self._transport = transport
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="pismo-send")
        self._done: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._busy = 0

    @property
    def busy(self) -> int:
        """How many batches were taken and not collected."""
        return self._busy

    @property
    def free(self) -> bool:
        """Whether a thread is idle, or will be at once (one batch waits at its elbow)."""
        return self._busy <= self._threads

    def take(self, batch: Sequence[Outgoing]) -> None:
        """Give the batch to a thread."""
        self._busy += 1
        self._pool.submit(lambda: self._done.put((batch, _answers(self._transport, batch))))

    def collect(self, timeout_s: float) -> list[Done]:
        """Return what is finished, waiting for the first only."""
        done: list[Done] = []
        while self._busy:
            try:
                wait = timeout_s > 0 and not done
                done.append(self._done.get(block=wait, timeout=timeout_s if wait else None))
            except queue.Empty:
                break
            self._busy -= 1
        return done

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True)


def _answers(transport: Transport, batch: Sequence[Outgoing]) -> Sequence[Result]:
    """Send, and answer for every letter even if the transport breaks its promise."""
    try:
        results = transport.send(batch)
    except Exception as error:  # noqa: BLE001  # claimed letters need an answer, whatever happened
        return [_doubt(letter.id, f"transport failed: {type(error).__name__}") for letter in batch]
    if [result.id for result in results] != [letter.id for letter in batch]:
        return [_doubt(letter.id, "transport answered for others") for letter in batch]
    return results


def _doubt(delivery: str, detail: str) -> Result:
    return Result(delivery, Submission.IN_DOUBT, detail=detail)
