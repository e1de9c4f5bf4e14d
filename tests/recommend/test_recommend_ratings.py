"""A shop of another kind: people say what they like instead of buying it, in their thousands.

The ratings are invented from what is known of such data: Zipf's law of titles, tastes, releases
that everybody plays for a season, and people who rate two things or two hundred.
"""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pismo.audience import Snapshot, write_snapshot
from pismo.model.workspace import Settings
from pismo.recommend import prepare, recommend
from pismo.recommend.measure import measure
from pismo.recommend.tune import GRID, tune

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TASTES, GAMES = 6, 360


def shop(folder: Path, people: int, mean_ratings: float, *, as_views: bool = False) -> Snapshot:
    """Write a shop whose people rate games: as purchases without a price, or as views."""
    chance = np.random.default_rng(11)
    released = chance.integers(-1500, 480, GAMES)
    fame = 1 / np.arange(1, GAMES + 1) ** 0.8
    counts = np.minimum(1 + chance.geometric(1 / mean_ratings, people), 200)
    person = np.repeat(np.arange(people), counts)
    day = chance.integers(0, 540, len(person))
    taste = np.where(chance.random(len(person)) < 0.75, person % TASTES,
                     chance.integers(0, TASTES, len(person)))  # fmt: skip
    game = np.empty(len(person), dtype=np.int64)
    for when in range(0, 540, 15):
        # What has just come out is played most, as it is with books and films.
        young = np.where(released <= when, fame * (1 + 6 * np.exp((released - when) / 40)), 0)
        for kind in range(TASTES):
            rows = np.flatnonzero((day // 15 * 15 == when) & (taste == kind))
            odds = np.where(np.arange(GAMES) % TASTES == kind, young, 0)
            game[rows] = chance.choice(GAMES, len(rows), p=odds / odds.sum())
    moment = (np.datetime64("2026-11-01") - np.timedelta64(540, "D")) + day.astype("m8[D]")
    lines = pa.table({
        "subscriber_id": [f"s{one:05}" for one in person],
        "product_id": [f"g{one:03}" for one in game],
        "ts": pa.array(moment.astype("M8[us]")),
    }).group_by(["subscriber_id", "product_id"]).aggregate([("ts", "min")])  # fmt: skip
    lines = lines.rename_columns(["subscriber_id", "product_id", "ts"])
    number = pa.array([f"e{one}" for one in range(lines.num_rows)])
    once = pa.array([1] * lines.num_rows, pa.int32())
    rated = lines.append_column("order_id", number).append_column("quantity", once)
    looked = lines.append_column("event_id", number).append_column(
        "kind", pa.array(["view"] * lines.num_rows)
    )
    ids = [f"g{one:03}" for one in range(GAMES)]
    products = pa.table({
        "product_id": ids, "title": ids, "url": [""] * GAMES, "price": [0] * GAMES,
        "currency": ["RUB"] * GAMES, "in_stock": [True] * GAMES,
    })  # fmt: skip
    known = [f"s{one:05}" for one in range(people)]
    subscribers = pa.table(
        {"subscriber_id": known, "email": [f"{one}@example.com" for one in known]}
    )
    tables = {"subscribers": subscribers, "products": products}
    tables |= {"events": looked} if as_views else {"purchases": rated}
    return write_snapshot(folder, tables, now=NOW)


def popular_only(**more: float) -> Settings:
    return Settings(tables={"recommend": {"popularity_power": 1.0, "rarity_power": 0.0, **more}})


@pytest.mark.slow
@pytest.mark.parametrize("mean_ratings", [4.0, 25.0], ids=["sparse", "dense"])
def test_the_default_finds_tastes_in_ratings_sparse_and_dense(
    tmp_path: Path, mean_ratings: float
) -> None:
    snapshot = shop(tmp_path, 2500 if mean_ratings < 10 else 900, mean_ratings)
    at = datetime(2026, 9, 1, tzinfo=UTC)
    with snapshot.connect() as engine:
        found = measure(engine, Settings(), at)
        # Of one product a person there are no pairs: nothing is left but what is popular now.
        crowd = measure(engine, popular_only(history=1), at)
    assert found.ndcg.mean() > crowd.ndcg.mean()
    assert found.hit.mean() > 0.15
    assert 0.1 < found.coverage <= 1.0


@pytest.mark.slow
def test_tuning_on_ratings_keeps_what_is_better_and_nothing_worse(tmp_path: Path) -> None:
    snapshot = shop(tmp_path, 500, 8.0)
    with snapshot.connect() as engine:
        done = tune(engine, Settings(), NOW)
    assert done.best >= done.default > 0
    assert set(done.changes) <= set(GRID)


@pytest.mark.slow
def test_a_shop_that_knows_only_views_is_tuned_on_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in set(GRID) - {"pair_half_life"}:
        monkeypatch.delitem(GRID, name)
    snapshot = shop(tmp_path, 500, 8.0, as_views=True)
    with snapshot.connect() as engine:
        done = tune(engine, Settings(), NOW)
    assert done.best >= done.default > 0.05
    assert set(done.changes) <= {"pair_half_life"}


def test_a_shop_that_knows_only_views_recommends_by_them(tmp_path: Path) -> None:
    snapshot = prepare(shop(tmp_path, 600, 6.0, as_views=True), NOW, Settings())
    everybody = [f"s{one:05}" for one in range(600)]
    people = pa.table({"subscriber_id": everybody, "segment": ["everyone"] * 600})
    with snapshot.connect() as engine:
        picks = recommend(engine, people=people, count=4, now=NOW, settings=Settings())
    assert picks.num_rows == 4 * 600
    tastes = [int(one[1:]) % TASTES for one in picks["product_id"].to_pylist()]
    owners = [int(one[1:]) % TASTES for one in picks["subscriber_id"].to_pylist()]
    kept = sum(one == two for one, two in zip(tastes, owners, strict=True)) / len(tastes)
    assert kept > 0.5
    assert len(set(picks["product_id"].to_pylist())) > 40
