"""SQL is written once, for engines that are not here yet: each file is read by another's rules."""

from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel

import pismo
from pismo.audience.engine import parse_query

FILES = sorted(
    file
    for room in ("audience", "recommend")
    for file in (Path(pismo.__file__).parent / room / "sql").glob("*.sql")
)
FORBIDDEN = (
    exp.Qualify, exp.Lambda, exp.Array, exp.ArrayAgg, exp.Unnest, exp.Explode, exp.Struct,
    exp.Bracket, exp.Pivot, exp.Lateral, exp.JSONExtract, exp.Placeholder, exp.Parameter,
    exp.Anonymous, exp.Command,
)  # fmt: skip
"""What engines spell, or do, each in its own way; an unknown function is one, too."""


def test_there_are_queries_to_look_at() -> None:
    assert len(FILES) >= 25


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_a_query_says_what_it_is_for_and_what_it_costs(file: Path) -> None:
    query = parse_query(file.stem, file.read_text("utf-8"))
    assert query.purpose
    assert query.cost


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_a_query_is_one_select_of_portable_constructs(file: Path) -> None:
    (tree,) = sqlglot.parse(file.read_text("utf-8").strip().rstrip(";"), dialect="duckdb")
    assert isinstance(tree, exp.Select | exp.Union)
    used = {type(node).__name__ for node in tree.walk() if isinstance(node, FORBIDDEN)}
    assert not used
    for star in tree.find_all(exp.Star):
        assert not any(star.args.values()), "SELECT * EXCLUDE and REPLACE are one engine's own"
    for join in tree.find_all(exp.Join):
        assert join.kind.upper() in ("", "CROSS", "INNER")
        assert join.side.upper() in ("", "LEFT", "FULL")
        assert join.method.upper() == ""
    for group in tree.find_all(exp.Group):
        assert not group.args.get("all")


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_a_query_can_be_written_for_spark_with_nothing_left_out(file: Path) -> None:
    text = file.read_text("utf-8").strip().rstrip(";")
    (spark,) = sqlglot.transpile(
        text, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE
    )
    (again,) = sqlglot.parse(spark, dialect="spark")
    assert again is not None
    assert [one.name for one in again.find_all(exp.Table)] == [
        one.name for one in sqlglot.parse_one(text, dialect="duckdb").find_all(exp.Table)
    ]
