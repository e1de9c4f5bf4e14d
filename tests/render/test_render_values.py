"""What expressions are, value by value."""

from datetime import date
from decimal import Decimal

import pytest

from pismo.model import language
from pismo.model.edition import (
    Arithmetic,
    Compare,
    Conditional,
    Constant,
    Expr,
    Filter,
    ListOf,
    Logic,
    Negative,
    Not,
    Path,
)
from pismo.model.edition import (
    Test as Is,
)
from pismo.render import MISSING, evaluate, scope_of
from pismo.render.filters import all_tests, filters_for
from tests.render.samples import PICKS, constant, default, recipient, recipient_path

ANNA = scope_of(
    recipient(
        first_name="Анна",
        city=None,
        tier="",
        points=240,
        spend=10.5,
        birthday=date(1990, 5, 17),
        picks=PICKS,
    )
)
POINTS, CITY, TIER = (recipient_path(name) for name in ("points", "city", "tier"))
NOBODY = recipient_path("nobody")


def value(expr: Expr, locale: str = "ru") -> object:
    return evaluate(expr, ANNA, locale)


def test_every_filter_and_test_of_the_language_is_implemented_and_no_other() -> None:
    assert set(filters_for("ru")) == set(language.FILTERS)
    assert set(all_tests()) == set(language.TESTS)


@pytest.mark.parametrize("path", [CITY, TIER, NOBODY, Path("recipient", ("city", "x", 0))])
def test_null_empty_text_and_absent_columns_are_missing(path: Path) -> None:
    assert value(path) is MISSING


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">=", "in"])
@pytest.mark.parametrize("missing", [CITY, TIER, NOBODY])
def test_a_comparison_with_nothing_is_false_on_either_side(operator: str, missing: Path) -> None:
    assert value(Compare(operator, missing, POINTS)) is False
    assert value(Compare(operator, POINTS, missing)) is False
    assert value(Compare(operator, missing, missing)) is False


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "//", "%", "**"])
def test_arithmetic_with_nothing_is_missing(operator: str) -> None:
    assert value(Arithmetic(operator, POINTS, CITY)) is MISSING
    assert value(Arithmetic(operator, CITY, POINTS)) is MISSING


def test_nothing_joined_to_text_is_no_text() -> None:
    assert value(Arithmetic("~", recipient_path("first_name"), CITY)) == "Анна"


def test_not_nothing_is_true() -> None:
    assert value(Not(CITY)) is True


def test_what_python_would_raise_for_is_missing_or_false() -> None:
    assert value(Arithmetic("/", POINTS, constant(0))) is MISSING
    assert value(Arithmetic("+", POINTS, constant("x"))) is MISSING
    assert value(Compare("<", POINTS, constant("x"))) is False
    assert value(Negative(constant("x"))) is MISSING
    assert value(Filter("money", constant("дорого"))) is MISSING


def test_default_fills_nothing_but_not_zero() -> None:
    assert value(default(CITY, "Тверь")) == "Тверь"
    assert value(default(constant(0), "x")) == 0
    assert value(Filter("default", constant(0), (Constant("x"), Constant(True)))) == "x"
    assert value(default(Filter("upper", TIER), "новичок")) == "новичок"


def test_an_empty_fallback_is_a_value() -> None:
    assert value(default(CITY, "")) == ""


@pytest.mark.parametrize(
    ("name", "gives"),
    [("upper", MISSING), ("length", 0), ("list", ()), ("sum", 0), ("first", MISSING)],
)
def test_a_filter_over_nothing_gives_what_the_language_says(name: str, gives: object) -> None:
    assert value(Filter(name, CITY)) == gives or value(Filter(name, CITY)) is gives


def test_tests_over_nothing_are_false_except_undefined() -> None:
    over = {name: value(Is(name, CITY)) for name in language.TESTS}
    assert {name for name, held in over.items() if held} == {"undefined"}


def test_a_missing_argument_of_a_filter_is_empty_text() -> None:
    assert value(Filter("join", ListOf((constant("a"), constant("b"))), (CITY,))) == "ab"


def test_and_and_or_give_the_operand_that_decides() -> None:
    assert value(Logic("or", (CITY, TIER, constant("x"), POINTS))) == "x"
    assert value(Logic("or", (CITY, TIER))) is MISSING
    assert value(Logic("and", (POINTS, constant("x")))) == "x"
    assert value(Logic("and", (constant(0), POINTS))) == 0


def test_an_inline_if_takes_one_side() -> None:
    chosen = Conditional(Compare(">", POINTS, constant(100)), constant("много"), constant("мало"))
    assert value(chosen) == "много"


def test_a_path_reads_keys_indexes_and_parts_of_a_date() -> None:
    assert value(Path("picks", (0, "id"))) == "g000"
    assert value(Path("picks", (-1, "id"))) == "g003"
    assert value(Path("picks", (9, "id"))) is MISSING
    assert value(Path("links", ("item", "poll"))) == "https://links.example.com/a/poll"
    assert value(recipient_path("birthday", "year")) == 1990
    assert value(recipient_path("first_name", 0)) == "А"


@pytest.mark.parametrize("name", ["__class__", "upper", "__len__", "isoformat", "format"])
def test_no_path_reaches_into_python(name: str) -> None:
    for root in ("recipient", "picks", "links", "counts"):
        assert value(Path(root, (name,))) is MISSING
    assert value(recipient_path("first_name", name)) is MISSING
    assert value(recipient_path("birthday", name)) is MISSING


def test_a_filter_by_attribute_does_not_reach_into_python() -> None:
    classes = Filter("map", Path("picks"), (), (("attribute", Constant("title.__class__")),))
    assert value(Filter("join", classes)) in ("", MISSING)


def test_prices_can_be_counted_with_fractions() -> None:
    assert value(Arithmetic("*", Path("picks", (0, "price")), constant(0.5))) == Decimal(995)


def test_money_and_dates_speak_the_language_of_the_edition() -> None:
    price = Filter("money", constant(1990), (Constant("USD"),))
    day = Filter("date", recipient_path("birthday"))
    assert value(price, "en") == "$1,990"
    assert value(price, "ru") == "1\u00a0990\u00a0$"
    assert value(day, "en") == "May\u00a017"
    assert value(day, "ru") == "17\u00a0мая"
    assert value(Filter("date", constant("2026-11-27"), (Constant("%d.%m.%Y"),))) == "27.11.2026"


def test_filters_within_map_follow_the_same_rules() -> None:
    prices = Filter("map", Path("picks"), (), (("attribute", Constant("old_price")),))
    shown = Filter("map", prices, (Constant("money"), Constant("RUB")))
    assert (
        value(Filter("join", shown, (Constant("|"),)))
        == "|2\u00a0490,50\u00a0₽||2\u00a0490,50\u00a0₽"
    )


def test_groups_are_pairs() -> None:
    groups = evaluate(Filter("groupby", Path("picks"), (Constant("category"),)), ANNA)
    assert isinstance(groups, list)
    assert groups[0][0] == "family"


def test_a_slice_and_a_field_of_an_expression() -> None:
    name = recipient_path("first_name")
    assert value(Filter("part", name, (Constant(None), Constant(2)))) == "Ан"
    assert value(Filter("part", name, (Constant(0), Constant(0)))) is MISSING
    assert value(Filter("attr", Filter("first", Path("picks")), (Constant("id"),))) == "g000"


def test_the_constant_none_is_missing_and_empty_text_is_not() -> None:
    assert value(constant(None)) is MISSING
    assert value(constant("")) == ""
    assert value(Filter("upper", constant(""))) == ""
    assert value(Filter("trim", constant("  "))) is MISSING
    assert value(Compare("!=", recipient_path("first_name"), constant(""))) is True
