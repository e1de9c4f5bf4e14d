"""Who of the audience gets a letter, and why the others don't: chunk by chunk, then in order.

A chunk of people comes out of the snapshot with segment and facts; consent is asked for all of
them at once; whoever is left gets picks, and is left out if their letter would have a gap. The
second step looks at all chunks together: one letter per address, and the order of leaving.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pismo.audience.engine import open_engine, quoted
from pismo.errors import PlanError
from pismo.keys import Keys
from pismo.model.people import Recommended
from pismo.plan.addresses import problem_with_address, wire_address
from pismo.plan.store import ROWS, Shard, pick_type
from pismo.records import dataclass

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

CHUNK = 50_000
CANARY_SHARE = 0.01
INVALID = "invalid-address"
NO_ADDRESS = "no-address"
DUPLICATE = "duplicate-address"
MISSING = "missing"

Barred = Callable[[Sequence[tuple[str, str]]], Mapping[str, str]]
"""(person, address) pairs -> person -> reason, for those who may not be written to."""
Picks = Callable[[Sequence[str]], Mapping[str, Sequence[Recommended]]]
"""Ids -> picks of each."""
Gaps = Callable[[str, str, Mapping[str, Any], Sequence[Recommended]], Sequence[str]]
"""Segment, person, facts, picks -> columns whose absence leaves a gap."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person of the audience, as the snapshot has them."""

    person: str
    address: str
    zone: str
    segment: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What is asked about people while a plan is made."""

    barred: Barred
    picks: Picks | None
    gaps: Gaps | None
    leaves: Callable[[str], datetime]
    keys: Keys


def candidates(
    connection: "duckdb.DuckDBPyConnection", case_sql: str, columns: Sequence[str]
) -> tuple["pa.Schema", Iterator[list[Candidate]]]:
    """Read the audience in chunks, each person with segment and the facts that letters read.

    Returns:
        The types of the facts, and the chunks.
    """
    import pyarrow as pa

    described = connection.execute("DESCRIBE SELECT * FROM facts").fetchall()
    types = {row[0]: str(row[1]) for row in described}
    facts = "".join(f", {_plain(name, types[name])} AS {name}" for name in columns)
    # Nothing is held whole: the reader pulls chunk after chunk; a cursor of its own, so that
    # other questions to the snapshot in between do not end it.
    question = f"SELECT subscriber_id, email, timezone, {case_sql} AS segment{facts} FROM facts"  # noqa: S608  # parsed and confined by pismo.segments
    reader: Any = connection.cursor().sql(question).to_arrow_reader(CHUNK)
    schema = pa.schema([reader.schema.field(name) for name in columns])
    return schema, (_people(batch, columns) for batch in reader)


def _people(batch: "pa.RecordBatch", columns: Sequence[str]) -> list[Candidate]:
    rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
    return [
        Candidate(
            str(person),
            wire_address(address or ""),
            zone or "",
            segment,
            dict(zip(columns, values, strict=True)),
        )
        for person, address, zone, segment, *values in rows
    ]


def _plain(column: str, kind: str) -> str:
    """Write a column so that it holds what a fact may be: text, number, truth or day."""
    if kind.startswith("DECIMAL"):
        return f"CAST({column} AS DOUBLE)"
    if kind.startswith("TIMESTAMP"):
        return f"CAST({column} AS DATE)"
    if kind.endswith("]"):
        return f"array_to_string({column}, ',')"
    return column


class Choosing:
    """Collects chunks into Parquet files in `folder`, and counts who is left out, and why."""

    def __init__(self, folder: Path, questions: Questions, facts: "pa.Schema") -> None:
        self._folder = folder
        self._ask = questions
        self._schema = facts
        self._files = 0
        self.audience = 0
        self.excluded: Counter[str] = Counter()

    def add(self, people: Sequence[Candidate]) -> None:
        """Ask everything about one chunk and keep those who may get a letter."""
        self.audience += len(people)
        reasons = {person.person: _address_problem(person.address) for person in people}
        asked = [person for person in people if not reasons[person.person]]
        reasons |= self._ask.barred([(person.person, person.address) for person in asked])
        kept = [person for person in people if not reasons[person.person]]
        self.excluded.update(reason for reason in reasons.values() if reason)
        if len(reasons) != len(people):
            raise PlanError(
                "the audience has one id for several people",
                ru="в аудитории один id у нескольких людей",
            )
        self._keep(kept, self._picks(kept))

    def _picks(self, people: Sequence[Candidate]) -> Mapping[str, Sequence[Recommended]]:
        if self._ask.picks is None or not people:
            return {}
        return self._ask.picks([person.person for person in people])

    def _keep(
        self, people: Sequence[Candidate], picks: Mapping[str, Sequence[Recommended]]
    ) -> None:
        whole: list[Candidate] = []
        for person in people:
            gaps = self._gaps(person, picks.get(person.person, ()))
            if gaps:
                self.excluded[f"{MISSING}:{gaps[0]}"] += 1
            else:
                whole.append(person)
        if whole:
            self._write(whole, picks)

    def _gaps(self, person: Candidate, picks: Sequence[Recommended]) -> Sequence[str]:
        if self._ask.gaps is None:
            return ()
        return self._ask.gaps(person.segment, person.person, person.facts, picks)

    def _write(
        self, people: Sequence[Candidate], picks: Mapping[str, Sequence[Recommended]]
    ) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        leaves = {zone: self._ask.leaves(zone) for zone in {person.zone for person in people}}
        columns = {
            "person": pa.array([person.person for person in people], pa.string()),
            "address": pa.array([person.address for person in people], pa.string()),
            "address_hash": pa.array(
                [self._ask.keys.address_hash(person.address) for person in people], pa.binary()
            ),
            "segment": pa.array([person.segment for person in people], pa.string()),
            "zone": pa.array([person.zone for person in people], pa.string()),
            "leaves": pa.array(
                [leaves[person.zone] for person in people], pa.timestamp("s", "UTC")
            ),
            "facts": _facts(people, self._schema),
            "picks": pa.array(
                [[_pick(pick) for pick in picks.get(person.person, ())] for person in people],
                pa.list_(pick_type()),
            ),
        }
        pq.write_table(pa.table(columns), self._folder / f"{self._files:05}.parquet")
        self._files += 1


def arrange(
    chosen: Path, shards: Path, plan_id: str, taken: Iterable[str]
) -> tuple[list[Shard], dict[str, int], int, int]:
    """Put the chosen people in the order of leaving and write the shards.

    Args:
        chosen: The folder of `Choosing`.
        shards: An empty folder beside it.
        plan_id: Salt of the order within an edition, so that no plan begins with the same people.
        taken: People whose address was written to in this issue under another id.

    Returns:
        The shards, people per segment, how many were doubles of an address, the canary's size.
    """
    if not any(chosen.glob("*.parquet")):
        return [], {}, 0, 0
    folder = chosen.parent
    engine = open_engine([folder], memory="1GB", spill=folder / "spill")
    try:
        engine.execute("CREATE TABLE taken (person VARCHAR)")
        rows = [(person,) for person in taken]
        if rows:
            engine.executemany("INSERT INTO taken VALUES (?)", rows)
        source = quoted(str(chosen.resolve() / "*.parquet"))
        engine.execute(_ARRANGE.format(source=source, salt=quoted(plan_id), share=CANARY_SHARE))
        total, canary = _one(engine, "SELECT count(*), count(*) FILTER (canary) FROM arranged")
        (found,) = _one(engine, f"SELECT count(*) FROM read_parquet({source})")  # noqa: S608  # our own path
        planned = dict(
            engine.execute("SELECT segment, count(*) FROM arranged GROUP BY segment").fetchall()
        )
        return _write_shards(engine, shards, total), planned, found - total, canary
    finally:
        engine.close()


_ARRANGE = """
CREATE TABLE arranged AS
WITH kept AS (
  SELECT *, md5(person || {salt}) AS lot FROM read_parquet({source})
   WHERE person NOT IN (SELECT person FROM taken)
 QUALIFY row_number() OVER (PARTITION BY address_hash ORDER BY person) = 1
), drawn AS (
  SELECT *, row_number() OVER (PARTITION BY segment ORDER BY lot)
            <= ceil(count(*) OVER (PARTITION BY segment) * {share}) AS canary FROM kept
)
SELECT *, row_number() OVER (ORDER BY canary DESC, leaves, segment, lot) - 1 AS place FROM drawn
"""


def _write_shards(engine: "duckdb.DuckDBPyConnection", folder: Path, total: int) -> list[Shard]:
    shards = []
    for number, first in enumerate(range(0, total, ROWS)):
        shard = Shard(file=f"{number:05}.parquet", first=first, size=min(ROWS, total - first))
        path = folder / shard.file
        engine.execute(
            "COPY (SELECT place, person, address, address_hash, segment, zone, leaves, facts, picks"  # noqa: S608  # our own path
            f" FROM arranged WHERE place BETWEEN {first} AND {first + shard.size - 1}"
            f" ORDER BY place) TO {quoted(str(path.resolve()))} (FORMAT parquet, COMPRESSION zstd)"
        )
        path.chmod(0o600)
        shards.append(shard)
    return shards


def _one(engine: "duckdb.DuckDBPyConnection", sql: str) -> tuple[Any, ...]:
    row = engine.execute(sql).fetchone()
    assert row is not None
    return row


def _address_problem(address: str) -> str:
    if not address:
        return NO_ADDRESS
    return INVALID if problem_with_address(address) else ""


def _facts(people: Sequence[Candidate], schema: "pa.Schema") -> "pa.Array":
    import pyarrow as pa

    if not len(schema):
        return pa.nulls(len(people), pa.struct([("none", pa.bool_())]))
    values = [
        pa.array([person.facts[field.name] for person in people], field.type) for field in schema
    ]
    return pa.StructArray.from_arrays(values, fields=list(schema))


def _pick(pick: Recommended) -> dict[str, object]:
    return {name: getattr(pick, name) for name in Recommended.__slots__}
