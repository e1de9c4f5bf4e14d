"""Killed at any moment, under faults: nobody lost, nobody twice, everybody in doubt is listed."""

from pathlib import Path

import pytest

from tests.chaos.chaos import Window, chaos


@pytest.mark.slow
@pytest.mark.xdist_group("chaos")
def test_fifty_kills_lose_nobody_and_repeat_nobody(tmp_path: Path) -> None:
    verdict = chaos(tmp_path, kills=50, seed=20261127)
    assert verdict.is_clean, str(verdict)
    assert all(verdict.kills[window] >= 5 for window in Window), str(verdict)
    assert verdict.settled_by_events > 0, str(verdict)


@pytest.mark.slow
@pytest.mark.xdist_group("chaos")
def test_mutant_that_claims_after_the_post_is_caught(tmp_path: Path) -> None:
    verdict = chaos(tmp_path, kills=12, seed=5, claims_late=True)
    assert verdict.repeated > 0, str(verdict)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.xdist_group("chaos")
def test_two_publishers_on_postgresql_lose_nobody_and_repeat_nobody(
    tmp_path: Path, postgres_url: str
) -> None:
    verdict = chaos(tmp_path, kills=16, seed=7, publishers=2, url=postgres_url)
    assert verdict.is_clean, str(verdict)
