"""`[tool.pismo.pace]`: warm-up, canary, breaker, alert; the rate itself is the account's."""

from collections.abc import Mapping
from datetime import date

from pismo.errors import SettingsError
from pismo.publish.breaker import Limits
from pismo.records import dataclass, field
from pismo.text import guess


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceSettings:
    """How carefully letters leave.

    `warm_up` are letters a day from `warm_up_from` on; after the last day there is no such bound.
    `alert` is a command that gets one JSON object on stdin when publishing stops by itself.
    """

    canary_minutes: float = 0.0
    warm_up: tuple[int, ...] = ()
    warm_up_from: date | None = None
    alert: str = ""
    limits: Limits = field(default_factory=Limits)

    def daily_bound(self, today: date) -> int | None:
        """Return how many letters may leave today, None for no bound of ours."""
        if not self.warm_up or self.warm_up_from is None:
            return None
        day = (today - self.warm_up_from).days
        if day < 0:
            return 0
        return self.warm_up[day] if day < len(self.warm_up) else None


def pace_settings(table: Mapping[str, object]) -> PaceSettings:
    """Read `[tool.pismo.pace]`.

    Raises:
        SettingsError: If a field is unknown or wrong.
    """
    known = {"canary_minutes", "warm_up", "warm_up_from", "alert", "bounces", "complaints", "after"}
    for name in table:
        if name not in known:
            near = guess(name, known)
            meant = f"did you mean {near}? " if near else ""
            raise _wrong(name, f"unknown; {meant}known: {', '.join(sorted(known))}")
    limits = Limits()
    return PaceSettings(
        canary_minutes=_number(table, "canary_minutes", 0.0),
        warm_up=_counts(table),
        warm_up_from=_day(table),
        alert=_text(table, "alert"),
        limits=Limits(
            bounces=_share(table, "bounces", limits.bounces),
            complaints=_share(table, "complaints", limits.complaints),
            after=int(_number(table, "after", limits.after)),
        ),
    )


def _number(table: Mapping[str, object], name: str, default: float) -> float:
    value = table.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise _wrong(name, "must be a number, zero or more")
    return float(value)


def _share(table: Mapping[str, object], name: str, default: float) -> float:
    value = _number(table, name, default)
    if not 0 < value < 1:
        raise _wrong(name, f"is a share, and {value:g} is none: 0.04 is 4 %")
    return value


def _text(table: Mapping[str, object], name: str) -> str:
    value = table.get(name, "")
    if not isinstance(value, str):
        raise _wrong(name, "must be text")
    return value


def _counts(table: Mapping[str, object]) -> tuple[int, ...]:
    value = table.get("warm_up", [])
    if not isinstance(value, list) or not all(isinstance(each, int) and each > 0 for each in value):
        raise _wrong("warm_up", "must be a list of letters a day, like [200, 500, 1000, 5000]")
    if value and "warm_up_from" not in table:
        raise _wrong("warm_up", "needs warm_up_from, the first day")
    return tuple(value)


def _day(table: Mapping[str, object]) -> date | None:
    value = table.get("warm_up_from")
    if value is not None and not isinstance(value, date):
        raise _wrong("warm_up_from", "must be a day, like 2026-11-27")
    return value


def _wrong(name: str, why: str) -> SettingsError:
    return SettingsError(f"[tool.pismo.pace] {name}: {why}")
