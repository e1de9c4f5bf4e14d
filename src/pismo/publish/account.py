"""What an account allows, as publishing asks for it."""

import math
from typing import Protocol


class Account(Protocol):
    """Letters a second, and letters left in the last 24 hours; infinite where unbounded."""

    def rate(self) -> float:
        """Return recipients per second."""
        ...

    def left(self) -> float:
        """Return how many recipients the day still takes."""
        ...


class Unlimited:
    """No account: the outbox."""

    def rate(self) -> float:
        """Return infinity."""
        return math.inf

    def left(self) -> float:
        """Return infinity."""
        return math.inf
