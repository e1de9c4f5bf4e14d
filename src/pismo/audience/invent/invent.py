"""Put people, shop and history together, in shards of bounded memory."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pismo.audience.invent.history import invent_history
from pismo.audience.invent.people import invent_people
from pismo.audience.invent.shop import Shop, invent_shop
from pismo.audience.snapshot import Snapshot, write_snapshot
from pismo.errors import UsageError
from pismo.model.content import Product
from pismo.private import private_folder
from pismo.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.random import Generator

SHARD = 250_000
_TIERS = ((0.0, "base"), (15_000.0, "silver"), (45_000.0, "gold"))
CONSENT_TEXT = "Согласен получать письма «Игротеки»: истории, советы и иногда предложения."


@dataclass(frozen=True, slots=True)
class Invented:
    """One shard of an invented audience; `products` are the same in each."""

    subscribers: "pa.Table"
    products: "pa.Table"
    purchases: "pa.Table"
    events: "pa.Table"


def invent(
    people: int,
    products: int,
    *,
    seed: int,
    today: date,
    catalogue: Sequence[Product] = (),
    url: str = "https://shop.example",
) -> Iterator[Invented]:
    """Invent an audience, shard by shard; the same arguments give the same people.

    Args:
        people: How many; the first 250,000 are the same whatever comes after them.
        products: How many; all of `catalogue`, filled up with invented ones.
        seed: Where chance begins.
        today: The last two years before this day are invented.
        catalogue: The shop's own products.
        url: The shop's address, for invented products.

    Raises:
        UsageError: If there is nobody or nothing to invent.
    """
    if people < 1 or products < 1:
        raise UsageError(
            "an invented audience needs at least one person and one product",
            ru="придуманной аудитории нужны хотя бы один человек и один товар",
        )
    shop = invent_shop(products, catalogue, _chance(seed, 0), today, url)
    event_base = 0
    for number, first in enumerate(range(0, people, SHARD)):
        shard = _shard(shop, min(SHARD, people - first), first, _chance(seed, number + 1), today,
                       event_base)  # fmt: skip
        event_base += shard.events.num_rows
        yield shard


def write_invented(
    state_dir: Path,
    people: int,
    products: int,
    *,
    seed: int,
    today: date,
    catalogue: Sequence[Product] = (),
    url: str = "https://shop.example",
) -> Snapshot:
    """Invent an audience and make it the current snapshot, one shard in memory at a time."""
    import pyarrow.parquet as pq

    private_folder(state_dir)
    with TemporaryDirectory(dir=state_dir, prefix=".invent-") as folder:
        files = {
            name: Path(folder) / f"{name}.parquet"
            for name in ("subscribers", "products", "purchases", "events")
        }
        writers: dict[str, pq.ParquetWriter] = {}
        for shard in invent(people, products, seed=seed, today=today, catalogue=catalogue, url=url):
            for name, file in files.items():
                if name == "products" and name in writers:
                    continue
                rows = getattr(shard, name)
                if name not in writers:
                    writers[name] = pq.ParquetWriter(file, rows.schema, compression="lz4")
                writers[name].write_table(rows)
        for writer in writers.values():
            writer.close()
        midnight = datetime.combine(today, time(), UTC)
        return write_snapshot(state_dir, files, now=midnight, invented=True)


def consents(subscribers: "pa.Table", *, seed: int) -> "pa.Table":
    """Return who agreed to everything, when, where and in which words: all but 4 % of people.

    Columns: person, ts (UTC), source, text.
    """
    import numpy as np
    import pyarrow as pa

    rng = _chance(seed, 1_000_000)
    agreed = pa.array(rng.random(subscribers.num_rows) >= 0.04)
    rows = subscribers.select(["subscriber_id", "signup_date"]).filter(agreed)
    seconds = rng.integers(9 * 3600, 22 * 3600, rows.num_rows)
    days = rows["signup_date"].to_numpy().astype("datetime64[s]")
    return pa.table(
        {
            "person": rows["subscriber_id"],
            "ts": pa.array(days + seconds.astype("timedelta64[s]"), pa.timestamp("s")),
            "source": pa.array(np.where(rng.random(rows.num_rows) < 0.7, "site-form", "checkout")),
            "text": pa.array([CONSENT_TEXT] * rows.num_rows),
        }
    )


def _chance(seed: int, part: int) -> "Generator":
    """Return chance of its own for one part, so that parts can be made in any order."""
    import numpy as np

    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, part])))


def _shard(
    shop: Shop, count: int, first: int, rng: "Generator", today: date, event_base: int
) -> Invented:
    import pyarrow as pa

    people = invent_people(count, first, rng, today, shop.categories)
    history = invent_history(people, shop, rng, today, event_base=event_base)
    member = rng.random(count) < 0.8
    points = (history.spent * 0.03 * rng.uniform(0.3, 1.0, count)).astype("int32")
    tiers = pa.array([tier for _, tier in _TIERS])
    level = sum((history.spent >= bound).astype("int64") for bound, _ in _TIERS[1:])
    subscribers = people.table.append_column("points", pa.array(points, mask=~member))
    level_names = pa.array(tiers.take(pa.array(level)).to_numpy(zero_copy_only=False), mask=~member)
    subscribers = subscribers.append_column("tier", level_names)
    return Invented(subscribers, shop.table, history.purchases, history.events)
