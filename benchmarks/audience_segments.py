"""Twenty segments, each as a predicate over facts and as raw SQL over an indexed PostgreSQL.

The raw form is what listmonk runs: a query of its own per segment, over the tables.
"""

from collections.abc import Iterator

NOW = "TIMESTAMP '2026-11-27 10:00:00'"


def pairs() -> Iterator[tuple[str, str]]:
    """Yield (predicate over facts, condition over `subscribers AS s` in PostgreSQL)."""
    for least, days in ((4, 365), (2, 90), (1, 30), (6, 365)):
        yield (
            f"orders_{days} >= {least}",
            _having(f"count(DISTINCT order_id) >= {least}", f"quantity > 0 AND {_since(days)}"),
        )
    for least, days in ((20000, 365), (5000, 90), (50000, 365)):
        yield (
            f"spend_{days} >= {least}",
            _having(f"sum(quantity * price) >= {least}", _since(days)),
        )
    for kind, least in (("view", 3), ("view", 10), ("open", 2), ("click", 1)):
        column = {"view": "views_90", "open": "opens_90", "click": "clicks_90"}[kind]
        yield (
            f"{column} >= {least}",
            (
                "s.subscriber_id IN (SELECT subscriber_id FROM events "
                f"WHERE kind = '{kind}' AND {_since(90)} AND ts < {NOW} "
                f"GROUP BY subscriber_id HAVING count(*) >= {least})"
            ),
        )
    yield (
        "orders = 0",
        (
            f"NOT EXISTS (SELECT 1 FROM purchases p WHERE p.subscriber_id = s.subscriber_id "
            f"AND p.quantity > 0 AND p.ts < {NOW})"
        ),
    )
    yield (
        "days_since_last_order > 180",
        _having(f"max(ts)::date < ({NOW} - INTERVAL '180 days')::date", "quantity > 0"),
    )
    yield (
        "orders_90 = 0 AND views_30 > 0",
        (
            f"NOT EXISTS (SELECT 1 FROM purchases p WHERE p.subscriber_id = s.subscriber_id "
            f"AND p.quantity > 0 AND {_since(90)} AND p.ts < {NOW}) "
            f"AND EXISTS (SELECT 1 FROM events e WHERE e.subscriber_id = s.subscriber_id "
            f"AND e.kind = 'view' AND {_since(30)} AND e.ts < {NOW})"
        ),
    )
    yield "children_max_age <= 12", "children_max_age <= 12"
    yield "days_since_signup <= 60", f"{NOW}::date - signup_date <= 60"
    yield "city = 'Казань' AND points > 100", "city = 'Казань' AND points > 100"
    yield (
        "tier = 'gold' AND orders_365 >= 1",
        "tier = 'gold' AND "
        + _having("count(DISTINCT order_id) >= 1", f"quantity > 0 AND {_since(365)}"),
    )
    yield (
        "interests LIKE '%kids%' AND orders >= 1",
        (
            "interests LIKE '%kids%' AND EXISTS (SELECT 1 FROM purchases p "
            f"WHERE p.subscriber_id = s.subscriber_id AND p.quantity > 0 AND p.ts < {NOW})"
        ),
    )
    yield (
        "average_order >= 5000",
        _having("sum(quantity * price) / nullif(count(DISTINCT order_id) "
                "FILTER (WHERE quantity > 0), 0) >= 5000", "TRUE"),
    )  # fmt: skip


def _since(days: int) -> str:
    return f"ts >= {NOW} - INTERVAL '{days} days'"


def _having(test: str, where: str) -> str:
    return (
        "s.subscriber_id IN (SELECT subscriber_id FROM purchases "
        f"WHERE {where} AND ts < {NOW} GROUP BY subscriber_id HAVING {test})"
    )
