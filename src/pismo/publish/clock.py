"""Time as publishing sees it, so that tests can bring their own."""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A wall clock for records and a steady one for pace; `wait` ends early on `wake`."""

    def now(self) -> datetime:
        """Return the wall clock's time, in UTC; it may jump."""
        ...

    def steady(self) -> float:
        """Return seconds that only ever go forward."""
        ...

    def wait(self, seconds: float) -> None:
        """Let that much time pass, or less if woken."""
        ...

    def wake(self) -> None:
        """End a wait that is under way, from a signal handler or another thread."""
        ...


class SystemClock:
    """The machine's clocks."""

    def __init__(self) -> None:
        self._woken = threading.Event()

    def now(self) -> datetime:
        """Return the time in UTC."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """Return the monotonic clock: pace must not follow a wall clock that is set."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Sleep, unless woken."""
        if seconds > 0:
            self._woken.wait(seconds)

    def wake(self) -> None:
        """End this wait and all later ones: whoever wakes wants to stop."""
        self._woken.set()
