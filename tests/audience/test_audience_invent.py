"""The invented audience: same seed, same people; structure; nobody who could be written to."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pytest

from pismo.audience import compute_facts
from pismo.audience.invent import Invented, consents, invent, write_invented
from pismo.audience.invent.words import DOMAINS, invented_title, vocabularies
from pismo.errors import UsageError
from pismo.model.content import Product
from pismo.model.workspace import Settings

TODAY = date(2026, 11, 27)


@pytest.fixture(scope="module")
def sample() -> Invented:
    (shard,) = invent(3000, 200, seed=7, today=TODAY)
    return shard


def test_the_same_seed_gives_the_same_people(sample: Invented) -> None:
    (again,) = invent(3000, 200, seed=7, today=TODAY)
    assert again == sample
    (other,) = invent(3000, 200, seed=8, today=TODAY)
    assert other.subscribers != sample.subscribers


def test_every_address_is_in_a_reserved_domain(sample: Invented) -> None:
    domains = {address.rpartition("@")[2] for address in sample.subscribers["email"].to_pylist()}
    assert domains == set(DOMAINS)
    assert all(address.isascii() for address in sample.subscribers["email"].to_pylist())


def test_surnames_agree_with_sex() -> None:
    russian = vocabularies()["ru"]
    female, male = (set(words.words) for words in russian.last)
    assert {"Иванова", "Соловьёва"} <= female
    assert {"Иванов", "Соловьёв"} <= male
    assert not any(name.endswith(("ов", "ев", "ин")) for name in female)


def test_names_are_common_ones_and_some_are_missing_or_odd(sample: Invented) -> None:
    names = sample.subscribers["first_name"].to_pylist()
    assert 0.03 < names.count(None) / len(names) < 0.1
    assert "{{ 7*7 }}" in names
    assert "🎲" * 500 in names
    assert "Анна\r\nBcc: x@example.com" in names
    assert sum(name in ("Анна", "Елена", "Мария") for name in names) > 200


def test_some_people_share_an_address_and_some_live_in_odd_zones(sample: Invented) -> None:
    addresses = sample.subscribers["email"].to_pylist()
    assert 3 <= len(addresses) - len(set(addresses)) <= 40
    zones = sample.subscribers["timezone"].to_pylist()
    assert None in zones
    assert {"Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham"} & set(zones)


def test_nothing_happens_after_today_or_before_a_product_came(sample: Invented) -> None:
    assert pc.max(sample.purchases["ts"]).as_py().date() < TODAY
    assert pc.max(sample.events["ts"]).as_py().date() < TODAY
    added = dict(
        zip(
            sample.products["product_id"].to_pylist(),
            sample.products["added_at"].to_pylist(),
            strict=True,
        )
    )
    bought = sample.purchases.to_pylist()
    assert all(row["ts"].date() >= added[row["product_id"]] for row in bought)


def test_december_sells_more_than_july(sample: Invented) -> None:
    months = pc.value_counts(pc.month(sample.purchases["ts"])).to_pylist()
    sold = {row["values"]: row["counts"] for row in months}
    assert sold[12] > 1.3 * sold[7]


def test_people_buy_within_their_taste(sample: Invented) -> None:
    declared = sample.subscribers.select(["subscriber_id", "interests"])
    joined = sample.purchases.join(declared, "subscriber_id").join(
        sample.products.select(["product_id", "category"]), "product_id"
    )
    rows = joined.filter(pc.is_valid(joined["interests"])).to_pylist()
    fitting = sum(row["category"] in row["interests"].split(",") for row in rows)
    assert fitting / len(rows) > 0.7


def test_the_catalogue_comes_first_and_is_filled_up() -> None:
    own = Product(
        product_id="g1", title="Owls", url="https://shop.example/g1", price=Decimal(990),
        currency="RUB", category="kids", in_stock=True, attributes={"added_at": "2025-01-01"},
    )  # fmt: skip
    (shard,) = invent(10, 50, seed=1, today=TODAY, catalogue=[own])
    assert shard.products.num_rows == 50
    assert shard.products["title"][0].as_py() == "Owls"
    assert len(set(shard.products["title"].to_pylist())) == 50


def test_invented_titles_are_not_repeated() -> None:
    titles = [invented_title(number) for number in range(2000)]
    assert len(set(titles)) == 2000


def test_nobody_or_nothing_is_refused() -> None:
    with pytest.raises(UsageError):
        next(invent(0, 10, seed=1, today=TODAY))
    with pytest.raises(UsageError):
        next(invent(10, 0, seed=1, today=TODAY))


def test_most_people_agreed_and_some_did_not(sample: Invented) -> None:
    agreed = consents(sample.subscribers, seed=7)
    assert 0.93 < agreed.num_rows / sample.subscribers.num_rows < 0.98
    assert pc.all(pc.greater(pc.utf8_length(agreed["text"]), 0)).as_py()
    assert agreed == consents(sample.subscribers, seed=7)


def test_a_written_sample_has_every_loyalty_stage(tmp_path: Path) -> None:
    from datetime import datetime

    made = write_invented(tmp_path, 1000, 100, seed=7, today=TODAY)
    done = compute_facts(made, Settings(), datetime(2026, 11, 27, 10))  # noqa: DTZ001  # naive UTC
    with done.connect() as engine:
        sql = "SELECT loyalty_stage, count(*) AS people FROM facts GROUP BY 1 HAVING count(*) > 50"
        stages = {row[0] for row in engine.execute(sql).fetchall()}
    assert stages == {"never", "one-time", "episodic", "regular"}
