"""`pismo build --compare REF`: what changed in which segment, word by word."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo.cli import root


@pytest.fixture
def committed(small: Path) -> Path:
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=small, check=True)
    commit(small)
    return small


def commit(workspace: Path) -> None:
    who = ["-c", "user.name=Kate", "-c", "user.email=kate@shop.example"]
    subprocess.run(["git", "add", "-A"], cwd=workspace, check=True)
    subprocess.run(["git", *who, "commit", "-qm", "Write"], cwd=workspace, check=True)


def compare(workspace: Path, *words: str) -> str:
    done = CliRunner().invoke(root, ["-C", str(workspace), "build", "--compare", "HEAD", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def change(workspace: Path, file: str, old: str, new: str) -> None:
    path = workspace / file
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def test_nothing_changed_is_said_so(committed: Path) -> None:
    assert "No letter differs" in compare(committed)


def test_a_word_changed_in_one_segment_is_told_for_it_alone(committed: Path) -> None:
    tip = committed / "content" / "tips" / "sleeves.md"
    tip.write_text(tip.read_text("utf-8").rstrip("\n") + " Today.\n", "utf-8")
    told = json.loads(compare(committed, "--json"))
    assert told["changed"] == [
        {"issue": "weekly/2026-11-27", "segment": "families", "what": "changed"}
    ]
    page = (committed / "build" / "compare.html").read_text("utf-8")
    assert "Today.</ins>" in page


def test_markdown_shows_the_words_around_a_change(committed: Path) -> None:
    change(committed, "content/stories/rain.md", "door opened", "window opened")
    assert "~~door~~ **window** opened" in compare(committed)


def test_a_commit_that_is_not_there_is_refused(committed: Path) -> None:
    words = ["-C", str(committed), "build", "--compare", "no-such-branch"]
    assert "no-such-branch" in str(CliRunner().invoke(root, words).exception)


def what_changed(workspace: Path, *words: str) -> list[tuple[str, str]]:
    changed = json.loads(compare(workspace, "--json", *words))["changed"]
    return [(one["segment"], one["what"]) for one in changed]


def test_a_segment_that_was_deleted_is_told_as_gone_in_a_line(committed: Path) -> None:
    (committed / "segments" / "families.toml").unlink()
    change(committed, "newsletters/weekly/newsletter.toml", '"families"', "")
    change(
        committed, "newsletters/weekly/2026-11-27.md", "{% if segment.id", "{% if 1 or segment.id"
    )
    told = compare(committed)
    assert "· families\n\n- this letter is gone\n" in told


def test_an_issue_under_a_new_date_is_compared_with_what_it_was(committed: Path) -> None:
    folder = committed / "newsletters" / "weekly"
    (folder / "2026-11-27.md").rename(folder / "2026-11-30.md")
    change(committed, "newsletters/weekly/2026-11-30.md", "2026-11-27", "2026-11-30")
    change(committed, "content/stories/rain.md", "door opened", "window opened")
    told = compare(committed)
    assert "### weekly/2026-11-27 → weekly/2026-11-30 · families" in told
    assert "~~door~~ **window** opened" in told


def test_a_commit_that_does_not_build_is_no_empty_letter(committed: Path) -> None:
    change(committed, "newsletters/weekly/2026-11-27.md", '{{ story("rain")', '{{ story("rian")')
    assert what_changed(committed) == [("families", "broken now"), ("everyone", "broken now")]
    commit(committed)
    change(committed, "newsletters/weekly/2026-11-27.md", '{{ story("rian")', '{{ story("rain")')
    assert what_changed(committed) == [("families", "broken before"), ("everyone", "broken before")]


def test_a_colour_that_changed_is_told_though_no_word_did(committed: Path) -> None:
    change(
        committed, "pyproject.toml", "[tool.pismo.brand]", '[tool.pismo.brand]\naccent = "#204080"'
    )
    assert "not a word changed" in compare(committed)


def test_what_a_writer_wrote_is_no_markup_of_the_summary(committed: Path) -> None:
    change(
        committed, "content/stories/rain.md", "door opened", "`<b>` *door* @kate \\<script>x opened"
    )
    told = compare(committed)
    page = (committed / "build" / "compare.html").read_text("utf-8")
    assert "<script" not in told + page
    assert "@kate" not in told


def test_a_summary_of_much_stays_short_enough_for_a_comment(committed: Path) -> None:
    words = " ".join(f"word{number}" for number in range(9_000))
    change(committed, "content/stories/rain.md", "Then the door opened.", words)
    assert len(compare(committed)) < 60_000


def test_a_folder_without_git_is_told_so(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(small.parent))
    done = CliRunner().invoke(root, ["-C", str(small), "build", "--compare", "HEAD"])
    assert "no Git repository" in str(done.exception)


def test_thirty_segments_that_changed_alike_are_told_once(committed: Path) -> None:
    names = [f"points_{number}" for number in range(30)]
    for number, name in enumerate(names):
        (committed / "segments" / f"{name}.toml").write_text(
            f'title = "{name}"\nwhere = "points = {number}"\n'
            f"example.in = {{ points = {number} }}\nexample.out = {{ points = 99 }}\n",
            "utf-8",
        )
    settings = committed / "newsletters" / "weekly" / "newsletter.toml"
    text = settings.read_text("utf-8").replace('segments = ["families"]', f"segments = {names}")
    settings.write_text(text, "utf-8")
    commit(committed)
    change(committed, "content/stories/rain.md", "door opened", "window opened")
    issue = committed / "newsletters" / "weekly" / "2026-11-27.md"
    own = '\n{% if segment.id == "points_7" %}Seven!{% endif %}\n'
    issue.write_text(issue.read_text("utf-8") + own, "utf-8")
    told = compare(committed)
    page = (committed / "build" / "compare.html").read_text("utf-8")
    assert told.count("~~door~~ **window**") == 2
    # The page has whole letters: of points_7, of everyone, and of the 29.
    assert page.count("<del>door</del>") == 3
    assert "· points_7\n" in told
    assert len(told) < 65_536
