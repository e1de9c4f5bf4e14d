"""How long each stage of the work took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stages:
    """Seconds by stage, in the order in which the stages were timed."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the time spent inside to a stage."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[name] = self._seconds.get(name, 0.0) + time.perf_counter() - begun

    @property
    def seconds(self) -> tuple[tuple[str, float], ...]:
        """Every stage and its seconds."""
        return tuple(self._seconds.items())
