"""A list of ids is a segment; what is in Git names nobody."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo.cli import root
from pismo.errors import AudienceError, UsageError
from pismo.intake.importing import import_table
from pismo.intake.lists import import_list
from pismo.model.workspace import Workspace
from pismo.segments import check_segments
from pismo.workspace import load_workspace
from tests.intake.bringing import HOW, PEOPLE, bring, rows


@pytest.fixture
def workspace(small: Path) -> Workspace:
    workspace = load_workspace(small)
    bring(workspace, PEOPLE + "1,a@example.com,,,\n2,b@example.com,,,\n3,c@example.com,,,\n")
    return workspace


def listed(workspace: Workspace, text: str) -> Path:
    file = workspace.root / "ids.txt"
    file.write_text(text, "utf-8")
    return file


def test_a_list_of_ids_becomes_a_column_and_a_segment(workspace: Workspace) -> None:
    file = listed(workspace, "id\n1\n3\n3\n99\nd@example.com\n")
    done = import_list(workspace, "guests", [str(file)], HOW)
    assert (done.read, done.people, done.unknown, done.bad) == (5, 2, 1, 1)
    found = rows(workspace, "SELECT subscriber_id FROM subscribers WHERE guests ORDER BY 1")
    assert found == [("1",), ("3",)]
    again = load_workspace(workspace.root)
    assert "guests" in again.segments
    assert [one for one in check_segments(again) if one.segment == "guests"] == []


def test_the_next_list_replaces_the_last_and_the_segment_stays_as_it_is(
    workspace: Workspace,
) -> None:
    import_list(workspace, "guests", [str(listed(workspace, "id\n1\n"))], HOW)
    segment = workspace.root / "segments" / "guests.toml"
    segment.write_text(segment.read_text("utf-8").replace("Guests", "Наши гости"), "utf-8")
    import_list(workspace, "guests", [str(listed(workspace, "id\n2\n"))], HOW)
    assert rows(workspace, "SELECT subscriber_id FROM subscribers WHERE guests") == [("2",)]
    assert "Наши гости" in segment.read_text("utf-8")


def test_people_who_come_later_are_on_no_list(workspace: Workspace) -> None:
    import_list(workspace, "guests", [str(listed(workspace, "id\n1\n"))], HOW)
    (workspace.root / "more.csv").write_text("id,email\n7,g@example.com\n", "utf-8")
    import_table(workspace, "subscribers", [str(workspace.root / "more.csv")], HOW)
    assert rows(workspace, "SELECT subscriber_id FROM subscribers WHERE guests") == [("1",)]


@pytest.mark.parametrize("name", ["orders", "select", "Guests", "city", "guests; DROP", ""])
def test_a_name_that_means_something_else_is_refused(workspace: Workspace, name: str) -> None:
    file = listed(workspace, "id\n1\n")
    with pytest.raises(AudienceError):
        import_list(workspace, name, [str(file)], HOW)


def test_the_command_wants_a_name_and_is_quiet_where_nobody_looks(workspace: Workspace) -> None:
    file = listed(workspace, "id\n1\n")
    start = ["-C", str(workspace.root), "audience", "import", "ids", str(file)]
    nameless = CliRunner().invoke(root, start)
    assert isinstance(nameless.exception, UsageError)
    done = CliRunner().invoke(root, [*start, "--as", "guests"])
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith("1 people are on the list guests; 0 ids belong to nobody.")
