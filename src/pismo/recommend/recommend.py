"""Picks for many people or one: near what they have, else what is popular, else the editor's."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pismo.audience.engine import only_row, run_query, set_parameters, utc
from pismo.errors import AudienceError
from pismo.model.workspace import Settings
from pismo.recommend.prepare import PACKAGE
from pismo.recommend.reasons import reason_words
from pismo.recommend.recipe import Recipe, recipe_from
from pismo.records import asdict, dataclass

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

SHARD = 20_000
"""People at a time: so few that their candidates fit into a processor's cache."""
MOST_SAID, STRONGEST_PULL = 10**5, 10**12
"""What `past.sql` and `alike.sql` scale to."""
_SPARE = 6
"""How much deeper than the number wanted a fallback list is read at first."""
_EVERYTHING = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What editors want of the picks, as ids of products.

    `pinned` come first for everybody who may see them; `forbidden` never come; `editors` come
    when nothing else is left.
    """

    pinned: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()


def recommend(
    engine: "duckdb.DuckDBPyConnection",
    *,
    people: "pa.Table",
    count: int,
    now: datetime,
    settings: Settings,
    language: str = "",
    shown: "pa.Table | None" = None,
    wishes: Wishes = Wishes(),  # frozen
) -> "pa.Table":
    """Return picks for all people in one table; see `recommend_shards`."""
    import pyarrow as pa

    shards = recommend_shards(
        engine, people=people, count=count, now=now, settings=settings, language=language,
        shown=shown, wishes=wishes,
    )  # fmt: skip
    return pa.concat_tables(list(shards))


def recommend_shards(
    engine: "duckdb.DuckDBPyConnection",
    *,
    people: "pa.Table",
    count: int,
    now: datetime,
    settings: Settings,
    language: str = "",
    shown: "pa.Table | None" = None,
    wishes: Wishes = Wishes(),  # frozen
    shard_size: int = SHARD,
) -> "Iterator[pa.Table]":
    """Choose products for people, shard by shard, so that memory is bounded by the shard.

    Never what a person owns, what cannot be shown, or what `shown` names for them. The same
    question has the same answer: every tie is broken by the product's id.

    Args:
        engine: `prepare(snapshot, now, settings).connect()`.
        people: subscriber_id, segment.
        count: How many products each.
        now: The moment similarity was prepared for.
        settings: For the recipe and for names of categories.
        language: Of the reasons; the workspace's by default.
        shown: subscriber_id, product_id of what the last issues showed; none by default.
        wishes: What editors pin, forbid and fall back on.
        shard_size: How many people at a time.

    Yields:
        subscriber_id, rank (from 1), product_id, title, url, image, price, old_price, currency,
        category, reason; by person in the order of `people`, then by rank. Fewer than `count`
        rows for a person if the shop has no more for them.

    Raises:
        AudienceError: If the engine has no similarity: `prepare` makes it.
    """
    recipe, labels = recipe_from(settings)
    _begin(engine, people, shown, count=count, recipe=recipe, now=now, wishes=wishes)
    _make_words(engine, reason_words(language or settings.language, _categories(engine), labels))
    run_query(engine, PACKAGE, "reason_texts")
    for first in range(0, max(people.num_rows, 1), shard_size):
        yield _shard(engine, first, first + shard_size)


def _begin(
    engine: "duckdb.DuckDBPyConnection",
    people: "pa.Table",
    shown: "pa.Table | None",
    *,
    count: int,
    recipe: Recipe,
    now: datetime,
    wishes: Wishes,
) -> None:
    views = {row[0] for row in engine.execute("SHOW TABLES").fetchall()}
    if "alike" not in views:
        raise AudienceError(
            "similarity of products was not prepared", hint="call pismo.recommend.prepare first"
        )
    values = asdict(recipe)
    values["per_category"] = max(recipe.per_category, _least_per_category(engine, count))
    values |= {"wanted": count, "shortlist": 2 * count + 4, **_sort_key(engine, recipe)}
    set_parameters(engine, now=utc(now), **values)
    _keep(
        engine,
        "people",
        people,
        "CAST(row_number() OVER () - 1 AS INTEGER) AS number, subscriber_id, segment",
    )
    _list(engine, "pinned", wishes.pinned)
    _list(engine, "forbidden", wishes.forbidden)
    _list(engine, "editors", wishes.editors)
    if shown is None:
        engine.execute(
            "CREATE OR REPLACE TEMP TABLE shown (subscriber_id VARCHAR, product_id VARCHAR)"
        )
    else:
        _keep(engine, "shown", shown, "subscriber_id, product_id")
    for step in ("past", "seen", "pulls", "kin", "ranking", "segment_popular", "favourites"):
        run_query(engine, PACKAGE, step)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE kinds AS SELECT DISTINCT p.segment, "
        "COALESCE(f.category, '') AS category FROM people AS p "
        "LEFT JOIN favourites AS f ON f.number = p.number"
    )
    run_query(engine, PACKAGE, "fallbacks")


def _sort_key(engine: "duckdb.DuckDBPyConnection", recipe: Recipe) -> dict[str, int]:
    """Return what packs a score and a product's number into 62 bits: room for products, a step.

    A score is at most the sum of a whole history's strongest pulls; what is lost of it by the step
    is less than what `pulls` were rounded by, unless there are millions of products.
    """
    (products,) = only_row(engine, "SELECT COUNT(*) FROM goods")
    slots = 1 << int(products).bit_length()
    most = recipe.history * MOST_SAID * STRONGEST_PULL
    return {"slots": slots, "score_step": max(1, math.ceil(most * slots / 2**62))}


def _shard(engine: "duckdb.DuckDBPyConnection", first: int, last: int) -> "pa.Table":
    """Choose for people number `first` to `last` - 1; any shard can be made again by itself."""
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE shard AS SELECT p.number, p.subscriber_id, p.segment, "
        "COALESCE(f.category, '') AS category FROM people AS p "
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
    run_query(engine, PACKAGE, "picks")
    return engine.sql(
        "SELECT subscriber_id, rank, product_id, title, url, image, price, old_price, currency, "
        "category, reason FROM picks ORDER BY number, rank"
    ).to_arrow_table()


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


def _least_per_category(engine: "duckdb.DuckDBPyConnection", count: int) -> int:
    (found,) = only_row(engine, "SELECT COUNT(DISTINCT category) FROM goods WHERE sellable")
    return math.ceil(count / max(1, int(found)))


def _categories(engine: "duckdb.DuckDBPyConnection") -> list[str]:
    found = engine.execute("SELECT DISTINCT category FROM goods WHERE category IS NOT NULL")
    return [str(row[0]) for row in found.fetchall()]


def _keep(engine: "duckdb.DuckDBPyConnection", name: str, rows: "pa.Table", columns: str) -> None:
    engine.register(f"given_{name}", rows)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {columns} FROM given_{name}")
    engine.unregister(f"given_{name}")


def _list(engine: "duckdb.DuckDBPyConnection", name: str, products: Sequence[str]) -> None:
    """Make a table of products by number, in the order given; unknown ids are left out."""
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} (p INTEGER, place BIGINT)")
    for place, product_id in enumerate(dict.fromkeys(products), 1):
        engine.execute(
            f"INSERT INTO {name} SELECT p, ? FROM goods WHERE product_id = ?", [place, product_id]
        )


def _make_words(
    engine: "duckdb.DuckDBPyConnection", rows: list[tuple[str, str, str, str, str, str, str]]
) -> None:
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE words (cause VARCHAR, category VARCHAR, text VARCHAR, "
        "open_quote VARCHAR, close_quote VARCHAR, open_inner VARCHAR, close_inner VARCHAR)"
    )
    engine.executemany("INSERT INTO words VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
