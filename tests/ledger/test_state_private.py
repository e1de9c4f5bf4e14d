"""What lies in `.pismo/` is its owner's alone, and a page says what each thing is."""

import os
from pathlib import Path

from click.testing import CliRunner

from pismo.cli import root

ROOT = Path(__file__).parents[2]
ISSUE = "weekly/2026-11-27"
COMMANDS = (
    ("sample", "--people", "30", "--products", "20"),
    ("build", ISSUE),
    ("plan", ISSUE),
    ("publish", ISSUE, "--to", "outbox", "--yes"),
)


def test_everything_in_the_folder_of_state_is_private_and_on_the_page(small: Path) -> None:
    before = os.umask(0o022)
    try:
        for words in COMMANDS:
            CliRunner().invoke(root, ["-C", str(small), *words], catch_exceptions=False)
    finally:
        os.umask(before)
    state = small / ".pismo"
    found = [state, *state.rglob("*")]
    modes = {
        str(path.relative_to(small)): oct(path.stat().st_mode & 0o777)
        for path in found
        if path.stat().st_mode & 0o077
    }
    assert modes == {}
    page = (ROOT / "docs" / "reference" / "state-database.md").read_text("utf-8")
    table = page.partition("## What lies in `.pismo/`")[2]
    for path in state.iterdir():
        assert f"`{path.name}{'/' if path.is_dir() else ''}`" in table, path.name
