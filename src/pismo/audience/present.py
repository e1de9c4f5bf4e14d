"""One person's facts, with the rows that they come from."""

from collections.abc import Mapping
from typing import Any

from pismo.audience.facts import FACTS
from pismo.audience.snapshot import Snapshot
from pismo.errors import AudienceError
from pismo.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What is known about a person: facts by name, and purchases and events, newest first."""

    person: str
    facts: Mapping[str, Any]
    purchases: tuple[Mapping[str, Any], ...]
    events: tuple[Mapping[str, Any], ...]


def facts_of(snapshot: Snapshot, person: str, *, rows: int = 50) -> PersonFacts:
    """Read one person's facts, and at most `rows` of the purchases and events behind them.

    Raises:
        AudienceError: If there is no such person, or facts were not computed yet.
    """
    if snapshot.facts is None:
        raise AudienceError(
            "facts were not computed yet",
            hint="run: pismo audience facts",
            ru="факты ещё не посчитаны",
            hint_ru="запустите: pismo audience facts",
        )
    found = _rows(snapshot, "SELECT * FROM facts WHERE subscriber_id = ?", person)
    if not found:
        raise AudienceError(
            f"there is no person '{person}' in the audience",
            hint="a person is a subscriber_id",
            ru=f"в аудитории нет человека «{person}»",
            hint_ru="человека называют по subscriber_id",
        )
    bought = (
        "SELECT p.ts, p.order_id, p.product_id, g.title, g.category, p.quantity, p.price "
        "FROM purchases AS p LEFT JOIN products AS g ON g.product_id = p.product_id "
        f"WHERE p.subscriber_id = ? ORDER BY p.ts DESC, p.product_id LIMIT {int(rows)}"
    )
    done = (
        "SELECT ts, kind, product_id, item, value FROM events WHERE subscriber_id = ? "
        f"ORDER BY ts DESC, event_id LIMIT {int(rows)}"
    )
    return PersonFacts(
        person=person,
        facts=found[0],
        purchases=tuple(_rows(snapshot, bought, person)),
        events=tuple(_rows(snapshot, done, person)),
    )


def query_of(fact: str) -> str:
    """Return the query (`audience/sql/`) that a fact comes from, or '' if it was imported."""
    return next((one.query for one in FACTS if one.name == fact), "")


def _rows(snapshot: Snapshot, sql: str, person: str) -> list[dict[str, Any]]:
    with snapshot.connect() as engine:
        found = engine.execute(sql, [person])
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
