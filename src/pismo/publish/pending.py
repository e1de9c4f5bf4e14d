"""Who is next: a plan's people in their order, those whose hour has come, in sizes to claim."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from pismo.ledger import Ledger, delivery_id
from pismo.links import LinkSigner
from pismo.plan.hours import departures
from pismo.plan.store import Planned, StoredPlan, read_people, shard_table
from pismo.records import dataclass

LOOK = 2_000
"""People whose state is asked for at once."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One person whose letter has not left: delivery id and what the plan holds."""

    id: str
    planned: Planned


class Pending:
    """Reads a plan's people for one publisher.

    Args:
        stored: The plan.
        ledger: Knows who is still to be written to.
        signer: Makes links.
        hours: Whether send hours count.
    """

    def __init__(
        self, stored: StoredPlan, ledger: Ledger, signer: LinkSigner, *, hours: bool
    ) -> None:
        self._stored = stored
        self._ledger = ledger
        self._signer = signer
        self._hours = hours and stored.schedule.clock is not None
        self._zones: frozenset[str] | None = None

    def due(self, now: datetime) -> frozenset[str] | None:
        """Return the zones whose hour has come; None for everybody."""
        if not self._hours:
            return None
        return frozenset(zone for zone, leaves in self._departures(now).items() if leaves <= now)

    def next_hour(self, now: datetime) -> tuple[datetime, str] | None:
        """Return when, and in which zone, the next letters leave; None if nobody waits for it."""
        if not self._hours:
            return None
        later = [(at, zone) for zone, at in self._departures(now).items() if at > now]
        return next((hour for hour in sorted(later) if self._somebody_waits(hour[1])), None)

    def people(self, zones: frozenset[str] | None) -> Iterator[Sequence[Waiting]]:
        """Yield those who are still to be written to, in order; the canary share apart."""
        for shard in self._stored.shards:
            some: list[Waiting] = []
            for planned in read_people(self._stored, shard, self._signer, zones=zones):
                if len(some) == LOOK or (some and planned.place == self._stored.canary):
                    yield self._unsent(some)
                    some = []
                name = delivery_id(self._stored.plan.id, planned.place)
                some.append(Waiting(name, planned))
            yield self._unsent(some)

    def erased(self) -> list[str]:
        """Name the deliveries of people who are no longer in the stored plan."""
        gone = []
        for shard in self._stored.shards:
            there = set(shard_table(self._stored, shard, ["place"])["place"].to_pylist())
            if len(there) == shard.size:
                continue
            places = range(shard.first, shard.first + shard.size)
            gone += [
                delivery_id(self._stored.plan.id, place) for place in places if place not in there
            ]
        return gone

    def _somebody_waits(self, zone: str) -> bool:
        import pyarrow.compute as pc

        plan = self._stored.plan.id
        for shard in self._stored.shards:
            table = shard_table(self._stored, shard, ["place", "zone"])
            places = table.filter(pc.equal(table["zone"], zone))["place"].to_pylist()
            if self._ledger.claimable(plan, [delivery_id(plan, place) for place in places]):
                return True
        return False

    def _unsent(self, some: Sequence[Waiting]) -> Sequence[Waiting]:
        if not some:
            return some
        free = self._ledger.claimable(self._stored.plan.id, [one.id for one in some])
        return [one for one in some if one.id in free]

    def _departures(self, now: datetime) -> Mapping[str, datetime]:
        return departures(self._stored.schedule, self._all_zones(), now)

    def _all_zones(self) -> frozenset[str]:
        if self._zones is None:
            import pyarrow.compute as pc

            found: set[str] = set()
            for shard in self._stored.shards:
                table = shard_table(self._stored, shard, ["zone"])
                found.update(pc.unique(table["zone"]).to_pylist())
            self._zones = frozenset(found)
        return self._zones


class Queue:
    """Groups for claiming: letters that were throttled first, then the plan's order."""

    def __init__(self, chunks: Iterator[Sequence[Waiting]]) -> None:
        self._chunks = chunks
        self._some: deque[Waiting] = deque()
        self._again: deque[Waiting] = deque()

    def again(self, one: Waiting) -> None:
        """Put back a letter that was certainly not sent."""
        self._again.append(one)

    @property
    def has_again(self) -> bool:
        """Tell whether something was put back."""
        return bool(self._again)

    def next(self, most: int, apart: Callable[[Waiting], bool]) -> list[Waiting]:
        """Take the next group: at most so many, and none beyond the first that stands `apart`."""
        source = self._again or self._filled()
        group: list[Waiting] = []
        while source and len(group) < most:
            if group and apart(source[0]) != apart(group[0]):
                break
            group.append(source.popleft())
        return group

    def _filled(self) -> deque[Waiting]:
        while not self._some:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._some.extend(chunk)
        return self._some
