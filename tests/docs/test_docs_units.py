"""The cron line and the systemd unit in the documentation are ones that cron and systemd read."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path("docs/howto/run-publishing.md")


def block(repository: Path, kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", (repository / PAGE).read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_unit_in_the_documentation_is_understood_by_systemd(
    repository: Path, tmp_path: Path
) -> None:
    # systemd looks whether the program is there; ours is not installed under /srv.
    unit = re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", block(repository, "ini"))
    file = tmp_path / "pismo@.service"
    file.write_text(unit, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert file.name not in done.stderr, done.stderr


def test_cron_line_in_the_documentation_runs_a_command_that_exists(repository: Path) -> None:
    page = (repository / PAGE).read_text("utf-8")
    (line,) = (line for line in page.splitlines() if re.match(r"[*\d/,-]+( [*\d/,-]+){4}\s", line))
    *when, command = line.split(maxsplit=5)
    assert when == ["*/10", "*", "*", "*", "*"]
    assert "%" not in command, "cron reads % as the end of the line"
    from click.testing import CliRunner

    from pismo.cli import root

    found = re.search(r"pismo (\w+) \S+ (.*?) >>", command)
    assert found is not None
    help_ = CliRunner().invoke(root, [found[1], "--help"]).output
    assert all(word in help_ for word in found[2].split() if word.startswith("--"))
