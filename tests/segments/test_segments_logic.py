"""What two conditions say of each other, without anybody in the audience."""

import pytest

from pismo.audience.schema import Column
from pismo.segments.logic import fits, relate

COLUMNS = (
    Column("orders", "INTEGER", "orders", "заказы", nullable=False),
    Column("age", "INTEGER", "age", "возраст", nullable=True),
    Column("city", "VARCHAR", "city", "город", nullable=True),
)


@pytest.mark.parametrize(
    ("first", "second", "both", "only_first", "only_second"),
    [
        ("age <= 12", "age <= 3", True, True, False),
        ("age <= 12", "age > 12", False, True, True),
        ("age <= 12", "age BETWEEN 10 AND 14", True, True, True),
        ("city = 'Казань'", "city IN ('Казань', 'Уфа')", True, False, True),
        ("orders >= 0", "orders > 5", True, True, False),
        ("orders > 5 AND orders < 6", "orders = 6", False, False, True),
        ("NOT (age > 12)", "age <= 12", True, False, False),
    ],
)
def test_who_can_be_in_two_segments_is_told(
    first: str, second: str, *, both: bool, only_first: bool, only_second: bool
) -> None:
    told = relate(first, second, COLUMNS)
    assert told is not None
    assert (told.both, told.only_first, told.only_second) == (both, only_first, only_second)


@pytest.mark.parametrize(
    "condition", ["lower(city) = 'уфа'", "orders > age", "city LIKE 'К%'", "orders >= '1'"]
)
def test_a_condition_that_does_more_is_left_alone(condition: str) -> None:
    assert relate(condition, "orders > 1", COLUMNS) is None


def test_what_is_not_known_of_somebody_fits_nothing() -> None:
    assert fits("age <= 12", {}) is False
    assert fits("age IS NULL", {}) is True
    assert fits("age <= 12", {"age": 6}) is True
