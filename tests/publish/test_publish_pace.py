"""The pace against a model of the account's bucket, on a clock of our own."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from pismo.ledger import Tally
from pismo.model.people import Submission
from pismo.publish.breaker import Breaker, Limits
from pismo.publish.pace import Pace
from tests.publish.plans import HandTime


@dataclass
class Account:
    """A bucket with SES's rule: a call passes while anything is left, and leaves a debt."""

    clock: HandTime
    rate: float
    holds: float
    partial: bool = False
    tokens: float = math.inf
    at: float = 1000.0

    def call(self, recipients: int) -> int:
        passed = self.clock.seconds - self.at
        self.tokens = min(self.holds, self.tokens + passed * self.rate)
        self.at = self.clock.seconds
        if self.tokens < 1 - 1e-9:
            return 0
        taken = min(recipients, int(self.tokens + 1e-9)) if self.partial else recipients
        self.tokens -= taken
        return taken


def run(
    pace: Pace, account: Account, seconds: float, *, late_s: float = 0.0
) -> tuple[int, int, int]:
    """Send for so long; return accepted recipients, calls, throttled calls."""
    clock, end = account.clock, account.clock.seconds + seconds
    accepted = calls = throttled = 0
    while True:
        size = pace.batch
        clock.wait(pace.delay() + late_s)
        if clock.seconds >= end:
            return accepted, calls, throttled
        pace.spend(size)
        taken = account.call(size)
        calls, accepted = calls + 1, accepted + taken
        if taken < size:
            throttled += 1
            pace.throttled(size, taken)


@pytest.mark.parametrize("quota", [1.0, 14.0, 62.0, 500.0])
@pytest.mark.parametrize("bucket_seconds", [0.25, 1.0, 5.0])
@pytest.mark.parametrize("partial", [False, True])
def test_mean_rate_is_just_below_the_quota_whatever_the_bucket(
    quota: float, bucket_seconds: float, partial: bool
) -> None:
    clock = HandTime()
    account = Account(clock, quota, max(1.0, quota * bucket_seconds), partial)
    accepted, calls, throttled = run(Pace(quota, clock), account, 60.0)
    assert 0.90 <= accepted / (60 * quota) <= 1.0 or quota == 1.0
    assert throttled <= max(1, calls * 0.01)


@pytest.mark.parametrize("late_s", [0.005, 0.02])
def test_a_late_caller_does_not_lose_the_quota(late_s: float) -> None:
    clock = HandTime()
    accepted, _, throttled = run(
        Pace(100.0, clock), Account(clock, 100.0, 100.0), 60.0, late_s=late_s
    )
    assert 0.90 <= accepted / 6000 <= 1.0
    assert throttled == 0


def test_half_the_quota_taken_by_somebody_else_is_found_out() -> None:
    clock = HandTime()
    account = Account(clock, 50.0, 50.0)
    pace = Pace(100.0, clock)
    run(pace, account, 120.0)
    accepted, calls, throttled = run(pace, account, 120.0)
    assert accepted >= 0.6 * 50 * 120
    assert throttled <= calls * 0.15


def test_one_throttled_call_costs_seconds_not_minutes() -> None:
    clock = HandTime()
    pace = Pace(100.0, clock)
    before = pace.rate
    pace.throttled(50, 0)
    assert pace.rate == pytest.approx(before * 0.7)
    clock.wait(9)
    pace.delay()
    assert pace.rate == pytest.approx(before)


@pytest.mark.parametrize(("quota", "batch"), [(1.0, 1), (14.0, 7), (62.0, 30), (500.0, 50)])
def test_batch_is_half_a_second_of_the_quota(quota: float, batch: int) -> None:
    assert Pace(quota, HandTime()).batch == batch


def test_no_quota_means_no_waiting() -> None:
    pace = Pace(math.inf, HandTime())
    pace.spend(50)
    assert (pace.delay(), pace.batch) == (0.0, 50)


def test_a_wall_clock_that_jumps_changes_nothing() -> None:
    class Jumping(HandTime):
        def now(self) -> datetime:
            return datetime(1999, 1, 1, tzinfo=UTC)

    pace = Pace(10.0, Jumping())
    pace.spend(10)
    assert pace.delay() < 2.0


def test_two_publishers_share_the_quota() -> None:
    clock = HandTime()
    pace = Pace(100.0, clock)
    whole = pace.rate
    pace.set_quota(100.0, 0.5)
    assert pace.rate == pytest.approx(whole / 2)


def test_cut_of_another_publisher_is_heeded_and_grows_back() -> None:
    clock = HandTime()
    pace = Pace(100.0, clock)
    pace.heed(40.0)
    assert pace.rate == 40.0
    clock.wait(15.0)
    pace.delay()
    assert pace.rate > 90.0


def test_one_throttled_second_is_told_once() -> None:
    clock = HandTime()
    pace = Pace(100.0, clock)
    assert pace.throttled(50, 0)
    clock.wait(0.5)
    assert not pace.throttled(50, 0)
    assert not pace.throttled(50, 20), "a smaller bucket is no news about the rate"


def test_breaker_waits_for_a_sample() -> None:
    breaker = Breaker(Limits())
    breaker.look(Tally(accepted=499, bounced=400, complained=400))
    assert breaker.reason == ""


def test_breaker_opens_on_bounces_and_stays_open() -> None:
    breaker = Breaker(Limits())
    breaker.look(Tally(accepted=1000, bounced=41, complained=0))
    breaker.look(Tally(accepted=2000, bounced=41, complained=0))
    assert "bounced" in breaker.reason


def test_breaker_opens_on_complaints() -> None:
    breaker = Breaker(Limits())
    breaker.look(Tally(accepted=10_000, bounced=0, complained=9))
    assert "spam" in breaker.reason


def test_breaker_opens_on_a_run_in_doubt_only() -> None:
    breaker = Breaker(Limits(in_doubt_in_a_row=3))
    for submission in (Submission.IN_DOUBT, Submission.IN_DOUBT, Submission.ACCEPTED) * 3:
        breaker.settled(submission)
    assert breaker.reason == ""
    for _ in range(3):
        breaker.settled(Submission.IN_DOUBT)
    assert "in doubt" in breaker.reason
