"""What writers type: accepted, or refused with the place and a way out."""

from datetime import date

import pytest

from pismo.games import Rebus, RebusError, parse_rebus, solve
from pismo.games.notation import Changes, Letters, Number, Order, Picture, Piece, Placed, Replace
from pismo.model.finding import Source


def rebus(line: str, answer: str = "слово") -> Rebus:
    return parse_rebus(f"answer: {answer}\nline: {line}")


def only_piece(line: str) -> Piece:
    (part,) = rebus(line).lines[0].parts
    assert isinstance(part, Piece)
    return part


def test_a_block_keeps_every_field_its_writer_gave() -> None:
    block = (
        "# пятница\nanswer: Столица\nhint: главный город\nalt: сто и лиса\n"
        "answer_from: 2026-12-04\npicture: fox.png\n\nline: 100 + 🦊лиса(с=ц)\n"
    )
    found = parse_rebus(block)
    assert (found.answer, found.hint, found.alt) == ("Столица", "главный город", "сто и лиса")
    assert found.picture == "fox.png"
    assert found.answer_from == date(2026, 12, 4)
    assert found.lines[0].offset == 7
    assert found.language == "ru"


def test_the_script_of_the_answer_decides_the_language() -> None:
    assert rebus("🐝bee + 🍃leaf", "belief").language == "en"


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    plain = "answer: столица\nline: 100 + ЛИЦА\n"
    assert parse_rebus("\ufeff" + plain.replace("\n", "\r\n")) == parse_rebus(plain)


def test_commas_on_both_sides_count_dropped_letters() -> None:
    assert only_piece(",,🐔курица,").changes == Changes(drop_first=2, drop_last=1)


def test_spaces_around_everything_are_free() -> None:
    assert only_piece("  , 🐔 курица (у = о) ,, ").changes == Changes(
        (Replace("у", "о"),), drop_first=1, drop_last=2
    )


def test_an_order_of_ten_letters_and_more_is_written_with_dots() -> None:
    assert only_piece("🛫самолет(7.6.5)").changes.edits == (Order((7, 6, 5)),)


def test_several_of_the_same_emoji_are_one_picture_in_the_plural() -> None:
    assert only_piece("🍄🍄🍄грибы").symbol == Picture("🍄", "грибы", 3)


def test_an_emoji_of_several_code_points_is_one_picture() -> None:
    assert only_piece("👩‍🍳повар").symbol == Picture("👩‍🍳", "повар")
    assert only_piece("❤️сердце").symbol == Picture("❤️", "сердце")


def test_letters_and_digits_may_be_written_together() -> None:
    symbols = [part.symbol for part in rebus("с3Ж").lines[0].parts if isinstance(part, Piece)]
    assert symbols == [Letters("С"), Number("3"), Letters("Ж")]


def test_a_position_holds_two_parts_that_may_be_pictures() -> None:
    (part,) = rebus("в(О; 🐺волк + А)").lines[0].parts
    assert isinstance(part, Placed)
    assert (len(part.ground), len(part.figure)) == (1, 2)


REFUSED = [
    ("лиса", "перед словом «лиса» нет картинки", 7),
    ("100 + + 2", "рядом с «+ 2» чего-то не хватает", 13),
    ("", "рядом с «line:» чего-то не хватает", 7),
    ("🦊🐱", "разные картинки стоят вплотную: 🦊🐱", 8),
    ("♪хо", "нет такой ноты: «хо»", 10),
    ("об(А; Б)", "«об» — не предлог, который можно показать в ребусе", 7),
    ("к(А)", "в «к(…)» нужны две части через «;»", 10),
    ("🦊лиса(с=ц", "открытая здесь скобка не закрыта", 12),
    ("🦊лиса(?)", "непонятная правка «(?)»", 13),
    ("100 ЛИЦА", "здесь непонятно: «ЛИЦА»", 11),
    ("в(О; в(О; в(О; в(О; А))))", "слишком много предлогов друг в друге", None),
]


@pytest.mark.parametrize(("line", "message", "column"), REFUSED)
def test_a_line_that_cannot_be_read_says_what_and_where(
    line: str, message: str, column: int | None
) -> None:
    with pytest.raises(RebusError) as caught:
        rebus(line)
    assert caught.value.remark.message("ru") == message
    assert caught.value.remark.line == 1
    if column is not None:
        assert caught.value.remark.column == column


def test_what_phones_and_other_programs_paste_is_read_as_it_looks() -> None:
    assert only_piece("7️⃣").symbol == Number("7")
    assert only_piece("1️⃣0️⃣0️⃣").symbol == Number("100")
    assert only_piece("И\u0306ОГ").symbol == Letters("ЙОГ")
    assert rebus("\u200b100\u00ad + ЛИЦА") == rebus("100 + ЛИЦА")


def test_a_position_may_stand_apart_from_its_bracket() -> None:
    assert solve(rebus("в (О; ДА)")).readings == solve(rebus("в(О; ДА)")).readings
    assert only_piece("В (в=г)").symbol == Letters("В")


def test_half_may_be_written_together_with_letters() -> None:
    symbols = [part.symbol for part in rebus("½ка").lines[0].parts if isinstance(part, Piece)]
    assert symbols == [Number("½"), Letters("КА")]


ONE_PICTURE = ["👩🏽‍🍳", "👨‍👩‍👧", "🇷🇺", "🫨", "\U0001fae9", "👋🏽", "❤️‍🔥"]


@pytest.mark.parametrize("emoji", ONE_PICTURE)
def test_skin_tones_families_flags_and_new_emoji_are_one_picture(emoji: str) -> None:
    assert only_piece(f"{emoji}имя").symbol == Picture(emoji, "имя")


LOOK_ALIKES = [
    ("🦊лиса(c=ц)", "«c» в «c» — похожая буква из другого алфавита", 13),
    ("100 + ЛИЦA", "«A» в «ЛИЦA» — похожая буква из другого алфавита", 16),
    ("X + Y", "«X» в «X» — похожая буква из другого алфавита", 7),
]


@pytest.mark.parametrize(("line", "message", "column"), LOOK_ALIKES)
def test_a_latin_letter_that_looks_russian_is_pointed_at(
    line: str, message: str, column: int
) -> None:
    with pytest.raises(RebusError) as caught:
        rebus(line)
    assert caught.value.remark.message("ru") == message
    assert caught.value.remark.column == column


def test_an_answer_typed_in_two_alphabets_is_refused_and_a_foreign_word_is_not() -> None:
    with pytest.raises(RebusError) as caught:
        rebus("100 + ЛИЦА", "cтолица")
    assert caught.value.remark.rule.id == "rebus-other-script"
    assert solve(rebus("🦊fox + X:икс")).readings == ("foxикс",)


@pytest.mark.parametrize("line", ["²", "Ⅳ", ",,,", "(" * 10_000, "," * 10_000, "100+" * 2_500])
def test_what_is_no_part_of_a_rebus_is_refused_in_few_words(line: str) -> None:
    with pytest.raises(RebusError) as caught:
        rebus(line)
    assert len(caught.value.remark.message("ru")) < 200


UNSOLVABLE = [
    ("🦊лиса(р=л)", "в «лиса» нет буквы «р»"),
    ("🦊лиса(9=л)", "в «лиса» нет буквы номер 9"),
    ("🦊лиса(-0)", "в «лиса» нет буквы номер 0"),
    ("🦊лиса(15)", "в «лиса» нет буквы номер 5"),
    ("🦊лиса,,,,", "от «лиса» ничего не осталось"),
    ("🐱кот(-к, 1=р)", "буква «к» в «кот» меняется дважды"),
    ("🜁", "неизвестно, как называется 🜁"),
    ("123456", "число 123456 не прочитать вслух"),
]


@pytest.mark.parametrize(("line", "message"), UNSOLVABLE)
def test_a_change_that_cannot_be_made_names_the_picture_and_the_letter(
    line: str, message: str
) -> None:
    with pytest.raises(RebusError) as caught:
        solve(rebus(line))
    assert caught.value.remark.message("ru") == message
    assert (caught.value.remark.line, caught.value.remark.column) == (1, 7)


BLOCKS = [
    ("line: 100", "в блоке rebus не хватает поля «answer:»"),
    ("answer: сто", "в блоке rebus не хватает поля «line:»"),
    ("answer: я\nline: Я", "в ответе «я» меньше двух букв"),
    ("answer: сто\nlines: 100", "неизвестное поле «lines» в блоке rebus"),
    ("answer: сто\nanswer: сто", "поле «answer» встречается дважды"),
    ("answer: сто\nпривет", "ожидалось «поле: значение», а здесь «привет»"),
    ("answer: сто\nanswer_from: завтра\nline: 100", "«завтра» — не дата"),
]


@pytest.mark.parametrize(("block", "message"), BLOCKS)
def test_a_block_that_cannot_be_read_says_which_field(block: str, message: str) -> None:
    with pytest.raises(RebusError) as caught:
        parse_rebus(block)
    assert caught.value.remark.message("ru") == message


def test_a_mistyped_field_is_guessed() -> None:
    with pytest.raises(RebusError) as caught:
        parse_rebus("anser: сто\nline: 100")
    assert caught.value.remark.hint("en") == "did you mean 'answer'?"


def test_a_remark_becomes_a_finding_at_its_line_of_the_file() -> None:
    with pytest.raises(RebusError) as caught:
        rebus("лиса")
    finding = caught.value.remark.finding(Source("content/games/fox.md", 9))
    assert str(finding.source) == "content/games/fox.md:10"
    assert finding.rule.id == "rebus-no-picture"
