"""Facts: what is true about a person at one moment."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from pismo.audience import (
    FACTS,
    Snapshot,
    compute_facts,
    known_columns,
    moment_of,
    write_snapshot,
)
from pismo.audience.engine import read_query
from pismo.audience.facts import PACKAGE, STEPS
from pismo.errors import AudienceError, SettingsError
from pismo.model.workspace import Loyalty, Settings

NOW = datetime(2026, 11, 27, 10)  # noqa: DTZ001  # snapshots hold naive UTC


def day(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("made", "moment"),
    [
        ("2026-11-26T09:00", "2026-11-27T10:00"),
        ("2026-11-27T10:12", "2026-11-27T10:12"),
        ("2026-11-27T10:34:01", "2026-11-27T10:34:01"),
        ("2026-12-24T00:00", "2026-11-27T10:00"),
    ],
    ids=["made before this hour", "made within it", "a second ahead", "dated ahead"],
)
def test_facts_are_of_this_hour_or_of_the_audience_that_was_made_in_it(
    snapshot: Snapshot, made: str, moment: str
) -> None:
    seen = replace(snapshot, created_at=day(made))
    assert moment_of(seen, day("2026-11-27T10:34")) == day(moment)


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    people = pa.table(
        {
            "subscriber_id": ["anna", "boris", "vera"],
            "email": ["anna@example.com", "boris@example.com", "vera@example.com"],
            "birthday": [date(2000, 2, 29), None, date(1980, 11, 27)],
            "signup_date": [date(2024, 1, 1), date(2026, 11, 20), None],
            "shoe_size": [38, None, 41],
        }
    )
    products = pa.table(
        {
            "product_id": ["owl", "cat"],
            "title": ["Owls", "Cats"],
            "url": ["https://shop.example/owl", "https://shop.example/cat"],
            "price": [10.0, 20.0],
            "currency": ["RUB", "RUB"],
            "category": ["kids", "cards"],
            "in_stock": [True, True],
        }
    )
    purchases = pa.table(
        {
            "subscriber_id": ["anna"] * 4 + ["vera"],
            "product_id": ["owl", "owl", "cat", "cat", "cat"],
            "order_id": ["1", "1", "2", "3", "4"],
            "ts": [day("2026-01-01"), day("2026-01-01"), day("2026-10-01"), day("2026-11-25"),
                   day("2026-12-30")],
            "quantity": [1, 1, 1, -1, 1],
            "price": [10, 10, 20, 20, 20],
        }
    )  # fmt: skip
    events = pa.table(
        {
            "event_id": ["1", "2", "3", "4", "5"],
            "subscriber_id": ["anna", "anna", "anna", "boris", "boris"],
            "kind": ["view", "view", "click", "answer", "answer"],
            "ts": [day("2026-11-20"), day("2026-05-01"), day("2026-11-21"), day("2026-11-01"),
                   day("2026-11-02")],
            "product_id": ["owl", "cat", None, None, None],
            "item": [None, None, "friday/2026-11-20", "player-type", "player-type"],
            "value": [None, None, None, "fox", "owl"],
        }
    )  # fmt: skip
    tables = {
        "subscribers": people, "products": products, "purchases": purchases, "events": events,
    }  # fmt: skip
    return write_snapshot(tmp_path, tables, now=NOW)


def facts_of(
    snapshot: Snapshot, person: str, settings: Settings | None = None, **more: object
) -> Mapping[str, object]:
    done = compute_facts(snapshot, settings or Settings(), NOW, **more)  # type: ignore[arg-type]  # tests pass what they name
    with done.connect() as engine:
        found = engine.execute("SELECT * FROM facts WHERE subscriber_id = ?", [person])
        names = [column[0] for column in found.description]
        return dict(zip(names, found.fetchall()[0], strict=True))


def test_orders_and_money_are_counted_at_the_moment_with_returns_taken_off(
    snapshot: Snapshot,
) -> None:
    anna = facts_of(snapshot, "anna")
    assert (anna["orders"], anna["orders_365"], anna["orders_90"], anna["orders_30"]) == (
        2,
        2,
        1,
        0,
    )
    assert (anna["spend"], anna["spend_90"], anna["spend_30"]) == (20.0, 0.0, -20.0)
    assert (anna["first_order"], anna["last_order"]) == (date(2026, 1, 1), date(2026, 10, 1))
    assert anna["days_since_last_order"] == 57
    assert anna["average_order"] == 10.0


def test_lifetime_value_takes_at_least_the_known_months(snapshot: Snapshot) -> None:
    # 10 an order, 2 orders over (at least) 12 months, 24 months ahead.
    assert facts_of(snapshot, "anna")["lifetime_value"] == 40.0
    settings = Settings(tables={"facts": {"lifetime_months": 12}})
    assert facts_of(snapshot, "anna", settings)["lifetime_value"] == 20.0


def test_an_unknown_setting_of_facts_is_refused(snapshot: Snapshot) -> None:
    with pytest.raises(SettingsError, match="lifetime_weeks"):
        compute_facts(snapshot, Settings(tables={"facts": {"lifetime_weeks": 3}}), NOW)


def test_a_purchase_in_the_future_is_not_looked_at(snapshot: Snapshot) -> None:
    assert facts_of(snapshot, "vera")["orders"] == 0


def test_categories_come_from_purchases_and_recent_views(snapshot: Snapshot) -> None:
    anna = facts_of(snapshot, "anna")
    assert anna["favourite_category"] == "kids"
    assert anna["last_category"] == "cards"
    assert anna["viewed_category"] == "kids"
    assert (anna["views_90"], anna["clicks_90"]) == (1, 1)


def test_whoever_did_nothing_has_zeroes_and_no_dates(snapshot: Snapshot) -> None:
    boris = facts_of(snapshot, "boris")
    assert (boris["orders"], boris["spend"], boris["views_90"]) == (0, 0.0, 0)
    assert boris["last_order"] is None
    assert boris["rfm"] is None
    assert boris["loyalty_stage"] == "never"
    assert boris["quiet"] is False


def test_a_regular_who_went_quiet_is_episodic(snapshot: Snapshot) -> None:
    def stage(**bounds: int) -> object:
        return facts_of(snapshot, "anna", Settings(loyalty=Loyalty(**bounds)))["loyalty_stage"]

    assert stage(regular_orders=2) == "regular"
    assert stage(regular_orders=2, quiet_days=30) == "episodic"
    assert stage() == "episodic"
    assert stage(episodic_orders=3) == "one-time"


def test_birthdays_on_29_february_are_kept_on_the_28th(snapshot: Snapshot) -> None:
    anna, vera = facts_of(snapshot, "anna"), facts_of(snapshot, "vera")
    assert (anna["age"], anna["days_to_birthday"]) == (26, 93)
    assert (vera["age"], vera["days_to_birthday"]) == (46, 0)


@pytest.mark.parametrize(
    ("today", "days"),
    [("2027-02-28", 0), ("2027-03-01", 365), ("2028-02-28", 1), ("2028-02-29", 0)],
)
def test_the_29th_is_found_in_every_year(snapshot: Snapshot, today: str, days: int) -> None:
    done = compute_facts(snapshot, Settings(), day(today))
    with done.connect() as engine:
        sql = "SELECT days_to_birthday FROM facts WHERE subscriber_id = 'anna'"
        assert engine.execute(sql).fetchall() == [(days,)]


def test_columns_of_the_shop_itself_come_along(snapshot: Snapshot) -> None:
    assert facts_of(snapshot, "anna")["shoe_size"] == 38


def test_the_latest_answer_to_a_quiz_is_a_fact(snapshot: Snapshot) -> None:
    answers = {"quiz_player_type": "player-type"}
    assert facts_of(snapshot, "boris", answers=answers)["quiz_player_type"] == "owl"
    assert facts_of(snapshot, "anna", answers=answers)["quiz_player_type"] is None


def test_a_workspace_adds_facts_of_its_own(snapshot: Snapshot) -> None:
    own = "SELECT subscriber_id, orders * 10 AS stars FROM facts WHERE orders > 0"
    assert facts_of(snapshot, "anna", own=own)["stars"] == 20
    assert facts_of(snapshot, "boris", own=own)["stars"] is None


def test_the_table_has_every_documented_column_in_order_and_type(snapshot: Snapshot) -> None:
    with compute_facts(snapshot, Settings(), NOW).connect() as engine:
        described = engine.execute("DESCRIBE facts").fetchall()
    types = {row[0]: row[1] for row in described}
    assert {name: types[name] for name in known_columns()} == {
        name: column.type for name, column in known_columns().items()
    }
    assert list(types)[-len(FACTS) :] == [fact.name for fact in FACTS]


def test_columns_that_are_never_empty_are_documented_so(snapshot: Snapshot) -> None:
    with compute_facts(snapshot, Settings(), NOW).connect() as engine:
        for fact in FACTS:
            sql = f"SELECT count(*) FROM facts WHERE {fact.name} IS NULL"
            row = engine.execute(sql).fetchone()
            assert row is not None
            assert fact.nullable == (row[0] > 0), fact.name


def test_the_same_question_is_answered_from_the_same_file(snapshot: Snapshot) -> None:
    first = compute_facts(snapshot, Settings(), NOW)
    assert first.facts is not None
    written = first.facts.stat().st_ino
    again = compute_facts(replace(snapshot), Settings(), NOW)
    assert again == first
    assert first.facts.stat().st_ino == written
    assert compute_facts(snapshot, Settings(), day("2026-11-28")).facts != first.facts


@pytest.mark.parametrize("name", [*STEPS, "facts", "answer_facts"])
def test_every_query_says_what_it_is_for_and_keeps_to_portable_sql(name: str) -> None:
    query = read_query(PACKAGE, name)
    assert query.purpose
    assert query.cost
    for word in ("QUALIFY", "ANTI JOIN", "LIST(", "UNNEST", "EXCLUDE", "ASOF"):
        assert word not in query.sql.upper()


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ("SELECT subscriber_id, price AS paid FROM purchases", r"rows of \d+ people"),
        ("SELECT subscriber_id, CAST(email AS INTEGER) AS paid FROM subscribers", "fails on this"),
    ],
)
def test_facts_of_a_workspace_s_own_cannot_double_a_person_or_fail_without_a_word(
    snapshot: Snapshot, own: str, message: str
) -> None:
    with pytest.raises(AudienceError, match=message):
        compute_facts(snapshot, Settings(), NOW, own=own)
