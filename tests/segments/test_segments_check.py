"""What the checker says about predicates, and what predicates cannot do."""

from pathlib import Path

import pytest

from pismo.audience import known_columns
from pismo.model.finding import Finding
from pismo.segments import case_sql, check_segments, compose
from pismo.workspace import load_workspace

EXAMPLES = "example.in = { orders = 9 }\nexample.out = { orders = 0 }\n"


def found(root: Path, where: str, *, examples: str = EXAMPLES, name: str = "new") -> list[Finding]:
    """Check the small workspace with one more segment; its findings only."""
    text = f'title = "New"\nwhere = {where}\n{examples}'
    (root / "segments" / f"{name}.toml").write_text(text, "utf-8")
    return [finding for finding in check_segments(load_workspace(root)) if finding.segment == name]


def ids(findings: list[Finding]) -> list[str]:
    return [finding.rule.id for finding in findings]


def test_a_good_segment_raises_nothing(small: Path) -> None:
    assert found(small, '"orders >= 4 AND $families IS NOT NULL"') == []


def test_an_unknown_column_is_named_with_line_and_guess(small: Path) -> None:
    (finding,) = found(small, '"""\norders > 1\n  AND ordrs_365 >= 4\n"""')
    assert finding.rule.id == "unknown-column"
    assert (finding.source.path, finding.source.line) == ("segments/new.toml", 4)
    assert "orders_365" in finding.hint("en")
    assert "«ordrs_365»" in finding.message("ru")


@pytest.mark.parametrize(
    ("where", "near"),
    [
        ("orders < = 3", "orders < = 3"),
        ("orders =", "orders ="),
        ("(orders = 1", "(orders = 1"),
        ("city = 'Kazan", "ity = 'Kazan"),
    ],
)
def test_a_condition_that_cannot_be_read_shows_where_in_own_words(
    small: Path, where: str, near: str
) -> None:
    (finding,) = found(small, f'"{where}"')
    assert finding.rule.id == "not-a-predicate"
    assert finding.message("en").startswith(f"the condition cannot be read near `{near}`:")
    assert finding.message("ru").startswith(f"условие не читается около `{near}`:")


def test_an_error_in_a_composed_segment_is_reported_once_where_it_stands(small: Path) -> None:
    (small / "segments" / "upper.toml").write_text(
        f'title = "U"\nwhere = "$new"\n{EXAMPLES}', "utf-8"
    )
    found(small, '"ordrs = 1"')
    findings = check_segments(load_workspace(small))
    assert [(finding.rule.id, finding.source.path) for finding in findings] == [
        ("unknown-column", "segments/new.toml")
    ]


def test_an_unknown_segment_name_gets_a_guess(small: Path) -> None:
    (finding,) = found(small, '"$familis AND orders = 9"')
    assert finding.rule.id == "unknown-segment-in-predicate"
    assert finding.hint("en") == "did you mean '$families'?"


def test_a_circle_of_segments_is_drawn_once(small: Path) -> None:
    (small / "segments" / "other.toml").write_text(
        f'title = "O"\nwhere = "$new"\n{EXAMPLES}', "utf-8"
    )
    found(small, '"$other OR orders = 9"')
    circles = [f for f in check_segments(load_workspace(small)) if f.rule.id == "segment-cycle"]
    assert [circle.message("en") for circle in circles] == [
        "the segment is defined through itself: $new → $other → $new"
    ]


@pytest.mark.parametrize(
    "where",
    [
        "orders IN (SELECT 1)",
        "EXISTS (SELECT 1)",
        "read_csv('/etc/passwd') IS NULL",
        "getenv('HOME') = ''",
        "orders = 1; DROP TABLE facts",
        "random() < 0.5",
        "other.orders = 1",
        "city SIMILAR TO 'x'",
        "count(*) > 1",
        "? = 1",
        "CAST(city AS STRUCT(x INT)) IS NULL",
        "[1, 2] IS NULL",
        "sample(orders)",
        "now() > last_order",
        "orders = 1 AS fine",
        "SELECT TRUE",
        "COPY facts TO '/tmp/x'",
        "",
        "(orders = 1",
        "orders",
        "city || 'x'",
    ],
)
def test_what_is_no_harmless_condition_is_refused(small: Path, where: str) -> None:
    findings = found(small, f'"""{where}"""')
    loader = [finding.rule.id for finding in load_workspace(small).findings]
    assert set(ids(findings)) & {"unsafe-predicate", "not-a-predicate"} or loader


def test_a_comparison_of_text_with_a_number_fails_in_the_check(small: Path) -> None:
    assert ids(found(small, '"city > 5"')) == ["failing-predicate"]


def test_dividing_by_zero_is_no_and_not_a_crash(small: Path) -> None:
    assert found(small, '"spend / orders > 10 OR orders = 9"') == []


def test_a_cast_that_does_not_fit_is_no_and_not_a_crash(small: Path) -> None:
    assert found(small, '"CAST(city AS INTEGER) > 5 OR orders = 9"') == []


def test_an_example_that_does_not_hold_is_an_error(small: Path) -> None:
    assert ids(found(small, '"orders > 10"')) == ["failing-example"]


def test_an_example_with_an_unknown_fact_gets_a_guess(small: Path) -> None:
    examples = "example.in = { ordrs = 9 }\nexample.out = { orders = 0 }\n"
    (finding,) = found(small, '"orders = 9"', examples=examples)
    assert finding.hint("en") == "did you mean 'orders'?"


def test_an_example_of_the_wrong_type_is_an_error(small: Path) -> None:
    examples = 'example.in = { orders = "many" }\nexample.out = { orders = 0 }\n'
    assert ids(found(small, '"orders = 9"', examples=examples)) == ["wrong-example-value"]


def test_negating_a_column_that_may_be_empty_warns(small: Path) -> None:
    examples = 'example.in = { city = "Omsk" }\nexample.out = { city = "Perm" }\n'
    (finding,) = found(small, "\"city <> 'Perm'\"", examples=examples)
    assert finding.rule.id == "negated-nullable"
    assert found(small, "\"city <> 'Perm' OR city IS NULL\"", examples=examples) == []


def test_not_of_a_named_segment_is_everybody_else(small: Path) -> None:
    examples = "example.in = { orders = 9 }\nexample.out = { children_max_age = 3 }\n"
    assert found(small, '"NOT $families"', examples=examples) == []


def test_the_first_segment_that_fits_wins_and_nothing_is_everyone(small: Path) -> None:
    workspace = load_workspace(small)
    sql = case_sql(workspace.newsletters["weekly"], workspace.segments)
    assert sql == "CASE WHEN children_max_age <= 12 THEN 'families' ELSE 'everyone' END"


def test_comments_do_not_reach_the_composed_sql(small: Path) -> None:
    found(small, '"""orders = 9 -- not /* really */"""')
    workspace = load_workspace(small)
    assert compose("new", workspace.segments, known_columns()) == "orders = 9"


def test_arithmetic_on_large_numbers_is_no_crash(small: Path) -> None:
    assert found(small, '"orders * 2000000000 > 15000000000"') == []


def test_what_only_an_example_breaks_is_said_with_its_name(small: Path) -> None:
    finding = found(small, '"now + INTERVAL 100000 YEAR * orders > now"')[0]
    assert finding.rule.id == "failing-predicate"
    assert "example.in" in finding.message("en")


def test_segments_that_double_at_each_step_are_refused_and_not_written_out(small: Path) -> None:
    folder = small / "segments"
    for step in range(60):
        where = f"$bomb{step + 1} AND $bomb{step + 1}" if step < 59 else "orders = 9"
        (folder / f"bomb{step}.toml").write_text(
            f'title = "B"\nwhere = "{where}"\nexample.in = {{ orders = 9 }}\n'
            "example.out = { orders = 1 }\n",
            "utf-8",
        )
    findings = [one for one in check_segments(load_workspace(small)) if "bomb" in one.source.path]
    assert {one.rule.id for one in findings} == {"not-a-predicate"}
    assert "longer than 20000 characters" in findings[0].message("en")
    assert len(findings) < 60


@pytest.mark.parametrize(
    "where",
    [
        "(" * 4000 + "orders = 9" + ")" * 4000,
        "(" * 10_000 + "orders = 9" + ")" * 10_000,
        "NOT " * 2000 + "orders = 9",
        "orders = 9 OR " * 80_000 + "TRUE",
        "CASE WHEN " * 300 + "orders = 9" + " THEN TRUE END" * 300,
        "о" + "rders = 9",
        "orders ＝ 9",
        "\ufefforders = 9",
        "PRAGMA database_list",
        "ATTACH 'x.db'",
        "current_setting('home') = ''",
        "COLUMNS(*) = 1",
        "x -> x",
        "city ~ '(a+)+$'",
        "orders = ALL (SELECT 1)",
        "orders IN (FROM facts)",
        "error('x')",
        "repeat('x', 1000000000) = ''",
    ],
    ids=lambda where: f"{where[:24]} ({len(where)})",
)
def test_a_hostile_condition_is_a_finding_and_neither_runs_nor_crashes(
    small: Path, where: str
) -> None:
    rules = {"unsafe-predicate", "not-a-predicate", "unknown-column"}
    assert set(ids(found(small, f"'''{where}'''"))) & rules


CONDITIONS = (
    "orders >= 4",
    "city = 'Казань' OR city IS NULL",
    "orders + 1",
    "orders >= 'many'",
    "city > 5",
    "sample(10, 'tea')",
    "NOT (city = 'Казань')",
    "CASE WHEN orders = 0 THEN city ELSE now END = 'x'",
    "length(city) / orders > 2",
    "CAST(city AS INTEGER) = 3",
    "starts_with(first_name, 'А') AND age < 30",
    "date_trunc('year', birthday) = birthday",
)


@pytest.mark.parametrize("most", range(1, len(CONDITIONS) + 1))
def test_conditions_checked_together_are_told_what_each_is_told_alone(
    small: Path, most: int
) -> None:
    alone = {}
    for number, where in enumerate(CONDITIONS[:most]):
        alone[f"c{number}"] = found(small, f'"{where}"', name=f"c{number}")
        (small / "segments" / f"c{number}.toml").unlink()
    for number, where in enumerate(CONDITIONS[:most]):
        found(small, f'"{where}"', name=f"c{number}")
    together = check_segments(load_workspace(small))
    assert {
        name: [finding for finding in together if finding.segment == name] for name in alone
    } == alone


@pytest.mark.parametrize("name", ["families-small", "families-2"])
def test_a_name_with_a_hyphen_after_the_sign_is_told_to_be_a_minus(small: Path, name: str) -> None:
    families = small / "segments" / "families.toml"
    families.rename(families.with_name(f"{name}.toml"))
    (finding,) = found(small, f'"${name} AND orders = 0"')
    better = name.replace("-", "_")
    assert f"call the file {better}.toml" in finding.hint("en")
    assert f"${better}" in finding.hint("ru")
