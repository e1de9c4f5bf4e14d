"""When to stop by oneself: too many bounces or complaints, or a run of letters in doubt.

AWS reviews an account at 5 % bounces or 0.1 % complaints (facts: SES reputation dashboard), so
the limits lie below both, and hold once enough letters are out to mean something.
"""

from pismo.model.people import Submission
from pismo.records import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """What events said about an issue's letters so far."""

    accepted: int
    bounced: int
    complained: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Shares of accepted letters at which publishing stops, and how many make a sample."""

    bounces: float = 0.04
    complaints: float = 0.0008
    after: int = 500
    in_doubt_in_a_row: int = 200


class Breaker:
    """Opens once and stays open; `reason` is '' while it is closed."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._row = 0
        self.reason = ""

    def look(self, tally: Tally) -> None:
        """Judge the rates that events have brought so far."""
        if self.reason or tally.accepted < self._limits.after:
            return
        bounces, complaints = tally.bounced / tally.accepted, tally.complained / tally.accepted
        if bounces > self._limits.bounces:
            self.reason = f"{bounces:.1%} of {tally.accepted} letters bounced"
        elif complaints > self._limits.complaints:
            self.reason = f"{complaints:.2%} of {tally.accepted} letters were reported as spam"

    def settled(self, submission: Submission) -> None:
        """Count letters in doubt: a long run means that answers are lost, not letters."""
        self._row = self._row + 1 if submission is Submission.IN_DOUBT else 0
        if self._row >= self._limits.in_doubt_in_a_row and not self.reason:
            self.reason = f"{self._row} letters in a row ended in doubt"
