"""The hand-written pages say what is so: commands exist, rebuses read, links lead somewhere."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pismo.cli import root
from pismo.games.line import parse_line
from pismo.games.solver import line_readings
from pismo.segments import check_segments
from pismo.workspace import load_workspace

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for path in (*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md"))
    if path.name != "CHANGELOG.md"
)


def typed_commands(page: Path) -> Iterator[str]:
    """Yield what a page tells to type: lines of console blocks that begin with `$ pismo`."""
    for block in re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            if match := re.match(r"\s*\$ (?:[A-Z_]+=\S+ )*(pismo .*)", line):
                yield match[1].partition(" #")[0]


@pytest.mark.parametrize("page", PAGES)
def test_a_command_that_a_page_tells_to_type_exists(page: str) -> None:
    for line in typed_commands(REPOSITORY / page):
        words = shlex.split(line.split("|")[0])[1:]
        command: click.Command = root
        context = click.Context(root, info_name="pismo", **root.context_settings)
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            found = command.get_command(context, words[0])
            assert found, f"{page}: no command {words[0]!r} in: {line}"
            command, words = found, words[1:]
        known = {option for each in command.get_params(context) for option in each.opts}
        known |= {option for each in command.get_params(context) for option in each.secondary_opts}
        for word in words:
            if word.startswith("-") and command is not root:
                assert word.partition("=")[0] in known, f"{page}: no option {word} in: {line}"


@pytest.mark.parametrize("page", PAGES)
def test_a_link_within_the_repository_leads_somewhere(page: str) -> None:
    path = REPOSITORY / page
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text)
    for link in (first or second for first, second in links):
        target = link.partition("#")[0]
        if target and "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), f"{page}: {link} leads nowhere"


TWINS = [page for page in PAGES if page.endswith(".ru.md")]


@pytest.mark.parametrize("page", TWINS)
def test_a_russian_twin_tells_to_type_what_the_english_page_does(page: str) -> None:
    russian, english = REPOSITORY / page, REPOSITORY / page.replace(".ru.md", ".md")
    typed = [
        [re.sub(r'"[^"]*"|\s+$', "", line) for line in typed_commands(one)]
        for one in (russian, english)
    ]
    assert typed[0] == typed[1]
    assert f"[In English]({english.name})" in russian.read_text("utf-8")
    assert f"({russian.name})" in english.read_text("utf-8")
    headings = [
        re.findall(r"^#+ ", one.read_text("utf-8"), re.MULTILINE) for one in (russian, english)
    ]
    assert headings[0] == headings[1], "the twins have different sections"


@pytest.mark.parametrize("page", PAGES)
def test_a_russian_page_leads_to_russian_twins(page: str) -> None:
    text = re.sub(r"\[In English\]\([^)]+\)", "", (REPOSITORY / page).read_text("utf-8"))
    if len(re.findall("[а-яё]", text)) < len(text) / 4:
        return
    links = re.findall(r"\]\(([^)#\s]+\.md)", text)
    folder = (REPOSITORY / page).parent
    assert [one for one in links if (folder / one).with_suffix(".ru.md").exists()] == []


def test_a_picture_is_small_enough_to_load_at_once() -> None:
    pictures = list((REPOSITORY / "docs" / "images").glob("*.png"))
    assert len(pictures) >= 4
    assert [one.name for one in pictures if one.stat().st_size > 150_000] == []


def test_every_line_of_the_rebus_page_reads_as_the_page_says() -> None:
    page = (REPOSITORY / "docs" / "howto" / "rebus.md").read_text("utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| .*«([а-яё]+)» \|$", page, re.MULTILINE)
    assert len(rows) >= 7
    for line, reading in rows:
        assert reading in line_readings(parse_line(line, language="ru"), "ru"), line


def test_every_dependency_has_its_reason() -> None:
    document = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    groups = document["dependency-groups"].values()
    lines = [*document["project"]["dependencies"], *(line for group in groups for line in group)]
    page = (REPOSITORY / "docs" / "explanation" / "dependencies.md").read_text("utf-8")
    cells = re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)
    given = {name for cell in cells for name in re.findall(r"`([\w.-]+)`", cell)}
    names = {re.split(r"[\[<>=~!; ]", line)[0] for line in lines}
    assert names - given == set(), "a dependency without a reason"
    assert given - names == set(), "a reason without a dependency"


@pytest.mark.parametrize("name", ["segments.md", "segments.ru.md"])
def test_the_fact_of_ones_own_that_a_page_shows_is_one(small: Path, name: str) -> None:
    page = (REPOSITORY / "docs" / "howto" / name).read_text("utf-8")
    (select,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    (small / "segments" / "facts.sql").write_text(select, "utf-8")
    (segment,) = re.findall(r"`(where = \"party[^`]*)`", page)
    (small / "segments" / "party.toml").write_text(
        f'title = "Party"\n{segment}\nexample.in = {{ party_games_90 = 1 }}\n'
        "example.out = { party_games_90 = 0 }\n",
        "utf-8",
    )
    assert [one for one in check_segments(load_workspace(small)) if one.segment == "party"] == []
