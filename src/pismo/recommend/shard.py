"""Picks for one shard: a run of people so short that their candidates fit into a cache."""

from typing import TYPE_CHECKING

from pismo.audience.engine import only_row, read_query, run_query
from pismo.recommend.prepare import PACKAGE

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_SPARE = 6
"""How much deeper than the number wanted a fallback list is read at first."""
_EVERYTHING = 2**31 - 1


def choose(engine: "duckdb.DuckDBPyConnection", first: int, last: int) -> "pa.Table":
    """Choose for people number `first` to `last` - 1; any shard can be made again by itself.

    Args:
        engine: `new_hand` of an engine with a question laid out.
        first: Number of the first.
        last: Number after the last.
    """
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE shard AS SELECT p.number, p.subscriber_id, p.segment, "
        "COALESCE(f.category, '') AS category FROM asked AS p "
        "LEFT JOIN favourites AS f ON f.number = p.number "
        f"WHERE p.number >= {first} AND p.number < {last}"
    )
    run_query(engine, PACKAGE, "shard_history")
    run_query(engine, PACKAGE, "unwanted")
    names = ("shortlist", "score_step", "slots")
    numbers = only_row(engine, f"SELECT {', '.join(names)} FROM params")
    run_query(engine, PACKAGE, "nearest", literals=dict(zip(names, numbers, strict=True)))
    run_query(engine, PACKAGE, "pinned_offers")
    # Most people need a fallback or none, and one look into the list is enough …
    _look(engine, f"wanted + {_SPARE}", f"2 * wanted + {_SPARE}")
    run_query(engine, PACKAGE, "wanting")
    run_query(engine, PACKAGE, "filled")
    _choose(engine, into="chosen")
    # … and whoever owns most of what they were offered looks deeper, and then at the whole list.
    for places in (f"2 * wanted + {_SPARE}", str(_EVERYTHING)):
        _top_up(engine, places)
    run_query(engine, PACKAGE, "causes")
    return engine.sql(read_query(PACKAGE, "picks").sql).to_arrow_table()


def _look(engine: "duckdb.DuckDBPyConnection", first: str, second: str) -> None:
    """Say how deep the list of fallbacks is read, and cut it there.

    Cut first and joined then: nobody is paired with the whole list only to forget most of it.
    """
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE depth AS SELECT {first} AS first_look, "
        f"{second} AS second_look FROM params"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE top_fallbacks AS SELECT l.* FROM fallbacks AS l "
        "CROSS JOIN depth WHERE l.place <= depth.second_look "
        "AND NOT EXISTS (SELECT 1 FROM forbidden AS f WHERE f.p = l.p)"
    )


def _choose(engine: "duckdb.DuckDBPyConnection", *, into: str, who: str = "") -> None:
    """Choose among the offers, for everybody or for the people of table `who`."""
    only = f" WHERE number IN (SELECT number FROM {who})" if who else ""
    every = " UNION ALL ".join(
        f"SELECT * FROM {table}{only}" for table in ("nearest", "pinned_offers", "filled")
    )
    engine.execute(f"CREATE OR REPLACE TEMP VIEW offers AS {every}")
    run_query(engine, PACKAGE, "chosen", into=into)


def _top_up(engine: "duckdb.DuckDBPyConnection", places: str) -> None:
    """Offer more to people who are short of picks, and choose for them again."""
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE short AS SELECT s.number FROM shard AS s LEFT JOIN chosen "
        "AS c ON c.number = s.number CROSS JOIN params GROUP BY s.number, params.wanted "
        "HAVING COUNT(c.p) < params.wanted"
    )
    (people,) = only_row(engine, "SELECT COUNT(*) FROM short")
    if not people:
        return
    _look(engine, places, places)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE wanting AS SELECT s.number, s.segment, s.category, "
        "depth.first_look AS places FROM shard AS s JOIN short AS w ON w.number = s.number "
        "CROSS JOIN depth"
    )
    run_query(engine, PACKAGE, "filled")
    _choose(engine, into="again", who="short")
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE chosen AS SELECT * FROM chosen AS c WHERE NOT EXISTS "
        "(SELECT 1 FROM short AS s WHERE s.number = c.number) UNION ALL SELECT * FROM again"
    )
