"""What invented people bought and looked at: by taste, by season, until they lapse."""

from datetime import date
from typing import TYPE_CHECKING

from pismo.audience.invent.people import People
from pismo.audience.invent.shop import CIRCLES, Shop
from pismo.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.random import Generator
    from numpy.typing import NDArray

DAYS = 730
_DAY = 86_400
_EPOCH = date(1970, 1, 1)
_SEASONS = (0.9, 1.05, 0.95, 0.85, 0.8, 0.7, 0.7, 0.85, 1.0, 1.05, 1.45, 2.4)
"""How much more sells in each month, January first: presents in December, gardens in July."""


@dataclass(frozen=True, slots=True)
class History:
    """Purchases and events of some people, and what each paid in all."""

    purchases: "pa.Table"
    events: "pa.Table"
    spent: "NDArray[np.float64]"


@dataclass(frozen=True, slots=True)
class _Lines:
    """Things bought: who (row), what (row), in which order of theirs, when (s since 1970)."""

    who: "NDArray[np.int64]"
    what: "NDArray[np.int64]"
    order: "NDArray[np.int64]"
    when: "NDArray[np.int64]"


def invent_history(
    people: People, shop: Shop, rng: "Generator", today: date, *, event_base: int
) -> History:
    """Invent two years up to the night before `today`.

    Args:
        people: Who buys.
        shop: What is sold.
        rng: The only source of chance.
        today: Nothing happens on this day or later.
        event_base: Number of the first event, for ids.
    """
    import numpy as np

    end = (today - _EPOCH).days
    begin = np.maximum(people.signup, end - DAYS)
    lapsed = rng.random(len(begin)) < 0.28
    # A lapse is a day somewhere in the person's time; most people have none.
    until = np.where(lapsed, begin + np.floor((end - begin) * rng.random(len(begin)) * 0.7), end)
    calendar = _Calendar(end - DAYS, DAYS)
    lines = _bought(people, shop, rng, calendar, begin, until.astype(np.int64))
    prices = shop.price[lines.what]
    spent = np.bincount(lines.who, weights=prices, minlength=len(begin)).astype(np.float64)
    purchases = _purchases_table(people, shop, lines, rng, last=end * _DAY - 1)
    events = _events_table(people, shop, lines, rng, calendar, begin, until, event_base)
    return History(purchases, events, spent)


class _Calendar:
    """Days of two years with the season's weight, to draw moments from."""

    def __init__(self, first: int, days: int) -> None:
        import numpy as np

        self.first = first
        dates = (first + np.arange(days)).astype("datetime64[D]")
        month = dates.astype("datetime64[M]").astype(np.int64) % 12
        weekday = (dates.astype(np.int64) + 3) % 7
        weights = np.array(_SEASONS)[month] * np.where(weekday >= 4, 1.2, 0.9)
        self.edges = np.concatenate([[0.0], np.cumsum(weights)])

    def drawn(
        self, rng: "Generator", begin: "NDArray[np.int64]", until: "NDArray[np.int64]"
    ) -> "NDArray[np.int64]":
        """Draw one moment (s since 1970) for each pair of days, by season, mostly evenings."""
        import numpy as np

        low = self.edges[np.clip(begin - self.first, 0, len(self.edges) - 2)]
        high = self.edges[np.clip(until - self.first, 1, len(self.edges) - 1)]
        point = low + rng.random(len(low)) * np.maximum(high - low, 0)
        day = np.clip(np.searchsorted(self.edges, point, side="right") - 1, 0, len(self.edges) - 2)
        second = np.clip(rng.normal(16.5, 3.6, len(low)), 0, 23.99) * 3600
        return np.asarray((self.first + day) * _DAY + second.astype(np.int64), dtype=np.int64)


def _bought(
    people: People,
    shop: Shop,
    rng: "Generator",
    calendar: _Calendar,
    begin: "NDArray[np.int64]",
    until: "NDArray[np.int64]",
) -> _Lines:
    import numpy as np

    years = np.maximum(until - begin, 0) / 365.0
    orders = rng.poisson(people.rate * years)
    buyer = np.repeat(np.arange(len(begin)), orders)
    when = calendar.drawn(rng, begin[buyer], until[buyer])
    things = 1 + rng.poisson(0.45, len(buyer))
    line_order = np.repeat(np.arange(len(buyer)), things)
    who, moment = buyer[line_order], when[line_order]
    what = _chosen(people, shop, rng, who)
    # Nothing sells before it came to the shop.
    fine = shop.added[what] * _DAY <= moment
    first = np.concatenate([[0], np.cumsum(orders)])[buyer]
    number = np.arange(len(buyer)) - first
    lines = _Lines(who[fine], what[fine], number[line_order][fine], moment[fine])
    return _sorted(lines)


def _sorted(lines: _Lines) -> _Lines:
    import numpy as np

    by = np.argsort((lines.who << 36) + lines.when, kind="stable")
    return _Lines(lines.who[by], lines.what[by], lines.order[by], lines.when[by])


def _chosen(
    people: People, shop: Shop, rng: "Generator", who: "NDArray[np.int64]"
) -> "NDArray[np.int64]":
    """Choose a product for each row of `who`: mostly of their taste, mostly what sells well."""
    import numpy as np

    size, dice = len(who), rng.random(len(who))
    anything = rng.integers(0, len(shop.categories), size)
    main, second = people.tastes[who, 0], people.tastes[who, 1]
    category = np.where(dice < 0.62, main, np.where(dice < 0.86, second, anything))
    own = rng.random(size) < 0.7
    circle = np.where(own, people.circle[who], rng.integers(0, CIRCLES, size))
    group = category * CIRCLES + circle
    low, high = shop.edges[shop.starts[group]], shop.edges[shop.starts[group + 1]]
    # An empty group gives way to the whole shop.
    empty = high <= low
    low, high = np.where(empty, 0.0, low), np.where(empty, shop.edges[-1], high)
    point = low + rng.random(size) * (high - low)
    place = np.searchsorted(shop.edges, point, side="right") - 1
    return np.asarray(shop.order[np.clip(place, 0, len(shop.order) - 1)], dtype=np.int64)


def _purchases_table(
    people: People, shop: Shop, lines: _Lines, rng: "Generator", *, last: int
) -> "pa.Table":
    """Write the lines, each fiftieth of them followed by its return."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    back = np.flatnonzero(rng.random(len(lines.who)) < 0.02)
    rows = np.concatenate([np.arange(len(lines.who)), back])
    later = np.concatenate([np.zeros(len(lines.who), np.int64), rng.integers(2, 14, len(back))])
    sign = np.concatenate([np.ones(len(lines.who), np.int32), -np.ones(len(back), np.int32)])
    by = np.argsort(rows, kind="stable")
    rows, later, sign = rows[by], later[by], sign[by]
    ids = people.table["subscriber_id"].take(pa.array(lines.who[rows]))
    order = pc.cast(pa.array(lines.order[rows] + 1), pa.string())
    price = pc.cast(pa.array(np.round(shop.price[lines.what[rows]], 2)), pa.decimal128(12, 2))
    return pa.table(
        {
            "subscriber_id": ids,
            "product_id": shop.table["product_id"].take(pa.array(lines.what[rows])),
            "order_id": pc.binary_join_element_wise(ids, order, "-"),
            "ts": _moments(np.minimum(lines.when[rows] + later * _DAY, last)),
            "quantity": pa.array(sign),
            "price": price,
        }
    )


def _events_table(
    people: People,
    shop: Shop,
    lines: _Lines,
    rng: "Generator",
    calendar: _Calendar,
    begin: "NDArray[np.int64]",
    until: "NDArray[np.int64]",
    event_base: int,
) -> "pa.Table":
    """Write views (before buying, and for pleasure), opens and clicks, by person and time."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    before = np.repeat(np.arange(len(lines.who)), rng.poisson(1.1, len(lines.who)))
    idle_count = rng.poisson(0.4 + people.rate * np.maximum(until - begin, 0) / 365.0)
    idle = np.repeat(np.arange(len(begin)), idle_count)
    read_count = rng.poisson(people.keen * np.maximum(until - begin, 0) / 90.0)
    read = np.repeat(np.arange(len(begin)), read_count)
    click = read[rng.random(len(read)) < 0.3]
    last = until.astype(np.int64)
    parts = (
        ("view", lines.who[before], lines.what[before],
         lines.when[before] - rng.integers(600, 9 * _DAY, len(before))),
        ("view", idle, _chosen(people, shop, rng, idle),
         calendar.drawn(rng, begin[idle], last[idle])),
        ("open", read, np.full(len(read), -1), calendar.drawn(rng, begin[read], last[read])),
        ("click", click, np.full(len(click), -1), calendar.drawn(rng, begin[click], last[click])),
    )  # fmt: skip
    who = np.concatenate([part[1] for part in parts])
    what = np.concatenate([part[2] for part in parts])
    when = np.concatenate([part[3] for part in parts])
    kind = np.repeat(np.arange(len(parts)), [len(part[1]) for part in parts])
    by = np.argsort((who << 36) + when, kind="stable")
    who, what, when, kind = who[by], what[by], when[by], kind[by]
    digits = pc.cast(pa.array(event_base + 1 + np.arange(len(who))), pa.string())
    nowhere = pa.nulls(len(who), pa.string())
    return pa.table(
        {
            "event_id": pc.binary_join_element_wise(pa.scalar("e"), digits, ""),
            "subscriber_id": people.table["subscriber_id"].take(pa.array(who)),
            "kind": pa.array([part[0] for part in parts]).take(pa.array(kind)),
            "ts": _moments(when),
            "product_id": shop.table["product_id"].take(pa.array(what, mask=what < 0)),
            "item": nowhere,
            "value": nowhere,
        }
    )


def _moments(seconds: "NDArray[np.int64]") -> "pa.Array":
    import numpy as np
    import pyarrow as pa

    return pa.array(np.asarray(seconds).astype("datetime64[s]"), pa.timestamp("s"))
