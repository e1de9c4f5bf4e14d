"""`pismo rebus …` at the terminal and for machines."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from pismo.cli.rebus import rebus_group
from pismo.errors import ContentError, UsageError
from pismo.games.png import EMOJI_FONTS
from pismo.games.seal import open_prize


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rebus_group, list(arguments), env={"PISMO_LANG": "ru"})


def test_a_solved_line_exits_with_zero_and_lists_its_readings() -> None:
    result = run("solve", "100 + 🦊лиса(с=ц)", "--answer", "столица", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["ok"] is True
    assert "столица" in found["readings"]


def test_a_line_that_reads_otherwise_exits_with_one_and_says_how() -> None:
    result = run("solve", "100 + 🦊лиса", "--answer", "столица")
    assert result.exit_code == 1
    assert "столиса" in result.stdout
    assert "ребус читается как «столиса», а не «столица»" in result.stderr


@pytest.mark.parametrize("line", ["О + горох(х=д)", "О + горох"])
def test_a_forgotten_picture_is_offered_and_the_place_is_a_column(line: str) -> None:
    result = run("solve", line, "--answer", "огород")
    assert isinstance(result.exception, ContentError)
    assert result.exception.ru == "столбец 5: перед словом «горох» нет картинки"
    assert result.exception.hint_ru == "напишите 🫛горох"


def test_a_forgotten_picture_that_nobody_knows_is_no_preposition_either() -> None:
    result = run("solve", "О + горохх(хх=д)", "--answer", "огород")
    assert isinstance(result.exception, ContentError)
    assert "перед словом «горохх» нет картинки" in result.exception.ru


def test_an_answer_that_will_not_do_has_no_column() -> None:
    result = run("solve", "О", "--answer", "о")
    assert isinstance(result.exception, ContentError)
    assert not result.exception.message.startswith(("column", "line"))


def test_suggestions_for_machines_have_a_line_and_a_score() -> None:
    result = run("suggest", "столица", "--json")
    assert result.exit_code == 0
    first = json.loads(result.stdout)["suggestions"][0]
    assert first == {"line": "100 + 🦊лиса(с=ц)", "score": 2.7, "strict": True}


def test_a_word_without_a_rebus_exits_with_one() -> None:
    assert run("suggest", "ы").exit_code == 1


@pytest.mark.skipif(
    not any(Path(font).expanduser().exists() for font in EMOJI_FONTS),
    reason="needs Noto Color Emoji, which is not installed",
)
def test_a_rebus_is_drawn_from_its_item_into_a_picture(tmp_path: Path) -> None:
    item = tmp_path / "tok.md"
    item.write_text(
        "---\ntitle: Ребус\n---\nСмотрите.\n\n```rebus\nanswer: ток\nline: 🐱кот^\n```\n",
        encoding="utf-8",
    )
    picture = tmp_path / "tok.png"
    result = run("draw", str(item), "--to", str(picture), "--width", "480", "--json")
    assert result.exit_code == 0
    with Image.open(picture) as drawn:
        assert drawn.width == 480
    assert json.loads(result.stdout)["bytes"] == picture.stat().st_size


@pytest.mark.skipif(
    not any(Path(font).expanduser().exists() for font in EMOJI_FONTS),
    reason="needs Noto Color Emoji, which is not installed",
)
def test_a_drawing_is_named_as_its_rebus_has_to_name_it(tmp_path: Path) -> None:
    item = tmp_path / "games" / "tok.md"
    item.parent.mkdir()
    (tmp_path / "images").mkdir()
    item.write_text("```rebus\nanswer: ток\nline: 🐱кот^\n```\n", encoding="utf-8")
    result = run("draw", str(item), "--to", str(tmp_path / "images" / "tok.png"))
    assert "picture: ../images/tok.png" in result.stderr
    missing = run("draw", str(item), "--to", str(tmp_path / "nowhere" / "tok.png"))
    assert isinstance(missing.exception, UsageError)


def test_a_file_without_a_rebus_is_refused(tmp_path: Path) -> None:
    item = tmp_path / "tip.md"
    item.write_text("Просто совет.\n", encoding="utf-8")
    result = run("draw", str(item), "--to", str(tmp_path / "x.png"))
    assert isinstance(result.exception, UsageError)


def test_a_code_is_sealed_beside_its_item_and_never_shown(tmp_path: Path) -> None:
    item = tmp_path / "fox.md"
    item.write_text("```rebus\nanswer: столица\nline: 100 + ЛИЦА\n```\n", encoding="utf-8")
    result = run("seal", str(item), "--also", "главный город", "--code", "LETO", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"prize": str(tmp_path / "fox.prize.json"), "answers": 2}
    sealed = (tmp_path / "fox.prize.json").read_text("utf-8")
    assert "LETO" not in sealed + result.output
    assert open_prize(sealed, "Главный город!") == "LETO"
