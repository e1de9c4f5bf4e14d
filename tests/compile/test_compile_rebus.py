"""Rebuses on their way into a letter: drawn as their writer asks, warned of where they stand."""

import io
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from pismo.checks import check
from pismo.compile import Compilation, FragmentCache, compile_issue
from pismo.compile.blocks.rebus import rebus_drawing
from pismo.compile.problem import CompileError
from pismo.games import drawn_picture
from pismo.model.finding import Finding, Source
from pismo.workspace import load_workspace

GAME = "content/games/capital.md"
ISSUE = "newsletters/weekly/2026-11-27.md"


def compiled(root: Path, block: str, cache: FragmentCache | None = None) -> Compilation:
    """Compile the issue with another block in its rebus, which begins on line 8."""
    head, fence, _ = (root / GAME).read_text("utf-8").partition("```rebus\n")
    (root / GAME).write_text(f"{head}{fence}{block}\n```\n", "utf-8")
    return compile_issue(load_workspace(root), "weekly/2026-11-27", cache=cache)


def told(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{one.source} {one.severity} {one.rule.id} {one.segment}" for one in findings]


def paint(file: Path, colour: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (1200, 300), colour).save(out, "PNG")
    file.write_bytes(out.getvalue())


def test_a_rebus_with_a_picture_is_drawn_as_that_picture(small: Path) -> None:
    paint(small / "content/games/not.png", "white")
    result = compiled(small, "answer: note\npicture: not.png\nline: 10:ton^ + E")
    assert result.findings == ()
    (file,) = result.images
    assert file.source == "content/games/not.png"
    with Image.open(io.BytesIO(file.data)) as image:
        assert image.width == 960
    html = str(result.editions[0].html)
    assert f'/images/{file.name}" alt="Rebus: 10, upside down' in html
    assert 'role="img"' not in html


@pytest.mark.usefixtures("emoji_font")
def test_what_stands_upside_down_is_drawn_without_being_asked_for(small: Path) -> None:
    result = compiled(small, "answer: seabed\nline: 🌊sea + 🛏deb^")
    assert result.findings == ()
    (file,) = result.images
    with Image.open(io.BytesIO(file.data)) as image:
        assert (image.format, image.width) == ("PNG", 640)
    html, text = str(result.editions[0].html), str(result.editions[0].text)
    label = "Rebus: sea; plus deb, upside down: read backwards"
    assert f'/images/{file.name}" alt="{label}" width="320"' in html
    assert "🛏" not in html
    assert "sea + deb^" in text
    assert "seabed" not in file.name


@pytest.mark.usefixtures("emoji_font")
def test_a_drawn_rebus_comes_with_its_picture_also_when_its_text_was_in_the_cache(
    small: Path,
) -> None:
    cache, block = FragmentCache(), "answer: seabed\nline: 🌊sea + 🛏deb^"
    first = compiled(small, block, cache).images
    assert len(first) == 1
    assert compiled(small, block, cache).images == first


@pytest.mark.usefixtures("emoji_font")
def test_an_emoji_that_the_font_lacks_is_an_error_at_its_line(small: Path) -> None:
    result = compiled(small, "answer: seabed\nline: 🌊sea + 🜁deb^")
    assert told(result.findings) == [f"{GAME}:9 error rebus-no-glyph None"]


@pytest.mark.usefixtures("emoji_font")
def test_an_emoji_that_the_font_lacks_is_told_before_any_issue_uses_it(small: Path) -> None:
    text = (small / GAME).read_text("utf-8").replace("🛏bed", "🜁deb^")
    (small / "content/games/next.md").write_text(text, "utf-8")
    found = check(load_workspace(small)).findings
    assert "content/games/next.md:10 error rebus-no-glyph None" in told(found)


def test_a_missing_font_is_an_error_that_says_what_to_install() -> None:
    nowhere = partial(drawn_picture, emoji_fonts=["/nowhere.ttf"])
    with pytest.raises(CompileError) as caught:
        rebus_drawing(
            "answer: seabed\nline: 🌊sea + 🛏deb^",
            "en",
            Source(GAME, 8),
            made=lambda *_: "",
            drawn=lambda rebus: nowhere(rebus)[0],
        )
    finding = caught.value.finding(Source("", 0))
    assert told((finding,)) == [f"{GAME}:9 error rebus-no-font None"]
    assert "apt-get install fonts-noto-color-emoji" in finding.hint("en")


def test_a_picture_that_is_not_there_is_an_error_where_it_is_named(small: Path) -> None:
    result = compiled(small, "answer: note\npicture: not.png\nline: 10:ton^ + E")
    assert told(result.findings) == [f"{GAME}:9 error missing-image None"]


def test_a_new_drawing_is_seen_by_a_cache_that_knows_the_old_one(small: Path) -> None:
    cache, block = FragmentCache(), "answer: note\npicture: not.png\nline: 10:ton^ + E"
    names = []
    for colour in ("white", "silver"):
        paint(small / "content/games/not.png", colour)
        result = compiled(small, block, cache)
        names += [file.name for file in result.images]
        assert names[-1] in str(result.editions[0].html)
    assert len(set(names)) == 2


def test_warnings_stand_at_the_line_of_the_rebus_and_are_told_for_no_segment_alone(
    small: Path,
) -> None:
    result = compiled(small, "answer: apricot\nhint: soft\nline: APRICOT")
    assert told(result.findings) == [f"{GAME}:10 warning rebus-shows-answer None"]
    assert len(result.editions) > 1


def test_a_warning_is_told_again_when_nothing_was_made_anew(small: Path) -> None:
    cache, block = FragmentCache(), "answer: apricot\nhint: soft\nline: APRICOT"
    first = compiled(small, block, cache).findings
    assert compiled(small, block, cache).findings == first
    game = small / GAME
    game.write_text(game.read_text("utf-8").replace("kind:", "tags: [soft]\nkind:"), "utf-8")
    (moved,) = compile_issue(load_workspace(small), "weekly/2026-11-27", cache=cache).findings
    assert moved.source.line == first[0].source.line + 1


def test_a_rebus_in_the_text_of_an_issue_is_tried_too(small: Path) -> None:
    text = (small / ISSUE).read_text("utf-8")
    fence = "```rebus\nanswer: apricot\nline: APRICOT\n```"
    (small / ISSUE).write_text(text.replace('{{ rebus("capital") }}', fence), "utf-8")
    result = compile_issue(load_workspace(small), "weekly/2026-11-27")
    assert told(result.findings) == [f"{ISSUE}:14 warning rebus-shows-answer None"]


def test_a_rebus_that_makes_a_letter_heavy_is_a_warning(small: Path) -> None:
    letters = "abcdefghijklmn"
    result = compiled(
        small, f"answer: {letters}\nline: " + " + ".join(f"🐱{sign}(1={sign})" for sign in letters)
    )
    (finding,) = result.findings
    assert finding.rule.id == "rebus-heavy"
    assert "1536" in finding.message("en")


def test_what_is_wrong_in_the_middle_of_a_line_says_in_which_column(small: Path) -> None:
    (finding,) = compiled(small, "answer: seabed\nline: 🌊sea + 🛏bed(z=s)").findings
    assert str(finding.source) == f"{GAME}:9"
    assert finding.message("en") == "'bed' has no letter 'z' (column 14)"
