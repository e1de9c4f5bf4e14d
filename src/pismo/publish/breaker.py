"""When to stop by oneself: too many bounces or complaints, or a run of letters in doubt.

AWS reviews an account at 5 % bounces or 0.1 % complaints (facts: SES reputation dashboard), so
the limits lie below both, and hold once enough letters are out to mean something.
"""

from pismo.ledger import Tally
from pismo.model.people import Submission
from pismo.records import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Shares of accepted letters at which publishing stops, and how many make a sample."""

    bounces: float = 0.04
    complaints: float = 0.0008
    after: int = 500
    in_doubt_in_a_row: int = 200


_NOTHING = Tally()


class Breaker:
    """Opens once and stays open; `reason` is '' while it is closed.

    Args:
        limits: Where it opens.
        excused: What a person has seen and gone on from; only what came since is judged.
    """

    def __init__(self, limits: Limits, excused: Tally = _NOTHING) -> None:
        self._limits = limits
        self._excused = excused
        self._row = 0
        self.reason = ""

    def look(self, tally: Tally) -> None:
        """Judge the rates that events have brought so far."""
        accepted = tally.accepted - self._excused.accepted
        if self.reason or accepted < self._limits.after:
            return
        bounces = (tally.bounced - self._excused.bounced) / accepted
        complaints = (tally.complained - self._excused.complained) / accepted
        if bounces > self._limits.bounces:
            self.reason = f"{bounces:.1%} of {accepted} letters bounced"
        elif complaints > self._limits.complaints:
            self.reason = f"{complaints:.2%} of {accepted} letters were reported as spam"

    def settled(self, submission: Submission) -> None:
        """Count letters in doubt: a long run means that answers are lost, not letters."""
        self._row = self._row + 1 if submission is Submission.IN_DOUBT else 0
        if self._row >= self._limits.in_doubt_in_a_row and not self.reason:
            self.reason = f"{self._row} letters in a row ended in doubt"
