"""An invented shop: the catalogue's products first, invented ones until there are enough."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pismo.audience.invent.words import CATEGORIES, invented_title
from pismo.model.content import Product
from pismo.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.random import Generator
    from numpy.typing import NDArray

CIRCLES = 3
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Shop:
    """Products, and how they sell: rows agree.

    `edges` (products + 1,) are cumulative odds with products grouped by category and circle in
    `order`; group g lies between `starts[g]` and `starts[g + 1]`; g = category * CIRCLES + circle.
    """

    table: "pa.Table"
    categories: tuple[str, ...]
    price: "NDArray[np.float64]"
    added: "NDArray[np.int64]"
    order: "NDArray[np.int64]"
    edges: "NDArray[np.float64]"
    starts: "NDArray[np.int64]"


def invent_shop(
    count: int, catalogue: Sequence[Product], rng: "Generator", today: date, url: str
) -> Shop:
    """Return a shop of `count` products, or of the whole catalogue if that is larger."""
    import numpy as np

    rows = [_row(product) for product in catalogue]
    known = [str(row["category"]) for row in rows]
    names = list(dict.fromkeys([*known, *CATEGORIES])) if not rows else list(dict.fromkeys(known))
    odds = np.array([CATEGORIES.get(name, (0.05, 0))[0] for name in names])
    chosen = rng.choice(len(names), size=max(0, count - len(rows)), p=odds / odds.sum())
    currency = str(rows[0]["currency"]) if rows else "RUB"
    for number, category in enumerate(chosen):
        rows.append(_invented(number, names[category], rng, today, url, currency))
    added = np.array([(_day(row) - _EPOCH).days for row in rows])
    category = np.array([names.index(str(row["category"])) for row in rows])
    circle = rng.integers(0, CIRCLES, len(rows))
    order, edges, starts = _odds(category * CIRCLES + circle, len(names) * CIRCLES, rng)
    price = np.array([float(str(row["price"])) for row in rows])
    return Shop(_table(rows), tuple(names), price, added, order, edges, starts)


def _row(product: Product) -> dict[str, object]:
    added = product.attributes.get("added_at", "")
    return {
        "product_id": product.product_id,
        "title": product.title,
        "url": product.url,
        "image": product.image or None,
        "price": product.price,
        "old_price": product.old_price,
        "currency": product.currency,
        "category": product.category,
        "in_stock": product.in_stock,
        "published": True,
        "family_id": None,
        "added_at": date.fromisoformat(added) if added else None,
    }


def _invented(
    number: int, category: str, rng: "Generator", today: date, url: str, currency: str
) -> dict[str, object]:
    usual = CATEGORIES.get(category, (0.0, 1500))[1]
    price = max(190, int(usual * float(rng.lognormal(0, 0.35))) // 100 * 100 + 90)
    reduced = bool(rng.random() < 0.08)
    expands = number % 9 == 8
    product_id, base = f"x{number + 1:04d}", f"x{number:04d}"
    title = invented_title(number - 1) + ": дополнение" if expands else invented_title(number)
    return {
        "product_id": product_id,
        "title": title,
        "url": f"{url}/games/{product_id}",
        "image": None,
        "price": Decimal(price),
        "old_price": Decimal(price + price // 500 * 100 + 100) if reduced else None,
        "currency": currency,
        "category": category,
        "in_stock": bool(rng.random() > 0.06),
        "published": bool(rng.random() > 0.02),
        "family_id": base if expands else None,
        "added_at": date.fromordinal(today.toordinal() - int(rng.integers(1, 1400))),
    }


def _day(row: dict[str, object]) -> date:
    added = row["added_at"]
    return added if isinstance(added, date) else _EPOCH


def _odds(
    group: "NDArray[np.int64]", groups: int, rng: "Generator"
) -> tuple["NDArray[np.int64]", "NDArray[np.float64]", "NDArray[np.int64]"]:
    """Give every product of a group its odds: a few sell much, most sell little (Zipf)."""
    import numpy as np

    shuffled = rng.permutation(len(group))
    order = shuffled[np.argsort(group[shuffled], kind="stable")]
    starts = np.searchsorted(group[order], np.arange(groups + 1))
    rank = np.arange(len(order)) - starts[group[order]]
    return order, np.concatenate([[0.0], np.cumsum(1 / (rank + 1.5))]), starts


def _table(rows: Sequence[dict[str, object]]) -> "pa.Table":
    import pyarrow as pa

    money = pa.decimal128(12, 2)
    types = {"price": money, "old_price": money, "in_stock": pa.bool_(), "published": pa.bool_(),
             "added_at": pa.date32()}  # fmt: skip
    return pa.table(
        {
            name: pa.array([row[name] for row in rows], types.get(name, pa.string()))
            for name in ("product_id", "title", "url", "image", "price", "old_price", "currency",
                         "category", "in_stock", "published", "family_id", "added_at")
        }
    )  # fmt: skip
