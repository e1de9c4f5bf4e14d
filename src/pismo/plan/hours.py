"""When a letter leaves: `send_at` in the reader's own time zone, summer time included.

`10:00 local` is ten o'clock where the reader lives, `10:00` where the newsletter lives, and
`10:00 Asia/Omsk` there; `now` is at once. Whoever is met too late for their hour gets the letter
at the same hour of a following day, rather than at night.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pismo.errors import PlanError
from pismo.model.finding import Source
from pismo.records import dataclass
from pismo.text import NBSP, date_text

LATE_HOURS = 6.0
"""How long after its hour a letter still leaves at once (`[tool.pismo.plan] late_hours`)."""

_PATTERN = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?:\s+(?P<zone>\S+))?")


@dataclass(frozen=True, slots=True)
class Schedule:
    """The hour of an issue.

    `clock` is None for "at once"; `zone` is '' for the reader's own, else an IANA name; `home`
    is the zone of readers whose own is unknown.
    """

    day: date
    clock: time | None
    zone: str
    home: str
    late: timedelta = timedelta(hours=LATE_HOURS)

    def leaves_at(self, zone: str, now: datetime) -> datetime:
        """Return the earliest moment, not before `now`, at which a reader's letter may leave."""
        if self.clock is None:
            return now
        place = _known_zone(self.zone or zone, self.home)
        day = max(self.day, now.astimezone(place).date() - timedelta(days=2))
        while True:
            hour = moment_of(day, self.clock, place)
            if now < hour:
                return hour
            if now < hour + self.late:
                return now
            day += timedelta(days=1)

    def as_json(self) -> list[object]:
        """Return it as JSON can hold it."""
        clock = None if self.clock is None else f"{self.clock:%H:%M}"
        return [self.day.isoformat(), clock, self.zone, self.home, self.late.total_seconds()]

    @classmethod
    def from_json(cls, fields: list[Any]) -> "Schedule":
        """Read what `as_json` wrote."""
        day, clock, zone, home, late_s = fields
        hour = None if clock is None else time.fromisoformat(clock)
        return cls(date.fromisoformat(day), hour, zone, home, timedelta(seconds=late_s))


def parse_send_at(
    text: str, day: date, home: str, source: Source, *, late_hours: float = LATE_HOURS
) -> Schedule:
    """Read `send_at` of an issue or newsletter.

    Raises:
        PlanError: If it is no hour, or names an unknown zone.
    """
    late = timedelta(hours=late_hours)
    if text == "now":
        return Schedule(day, None, "", home, late)
    match = _PATTERN.fullmatch(text.strip())
    if match is None or int(match["hour"]) > 23 or int(match["minute"]) > 59:
        raise PlanError(
            f"send_at '{text}' is not an hour",
            source,
            hint='write "10:00 local", "10:00", "10:00 Asia/Omsk" or "now"',
            ru=f"send_at «{text}» — не время",
            hint_ru='пишите "10:00 local", "10:00", "10:00 Asia/Omsk" или "now"',
        )
    zone = match["zone"] or home
    if zone != "local" and not is_zone(zone):
        raise PlanError(
            f"send_at names an unknown time zone: '{zone}'",
            source,
            ru=f"в send_at неизвестный часовой пояс: «{zone}»",
        )
    clock = time(int(match["hour"]), int(match["minute"]))
    return Schedule(day, clock, "" if zone == "local" else zone, home, late)


def moment_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return when a clock in `zone` shows `clock` on `day`, in UTC.

    An hour that summer time skips comes as much later; one that it repeats is the first of both
    (PEP 495, fold=0).
    """
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def departures(schedule: Schedule, zones: Iterable[str], now: datetime) -> dict[str, datetime]:
    """Say for each zone when its readers' letters may leave."""
    return {zone: schedule.leaves_at(zone, now) for zone in zones}


def is_zone(name: str) -> bool:
    """Tell whether `name` is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def describe(moment: datetime, zone: str, language: str = "en") -> str:
    """Say when by readers' clocks and ours: `10:00 Moscow, 27 November (07:00 UTC)`."""
    local, utc = moment.astimezone(_known_zone(zone, "UTC")), moment.astimezone(UTC)
    place = zone.rpartition("/")[2].replace("_", " ") or "UTC"
    day = "" if utc.date() == local.date() else f"{_day(utc.date(), language)} "
    ours = "" if place == "UTC" else f" ({day}{utc:%H:%M} UTC)"
    return f"{local:%H:%M} {place}, {_day(local.date(), language)}{ours}"


def _day(day: date, language: str) -> str:
    told = f"{day.day} {day:%B}" if language == "en" else date_text(day, language)
    return told.replace(NBSP, " ")


def _known_zone(name: str, fallback: str) -> ZoneInfo:
    return ZoneInfo(name if name and is_zone(name) else fallback)
