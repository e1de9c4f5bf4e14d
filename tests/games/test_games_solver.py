"""Which words a line may be read as."""

import pytest

from pismo.games import Readings, RebusError, parse_rebus, solve
from pismo.games.errors import OTHER_WORD, SHOWS_ANSWER, UNSOLVED


def read(answer: str, *lines: str) -> Readings:
    return solve(
        parse_rebus("\n".join([f"answer: {answer}", *(f"line: {line}" for line in lines)]))
    )


def test_lines_are_read_one_after_another() -> None:
    assert read("столица", "100", "🦊лиса(с=ц)").ok


def test_yo_counts_as_ye_on_both_sides() -> None:
    assert read("ёлка", "ЕЛ + КА").ok
    assert read("елка", "🎄ёлка,, + КА").ok


def test_spaces_and_hyphens_of_the_answer_do_not_count() -> None:
    assert read("Кот-д’Ивуар", "🐱кот + ДИВУАР").ok


def test_a_replacement_changes_every_such_letter() -> None:
    assert read("зоза", "🐍коза(к=з)").ok
    assert read("пупу", "🥁тата(т=п, а=у)").ok


def test_a_replacement_by_index_changes_one_letter() -> None:
    assert read("мапа", "👩мама(3=п)").ok


def test_swapped_letters_do_not_run_after_each_other() -> None:
    assert read("ток", "🐱кот(к=т, т=к)").ok


def test_struck_indexes_count_the_word_as_it_was() -> None:
    assert read("кт", "🐱кот(-2)").ok
    assert read("лс", "🦊лиса(-2, -4)").ok


def test_brackets_come_before_turning_over_and_commas_last() -> None:
    assert read("ис", "🦊лиса(л=к)^, ").readings == ("аси",)
    assert read("аси", "🦊лиса(л=к)^,").ok


def test_an_order_may_leave_letters_out() -> None:
    assert read("сила", "🦊лиса(3214)").ok
    assert read("лис", "🦊лиса(123)").ok


def test_a_number_is_read_in_every_conventional_way() -> None:
    assert read("заколка", "ЗА + 1 + КА").ok
    assert read("сразу", "С + 1 + У").ok


def test_an_author_may_say_how_a_number_is_read() -> None:
    assert read("столбик", "СТОЛ + 1:би + К").ok
    assert read("заразка", "ЗА + 1:кол + КА").readings == ("заколка",)


def test_a_position_is_read_from_either_side() -> None:
    assert set(read("вода", "в(О; ДА)").readings) == {"вода", "даво"}


def test_a_picture_without_a_name_may_be_called_anything_it_is_called() -> None:
    assert {"кот", "кошка"} <= set(read("кот", "🐱").readings)


def test_several_pictures_without_a_name_are_read_in_the_plural() -> None:
    assert read("кошкилот", "🐱🐱 + ЛОТ").ok


def test_a_name_that_an_edit_does_not_fit_is_passed_over() -> None:
    assert read("ша", "🐱(-ко)").readings[:2] == ("т", "ша")
    assert read("кка", "🐱(-ош)").readings == ("кка",)


def test_a_wrong_answer_is_told_what_the_rebus_reads_as() -> None:
    found = read("столица", "100 + 🦊лиса")
    assert not found.ok
    assert found.remarks[0].rule is UNSOLVED
    assert found.remarks[0].message("ru") == "ребус читается как «столиса», а не «столица»"


def test_another_dictionary_word_is_a_warning() -> None:
    found = read("сотня", "100")
    assert found.ok
    assert not [remark for remark in found.remarks if remark.rule is OTHER_WORD]
    found = read("пол", "½")
    assert [remark.message("ru") for remark in found.remarks] == [
        "ребус можно прочитать и как «половина»"
    ]


def test_a_reader_who_calls_the_picture_something_else_is_thought_of() -> None:
    found = read("кот", "🐱кот")
    assert SHOWS_ANSWER in [remark.rule for remark in found.remarks]
    others = [remark.message("ru") for remark in found.remarks if remark.rule is OTHER_WORD]
    assert "ребус можно прочитать и как «кошка»" in others


def test_an_answer_written_out_is_a_warning() -> None:
    assert SHOWS_ANSWER in [remark.rule for remark in read("столица", "СТОЛИЦА").remarks]


def test_a_picture_turned_over_asks_nothing_of_its_writer() -> None:
    assert read("ток", "🐱кот^").remarks == ()


def test_english_is_read_by_its_spelling_or_as_the_author_says() -> None:
    assert read("belief", "🐝bee, + 🍃leaf(2=i, 3=e)").ok
    assert read("belief", "🐝bee:be + 🍃leaf:lief").ok
    assert read("I understand", "under(STAND; I)").ok
    assert read("great", "GR + 8:eat").ok
    assert read("forgotten", "4 + GOT + 10:ten").ok


def test_too_many_readings_ask_for_names() -> None:
    with pytest.raises(RebusError) as caught:
        read("слово", " + ".join(["1"] * 7))
    assert caught.value.remark.hint("ru") == "подпишите картинки, а числам — чтение: 1:кол"
