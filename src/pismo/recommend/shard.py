"""Picks for one shard: a run of people so short that their candidates fit into a cache."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pismo.audience.engine import only_row, read_query, run_query
from pismo.recommend.prepare import PACKAGE
from pismo.records import dataclass

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_SPARE = 6
"""How much deeper than the number wanted a fallback list is read at first."""
_EVERYTHING = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Labels:
    """What letters say of products and of reasons, each kept once however often it is picked.

    `products` has a row for each product, in the order of their numbers from 1; `reasons` likewise.
    Texts are dictionary-encoded, and so they are in the rows taken from them.
    """

    products: "pa.Table"
    reasons: "pa.Array"


def read_labels(engine: "duckdb.DuckDBPyConnection") -> Labels:
    """Read the labels of an engine with a question laid out."""
    import pyarrow as pa

    products = engine.sql(read_query(PACKAGE, "labels").sql).to_arrow_table().combine_chunks()
    for place, field in enumerate(products.schema):
        if pa.types.is_string(field.type):
            coded = products[field.name].dictionary_encode()
            products = products.set_column(place, field.name, coded)
    reasons = engine.sql("SELECT text FROM reason_texts ORDER BY reason").to_arrow_table()
    return Labels(products, reasons["text"].combine_chunks())


def choose(
    engine: "duckdb.DuckDBPyConnection", labels: Labels, first: int, last: int
) -> "pa.Table":
    """Choose for people number `first` to `last` - 1; any shard can be made again by itself.

    Args:
        engine: `new_hand` of an engine with a question laid out.
        labels: What picks are called there.
        first: Number of the first.
        last: Number after the last.
    """
    numbers = _numbers(engine)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE shard AS SELECT p.number, p.subscriber_id, k.kind "
        "FROM asked AS p LEFT JOIN favourites AS f ON f.number = p.number "
        "LEFT JOIN kinds AS k ON k.segment = p.segment AND k.category = COALESCE(f.category, '') "
        f"WHERE p.number >= {first} AND p.number < {last}"
    )
    for step in ("shard_history", "unwanted", "nearest", "pinned_offers"):
        run_query(engine, PACKAGE, step, literals=numbers)
    # Most people need a fallback or none, and one look into the list is enough …
    wanted = numbers["wanted"]
    _look(engine, numbers, wanted + _SPARE, 2 * wanted + _SPARE)
    run_query(engine, PACKAGE, "wanting", literals=numbers)
    run_query(engine, PACKAGE, "filled")
    _choose(engine, numbers, into="chosen")
    # … and whoever owns most of what they were offered looks deeper, and then at the whole list.
    for places in (2 * wanted + _SPARE, _EVERYTHING):
        _top_up(engine, numbers, places)
    run_query(engine, PACKAGE, "causes", literals=numbers)
    return _labelled(engine.sql(read_query(PACKAGE, "picks").sql).to_arrow_table(), labels)


def _numbers(engine: "duckdb.DuckDBPyConnection") -> dict[str, int]:
    """Return the parameters that are whole numbers."""
    row = engine.sql("SELECT * FROM params").to_arrow_table().to_pylist()[0]
    return {name: value for name, value in row.items() if isinstance(value, int)}


def _labelled(picks: "pa.Table", labels: Labels) -> "pa.Table":
    """Put labels beside the numbers of products and reasons.

    Taken by place and not joined by the engine, which would copy every text for every pick.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    products = labels.products.take(pc.subtract(picks["p"], 1))
    places = pc.subtract(picks["reason"], 1).combine_chunks()
    reasons = pa.DictionaryArray.from_arrays(places, labels.reasons)
    columns = [picks["subscriber_id"], picks["rank"], *products.columns, reasons]
    return pa.table(columns, names=["subscriber_id", "rank", *products.column_names, "reason"])


def _look(
    engine: "duckdb.DuckDBPyConnection", numbers: Mapping[str, int], first: int, second: int
) -> None:
    """Say how deep the list of fallbacks is read, and cut it there."""
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE depth AS SELECT {first} AS first_look, "
        f"{second} AS second_look"
    )
    run_query(engine, PACKAGE, "top_fallbacks", literals=numbers)


def _choose(
    engine: "duckdb.DuckDBPyConnection", numbers: Mapping[str, int], *, into: str, who: str = ""
) -> None:
    """Choose among the offers, for everybody or for the people of table `who`."""
    only = f" WHERE number IN (SELECT number FROM {who})" if who else ""
    every = " UNION ALL ".join(
        f"SELECT number, turn, shelf, family FROM {table}{only}"
        for table in ("nearest", "pinned_offers", "filled")
    )
    engine.execute(f"CREATE OR REPLACE TEMP VIEW offers AS {every}")
    run_query(engine, PACKAGE, "chosen", into=into, literals=numbers)


def _top_up(engine: "duckdb.DuckDBPyConnection", numbers: Mapping[str, int], places: int) -> None:
    """Offer more to people who are short of picks, and choose for them again."""
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE short AS SELECT s.number FROM shard AS s WHERE NOT EXISTS "
        f"(SELECT 1 FROM chosen AS c WHERE c.number = s.number AND c.rank = {numbers['wanted']})"
    )
    (people,) = only_row(engine, "SELECT COUNT(*) FROM short")
    if not people:
        return
    _look(engine, numbers, places, places)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE wanting AS SELECT s.number, s.kind, depth.first_look AS "
        "places FROM shard AS s JOIN short AS w ON w.number = s.number CROSS JOIN depth"
    )
    run_query(engine, PACKAGE, "filled")
    _choose(engine, numbers, into="again", who="short")
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE chosen AS SELECT * FROM chosen AS c WHERE NOT EXISTS "
        "(SELECT 1 FROM short AS s WHERE s.number = c.number) UNION ALL SELECT * FROM again"
    )
