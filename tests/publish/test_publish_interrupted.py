"""Ctrl-C and SIGTERM in a real process: what is under way ends, the rest waits, nobody twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pismo import ses_sim
from pismo.cli import root as pismo
from pismo.publish.start import STOPPING

ISSUE = "weekly/2026-11-27"
SEND = ("publish", ISSUE, "--to", "ses", "--yes", "--at-once")


def run(root: Path, *words: str) -> dict[str, Any]:
    result = CliRunner().invoke(pismo, ["-C", str(root), *words, "--json"])
    assert result.exit_code in (0, 3), (result.output, result.exception)
    document: dict[str, Any] = json.loads(result.stdout)
    return document


@pytest.fixture(params=[60.0])
def sim(
    small: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[ses_sim.RunningSim]:
    """Approve a plan for some 360 people; start a simulator that needs so many ms for a call."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    run(small, "sample", "--people", "400", "--products", "30")
    run(small, "plan", ISSUE)
    run(small, "plan", ISSUE, "--approve")
    settings = ses_sim.Settings(
        max_send_rate=200, control_calls_per_second=None, latency_ms=request.param
    )
    with ses_sim.start(settings) as running:
        monkeypatch.setenv("PISMO_SES_ENDPOINT", running.url)
        yield running


def interrupted(root: Path, sim: ses_sim.RunningSim, more: int, signals: Sequence[int]) -> int:
    """Publish in a process of its own until SES has so many more letters, then send it signals."""
    command = [sys.executable, "-m", "pismo", "-C", str(root), *SEND, "--first-use"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as publisher:
        assert publisher.stderr is not None
        wanted, until = accepted(sim) + more, time.monotonic() + 30
        while accepted(sim) < wanted and publisher.poll() is None and time.monotonic() < until:
            os.sched_yield()
        for number in signals:
            publisher.send_signal(number)
            while publisher.stderr.readline() not in (STOPPING.lstrip(), b""):
                pass
        publisher.communicate()
    return publisher.returncode


def accepted(sim: ses_sim.RunningSim) -> int:
    return len(sim.state.accepted_by_tag.get("delivery", {}))


def test_what_a_signal_ends_is_settled_and_the_next_run_goes_on(
    small: Path, sim: ses_sim.RunningSim
) -> None:
    planned = run(small, "publish", ISSUE, "--status")["waiting"]
    moments = [(1, signal.SIGINT), (30, signal.SIGTERM), (planned // 3, signal.SIGINT)]
    reached = [0]
    for more, number in moments:
        assert interrupted(small, sim, more, [number]) == 3
        books = run(small, "publish", ISSUE, "--status")
        assert books["accepted"] == accepted(sim) < planned
        free = books["waiting"] + books["throttled"]
        assert (books["in_doubt"], books["accepted"] + free) == (0, planned)
        reached.append(books["accepted"])
    assert all(before < after for before, after in pairwise(reached))
    assert run(small, *SEND)["accepted"] == planned
    assert set(sim.state.accepted_by_tag["delivery"].values()) == {1}


@pytest.mark.parametrize("sim", [800.0], indirect=True)
def test_second_signal_ends_at_once_and_whoever_was_under_way_is_listed(
    small: Path, sim: ses_sim.RunningSim
) -> None:
    planned = run(small, "publish", ISSUE, "--status")["waiting"]
    # Now and then nothing is under way when the first comes; then that run has ended by itself.
    assert interrupted(small, sim, 20, [signal.SIGINT, signal.SIGINT]) in (3, -signal.SIGINT)
    books = run(small, "resume", ISSUE, "--at-once")
    assert books["accepted"] + books["in_doubt"] == planned
    assert books["in_doubt"] == len(books["in_doubt_ids"])
    assert set(sim.state.accepted_by_tag["delivery"].values()) == {1}
