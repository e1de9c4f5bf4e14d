"""The publishing job of docs/howto/publish-from-ci.md, run: with its ledger on PostgreSQL."""

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pismo.scaffold import new_workspace
from tests.docs.test_docs_reference import a_workspace

ISSUE = "letters/2026-12-04"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a new workspace, as a runner has checked it out."""
    new_workspace(tmp_path / "checkout", a_workspace())
    return tmp_path / "checkout"


@pytest.fixture
def environment(tmp_path: Path, postgres_url: str) -> Mapping[str, str]:
    """Return the job's environment: a ledger and keys that outlive it, and an outbox for SES."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PISMO_STATE_URL": postgres_url,
        "PISMO_SIGNING_KEYS": secrets.token_hex(32),
        "PISMO_HMAC_KEYS": secrets.token_hex(32),
        "LETTERS_STATE": str(state),
        "ISSUE": ISSUE,
        "TO": "outbox",
        "PAUSE_S": "0",
    }


def steps(repository: Path) -> Mapping[str, dict[str, Any]]:
    """Return the job's shell steps by name."""
    page = (repository / "docs" / "howto" / "publish-from-ci.md").read_text("utf-8")
    found = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert found
    job = yaml.safe_load(found[1])["jobs"]["publish"]
    return {step["name"]: step for step in job["steps"] if "run" in step}


def run(script: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a shell step as the runner would; returns what it said on stdout."""
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.postgres
def test_a_job_that_is_run_twice_writes_to_everybody_once(
    repository: Path, workspace: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    job = steps(repository)
    run(job["Link the state"]["run"], workspace, environment)
    run("pismo sample --people 80 --products 20", workspace, environment)
    for name in ("Build and check", "Plan", "Publish"):
        run(job[name]["run"], workspace, environment)
    outbox = tmp_path / "state" / "outbox" / ISSUE / "new"
    first = sorted(file.name for file in outbox.iterdir())
    assert first

    # Another runner has a fresh checkout, and the same state.
    run("rm -rf .pismo build", workspace, environment)
    for name in ("Link the state", "Build and check", "Plan", "Publish"):
        run(job[name]["run"], workspace, environment)
    assert sorted(file.name for file in outbox.iterdir()) == first
    books = json.loads(run(f"pismo publish {ISSUE} --status --json", workspace, environment))
    assert books["accepted"] == len(first)
