"""What came back and is worth keeping: bounces, complaints, clicks, answers."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import text

from pismo.ledger.ids import read_delivery_id
from pismo.ledger.rows import Event
from pismo.ledger.store import Given, Store, epoch, moment

KEY_BYTES = 16
_EVENTS = Given(
    "given_events",
    (
        ("key", "blob"),
        ("kind", "TEXT"),
        ("at", "BIGINT"),
        ("person", "TEXT"),
        ("occasion", "TEXT"),
        ("plan", "TEXT"),
        ("place", "BIGINT"),
        ("item", "TEXT"),
        ("value", "TEXT"),
    ),
)

_KEYS = Given("given_keys", (("key", "blob"),))


class Events(Store):
    """Incoming events; recording one twice is recording it once."""

    def record_events(self, events: Iterable[Event], now: datetime) -> int:
        """Keep events; person and issue are filled in from the delivery where one is named.

        Returns:
            How many were new.
        """
        rows = list({event.key: _encoded(event) for event in events}.values())
        with self.write() as connection:
            self.give(connection, _EVENTS, rows)
            connection.execute(text(_NEW_OCCASIONS))
            return connection.execute(text(_RECORD), {"now": epoch(now)}).rowcount

    def unseen(self, keys: Iterable[str]) -> set[str]:
        """Return which keys have not been recorded yet."""
        hashed = {_key(key): key for key in keys}
        with self.read() as connection:
            self.give(connection, _KEYS, ((key,) for key in hashed))
            rows = connection.exec_driver_sql(
                "SELECT e.key FROM given_keys g CROSS JOIN events e WHERE e.key = g.key"
            ).all()
        for (key,) in rows:
            del hashed[bytes(key)]
        return set(hashed.values())

    def events(self, *, kind: str | None = None, person: str | None = None) -> Iterator[Event]:
        """List events in order of time, of one kind or person if named."""
        wanted = {"kind": kind, "person": person}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(["1 = 1", *(f"v.{name} = :{name}" for name in given)])
        with self.read() as connection:
            rows = connection.execution_options(yield_per=5_000).execute(
                text(
                    "SELECT v.key, v.kind, v.at, v.person, o.name, v.item, v.value FROM events v"
                    f" LEFT JOIN occasions o ON o.num = v.occasion WHERE {where}"
                    " ORDER BY v.at, v.key"
                ),
                given,
            )
            for key, kind_, at, who, issue, item, value in rows:
                yield Event(key.hex(), kind_, moment(at), who, issue, None, item, value)

    def answered(self, items: Iterable[str]) -> dict[str, int]:
        """Count the people who answered each of these games; those that nobody did are left out."""
        names = sorted(set(items))
        bound = {f"item_{number}": name for number, name in enumerate(names)}
        if not bound:
            return {}
        with self.read() as connection:
            rows = connection.execute(
                text(
                    "SELECT item, count(DISTINCT person) FROM events WHERE kind = 'answer'"
                    f" AND item IN ({', '.join(f':{name}' for name in bound)})"
                    " AND person IS NOT NULL GROUP BY item"
                ),
                bound,
            ).all()
        return {str(item): int(people) for item, people in rows}

    def people_with(self, kind: str, *, at_least: int, since: datetime) -> tuple[str, ...]:
        """List who has so many events of a kind on different days since a moment."""
        with self.read() as connection:
            rows = connection.execute(
                text(
                    "SELECT person FROM events WHERE kind = :kind AND at >= :since"
                    " AND person IS NOT NULL GROUP BY person"
                    " HAVING count(DISTINCT at / 86400) >= :at_least ORDER BY person"
                ),
                {"kind": kind, "since": epoch(since), "at_least": at_least},
            ).all()
        return tuple(person for (person,) in rows)


_NEW_OCCASIONS = """
INSERT INTO occasions (name)
SELECT DISTINCT occasion FROM given_events WHERE occasion IS NOT NULL
ON CONFLICT DO NOTHING
"""
_RECORD = """
INSERT INTO events (key, kind, at, recorded_at, person, occasion, delivery, item, value)
SELECT g.key, g.kind, g.at, :now, coalesce(g.person, d.person), coalesce(o.num, d.occasion),
       d.seq, g.item, g.value
  FROM given_events g
  LEFT JOIN plans p ON p.id = g.plan AND g.place < p.size
  LEFT JOIN deliveries d ON d.seq = p.first_seq + g.place
  LEFT JOIN occasions o ON o.name = g.occasion
 WHERE true
ON CONFLICT (key) DO NOTHING
"""


def _key(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()[:KEY_BYTES]


def _encoded(event: Event) -> tuple[object, ...]:
    plan, place = (event.delivery and read_delivery_id(event.delivery)) or (None, None)
    return (
        _key(event.key),
        event.kind,
        epoch(event.at),
        event.person,
        event.issue,
        plan,
        place,
        event.item,
        event.value,
    )
