"""What `pismo new` begins is right at once."""

import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo import __version__
from pismo.checks import check
from pismo.cli import root
from pismo.errors import ExitCode, UsageError
from pismo.model.content import Kind
from pismo.model.finding import Finding, Severity
from pismo.scaffold import FileKind, NewWorkspace, new_file, new_issue, new_workspace
from pismo.scaffold.workspace import requirement
from pismo.workspace import load_workspace

DAY = date(2026, 12, 4)
BUILT = ("story", "tip", "rebus", "quiz", "poll", "pick")


def is_error(finding: Finding) -> bool:
    """Tell whether a finding stops the build."""
    return finding.severity is Severity.ERROR


def wanted(language: str, brand: str = "Лавка") -> NewWorkspace:
    """Return the answers of somebody who begins a workspace."""
    return NewWorkspace(
        brand=brand,
        sender="Катя",
        address="katya@shop.example",
        language=language,
        accent="#b5502f",
        background="#ffffff",
        day=DAY,
    )


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_new_workspace_has_no_finding(tmp_path: Path, language: str) -> None:
    root = tmp_path / "letters"
    written = new_workspace(root, wanted(language))
    workspace = load_workspace(root)
    assert workspace.findings == ()
    assert list(workspace.issues) == ["letters/2026-12-04"]
    assert workspace.settings.language == language
    assert ".github/workflows/letters.yml" in written
    assert ".gitignore" in written


def test_a_brand_with_quotes_stays_a_brand(tmp_path: Path) -> None:
    new_workspace(tmp_path / "x", wanted("ru", 'Игры "У Ёлки" \\ О’Коннор\n[tool.evil]'))
    workspace = load_workspace(tmp_path / "x")
    assert workspace.findings == ()
    assert workspace.settings.brand.name == 'Игры "У Ёлки" \\ О’Коннор [tool.evil]'


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", "utf-8")
    with pytest.raises(UsageError, match="is not empty"):
        new_workspace(tmp_path, wanted("ru"))
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", list(FileKind))
def test_a_new_file_has_no_finding(tmp_path: Path, language: str, kind: FileKind) -> None:
    new_workspace(tmp_path / "x", wanted(language))
    made = new_file(load_workspace(tmp_path / "x"), kind, "Дождь: во «вторник»")
    assert Path(made.path).stem.replace("_", "-") == "dozhd-vo-vtornik"
    assert load_workspace(tmp_path / "x").findings == ()


def test_a_title_keeps_its_quotes(tmp_path: Path) -> None:
    new_workspace(tmp_path / "x", wanted("en"))
    new_file(load_workspace(tmp_path / "x"), FileKind.STORY, 'The "last" tram: no. 7')
    item = load_workspace(tmp_path / "x").items[(Kind.STORY, "the-last-tram-no-7")]
    assert item.title == 'The "last" tram: no. 7'


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    new_workspace(tmp_path / "x", wanted("en"))
    workspace = load_workspace(tmp_path / "x")
    with pytest.raises(UsageError, match="is there already"):
        new_file(workspace, FileKind.STORY, "Anything", "first")


def test_an_issue_begins_from_an_earlier_one(tmp_path: Path) -> None:
    new_workspace(tmp_path / "x", wanted("ru"))
    workspace = load_workspace(tmp_path / "x")
    made = new_issue(workspace, "letters", date(2026, 12, 11), "letters/2026-12-04")
    issue = load_workspace(tmp_path / "x").issues[made.use]
    assert issue.date == date(2026, 12, 11)
    assert issue.body == workspace.issues["letters/2026-12-04"].body
    assert issue.draft, "a copy of last week's letter must not leave unread"


def test_an_issue_without_a_date_in_its_head_can_be_copied(tmp_path: Path) -> None:
    new_workspace(tmp_path / "x", wanted("ru"))
    earlier = tmp_path / "x" / "newsletters" / "letters" / "2026-12-04.md"
    earlier.write_text("---\nsubject: Письмо\n---\nПривет!\n", "utf-8")
    made = new_issue(
        load_workspace(tmp_path / "x"), "letters", date(2026, 12, 11), "letters/2026-12-04"
    )
    workspace = load_workspace(tmp_path / "x")
    assert workspace.findings == ()
    assert workspace.issues[made.use].draft


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_new_issue_uses_what_is_there(tmp_path: Path, language: str) -> None:
    new_workspace(tmp_path / "x", wanted(language))
    new_issue(load_workspace(tmp_path / "x"), "letters", date(2026, 12, 18))
    workspace = load_workspace(tmp_path / "x")
    assert workspace.findings == ()
    assert '{{ story("first") }}' in workspace.issues["letters/2026-12-18"].body


def test_an_issue_speaks_the_language_of_its_newsletter(repository: Path, tmp_path: Path) -> None:
    for folder in ("newsletters", "content", "segments"):
        shutil.copytree(repository / folder, tmp_path / folder)
    shutil.copy(repository / "pyproject.toml", tmp_path)
    made = new_issue(load_workspace(tmp_path), "almanac", date(2027, 3, 5))
    workspace = load_workspace(tmp_path)
    assert workspace.settings.language == "ru"
    assert "Hello" in workspace.issues[made.use].body
    assert [one for one in check(workspace, [made.use]).findings if is_error(one)] == []


def test_a_new_issue_tells_what_no_issue_has_told(tmp_path: Path) -> None:
    new_workspace(tmp_path / "x", wanted("ru"))
    new_file(load_workspace(tmp_path / "x"), FileKind.STORY, "А это новая")
    made = new_issue(load_workspace(tmp_path / "x"), "letters", date(2026, 12, 18))
    body = load_workspace(tmp_path / "x").issues[made.use].body
    assert '{{ story("a-eto-novaya") }}' in body
    assert "rebus(" not in body, "the only one was in the first issue"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_everything_that_new_begins_passes_the_check_at_once(tmp_path: Path, language: str) -> None:
    folder = tmp_path / "x"
    new_workspace(folder, wanted(language))
    used = [
        new_file(load_workspace(folder), kind, f"My {kind}").use
        for kind in FileKind
        if kind is not FileKind.SEGMENT
    ]
    segment = new_file(load_workspace(folder), FileKind.SEGMENT, "My segment")
    assert segment.path == "segments/my_segment.toml"
    made = new_issue(load_workspace(folder), "letters", date(2026, 12, 18))
    report = check(load_workspace(folder))
    told = {finding.rule.id for finding in report.findings}
    # The new issue is a draft on purpose; not everything is in an issue; nobody gave an address.
    assert told <= {"item-unused", "segment-unused", "draft-issue", "law-postal-address"}
    assert report.errors == 0
    issue = folder / "newsletters" / "letters" / "2026-12-18.md"
    blocks = [use for use in used if use.split("(")[0].strip("{ ") in BUILT]
    issue.write_text(issue.read_text("utf-8") + "\n\n" + "\n\n".join(blocks) + "\n", "utf-8")
    assert check(load_workspace(folder), [made.use]).errors == 0


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("", f"pismo=={__version__}"),
        ('{"url": "file:///home/katya/pismo", "dir_info": {}}', f"pismo=={__version__}"),
        (
            '{"url": "https://git.example/p.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}',
            "pismo @ git+https://git.example/p.git@abc",
        ),
        ('{"url": "https://files.example/p.whl"}', "pismo @ https://files.example/p.whl"),
        ('{"url": "https://user:secret@files.example/p.whl"}', f"pismo=={__version__}"),
    ],
)
def test_a_workspace_pins_the_pismo_that_made_it(origin: str, expected: str) -> None:
    assert requirement(origin) == expected


def test_an_address_that_is_none_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no address"):
        new_workspace(tmp_path / "x", replace(wanted("ru"), address="katya"))
    assert not (tmp_path / "x").exists()


def test_what_flags_do_not_say_is_asked(tmp_path: Path) -> None:
    answers = "en\nGames\nKate\nkate@games.example\n1 Board Street\n\n\n"
    asked = CliRunner().invoke(root, ["new", "workspace", str(tmp_path / "x")], input=answers)
    assert asked.exit_code == 0, asked.output
    flags = "--language en --brand Games --sender Kate --address kate@games.example"
    told = ["new", "workspace", str(tmp_path / "y"), *flags.split()]
    silent = CliRunner().invoke(root, told, input="")
    assert silent.exit_code == 0, silent.output
    assert "Colour" not in silent.output
    for folder in ("x", "y"):
        assert load_workspace(tmp_path / folder).settings.brand.name == "Games"
        assert check(load_workspace(tmp_path / folder)).errors == 0
    assert load_workspace(tmp_path / "x").settings.brand.postal_address == "1 Board Street"


def test_a_mistyped_newsletter_gets_a_guess(tmp_path: Path) -> None:
    new_workspace(tmp_path / "x", wanted("en"))
    with pytest.raises(UsageError) as caught:
        new_issue(load_workspace(tmp_path / "x"), "leters", DAY)
    assert caught.value.hint.startswith("did you mean 'letters'? there are: ")


def test_an_issue_without_a_day_leaves_on_the_first_friday_that_is_free(tmp_path: Path) -> None:
    flags = "--language en --brand Games --sender Kate --address kate@games.example"
    CliRunner().invoke(root, ["new", "workspace", str(tmp_path / "x"), *flags.split()], input="")
    for _ in range(2):
        made = CliRunner().invoke(root, ["-C", str(tmp_path / "x"), "new", "issue", "letters"])
        assert made.exit_code == 0, made.output
    days = [issue.date for issue in load_workspace(tmp_path / "x").issues.values()]
    assert [(later - day).days for day, later in pairwise(sorted(days))] == [7, 7]


def test_a_second_issue_of_one_day_is_refused_with_a_way_out(tmp_path: Path) -> None:
    new_workspace(tmp_path / "x", wanted("en"))
    with pytest.raises(UsageError, match=r"^newsletters/letters/2026-12-04.md is there") as caught:
        new_issue(load_workspace(tmp_path / "x"), "letters", DAY)
    assert "choose another" in str(caught.value.hint)


def test_a_folder_that_holds_something_is_told_before_the_first_question(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", "utf-8")
    asked = CliRunner().invoke(root, ["new", "workspace", str(tmp_path)], input="ru\n")
    assert isinstance(asked.exception, UsageError)
    assert "Language" not in asked.output


def test_an_answer_that_will_not_do_is_asked_again_at_once(tmp_path: Path) -> None:
    answers = "en\nGames\nKate\nkate\nkate@games.example\n\nзелёный\n#3f7d3a\n\n"
    asked = CliRunner().invoke(root, ["new", "workspace", str(tmp_path / "x")], input=answers)
    assert asked.exit_code == 0, asked.output
    assert "Error: 'kate' is no address: like katya@shop.example\nTheir address" in asked.output
    assert "Error: 'зелёный' is no colour: like #b5502f\nColour of links" in asked.output
    assert load_workspace(tmp_path / "x").settings.brand.accent == "#3f7d3a"


def test_an_empty_answer_is_told_what_it_is_for(tmp_path: Path) -> None:
    answers = "en\n\nGames\nKate\nkate@games.example\n\n\n\n"
    asked = CliRunner().invoke(root, ["new", "workspace", str(tmp_path / "x")], input=answers)
    assert asked.exit_code == 0, asked.output
    assert "Error: this is in every letter: write a few words\nBrand" in asked.output


def test_where_nobody_answers_the_options_are_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pismo", "new", "workspace", str(tmp_path / "x")]
    told = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert told.returncode == ExitCode.USAGE
    assert "give the answers as options" in told.stderr
    assert not (tmp_path / "x").exists()


def test_a_colour_given_as_an_option_is_looked_at_before_anything_is_asked(tmp_path: Path) -> None:
    command = ["new", "workspace", str(tmp_path / "x"), "--accent", "notacolor"]
    told = CliRunner().invoke(root, command, input="")
    assert told.exit_code == 2
    assert "'notacolor' is no colour: like #b5502f" in told.output
    assert "Language" not in told.output


def test_a_day_written_another_way_is_answered_with_how_to_write_it(tmp_path: Path) -> None:
    new_workspace(tmp_path / "x", wanted("en"))
    command = ["-C", str(tmp_path / "x"), "new", "issue", "letters", "4.12.2026"]
    told = CliRunner().invoke(root, command)
    assert told.exit_code == 2
    assert "'4.12.2026' is no day: write it like 2026-12-04" in told.output


@pytest.mark.parametrize(
    ("brand", "title"),
    [
        ("Крапива", "Письмо от «Крапива»"),
        ("Мастерская «Крапива»", "Письмо от «Мастерская „Крапива“»"),
        ('Лавка "У Кати"', "Письмо от «Лавка „У Кати“»"),
    ],
)
def test_quotes_of_a_brand_become_the_inner_ones(tmp_path: Path, brand: str, title: str) -> None:
    new_workspace(tmp_path / "x", wanted("ru", brand))
    assert load_workspace(tmp_path / "x").newsletters["letters"].title == title


def test_the_end_of_a_new_workspace_says_what_its_ci_installs(tmp_path: Path) -> None:
    flags = "--language en --brand Games --sender Kate --address kate@games.example"
    made = CliRunner().invoke(root, ["new", "workspace", str(tmp_path / "x"), *flags.split()])
    pinned = (tmp_path / "x" / "pyproject.toml").read_text("utf-8")
    assert f'dependencies = ["pismo=={__version__}"]' in pinned
    assert f"Its CI installs pismo=={__version__}, as pyproject.toml says." in made.output
