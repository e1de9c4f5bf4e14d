"""The tables that one question for picks stands on, made once for all the people it is about."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pismo.audience.engine import only_row, read_query, run_query, set_parameters, utc
from pismo.errors import AudienceError
from pismo.recommend.prepare import PACKAGE
from pismo.recommend.reasons import Words
from pismo.recommend.recipe import Recipe
from pismo.records import asdict, dataclass

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

SCHEMA = "picking"
"""Where the tables lie that every hand reads: temporary tables are seen by their own hand only."""
MOST_SAID, STRONGEST_PULL = 10**5, 10**12
"""What `past.sql` and `alike.sql` scale to."""
_LARGE = ("past", "seen", "favourites")
_SMALL = (
    "params",
    "goods",
    "pulls",
    "kin",
    "kinds",
    "fallbacks",
    "pinned",
    "forbidden",
    "reason_texts",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What editors want of the picks, as ids of products.

    `pinned` come first for everybody who may see them; `forbidden` never come; `editors` come
    when nothing else is left.
    """

    pinned: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()


NO_WISHES = Wishes()


def lay_out(
    engine: "duckdb.DuckDBPyConnection",
    people: "pa.Table",
    shown: "pa.Table | None",
    *,
    count: int,
    recipe: Recipe,
    now: datetime,
    wishes: Wishes,
    words: Iterable[Words],
) -> None:
    """Make the question's tables, those of many rows in order of person.

    Raises:
        AudienceError: If the engine has no similarity of products.
    """
    values = asdict(recipe)
    values["per_category"] = max(recipe.per_category, _least_per_category(engine, count))
    values |= {"wanted": count, "shortlist": 2 * count + 4, **_packing(engine, recipe)}
    set_parameters(engine, now=utc(now), **values)
    engine.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    engine.register("given_people", people)
    _share(
        engine,
        "people",
        "SELECT CAST(row_number() OVER () - 1 AS INTEGER) AS number, subscriber_id, segment "
        "FROM given_people",
    )
    engine.unregister("given_people")
    for name, products in asdict(wishes).items():
        _list(engine, name, products)
    _keep_shown(engine, shown)
    for step in _LARGE:
        _share(engine, step, read_query(PACKAGE, step).sql)
    _make_words(engine, words)
    for step in ("pulls", "kin", "ranking", "segment_popular", "kinds", "fallbacks"):
        run_query(engine, PACKAGE, step)
    run_query(engine, PACKAGE, "reason_texts")
    for name in _SMALL:
        engine.execute(f"CREATE OR REPLACE TABLE {SCHEMA}.{name} AS SELECT * FROM {name}")


def ask_for(engine: "duckdb.DuckDBPyConnection", ids: Sequence[str]) -> list[int]:
    """Make the table `asked` of some of the people; return their numbers, ascending."""
    import pyarrow as pa

    engine.register("given_ids", pa.table({"subscriber_id": pa.array(ids, pa.string())}))
    engine.execute(
        f"CREATE OR REPLACE TABLE {SCHEMA}.asked AS SELECT p.number, p.subscriber_id, p.segment "
        "FROM people AS p JOIN given_ids AS g ON g.subscriber_id = p.subscriber_id "
        "ORDER BY p.number"
    )
    engine.unregister("given_ids")
    found = engine.execute(f"SELECT number FROM {SCHEMA}.asked ORDER BY number").fetchall()
    return [row[0] for row in found]


def new_hand(
    engine: "duckdb.DuckDBPyConnection", asked: str = "people"
) -> "duckdb.DuckDBPyConnection":
    """Return a connection that reads the question's tables; close it after use.

    Args:
        engine: Where they were laid out.
        asked: The table of people that the hand chooses for: all, or those of `ask_for`.
    """
    hand = engine.cursor()
    hand.execute(f"CREATE TEMP VIEW asked AS SELECT * FROM {SCHEMA}.{asked}")
    for name in (*_LARGE, *_SMALL):
        hand.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM {SCHEMA}.{name}")
    return hand


def check_prepared(engine: "duckdb.DuckDBPyConnection") -> None:
    """Raise unless `prepare` made what picks stand on."""
    if "alike" not in {row[0] for row in engine.execute("SHOW TABLES").fetchall()}:
        raise AudienceError(
            "similarity of products was not prepared", hint="call pismo.recommend.prepare first"
        )


def _share(engine: "duckdb.DuckDBPyConnection", name: str, sql: str) -> None:
    engine.execute(f"CREATE OR REPLACE TABLE {SCHEMA}.{name} AS {sql}")
    engine.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {SCHEMA}.{name}")


def _keep_shown(engine: "duckdb.DuckDBPyConnection", shown: "pa.Table | None") -> None:
    engine.execute("CREATE OR REPLACE TEMP TABLE shown (subscriber_id VARCHAR, product_id VARCHAR)")
    if shown is not None:
        engine.register("given_shown", shown)
        engine.execute("INSERT INTO shown SELECT subscriber_id, product_id FROM given_shown")
        engine.unregister("given_shown")


def _packing(engine: "duckdb.DuckDBPyConnection", recipe: Recipe) -> dict[str, int]:
    """Return what packs several numbers into the 62 bits of one.

    `slots` is room for a product's number, or for a place among products, and `level_room` for
    both. A score is at most the sum of a whole history's strongest pulls, a cause one of them; what
    is lost of either by its step is less than what `pulls` were rounded by, unless there are
    millions of products.
    """
    (products,) = only_row(engine, "SELECT COUNT(*) FROM goods")
    slots = 1 << int(products).bit_length()
    strongest = MOST_SAID * STRONGEST_PULL
    return {
        "slots": slots,
        "level_room": slots * slots,
        "score_step": max(1, math.ceil(recipe.history * strongest * slots / 2**62)),
        "cause_step": max(1, math.ceil(strongest * slots * 2 / 2**62)),
    }


def _least_per_category(engine: "duckdb.DuckDBPyConnection", count: int) -> int:
    (found,) = only_row(engine, "SELECT COUNT(DISTINCT category) FROM goods WHERE sellable")
    return math.ceil(count / max(1, int(found)))


def _list(engine: "duckdb.DuckDBPyConnection", name: str, products: Sequence[str]) -> None:
    """Make a table of products by number, in the order given; unknown ids are left out."""
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} (p INTEGER, place BIGINT)")
    for product_id in dict.fromkeys(products):
        engine.execute(
            f"INSERT INTO {name} SELECT p, (SELECT COUNT(*) + 1 FROM {name}) FROM goods "
            "WHERE product_id = ?",
            [product_id],
        )


def _make_words(engine: "duckdb.DuckDBPyConnection", rows: Iterable[Words]) -> None:
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE words (cause VARCHAR, category VARCHAR, text VARCHAR, "
        "open_quote VARCHAR, close_quote VARCHAR, open_inner VARCHAR, close_inner VARCHAR)"
    )
    engine.executemany("INSERT INTO words VALUES (?, ?, ?, ?, ?, ?, ?)", list(rows))
