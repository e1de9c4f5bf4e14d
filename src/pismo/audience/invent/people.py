"""Invented people, all at once: names that agree, cities, ages, families, tastes."""

from datetime import date
from typing import TYPE_CHECKING

from pismo.audience.invent.words import DOMAINS, Words, cities, vocabularies
from pismo.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.random import Generator
    from numpy.typing import NDArray

ODD_NAMES: tuple[str | None, ...] = (
    "<script>alert(1)</script>", "{{ 7*7 }}", "Анна\r\nBcc: x@example.com", "🎲" * 500, "", None,
)  # fmt: skip
"""First names that a careless program trips over: persons 3, 13, 23 … of the sample have them."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class People:
    """Invented people, and what only the inventor knows about them: rows agree.

    `signup` is days since 1970; `tastes` (n, 2) are categories, main and second; `circle` is which
    third of a category they like; `rate` is orders a year; `keen` is 0 to 1, for letters.
    """

    table: "pa.Table"
    signup: "NDArray[np.int64]"
    tastes: "NDArray[np.int64]"
    circle: "NDArray[np.int64]"
    rate: "NDArray[np.float64]"
    keen: "NDArray[np.float64]"


def invent_people(
    count: int, first: int, rng: "Generator", today: date, categories: tuple[str, ...]
) -> People:
    """Invent `count` people; the first of them is number `first` of the whole sample.

    Args:
        count: How many.
        first: Number of the first, from 0; ids follow from it.
        rng: The only source of chance.
        today: Nobody signs up later.
        categories: What people can have a taste for; odds come from `words.CATEGORIES`.
    """
    import numpy as np
    import pyarrow as pa

    number = np.arange(first, first + count)
    male = (rng.random(count) < 0.42).astype(np.int64)
    english = rng.random(count) < 0.03
    names = _names(count, rng, male, english)
    place = _places(count, rng)
    today_day = (today - _EPOCH).days
    signup = _signups(count, rng, today_day)
    parent, youngest, oldest = _children(count, rng)
    tastes = _tastes(count, rng, categories, parent & (oldest < 13))
    ids = _joined("s", number, width=7)
    same_address = (rng.random(count) < 0.004) & (np.arange(count) > 0)
    columns = {
        "subscriber_id": ids,
        "email": _addresses(names, number, rng, same_address),
        "first_name": _first_names(names[0], number, rng),
        "last_name": _with_gaps(names[1], rng.random(count) < 0.18),
        "sex": pa.array(np.where(male, "m", "f"), mask=rng.random(count) < 0.12),
        "city": _with_gaps(place[0], rng.random(count) < 0.08),
        "country": place[1],
        "language": pa.array(np.where(english, "en", "ru")),
        "timezone": place[2],
        "birthday": _birthdays(count, rng, today_day),
        "signup_date": pa.array(signup.astype("datetime64[D]")),
        "children_min_age": pa.array(youngest, pa.int32(), mask=~parent),
        "children_max_age": pa.array(oldest, pa.int32(), mask=~parent),
        "interests": _interests(rng, tastes, categories),
    }
    return People(
        table=pa.table(columns),
        signup=signup,
        tastes=tastes,
        circle=rng.integers(0, 3, count),
        rate=rng.gamma(0.9, 2.7, count),
        keen=rng.beta(1.3, 2.2, count),
    )


def _children(
    count: int, rng: "Generator"
) -> "tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]":
    """Return who has children, and the youngest's and the oldest's age, which only they use."""
    import numpy as np

    parent = rng.random(count) < 0.34
    youngest = rng.integers(0, 14, count)
    older = rng.integers(0, 7, count) * (rng.random(count) < 0.5)
    return parent, youngest, np.minimum(youngest + older, 17)


def _names(
    count: int,
    rng: "Generator",
    male: "NDArray[np.int64]",
    english: "NDArray[np.bool_]",
) -> tuple["pa.Array", "pa.Array", "pa.Array", "pa.Array"]:
    """Return first names, surnames, and both in Latin letters; sexes agree."""
    import numpy as np
    import pyarrow as pa

    books = vocabularies()
    groups = [
        (book, sex, (english == (language == "en")) & (male == sex))
        for language, book in books.items()
        for sex in (0, 1)
    ]
    shelves: list[tuple[list[str], list[str], NDArray[np.int64]]] = []
    for kind in ("first", "last"):
        words: list[str] = []
        latin: list[str] = []
        chosen = np.zeros(count, dtype=np.int64)
        for book, sex, who in groups:
            shelf: Words = getattr(book, kind)[sex]
            chosen[who] = _drawn(rng, shelf.odds, int(who.sum())) + len(words)
            words += shelf.words
            latin += shelf.latin
        shelves.append((words, latin, chosen))
    (first, first_latin, one), (last, last_latin, two) = shelves
    return (
        pa.array(first).take(pa.array(one)),
        pa.array(last).take(pa.array(two)),
        pa.array(first_latin).take(pa.array(one)),
        pa.array(last_latin).take(pa.array(two)),
    )


def _drawn(rng: "Generator", odds: "NDArray[np.float64]", count: int) -> "NDArray[np.int64]":
    import numpy as np

    edges = np.cumsum(odds)
    return np.minimum(np.searchsorted(edges / edges[-1], rng.random(count)), len(odds) - 1)


def _places(count: int, rng: "Generator") -> tuple["pa.Array", "pa.Array", "pa.Array"]:
    import pyarrow as pa

    names, countries, zones, odds = cities()
    chosen = pa.array(_drawn(rng, odds, count))
    zone = pa.array([zone or None for zone in zones]).take(chosen)
    return pa.array(names).take(chosen), pa.array(countries).take(chosen), zone


def _signups(count: int, rng: "Generator", today: int) -> "NDArray[np.int64]":
    """Draw days of signing up: a list that grows, three years old, with a few of today."""
    import numpy as np

    share = rng.beta(1.6, 1.1, count)
    return np.asarray(today - 1095 + np.floor(share * 1095), dtype=np.int64)


def _tastes(
    count: int, rng: "Generator", categories: tuple[str, ...], parent: "NDArray[np.bool_]"
) -> "NDArray[np.int64]":
    """Draw a main and a second category; parents lean to what children play."""
    import numpy as np

    from pismo.audience.invent.words import CATEGORIES

    odds = np.array([CATEGORIES.get(name, (0.08, 0))[0] for name in categories])
    lean = np.array([4.0 if name in ("kids", "family") else 0.6 for name in categories])
    drawn = np.empty((count, 2), dtype=np.int64)
    for column in (0, 1):
        drawn[:, column] = _drawn(rng, odds, count)
        drawn[parent, column] = _drawn(rng, odds * lean, int(parent.sum()))
    return drawn


def _first_names(names: "pa.Array", number: "NDArray[np.int64]", rng: "Generator") -> "pa.Array":
    """Leave some names out, and give the odd ones to persons 3, 13, 23 and so on."""
    import pyarrow as pa
    import pyarrow.compute as pc

    gaps = _with_gaps(names, rng.random(len(names)) < 0.06)
    is_odd = (number % 10 == 3) & (number // 10 < len(ODD_NAMES))
    if not is_odd.any():
        return gaps
    odd = pa.array([ODD_NAMES[place // 10] for place in number[is_odd]], pa.string())
    return pc.replace_with_mask(gaps, pa.array(is_odd), odd)


def _with_gaps(values: "pa.Array", gaps: "NDArray[np.bool_]") -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(pa.array(gaps), pa.scalar(None, values.type), values)


def _addresses(
    names: tuple["pa.Array", ...],
    number: "NDArray[np.int64]",
    rng: "Generator",
    same: "NDArray[np.bool_]",
) -> "pa.Array":
    """Make addresses in reserved domains; where `same`, the one of the person before."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    domain = pa.array(DOMAINS).take(pa.array(rng.integers(0, len(DOMAINS), len(number))))
    digits = pc.cast(pa.array(number + 1), pa.string())
    local = pc.binary_join_element_wise(names[2], names[3], ".")
    made = pc.binary_join_element_wise(pc.binary_join_element_wise(local, digits, ""), domain, "@")
    before = np.arange(len(number)) - same
    return made.take(pa.array(before))


def _birthdays(count: int, rng: "Generator", today: int) -> "pa.Array":
    import numpy as np
    import pyarrow as pa

    age = np.clip(18 + rng.gamma(4.2, 4.6, count), 18, 88)
    days = np.floor(today - age * 365.25).astype("datetime64[D]")
    return pa.array(days, mask=rng.random(count) < 0.38)


def _interests(
    rng: "Generator", tastes: "NDArray[np.int64]", categories: tuple[str, ...]
) -> "pa.Array":
    """Say what 45 % of people declared: their tastes, comma-joined."""
    import numpy as np
    import pyarrow as pa

    size = len(categories)
    pairs = [one if one == two else f"{one},{two}" for one in categories for two in categories]
    chosen = pa.array(np.asarray(tastes[:, 0] * size + tastes[:, 1]))
    return _with_gaps(pa.array(pairs).take(chosen), rng.random(len(tastes)) > 0.45)


def _joined(prefix: str, number: "NDArray[np.int64]", *, width: int) -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    digits = pc.utf8_lpad(pc.cast(pa.array(number + 1), pa.string()), width, padding="0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")
