"""The sample arrives whole: people, and what they agreed to."""

import json
from datetime import date
from pathlib import Path

from click.testing import CliRunner

from pismo.audience import current
from pismo.cli import root
from pismo.intake.sample import make_sample
from pismo.ledger import FILE, open_ledger
from pismo.workspace import load_workspace


def test_the_sample_is_the_current_audience_with_consents(small: Path) -> None:
    workspace = load_workspace(small)
    made = make_sample(
        workspace, people=600, products=40, seed=7, today=date(2026, 11, 27), environ={}
    )
    assert current(workspace.state_dir) == made.snapshot
    assert made.rows["subscribers"] == 600
    assert 540 < made.consents < 600
    assert 1 <= made.opt_outs <= 40
    assert 1 <= made.suppressions <= 20
    ledger = open_ledger(workspace.state_dir / FILE)
    ledger.close()


def test_the_command_says_what_it_made(small: Path) -> None:
    result = CliRunner().invoke(root, ["-C", str(small), "sample", "--people", "50", "--json"])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["subscribers"] == 50
    assert document["snapshot"] == current(small / ".pismo").id  # type: ignore[union-attr]  # made
