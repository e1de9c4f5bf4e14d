"""What `pismo new` begins is right at once."""

from datetime import date
from pathlib import Path

import pytest

from pismo.errors import UsageError
from pismo.model.content import Kind
from pismo.scaffold import FileKind, NewWorkspace, new_file, new_issue, new_workspace
from pismo.workspace import load_workspace

DAY = date(2026, 12, 4)


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
    assert Path(made.path).stem == "dozhd-vo-vtornik"
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


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_new_issue_uses_what_is_there(tmp_path: Path, language: str) -> None:
    new_workspace(tmp_path / "x", wanted(language))
    new_issue(load_workspace(tmp_path / "x"), "letters", date(2026, 12, 18))
    workspace = load_workspace(tmp_path / "x")
    assert workspace.findings == ()
    assert '{{ story("first") }}' in workspace.issues["letters/2026-12-18"].body


def test_a_mistyped_newsletter_gets_a_guess(tmp_path: Path) -> None:
    new_workspace(tmp_path / "x", wanted("en"))
    with pytest.raises(UsageError) as caught:
        new_issue(load_workspace(tmp_path / "x"), "leters", DAY)
    assert caught.value.hint == "did you mean 'letters'?"
