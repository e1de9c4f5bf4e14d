"""`pismo build --compare REF`: what changed in which segment, word by word."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo.cli import root


@pytest.fixture
def committed(small: Path) -> Path:
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        ["-c", "user.name=Kate", "-c", "user.email=kate@shop.example", "commit", "-qm", "Begin"],
    ):
        subprocess.run(["git", *words], cwd=small, check=True)
    return small


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
    assert told["changed"] == [{"issue": "weekly/2026-11-27", "segment": "families"}]
    page = (committed / "build" / "compare.html").read_text("utf-8")
    assert "Today.</ins>" in page


def test_markdown_shows_the_words_around_a_change(committed: Path) -> None:
    change(committed, "content/stories/rain.md", "door opened", "window opened")
    assert "~~door~~ **window** opened" in compare(committed)


def test_a_commit_that_is_not_there_is_refused(committed: Path) -> None:
    words = ["-C", str(committed), "build", "--compare", "no-such-branch"]
    assert "no-such-branch" in str(CliRunner().invoke(root, words).exception)
