"""The main job, whole: the very commands a newcomer runs, on a real workspace, as processes."""

import email
import email.policy
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest


def pismo(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "pismo", "-C", str(root), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run the demo once on the small workspace; return its root and what it printed."""
    root = tmp_path_factory.mktemp("demo") / "small"
    shutil.copytree(Path(__file__).parent.parent / "workspaces" / "small", root)
    run = pismo(root, "demo", "--people", "300", "--products", "40")
    assert run.returncode == 0, run.stderr
    return root, run.stderr


pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def test_everybody_planned_has_exactly_one_letter(shown: tuple[Path, str]) -> None:
    root, _ = shown
    run = pismo(root, "publish", "weekly/2026-11-27", "--to", "outbox", "--yes", "--json")
    books = json.loads(run.stdout)
    letters = list((root / ".pismo/outbox/weekly/2026-11-27/new").iterdir())
    assert books["accepted"] == len(letters) > 200
    receivers = Counter(
        email.message_from_bytes(letter.read_bytes(), policy=email.policy.default)["To"]
        for letter in letters
    )
    assert set(receivers.values()) == {1}


def test_the_books_close(shown: tuple[Path, str]) -> None:
    root, _ = shown
    run = pismo(root, "publish", "weekly/2026-11-27", "--to", "outbox", "--yes", "--json")
    books = json.loads(run.stdout)
    states = ("accepted", "refused", "throttled", "in_doubt", "withdrawn", "waiting")
    total = sum(books[state] for state in states) + sum(books["excluded"].values())
    assert books["audience"] == total == 300


def test_a_letter_is_complete_mail(shown: tuple[Path, str]) -> None:
    root, _ = shown
    letter = min((root / ".pismo/outbox/weekly/2026-11-27/new").iterdir())
    message = email.message_from_bytes(letter.read_bytes(), policy=email.policy.default)
    assert message.get_content_type() == "multipart/alternative"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<https://links.shop.example/u/")
    assert "weekly.shop.example" in message["List-Id"]
    assert not any(len(line) > 998 for line in letter.read_bytes().split(b"\r\n"))
    assert message.defects == []


def test_it_ends_by_naming_a_letter_and_the_next_command(shown: tuple[Path, str]) -> None:
    root, printed = shown
    lines = printed.strip().splitlines()
    assert lines[-1].endswith("pismo preview")
    assert (root / lines[-3].split()[-1]).is_file()
    assert (root / lines[-2].split()[-1]).is_file()


def test_a_state_that_no_demo_made_is_left_alone(small: Path) -> None:
    (small / ".pismo").mkdir()
    (small / ".pismo" / "keys.toml").write_text("mine", "utf-8")
    run = pismo(small, "demo")
    assert run.returncode == 2
    assert "left alone" in run.stderr
    assert (small / ".pismo" / "keys.toml").read_text("utf-8") == "mine"


def test_a_broken_setting_plans_nobody(small: Path) -> None:
    settings = small / "pyproject.toml"
    text = settings.read_text("utf-8").replace('language = "en"', 'language = "english"')
    settings.write_text(text, "utf-8")
    assert pismo(small, "sample", "--people", "20", "--products", "9").returncode == 0
    run = pismo(small, "plan", "weekly/2026-11-27")
    assert run.returncode == 1
    assert "pyproject.toml:2: error[wrong-value]" in run.stderr
