"""The page «Try a send locally», typed as it stands, against a simulator of the test's own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pismo.ses_sim import start

ISSUE = "weekly/2026-11-27"


def typed(page: Path) -> str:
    """Return what step 2 tells to type."""
    text = page.read_text("utf-8")
    step = text[text.index("2. In another terminal") : text.index("3. Open")]
    return "\n".join(re.findall(r"^ *\$ (.*)$", step, re.MULTILINE))


@pytest.mark.slow
def test_the_page_s_commands_bring_letters_to_the_simulator(
    small: Path, repository: Path, tmp_path: Path
) -> None:
    script = typed(repository / "docs" / "howto" / "try-a-send-locally.md")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with start() as simulator:
        script = script.replace("http://127.0.0.1:8025", simulator.url)
        script = script.replace("/tmp/try.sqlite", str(tmp_path / "try.sqlite"))
        done = subprocess.run(
            ["bash", "-e", "-c", "pismo sample --people 40\n" + script.replace("ISSUE", ISSUE)],
            cwd=small, env={**os.environ, "PATH": path},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        (accepted,) = re.findall(r"(\d+)  accepted", done.stdout + done.stderr)
        assert len(simulator.state.letters) == int(accepted) > 20
