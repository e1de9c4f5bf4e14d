"""How good recommendations would have been: choose at a moment, look at what sold after it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pismo.audience.engine import only_row, quoted, utc
from pismo.errors import AudienceError
from pismo.model.workspace import Settings
from pismo.recommend.prepare import prepare_into
from pismo.recommend.recipe import recipe_from
from pismo.recommend.recommend import recommend
from pismo.records import dataclass

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

LIST = 10
LETTER = 4
_STOCK_DAYS = 90


@dataclass(frozen=True, slots=True)
class Measured:
    """What a recipe reached at one moment; arrays have one entry a person, in order of id.

    `ndcg` is NDCG@10 with binary relevance, `hit` whether any of the first 4 was bought,
    `coverage` the share of products in stock that somebody got among their first 4.
    """

    at: datetime
    ndcg: "NDArray[np.float64]"
    hit: "NDArray[np.float64]"
    coverage: float

    def interval(self, name: str, *, draws: int = 2000, seed: int = 1) -> tuple[float, float]:
        """Return the 95 % bootstrap interval of a mean, over people."""
        import numpy as np

        values = getattr(self, name)
        chance = np.random.default_rng(seed)
        means = [chance.choice(values, len(values)).mean() for _ in range(draws)]
        return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def measure(
    engine: "duckdb.DuckDBPyConnection", settings: Settings, at: datetime, *, days: int = 60
) -> Measured:
    """Recommend as of `at`, and compare with what people bought in the `days` after it.

    Counts whoever had bought before and then bought something new to them that was in stock, that
    is, sold in the 90 days before `at`. Only what was known before `at` is used. In a shop without
    any purchases, a look at a product stands for one.

    Args:
        engine: Has the audience's tables; `products` is shadowed by what was in stock at `at`.
        settings: The recipe.
        at: When the letter would have left.
        days: How long after it purchases (looks) count.

    Raises:
        AudienceError: If nobody bought anything new in that time.
    """
    import numpy as np

    recipe, _ = recipe_from(settings)
    _go_back(engine, utc(at), days)
    prepare_into(engine, recipe, at)
    people = engine.sql(
        "SELECT DISTINCT subscriber_id, 'everyone' AS segment FROM truth ORDER BY subscriber_id"
    ).to_arrow_table()
    if not people.num_rows:
        raise AudienceError(
            f"nobody bought anything new in the {days} days after {at:%Y-%m-%d}",
            ru=f"за {days} дней после {at:%Y-%m-%d} никто не купил ничего нового",
        )
    # A shop's own settings limit categories; here only the order of products is measured.
    free = Settings(tables={"recommend": {**settings.tables.get("recommend", {}),
                                          "per_category": LIST}})  # fmt: skip
    picks = recommend(
        engine, people=people, count=LIST, now=at, settings=free, shown=_known(engine, at)
    )
    engine.register("given_picks", picks)
    rows = engine.sql(_SCORES).to_arrow_table()
    engine.unregister("given_picks")
    found = picks.filter(np.asarray(picks["rank"]) <= LETTER)["product_id"].unique()
    (stock,) = only_row(engine, "SELECT count(*) FROM goods WHERE sellable")
    bought = rows["bought"].to_numpy().astype(int)
    best = np.cumsum(1 / np.log2(np.arange(2, LIST + 2)))[np.minimum(bought, LIST) - 1]
    return Measured(
        at=at,
        ndcg=rows["gain"].to_numpy() / best,
        hit=rows["hit"].to_numpy().astype(np.float64),
        coverage=len(found) / max(1, int(stock)),
    )


def _go_back(engine: "duckdb.DuckDBPyConnection", at: datetime, days: int) -> None:
    """Shadow `products` with the stock of then; make `truth`: who bought what new afterwards."""
    moment, until = (
        f"TIMESTAMP {quoted(one.isoformat(sep=' '))}" for one in (at, at + timedelta(days=days))
    )
    engine.execute("CREATE TEMP TABLE IF NOT EXISTS products_now AS SELECT * FROM products")
    # Where nothing was ever bought, what people look at is what there is to go by.
    engine.execute(
        "CREATE OR REPLACE TEMP VIEW taken AS SELECT subscriber_id, product_id, ts FROM purchases "
        "WHERE quantity > 0 UNION ALL SELECT subscriber_id, product_id, ts FROM events "
        "WHERE kind = 'view' AND product_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM purchases)"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE stock AS SELECT DISTINCT product_id FROM taken "
        f"WHERE ts < {moment} AND ts >= {moment} - INTERVAL '{_STOCK_DAYS}' DAY"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP VIEW products AS SELECT n.product_id, n.title, n.url, n.image, "
        "n.price, n.old_price, n.currency, n.category, n.family_id, n.published, "
        "s.product_id IS NOT NULL AS in_stock "
        "FROM products_now AS n LEFT JOIN stock AS s ON s.product_id = n.product_id"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE truth AS "
        "SELECT DISTINCT l.subscriber_id, l.product_id FROM taken AS l "
        "JOIN stock AS s ON s.product_id = l.product_id "
        f"WHERE l.ts >= {moment} AND l.ts < {until} "
        "AND EXISTS (SELECT 1 FROM taken AS k WHERE k.subscriber_id = l.subscriber_id "
        f"AND k.ts < {moment}) "
        "AND NOT EXISTS (SELECT 1 FROM taken AS o WHERE o.subscriber_id = l.subscriber_id "
        f"AND o.product_id = l.product_id AND o.ts < {moment})"
    )


def _known(engine: "duckdb.DuckDBPyConnection", at: datetime) -> "pa.Table":
    """Return what these people had taken before: nothing new to them, be it owned or looked at."""
    moment = quoted(utc(at).isoformat(sep=" "))
    return engine.sql(
        "SELECT DISTINCT k.subscriber_id, k.product_id FROM taken AS k "
        f"JOIN truth AS t ON t.subscriber_id = k.subscriber_id WHERE k.ts < TIMESTAMP {moment}"
    ).to_arrow_table()


_SCORES = f"""
SELECT
  t.subscriber_id,
  COUNT(*) AS bought,
  SUM(CASE WHEN p.rank IS NOT NULL THEN LN(2) / LN(p.rank + 1) ELSE 0 END) AS gain,
  MAX(CASE WHEN p.rank <= {LETTER} THEN 1 ELSE 0 END) AS hit
FROM truth AS t
LEFT JOIN given_picks AS p ON p.subscriber_id = t.subscriber_id AND p.product_id = t.product_id
GROUP BY t.subscriber_id
ORDER BY t.subscriber_id
"""
