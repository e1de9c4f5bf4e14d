"""How much may be sent: a bucket of recipients, 24 rolling hours, and calls per second."""

from collections import deque
from collections.abc import Callable

_DAY_S = 86_400.0


class Bucket:
    """Tokens that come back at a steady rate, up to what the bucket holds; it starts full.

    One token is one recipient (or one call). `take` may leave a debt, which is waited for.
    """

    def __init__(self, rate: float, holds: float, clock: Callable[[], float]) -> None:
        self._rate, self._holds, self._clock = rate, holds, clock
        self._tokens, self._at = holds, clock()

    def tokens(self) -> float:
        """Return what is there now; negative after a debt."""
        now = self._clock()
        self._tokens = min(self._holds, self._tokens + max(0.0, now - self._at) * self._rate)
        self._at = now
        return self._tokens

    def has_one(self) -> bool:
        """Say whether one token is there (a hair less counts: clocks don't divide evenly)."""
        return self.tokens() >= 1 - 1e-9

    def take(self, count: float) -> None:
        """Take tokens, whether or not they are there."""
        self._tokens = self.tokens() - count


class Daily:
    """Recipients of the last 24 hours, counted by the minute."""

    def __init__(self, limit: float, clock: Callable[[], float]) -> None:
        self._limit, self._clock = limit, clock
        self._minutes: deque[tuple[float, int]] = deque()
        self._sent = 0

    def sent(self) -> int:
        """Return how many recipients were accepted in the last 24 hours."""
        old = self._clock() - _DAY_S
        while self._minutes and self._minutes[0][0] <= old:
            self._sent -= self._minutes.popleft()[1]
        return self._sent

    def left(self) -> float:
        """Return how many more fit; infinite when the quota is -1."""
        return float("inf") if self._limit < 0 else max(0.0, self._limit - self.sent())

    def add(self, count: int) -> None:
        """Count accepted recipients."""
        now = self._clock()
        if self._minutes and now - self._minutes[-1][0] < 1:
            at, before = self._minutes.pop()
            self._minutes.append((at, before + count))
        else:
            self._minutes.append((now, count))
        self._sent += count


class CallRates:
    """A limit of calls per second for each operation that has one."""

    def __init__(self, limits: dict[str, float], clock: Callable[[], float]) -> None:
        self._buckets = {name: Bucket(rate, max(1.0, rate), clock) for name, rate in limits.items()}

    def allows(self, operation: str) -> bool:
        """Count one call; say whether it may go on. A refused call costs nothing."""
        bucket = self._buckets.get(operation)
        if bucket is None:
            return True
        allowed = bucket.has_one()
        if allowed:
            bucket.take(1)
        return allowed
