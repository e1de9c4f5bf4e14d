"""What a new workspace brings for CI does what it says: the steps are run, not read."""

import json
import os
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pismo.scaffold import NewWorkspace, new_workspace

pytestmark = pytest.mark.xdist_group("wheel")
DAY = date(2026, 12, 4)
FAKE_GH = """#!/bin/sh
printf '%s\\n' "$*" > "$GH_SAID"
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clean clone of a new workspace."""
    wanted = NewWorkspace(
        brand="Лавка",
        sender="Катя",
        address="katya@lavka.example",
        language="ru",
        accent="#b5502f",
        background="#ffffff",
        day=DAY,
    )
    origin = tmp_path / "origin"
    new_workspace(origin, wanted)
    me = ["-c", "user.name=Katya", "-c", "user.email=katya@lavka.example"]
    for command in (["init", "-q"], ["add", "-A"], [*me, "commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=origin, check=True)
    subprocess.run(["git", "clone", "-q", "origin", "clone"], cwd=tmp_path, check=True)
    return tmp_path / "clone"


@pytest.fixture
def runner(machine: Path, installing: Mapping[str, str], tmp_path: Path) -> Mapping[str, str]:
    """Return the environment of a runner, whose `gh` writes down what it is told."""
    (machine / "bin" / "gh").write_text(FAKE_GH, "utf-8")
    (machine / "bin" / "gh").chmod(0o755)
    return {
        **installing,
        "PATH": f"{machine / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "GH_SAID": str(tmp_path / "gh.txt"),
        "PULL_REQUEST": "7",
    }


def steps(workspace: Path) -> list[dict[str, Any]]:
    """Return the shell steps of the workflow, in order."""
    workflow = yaml.safe_load((workspace / ".github/workflows/letters.yml").read_text("utf-8"))
    listed: list[dict[str, Any]] = workflow["jobs"]["letters"]["steps"]
    return [step for step in listed if "run" in step]


def run_steps(workspace: Path, environment: Mapping[str, str]) -> dict[str, int]:
    """Run the steps as the runner would: after one failed, only those marked `always()`."""
    codes: dict[str, int] = {}
    for step in steps(workspace):
        if any(codes.values()) and not step.get("if", "").startswith("always()"):
            continue
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=workspace,
            env=dict(environment),
            check=False,
            capture_output=True,
            text=True,
        )
        codes[step["name"]] = done.returncode
    return codes


@pytest.mark.slow
def test_a_pull_request_gets_its_letters_and_a_comment(
    clone: Path, runner: Mapping[str, str], tmp_path: Path
) -> None:
    assert run_steps(clone, runner) == {"Install": 0, "Build": 0, "Check": 0, "Comment": 0}
    comment = (clone / "comment.md").read_text("utf-8")
    assert comment.startswith("**2 letters, 0 errors, 1 warnings**")
    assert "`law-postal-address`" in comment
    assert "pr comment 7" in (tmp_path / "gh.txt").read_text("utf-8")
    assert list((clone / "build" / "letters").rglob("letter.html"))


@pytest.mark.slow
def test_a_pull_request_with_a_mistake_fails_and_says_where(
    clone: Path, runner: Mapping[str, str]
) -> None:
    issue = clone / "newsletters" / "letters" / f"{DAY}.md"
    issue.write_text(issue.read_text("utf-8").replace('story("first")', 'story("frist")'), "utf-8")
    codes = run_steps(clone, runner)
    assert codes["Build"] == codes["Check"] == 1
    assert codes["Comment"] == 0
    comment = (clone / "comment.md").read_text("utf-8")
    assert f"`newsletters/letters/{DAY}.md:" in comment
    assert "1 errors" in comment
    assert json.loads((clone / "check.json").read_text("utf-8"))["errors"] == 1


def test_the_workflow_cannot_send(clone: Path) -> None:
    for step in steps(clone):
        assert "publish" not in step["run"]
        assert "secrets." not in json.dumps(step)


def test_a_push_is_looked_at_as_well_and_only_a_pull_request_is_commented(clone: Path) -> None:
    text = (clone / ".github/workflows/letters.yml").read_text("utf-8")
    assert "\non: [push, pull_request]\n" in text
    (comment,) = [step for step in steps(clone) if step["name"] == "Comment"]
    assert comment["if"] == "always() && github.event_name == 'pull_request'"


def test_the_hook_before_a_commit_runs_the_check(clone: Path) -> None:
    hooks = yaml.safe_load((clone / ".pre-commit-config.yaml").read_text("utf-8"))
    (hook,) = hooks["repos"][0]["hooks"]
    assert hook["entry"] == "pismo check"
    assert hook["pass_filenames"] is False
