"""What the system says of files is told in a sentence, with a way on, and never as a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo.cli import root
from pismo.errors import ExitCode, FindingsError, file_trouble
from pismo.workspace import load_workspace


def told(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pismo", "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_folder_where_a_file_should_be_is_a_sentence_and_not_a_traceback(small: Path) -> None:
    assert told(small, "sample", "--people", "30", "--products", "10").returncode == ExitCode.DONE
    (small / ".pismo" / "audience" / "current").unlink()
    (small / ".pismo" / "audience" / "current").mkdir()
    done = told(small, "plan", "weekly/2026-11-27")
    assert done.returncode == ExitCode.FAILED
    assert "audience/current: Is a directory" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", [PermissionError, OSError])
def test_who_may_not_read_is_told_whom_to_ask(kind: type[OSError]) -> None:
    trouble = file_trouble(kind(13, "Permission denied", "/srv/letters/.pismo/keys.toml"))
    assert trouble.message == "/srv/letters/.pismo/keys.toml: Permission denied"
    assert "by root?" in trouble.hint
    assert "root?" in trouble.hint_ru


def test_a_reader_of_the_output_that_leaves_early_is_no_error(small: Path) -> None:
    command = f"{sys.executable} -m pismo -C {small} check --all | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def test_a_content_folder_that_cannot_be_listed_is_said_to_be_so(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may list every folder, and CI is root.
    monkeypatch.setattr("os.access", lambda path, _mode: Path(path).name != "stories")
    found = [(one.source.path, one.rule.id) for one in load_workspace(small).findings]
    assert ("content/stories", "unreadable-file") in found


def test_an_issue_whose_file_cannot_be_read_is_not_said_to_be_absent(small: Path) -> None:
    (small / "newsletters" / "weekly" / "2026-11-27.md").write_bytes(b"---\n\xff\xfe\n---\n")
    done = CliRunner().invoke(root, ["-C", str(small), "plan", "weekly/2026-11-27"])
    assert isinstance(done.exception, FindingsError)
    assert done.exception.findings[0].rule.id == "unreadable-file"
