"""Shares of people are stable and the same in SQL and Python."""

import pytest

from pismo.segments import in_share, share_sql

SALT = "it's"


@pytest.mark.parametrize("percent", [0.0, 1.0, 10.0, 33.3, 100.0])
def test_sql_and_python_choose_the_same_people(percent: float) -> None:
    import duckdb

    people = [f"s{number:05d}" for number in range(5000)]
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE facts AS SELECT unnest(?) AS subscriber_id", [people])
        sql = f"SELECT subscriber_id FROM facts WHERE {share_sql(percent, SALT)}"
        chosen = {row[0] for row in engine.execute(sql).fetchall()}
    assert chosen == {person for person in people if in_share(person, percent, SALT)}
    assert abs(len(chosen) - 50 * percent) <= 160


def test_a_choice_never_changes() -> None:
    chosen = [number for number in range(40) if in_share(f"s{number}", 20, "friday")]
    assert chosen == [2, 3, 5, 6, 12, 15, 20, 25, 27, 34]
