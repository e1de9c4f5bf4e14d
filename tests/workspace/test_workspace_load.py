"""A workspace loads whole, and whatever is wrong is found where it stands."""

from datetime import date
from pathlib import Path

import pytest

from pismo.checks import check
from pismo.errors import UsageError
from pismo.model.content import Kind
from pismo.model.finding import Finding
from pismo.workspace import find_root, load_workspace


def found(root: Path) -> list[str]:
    """Return findings as `path:line rule`."""
    return [f"{finding.source} {finding.rule.id}" for finding in load_workspace(root).findings]


def only(root: Path) -> Finding:
    """Return the single finding."""
    (finding,) = load_workspace(root).findings
    return finding


def change(root: Path, path: str, old: str, new: str) -> None:
    """Replace text in a file that must hold it."""
    text = (root / path).read_text("utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), "utf-8")


def test_the_small_workspace_loads_without_a_finding(small: Path) -> None:
    workspace = load_workspace(small)
    assert workspace.findings == ()
    assert set(workspace.items) == {
        (Kind.STORY, "rain"),
        (Kind.TIP, "sleeves"),
        (Kind.PICK, "owls"),
        (Kind.REBUS, "capital"),
    }
    issue = workspace.issues["weekly/2026-11-27"]
    assert issue.date == date(2026, 11, 27)
    assert issue.place_of("preheader").line == 3
    assert workspace.newsletter_of(issue).segments == ("families",)
    assert workspace.people[0].facts["city"] == "Kazan"


def test_the_root_is_found_from_any_subfolder(small: Path) -> None:
    assert find_root(small / "content" / "stories") == small


def test_outside_a_workspace_the_way_in_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no workspace here"):
        find_root(tmp_path)


def test_an_unknown_field_is_found_with_its_line_and_a_guess(small: Path) -> None:
    change(small, "content/tips/sleeves.md", "title:", "live_frm: 2026-01-01\ntitle:")
    finding = only(small)
    assert str(finding.source) == "content/tips/sleeves.md:2"
    assert finding.message("en") == "'live_frm', in tip"
    assert finding.hint("ru") == "может быть, «live_from»?"


def test_a_field_like_no_other_is_answered_with_the_fields_there_are(small: Path) -> None:
    change(small, "content/stories/rain.md", "author: Kate", "автор: Катя")
    (finding,) = load_workspace(small).findings
    assert finding.rule.id == "unknown-field"
    assert finding.hint("en").startswith("fields here: ad, alt, author, draft")
    assert finding.hint("ru").startswith("поля здесь: ad, alt, author, draft")


def test_a_mistyped_field_that_is_needed_is_one_finding(small: Path) -> None:
    change(small, "newsletters/weekly/2026-11-27.md", "subject:", "subjct:")
    workspace = load_workspace(small)
    assert [one.hint("en") for one in workspace.findings] == ["did you mean 'subject'?"]
    assert check(workspace).errors == 1


def test_a_day_with_dots_is_answered_with_how_to_write_it(small: Path) -> None:
    change(small, "newsletters/weekly/2026-11-27.md", "date: 2026-11-27", "date: 27.11.2026")
    (finding,) = load_workspace(small).findings
    assert finding.message("en") == "'date' must be a date like 2026-11-27, not '27.11.2026'"
    change(small, "newsletters/weekly/2026-11-27.md", "date: 27.11.2026", "date: 4.12.2026")
    (finding,) = load_workspace(small).findings
    assert "дата, например 2026-12-04," in finding.message("ru")


def test_a_file_that_cannot_be_read_is_not_missed_a_second_time(small: Path) -> None:
    change(small, "content/stories/rain.md", "author: Kate", "author: Kate: the elder")
    workspace = load_workspace(small)
    assert found(small) == ["content/stories/rain.md:3 broken-front-matter"]
    assert check(workspace).errors == 1


def test_every_problem_is_reported_at_once(small: Path) -> None:
    change(small, "content/stories/rain.md", "author: Kate", "author: [1, 2]")
    change(small, "content/picks/owls.md", "id: p2", "id: p22")
    change(small, "newsletters/weekly/newsletter.toml", '"families"', '"famlies"')
    assert found(small) == [
        "content/picks/owls.md:4 unknown-product",
        "content/stories/rain.md:3 wrong-value",
        "newsletters/weekly/newsletter.toml:4 unknown-segment",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no front matter", "content/tips/bad.md:1 no-front-matter"),
        ("---\ntitle: never closed\n", "content/tips/bad.md:1 unclosed-front-matter"),
        ("---\ntitle: a: b\n---\nx", "content/tips/bad.md:2 broken-front-matter"),
        ("---\n- title\n---\nx", "content/tips/bad.md:1 broken-front-matter"),
        ("---\ntitle: a\ntitle: b\n---\nx", "content/tips/bad.md:3 broken-front-matter"),
        ("---\ntitle: &a x\nauthor: *a\n---\nx", "content/tips/bad.md:1 broken-front-matter"),
        ("---\ntitle: a\nlive_from: 2026-99-01\n---\nx", "content/tips/bad.md:3 wrong-value"),
        ("---\ntitle: a\n---\n \n", "content/tips/bad.md:1 empty-item"),
        ("---\n---\nx", "content/tips/bad.md:1 missing-field"),
        ("---\ntitle: a\nimage: ../x.png\n---\nx", "content/tips/bad.md:3 image-alt"),
    ],
)
def test_broken_content_is_a_finding_never_a_crash(small: Path, text: str, expected: str) -> None:
    (small / "content/tips/bad.md").write_text(text, "utf-8")
    assert found(small) == [expected]


def test_a_file_that_is_not_utf8_is_found(small: Path) -> None:
    (small / "content/tips/old.md").write_bytes("---\ntitle: Чай\n---\nЧай".encode("cp1251"))
    assert found(small) == ["content/tips/old.md:1 unreadable-file"]


def test_windows_line_ends_and_a_bom_are_fine(small: Path) -> None:
    text = "---\ntitle: Tea\n---\nHot.\n".replace("\n", "\r\n")
    (small / "content/tips/tea.md").write_bytes(b"\xef\xbb\xbf" + text.encode())
    workspace = load_workspace(small)
    assert workspace.findings == ()
    assert workspace.items[(Kind.TIP, "tea")].body == "Hot.\n"


def test_an_empty_issue_is_found(small: Path) -> None:
    path = small / "newsletters/weekly/2026-12-04.md"
    path.write_text("---\nsubject: Hi\n---\n\n", "utf-8")
    assert found(small) == ["newsletters/weekly/2026-12-04.md:4 empty-issue"]


def test_an_issue_dated_otherwise_than_its_name_is_found(small: Path) -> None:
    change(small, "newsletters/weekly/2026-11-27.md", "date: 2026-11-27", "date: 2026-11-28")
    assert found(small) == ["newsletters/weekly/2026-11-27.md:4 date-mismatch"]
    (finding,) = load_workspace(small).findings
    assert finding.hint("en") == "rename the file to 2026-11-28.md, or correct the date"


def test_broken_toml_is_found_at_its_line(small: Path) -> None:
    (small / "segments/bad.toml").write_text('title = "x"\nwhere = \n', "utf-8")
    assert found(small) == ["segments/bad.toml:2 broken-toml"]


def test_a_bad_row_of_the_catalogue_is_found_and_the_good_ones_stay(small: Path) -> None:
    change(small, "content/catalogue.csv", "250.00", "cheap")
    workspace = load_workspace(small)
    assert [str(finding.source) for finding in workspace.findings] == ["content/catalogue.csv:4"]
    assert "p3" not in workspace.catalogue
    assert "p5" in workspace.catalogue


def test_files_that_nothing_reads_are_named(small: Path) -> None:
    (small / "content/recipes").mkdir()
    (small / "newsletters/weekly/notes.md").write_text("x", "utf-8")
    assert found(small) == [
        "content/recipes:1 stray-file",
        "newsletters/weekly/notes.md:1 stray-issue",
    ]


def test_a_sender_that_would_inject_a_header_is_refused(small: Path) -> None:
    path = "newsletters/weekly/newsletter.toml"
    change(small, path, '"kate@shop.example"', '"kate@shop.example\\r\\nBcc: x@shop.example"')
    assert found(small) == [f"{path}:12 bad-sender"]
