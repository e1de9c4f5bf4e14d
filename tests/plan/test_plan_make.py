"""Plans over a small workspace: what stops one from being made."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo.audience import current
from pismo.cli import root as pismo
from pismo.compile import compile_issue
from pismo.errors import PlanError
from pismo.plan import make_plan
from pismo.plan.state import open_state
from pismo.workspace import load_workspace

ISSUE = "weekly/2026-11-27"


def test_people_without_an_edition_are_told_and_no_plan_is_kept(small: Path) -> None:
    made = CliRunner().invoke(pismo, ["-C", str(small), "sample", "--people", "60"])
    assert made.exit_code == 0, made.output
    workspace = load_workspace(small)
    editions = compile_issue(workspace, ISSUE).editions
    some = [edition for edition in editions if edition.segment != "everyone"]
    assert len(some) < len(editions)
    snapshot = current(workspace.state_dir)
    assert snapshot is not None
    with open_state(workspace, {}) as state:
        with pytest.raises(PlanError, match="in segment everyone, which has no edition"):
            make_plan(
                workspace,
                ISSUE,
                some,
                snapshot=snapshot,
                ledger=state.ledger,
                keys=state.keys,
                signer=state.signer,
                now=datetime(2026, 11, 26, tzinfo=UTC),
            )
        assert state.ledger.plans() == ()
    assert not list((small / ".pismo" / "plans").iterdir())
