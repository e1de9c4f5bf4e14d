"""Send hours over all time zones, summer time, and readers who are met too late."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from pismo.errors import PlanError
from pismo.model.finding import Source
from pismo.plan.hours import departures, describe, moment_of, parse_send_at

DAY = date(2026, 11, 27)
PLACE = Source("newsletters/friday/2026-11-27.md", 5)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_local_hour_is_the_readers_own() -> None:
    schedule = parse_send_at("10:00 local", DAY, "Europe/Moscow", PLACE)
    zones = ["Asia/Kamchatka", "Europe/Moscow", "Europe/Kaliningrad"]
    assert departures(schedule, zones, utc("2026-11-26T12:00")) == {
        "Asia/Kamchatka": utc("2026-11-26T22:00"),
        "Europe/Moscow": utc("2026-11-27T07:00"),
        "Europe/Kaliningrad": utc("2026-11-27T08:00"),
    }


def test_hour_without_a_zone_is_the_newsletters() -> None:
    schedule = parse_send_at("10:00", DAY, "Europe/Moscow", PLACE)
    assert schedule.leaves_at("Asia/Kamchatka", utc("2026-11-26T12:00")) == utc("2026-11-27T07:00")


def test_hour_can_name_its_zone() -> None:
    schedule = parse_send_at("9:30 Asia/Omsk", DAY, "Europe/Moscow", PLACE)
    assert schedule.leaves_at("Europe/Paris", utc("2026-11-26T12:00")) == utc("2026-11-27T03:30")


def test_reader_without_a_known_zone_gets_the_newsletters() -> None:
    schedule = parse_send_at("10:00 local", DAY, "Europe/Moscow", PLACE)
    for zone in ("", "Mars/Olympus", "../etc/passwd"):
        assert schedule.leaves_at(zone, utc("2026-11-26T12:00")) == utc("2026-11-27T07:00")


def test_now_leaves_at_once() -> None:
    schedule = parse_send_at("now", DAY, "Europe/Moscow", PLACE)
    assert schedule.leaves_at("Asia/Omsk", utc("2026-11-20T12:00")) == utc("2026-11-20T12:00")


@pytest.mark.parametrize("text", ["25:00", "10:60 local", "ten", "10:00 Europe/Muscovy", ""])
def test_what_is_no_hour_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(PlanError, match=r"2026-11-27\.md:5"):
        parse_send_at(text, DAY, "Europe/Moscow", PLACE)


def test_slightly_late_leaves_at_once() -> None:
    schedule = parse_send_at("10:00 local", DAY, "Europe/Moscow", PLACE)
    late = utc("2026-11-27T12:59")
    assert schedule.leaves_at("Europe/Moscow", late) == late


def test_too_late_waits_for_the_same_hour_of_the_next_day() -> None:
    schedule = parse_send_at("10:00 local", DAY, "Europe/Moscow", PLACE)
    assert schedule.leaves_at("Europe/Moscow", utc("2026-11-27T13:00")) == utc("2026-11-28T07:00")


def test_weeks_late_still_leaves_at_its_hour() -> None:
    schedule = parse_send_at("10:00 local", DAY, "Europe/Moscow", PLACE)
    assert schedule.leaves_at("Europe/Moscow", utc("2026-12-20T23:00")) == utc("2026-12-21T07:00")


def test_hour_skipped_by_summer_time_comes_as_much_later() -> None:
    # Berlin goes from 02:00 to 03:00 on 29 March 2026.
    moment = moment_of(date(2026, 3, 29), time(2, 30), ZoneInfo("Europe/Berlin"))
    assert moment.astimezone(ZoneInfo("Europe/Berlin")).time() == time(3, 30)


def test_hour_repeated_in_autumn_is_the_first_of_both() -> None:
    moment = moment_of(date(2026, 10, 25), time(2, 30), ZoneInfo("Europe/Berlin"))
    assert moment == utc("2026-10-25T00:30")


def test_clock_change_between_plan_and_hour_keeps_the_hour() -> None:
    schedule = parse_send_at("10:00 local", date(2026, 3, 29), "UTC", PLACE)
    leaves = schedule.leaves_at("Europe/Berlin", utc("2026-03-27T12:00"))
    assert leaves.astimezone(ZoneInfo("Europe/Berlin")).time() == time(10, 0)


def test_every_zone_shows_ten_on_every_day_of_a_year() -> None:
    for name in available_timezones():
        zone = ZoneInfo(name)
        for offset in range(0, 366, 3):
            day = date(2026, 1, 1) + timedelta(days=offset)
            shown = moment_of(day, time(10, 0), zone).astimezone(zone)
            assert (shown.date(), shown.time()) == (day, time(10, 0)), name


def test_nobody_leaves_before_now_or_outside_their_hours() -> None:
    schedule = parse_send_at("10:00 local", DAY, "UTC", PLACE)
    for name in sorted(available_timezones()):
        for hours in range(0, 96, 5):
            now = utc("2026-11-26T00:00") + timedelta(hours=hours)
            leaves = schedule.leaves_at(name, now)
            assert leaves >= now
            local = leaves.astimezone(ZoneInfo(name))
            assert local.date() >= DAY
            assert 10 <= local.hour < 16


def test_moment_is_described_by_the_readers_clock() -> None:
    told = describe(utc("2026-11-26T22:00"), "Asia/Kamchatka")
    assert told == "10:00 Kamchatka, 27 November (26 November 22:00 UTC)"
    told = describe(utc("2026-11-27T07:00"), "Europe/Moscow")
    assert told == "10:00 Moscow, 27 November (07:00 UTC)"
    assert describe(utc("2026-11-26T22:00"), "") == "22:00 UTC, 26 November"
