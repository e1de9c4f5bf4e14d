"""The bucket, the daily quota and the call rates, on a clock that the test moves."""

from typing import Any

import pytest

from pismo import ses_sim
from tests.ses_sim.calls import bulk, simple, store_template


def _people(count: int, start: int = 0) -> list[str]:
    return [f"p{n}@example.net" for n in range(start, start + count)]


def _accepted(answer: Any) -> int:
    return sum(one["Status"] == "SUCCESS" for one in answer["BulkEmailEntryResults"])


def test_account_tells_its_quota_and_what_was_sent(start: Any, connect: Any) -> None:
    ses = connect(start(max_send_rate=14, max_24_hour_send=50_000))
    ses.send_email(**simple())
    quota = ses.get_account()["SendQuota"]
    assert quota == {"MaxSendRate": 14.0, "Max24HourSend": 50_000.0, "SentLast24Hours": 1.0}


def test_full_bucket_holds_one_second_and_refills_with_time(
    start: Any, connect: Any, clock: Any
) -> None:
    ses = connect(start(max_send_rate=2))
    ses.send_email(**simple())
    ses.send_email(**simple())
    with pytest.raises(ses.exceptions.TooManyRequestsException, match="Maximum sending rate"):
        ses.send_email(**simple())
    clock.pass_(0.4)
    with pytest.raises(ses.exceptions.TooManyRequestsException):
        ses.send_email(**simple())
    clock.pass_(0.1)
    ses.send_email(**simple())


def test_call_larger_than_the_rest_goes_through_and_the_debt_is_waited_for(
    start: Any, connect: Any, clock: Any
) -> None:
    sim = start(max_send_rate=14)
    ses = connect(sim)
    store_template(ses)
    assert _accepted(ses.send_bulk_email(**bulk(*_people(50)))) == 50
    clock.pass_(36 / 14)  # the bucket held 14; 36 are owed
    with pytest.raises(ses.exceptions.TooManyRequestsException):
        ses.send_bulk_email(**bulk(*_people(1)))
    clock.pass_(1 / 14)
    assert _accepted(ses.send_bulk_email(**bulk(*_people(1)))) == 1
    assert (sim.state.accepted, sim.state.throttled) == (51, 1)


def test_partial_throttling_takes_the_first_entries_only(start: Any, connect: Any) -> None:
    sim = start(max_send_rate=14, throttle=ses_sim.Throttle.PARTIAL)
    ses = connect(sim)
    store_template(ses)
    results = ses.send_bulk_email(**bulk(*_people(20)))["BulkEmailEntryResults"]
    assert [one["Status"] for one in results] == ["SUCCESS"] * 14 + ["ACCOUNT_THROTTLED"] * 6
    assert (sim.state.accepted, sim.state.throttled) == (14, 6)


def test_bucket_size_can_be_set_apart_from_the_rate(start: Any, connect: Any) -> None:
    ses = connect(start(max_send_rate=14, burst=3, throttle=ses_sim.Throttle.PARTIAL))
    store_template(ses)
    assert _accepted(ses.send_bulk_email(**bulk(*_people(10)))) == 3


def test_mean_rate_over_a_minute_is_the_quota(start: Any, connect: Any, clock: Any) -> None:
    sim = start(max_send_rate=14)
    ses = connect(sim)
    store_template(ses)
    for tick in range(600):
        clock.pass_(0.1)
        try:
            ses.send_bulk_email(**bulk(*_people(7, 7 * tick)))
        except ses.exceptions.TooManyRequestsException:
            continue
    first, last = sim.state.receipts[0].at_s, sim.state.receipts[-1].at_s
    assert last - first == pytest.approx(59.9)
    # One second's worth is in the full bucket, and one call may be in debt.
    assert 14 * 60 <= sim.state.accepted <= 14 * 61 + 7


def test_daily_quota_refuses_a_call_when_nothing_is_left(
    start: Any, connect: Any, clock: Any
) -> None:
    ses = connect(start(max_24_hour_send=2))
    ses.send_email(**simple())
    ses.send_email(**simple())
    with pytest.raises(ses.exceptions.TooManyRequestsException, match="Daily message quota"):
        ses.send_email(**simple())
    clock.pass_(24 * 3600)
    ses.send_email(**simple())


def test_daily_quota_that_ends_within_a_bulk_is_told_by_entry(start: Any, connect: Any) -> None:
    ses = connect(start(max_24_hour_send=2))
    store_template(ses)
    results = ses.send_bulk_email(**bulk(*_people(3)))["BulkEmailEntryResults"]
    assert [one["Status"] for one in results] == [
        "SUCCESS",
        "SUCCESS",
        "ACCOUNT_DAILY_QUOTA_EXCEEDED",
    ]


def test_quota_of_minus_one_has_no_end(start: Any, connect: Any) -> None:
    ses = connect(start(max_24_hour_send=-1))
    store_template(ses)
    assert ses.get_account()["SendQuota"]["Max24HourSend"] == -1
    assert _accepted(ses.send_bulk_email(**bulk(*_people(50)))) == 50


def test_invalid_entries_cost_no_quota(start: Any, connect: Any) -> None:
    sim = start(max_send_rate=2, throttle=ses_sim.Throttle.PARTIAL)
    ses = connect(sim)
    store_template(ses)
    results = ses.send_bulk_email(**bulk("bad", "a@example.net", "worse", "b@example.net"))
    assert _accepted(results) == 2


def test_bulk_calls_can_be_limited_while_single_ones_are_not(
    start: Any, connect: Any, clock: Any
) -> None:
    ses = connect(start(bulk_calls_per_second=1))
    store_template(ses)
    ses.send_bulk_email(**bulk())
    with pytest.raises(ses.exceptions.TooManyRequestsException):
        ses.send_bulk_email(**bulk())
    ses.send_email(**simple())
    clock.pass_(1)
    ses.send_bulk_email(**bulk())


def test_template_calls_are_limited_to_one_a_second_each(
    start: Any, connect: Any, clock: Any
) -> None:
    ses = connect(start(control_calls_per_second=1))
    store_template(ses)
    ses.get_email_template(TemplateName="letter")
    with pytest.raises(ses.exceptions.TooManyRequestsException):
        ses.get_email_template(TemplateName="letter")
    for _ in range(3):
        ses.get_account()
    clock.pass_(1)
    ses.get_email_template(TemplateName="letter")


def test_receipts_tell_when_each_call_came_and_how_it_ended(
    start: Any, connect: Any, clock: Any
) -> None:
    sim = start(max_send_rate=1)
    ses = connect(sim)
    ses.send_email(**simple())
    clock.pass_(0.5)
    with pytest.raises(ses.exceptions.TooManyRequestsException):
        ses.send_email(**simple())
    seen = [(one.at_s, one.status, one.accepted, one.throttled) for one in sim.state.receipts]
    assert seen == [(1000.0, 200, 1, 0), (1000.5, 429, 0, 1)]
