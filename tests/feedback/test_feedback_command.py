"""`pismo feedback pull` from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo.cli import root
from pismo.errors import UsageError
from pismo.ledger import open_state
from pismo.model.people import Submission
from tests.feedback.test_feedback_parse import PAYLOADS
from tests.ledger.ledger_rows import add, send

PLAN = "plan00000001"


def test_events_of_a_folder_settle_what_was_in_doubt(small: Path) -> None:
    with open_state(small / ".pismo") as state:
        send(state.ledger, PLAN, add(state.ledger, PLAN, ["anna"]), Submission.IN_DOUBT)
    words = ["-C", str(small), "feedback", "pull", "--from", str(PAYLOADS)]
    told = CliRunner().invoke(root, words, catch_exceptions=False).stderr
    assert "1 deliveries are no longer in doubt" in told
    again = CliRunner().invoke(root, [*words, "--json"], catch_exceptions=False)
    report = json.loads(again.stdout)
    assert (report["settled"], report["suppressed"], report["strange"]) == (0, 0, 1)
    assert report["kinds"]["bounce"] == 3
    with open_state(small / ".pismo") as state:
        assert state.ledger.in_doubt(PLAN) == ()


def test_without_a_place_to_pull_from_the_setting_is_named(small: Path) -> None:
    with pytest.raises(UsageError, match="queue_url"):
        CliRunner().invoke(root, ["-C", str(small), "feedback", "pull"], catch_exceptions=False)
