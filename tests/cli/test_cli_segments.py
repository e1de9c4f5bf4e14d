"""`pismo segments` and `pismo explain` over a segment file that is broken."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BROKEN = {
    "were": ('where = "c', 'were = "c', "«where»|'where'"),
    "an open quote": ('"Families with children"', '"Families with', "TOML"),
    "a fact of another name": ("children_max_age <", "children_max_agee <", "children_max_age"),
}


def pismo(workspace: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pismo", "-C", str(workspace), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("old", "new", "said"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_segment_is_told_as_by_check_and_counted_by_nobody(
    small: Path, old: str, new: str, said: str
) -> None:
    assert pismo(small, "sample", "--people", "50", "--products", "20").returncode == 0
    file = small / "segments" / "families.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    checked = pismo(small, "check")
    errors = [line for line in checked.stderr.splitlines() if "error[" in line]
    assert len(errors) == 1
    assert any(one in errors[0] + checked.stderr for one in said.split("|"))
    for command in (["segments"], ["explain", "weekly/2026-11-27", "anna"]):
        done = pismo(small, *command)
        assert (done.returncode, done.stdout) == (1, "")
        assert errors[0] in done.stderr
        assert "Traceback" not in done.stderr


def test_the_day_of_the_facts_is_said_and_no_later_one_is_compared_with(small: Path) -> None:
    assert pismo(small, "sample", "--people", "50", "--products", "20").returncode == 0
    told = json.loads(pismo(small, "segments", "--json").stdout)
    assert told["since"] == "" or told["since"] < told["day"]
    assert f"50 people, as of {told['day']}" in pismo(small, "segments").stderr
    later = pismo(small, "segments", "--since", told["day"])
    assert (later.returncode, "no earlier day" in later.stderr) == (2, True)
