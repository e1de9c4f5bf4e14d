"""The fault plan: what goes wrong with which request. Seeded, so that a run can be repeated."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

SENDS = ("SendBulkEmail", "SendEmail")


class FaultKind(StrEnum):
    """What can go wrong. Each says what the client sees, and whether letters were accepted."""

    REFUSE = "refuse"  # connections are refused for `ms`, beginning with this request
    RESET = "reset"  # the connection is reset, nothing accepted
    THROTTLE = "throttle"  # 429 TooManyRequestsException, nothing accepted
    ERROR = "error"  # HTTP `status` (5xx), accepted or not as `accepted` says
    HANG = "hang"  # no answer at all, accepted or not
    DROP = "drop"  # accepted, then the connection closes without an answer
    TRUNCATE = "truncate"  # accepted, then half of the body, then the connection closes
    STALL = "stall"  # accepted, then half of the body, then silence
    GARBAGE = "garbage"  # accepted, then 200 with a body that is not JSON
    PARTIAL = "partial"  # accepted, then only the first `count` results are told
    ENTRIES = "entries"  # single entries fail with the statuses of `entries`, the rest is accepted
    LATENCY = "latency"  # the answer takes `ms` longer


_ACCEPTED_BY_NATURE = frozenset(
    {FaultKind.DROP, FaultKind.TRUNCATE, FaultKind.STALL, FaultKind.GARBAGE, FaultKind.PARTIAL}
)


class FaultPlanError(ValueError):
    """A fault plan that cannot be read; says which rule and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule. It strikes the requests that any of `at`, `every`, `probability` picks.

    Attributes:
        kind: What goes wrong.
        operations: Which calls count and are struck; default both ways of sending.
        at: Numbers of requests, from 1, among those operations.
        every: Every n-th request; 0 for none.
        probability: Share of requests, 0..1, drawn with the plan's seed.
        times: Strike at most so often; 0 for no bound.
        accepted: For `error` and `hang`, whether the letters were accepted before; for
            `drop`, `truncate`, `stall`, `garbage`, `partial` it is true unless said otherwise.
        status: HTTP status of `error`.
        ms: For `latency` and `refuse`, milliseconds.
        count: For `partial`, results told.
        entries: For `entries`, (position from 0, status) pairs.
    """

    kind: FaultKind
    operations: tuple[str, ...] = SENDS
    at: tuple[int, ...] = ()
    every: int = 0
    probability: float = 0.0
    times: int = 0
    accepted: bool | None = None
    status: int = 503
    ms: float = 0.0
    count: int = 0
    entries: tuple[tuple[int, str], ...] = ()

    @property
    def takes_letters(self) -> bool:
        """Say whether the request is carried out although the client will not learn it."""
        return self.kind in _ACCEPTED_BY_NATURE if self.accepted is None else self.accepted


@dataclass(slots=True)
class FaultPlan:
    """The rules of one run, with how many requests each has seen and struck."""

    rules: tuple[Fault, ...]
    seed: int = 0
    seen: dict[int, int] = field(default_factory=dict)
    struck: dict[int, int] = field(default_factory=dict)

    def next(self, operation: str) -> Fault | None:
        """Count a request for every rule; return the first rule that strikes it."""
        found: Fault | None = None
        for index, rule in enumerate(self.rules):
            if rule.kind is FaultKind.REFUSE or not _concerns(rule, operation):
                continue
            number = self.seen.get(index, 0) + 1
            self.seen[index] = number
            if found is None and self._strikes(index, number):
                self.struck[index] = self.struck.get(index, 0) + 1
                found = rule
        return found

    def refusal(self, answered: int) -> Fault | None:
        """Return the rule that closes the door before the request after `answered`."""
        for index, rule in enumerate(self.rules):
            if rule.kind is FaultKind.REFUSE and self._strikes(index, answered + 1):
                self.struck[index] = self.struck.get(index, 0) + 1
                return rule
        return None

    def _strikes(self, index: int, number: int) -> bool:
        rule = self.rules[index]
        if rule.times and self.struck.get(index, 0) >= rule.times:
            return False
        if number in rule.at or (rule.every and number % rule.every == 0):
            return True
        draw = random.Random(f"{self.seed}:{index}:{number}").random()  # noqa: S311
        return draw < rule.probability


def _concerns(rule: Fault, operation: str) -> bool:
    return operation in rule.operations or "*" in rule.operations


def read_plan(path: Path) -> tuple[Fault, ...]:
    """Read a fault plan: a JSON list of rules with the fields of `Fault`.

    Raises:
        FaultPlanError: If it is not such a list.
    """
    try:
        return faults_from(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise FaultPlanError(f"{path}: {error}") from error


def faults_from(rules: object) -> tuple[Fault, ...]:
    """Turn decoded JSON into rules.

    Raises:
        FaultPlanError: If a rule has an unknown field, kind or type.
    """
    if not isinstance(rules, list):
        raise FaultPlanError("a fault plan is a list of rules")
    return tuple(_fault(number, rule) for number, rule in enumerate(rules, 1))


def _fault(number: int, rule: object) -> Fault:
    if not isinstance(rule, Mapping):
        raise FaultPlanError(f"rule {number} is not an object")
    known = {entry.name for entry in fields(Fault)}
    if unknown := sorted(set(rule) - known):
        raise FaultPlanError(f"rule {number}: unknown {unknown[0]!r}; known: {sorted(known)}")
    try:
        return Fault(
            kind=FaultKind(rule["kind"]),
            operations=tuple(str(one) for one in _list(rule.get("operations", list(SENDS)))),
            at=tuple(int(one) for one in _list(rule.get("at", []))),
            every=int(rule.get("every", 0)),
            probability=float(rule.get("probability", 0.0)),
            times=int(rule.get("times", 0)),
            accepted=None if rule.get("accepted") is None else bool(rule["accepted"]),
            status=int(rule.get("status", 503)),
            ms=float(rule.get("ms", 0.0)),
            count=int(rule.get("count", 0)),
            entries=tuple((int(place), str(one)) for place, one in _pairs(rule.get("entries", {}))),
        )
    except KeyError as error:
        raise FaultPlanError(f"rule {number}: kind is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise FaultPlanError(f"rule {number}: {error}") from error


def _list(given: Any) -> list[Any]:  # noqa: ANN401 - one value may stand for a list of one
    return given if isinstance(given, list) else [given]


def _pairs(given: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - checked where it is converted
    return list(given.items())
