"""The games of the sample workspace: each solves, each ends, no prize lies open."""

from pathlib import Path

import pytest
import yaml

from pismo.games import (
    fenced,
    open_prize,
    parse_poll,
    parse_quiz,
    parse_rebus,
    quiz_pages,
    read_lock,
    solve,
)
from pismo.games.notation import pieces
from pismo.games.spelling import fold

GAMES = Path(__file__).resolve().parents[2] / "content" / "games"
FILES = sorted(path for path in GAMES.glob("*.md") if path.name != "README.md")


def blocks(kind: str) -> list[tuple[Path, str]]:
    found = [(path, fenced(path.read_text("utf-8"), kind)) for path in FILES]
    return [(path, block) for path, block in found if block is not None]


def names(kind: str) -> list[str]:
    return [path.name for path, _ in blocks(kind)]


@pytest.mark.parametrize(("path", "block"), blocks("rebus"), ids=names("rebus"))
def test_every_rebus_solves_without_an_error_or_a_second_answer(path: Path, block: str) -> None:
    found = solve(parse_rebus(block))
    assert found.ok, found.remarks
    assert [remark.message("ru") for remark in found.remarks] == []
    assert path.stem.isascii()


@pytest.mark.parametrize(("path", "block"), blocks("rebus"), ids=names("rebus"))
def test_no_rebus_gives_its_answer_away(path: Path, block: str) -> None:
    rebus = parse_rebus(block)
    around = path.read_text("utf-8").replace(block, "") + rebus.hint + path.stem
    assert fold(rebus.answer) not in fold(around)


@pytest.mark.parametrize(("path", "block"), blocks("rebus"), ids=names("rebus"))
def test_every_picture_turned_over_is_drawn(path: Path, block: str) -> None:
    rebus = parse_rebus(block)
    flipped = any(piece.changes.flipped for line in rebus.lines for piece in pieces(line.parts))
    assert not flipped or (path.parent / rebus.picture).is_file()


@pytest.mark.parametrize(("path", "block"), blocks("quiz"), ids=names("quiz"))
def test_every_quiz_reaches_each_of_its_results(path: Path, block: str) -> None:
    assert len(quiz_pages(parse_quiz(block))) > 3, path


@pytest.mark.parametrize(("path", "block"), blocks("poll"), ids=names("poll"))
def test_every_poll_can_be_answered(path: Path, block: str) -> None:
    assert len(parse_poll(block).options) >= 3, path


def test_every_prize_is_sealed_and_opens_to_its_rebus() -> None:
    named = 0
    for path, block in blocks("rebus"):
        head = yaml.safe_load(path.read_text("utf-8").split("---")[1])
        if "prize" in head:
            sealed = (GAMES / f"{head['prize']}.prize.json").read_text("utf-8")
            assert read_lock(sealed)["iterations"] == 600_000
            assert open_prize(sealed, f"«{parse_rebus(block).answer}!»")
            assert open_prize(sealed, "мимо") is None
            named += 1
    assert named == 2


def test_there_is_enough_to_play_for_half_a_year() -> None:
    languages = [parse_rebus(block).language for _, block in blocks("rebus")]
    assert languages.count("ru") >= 20
    assert languages.count("en") >= 5
    assert len(blocks("quiz")) == 2
    assert len(blocks("poll")) == 3
