"""Typesetting: a table of pairs, and the laws that hold for any text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pismo.compile.typeset import NBSP, THING, typeset, typeset_all


def table() -> list[tuple[str, str, str]]:
    """Read `typeset.txt`: `## ru` or `## en` above pairs, `·` for a no-break space."""
    rows = []
    language = ""
    for line in (Path(__file__).parent / "typeset.txt").read_text("utf-8").splitlines():
        if line.startswith("## "):
            language = line[3:5]
        else:
            before, after = line.split("|")
            rows.append((language, before, after.replace("·", NBSP)))
    return rows


PAIRS = table()


@pytest.mark.parametrize(("language", "before", "after"), PAIRS)
def test_text_is_set_as_the_table_says(language: str, before: str, after: str) -> None:
    assert typeset(before, language).replace(NBSP, "·") == after.replace(NBSP, "·")


@pytest.mark.parametrize(("language", "before", "after"), PAIRS)
def test_setting_twice_changes_nothing(language: str, before: str, after: str) -> None:
    assert typeset(typeset(before, language), language) == typeset(before, language)
    assert after


def test_the_table_is_long_and_a_third_of_it_stays_as_it_is() -> None:
    unchanged = [row for row in PAIRS if row[1] == row[2]]
    assert len(PAIRS) >= 100
    assert len(unchanged) * 3 >= len(PAIRS)


def test_quotes_around_emphasis_are_a_pair() -> None:
    assert typeset_all(['Игра "', "Лото", '" вышла'], "ru") == ["Игра «", "Лото", "» вышла"]


def test_a_short_word_stays_with_emphasis_after_it() -> None:
    assert typeset_all(["пошли в ", "лес"], "ru") == [f"пошли в{NBSP}", "лес"]
    assert typeset_all(["пошли ", "в", " лес"], "ru") == ["пошли ", "в", f"{NBSP}лес"]


def test_code_between_texts_is_a_word() -> None:
    assert typeset_all(["команда - ", THING, " - и всё"], "ru") == [
        f"команда{NBSP}— ",
        THING,
        f"{NBSP}— и{NBSP}всё",
    ]


@given(st.text(alphabet="аивнеЯ «»\"-–—.,!?0123456789xх()№%'qzxe\n", max_size=60))
def test_only_spaces_quotes_dashes_and_signs_ever_change(text: str) -> None:
    letters = [mark for mark in text if mark.isalpha() and mark not in "xхXХ"]
    kept = [mark for mark in typeset(text, "ru") if mark.isalpha() and mark not in "xхXХ"]
    assert kept == letters


@given(st.lists(st.text(alphabet="авЯ \"-.5'", max_size=12), min_size=1, max_size=5))
def test_as_many_texts_come_out_as_went_in(texts: list[str]) -> None:
    assert len(typeset_all(texts, "ru")) == len(texts)
