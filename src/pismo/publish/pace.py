"""How fast letters leave: recipients per second from the account's quota, less when told so.

A token bucket with SES's own rule: a call leaves when there is no debt, and leaves one, so that
calls are as far apart as they are large. Its rate aims a little below the quota, since the account
measures with a clock of its own. A throttled call cuts the rate at once
(multiplicative), and it grows back within seconds (additive); only a second cut soon after the
first one counts as news about the quota itself, and then the ceiling comes down and recovers
slowly.
"""

import math

from pismo.publish.clock import Clock

AIM = 0.955
"""Share of the quota that is aimed at: the mean over a minute shall be 0.90-1.00 of it."""
CUT = 0.7
"""What is left of the rate after a throttled call (multiplicative decrease)."""
RECOVERY_S = 8.0
"""Seconds in which a cut rate is back at its ceiling."""
NEWS_S = 20.0
"""A second throttled call within this many seconds lowers the ceiling itself."""
CEILING_GROWTH = 0.05
"""Share of the aim by which a lowered ceiling grows back per ten seconds."""
EPISODE_S = 1.0
"""Throttled calls within this many seconds tell the same thing once."""
LEAST = 0.02
"""Share of the aim below which no cut goes."""
HAIR = 1e-6
BATCH_S = 0.5
"""A batch is what leaves in this many seconds: it bounds how many a crash leaves in doubt."""
BATCH_MOST = 50
LATENESS_S = 0.15
"""Tokens that a late call may still use, in seconds of the rate: or every delay lowers the mean."""


class Pace:
    """A token bucket in recipients, whose rate adapts.

    Args:
        quota: Recipients per second that the account allows; `math.inf` for no limit.
        clock: Where time comes from.
        share: This publisher's part of the quota, in (0, 1].
    """

    def __init__(self, quota: float, clock: Clock, *, share: float = 1.0) -> None:
        self._clock = clock
        self._quota = quota
        self._share = share
        self._aim = quota * AIM * share
        self._ceiling = self._rate = self._aim
        self._batch_most = BATCH_MOST
        self._tokens = 0.0
        self._at = clock.steady()
        self._cut_at = -math.inf

    @property
    def rate(self) -> float:
        """Recipients per second at this moment."""
        return self._rate

    @property
    def batch(self) -> int:
        """Recipients per call at this moment: 1 to 50."""
        if math.isinf(self._rate):
            return self._batch_most
        return max(1, min(self._batch_most, math.ceil(self._rate * BATCH_S)))

    def delay(self) -> float:
        """Say in how many seconds the next call may leave; 0 means now."""
        if math.isinf(self._rate):
            return 0.0
        self._refill()
        # A hair of debt counts as none: waiting for it would be shorter than clocks can tell.
        return 0.0 if self._tokens > -HAIR else -self._tokens / self._rate

    def spend(self, recipients: int) -> None:
        """Take the tokens of a call that leaves now."""
        if not math.isinf(self._rate):
            self._refill()
            self._tokens -= recipients

    def throttled(self, tried: int, accepted: int) -> bool:
        """Learn that a call of `tried` recipients was throttled after `accepted` of them.

        Returns:
            Whether the rate was cut: other publishers of the account should hear of it.
        """
        if math.isinf(self._rate):
            return False
        self._refill()
        if 0 < accepted < tried:
            # The account's bucket is smaller than our calls: smaller calls, not a lower rate.
            self._batch_most = accepted
            self._tokens = min(self._tokens, 0.0)
            self._cut_at = self._clock.steady()
            return False
        return self._cut()

    def heed(self, rate: float) -> None:
        """Slow down because another publisher of the account was throttled, and is at `rate`."""
        if math.isinf(self._rate):
            return
        self._refill()
        if self._cut():
            self._rate = max(min(self._rate, rate), self._aim * LEAST)

    def _cut(self) -> bool:
        """Lower the rate; False if it was lowered for the same reason just now."""
        now, since = self._clock.steady(), self._clock.steady() - self._cut_at
        if EPISODE_S < since < NEWS_S:
            self._ceiling = max(self._ceiling * CUT, self._aim * LEAST)
        if since > EPISODE_S:
            self._rate = max(min(self._rate * CUT, self._ceiling), self._aim * LEAST)
        self._tokens = min(self._tokens, 0.0)
        self._cut_at = now
        return since > EPISODE_S

    def set_quota(self, quota: float, share: float = 1.0) -> None:
        """Follow the account's quota, or the number of publishers that share it."""
        if (quota, share) == (self._quota, self._share):
            return
        self._refill()
        before, self._aim = self._aim, quota * AIM * share
        self._quota, self._share = quota, share
        # Infinity minus infinity is no number, so a ratio is taken only between finite aims.
        scale = self._aim / before if math.isfinite(before) and before and self._aim else 1.0
        self._ceiling = min(self._aim, self._ceiling * scale)
        self._rate = min(self._ceiling, self._rate * scale)

    def _refill(self) -> None:
        now = self._clock.steady()
        passed = max(0.0, now - self._at)
        self._at = now
        self._tokens = min(LATENESS_S * self._rate, self._tokens + passed * self._rate)
        self._ceiling = min(self._aim, self._ceiling + passed * self._aim * CEILING_GROWTH / 10)
        growth = passed * self._ceiling * (1 - CUT) / RECOVERY_S
        self._rate = min(self._ceiling, self._rate + growth)
