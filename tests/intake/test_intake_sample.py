"""The sample arrives whole: people, and what they agreed to."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo.audience import current
from pismo.cli import root
from pismo.intake.sample import make_sample
from pismo.ledger import FILE, open_ledger
from pismo.workspace import load_workspace
from tests.intake.bringing import PEOPLE, bring, rows


@pytest.mark.parametrize(("products", "invented"), [(12, True), (1, False)])
def test_products_that_are_not_in_the_catalogue_are_told_of(
    small: Path, products: int, invented: bool
) -> None:
    own = len(load_workspace(small).catalogue)
    command = ["-C", str(small), "sample", "--people", "20", "--products", str(products)]
    output = CliRunner().invoke(root, command).output
    told = f"{products - own} of the products are invented, too, and letters may recommend them."
    assert (told in output) is invented
    assert (f"pismo sample --products {own}" in output) is invented


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


def test_invented_people_never_take_the_place_of_imported_ones_unasked(small: Path) -> None:
    workspace = load_workspace(small)
    bring(workspace, PEOPLE + "p1,a@example.com,Anna,,\n")
    kept = current(workspace.state_dir)
    result = CliRunner().invoke(root, ["-C", str(small), "sample", "--people", "50"])
    assert "1 imported people" in str(result.exception)
    assert current(workspace.state_dir) == kept
    again = ["-C", str(small), "sample", "--people", "50", "--replace"]
    assert CliRunner().invoke(root, again).exit_code == 0
    assert CliRunner().invoke(root, again[:-1]).exit_code == 0, "invented ones may be invented anew"


def test_imported_people_are_never_mixed_with_invented_ones(small: Path) -> None:
    CliRunner().invoke(root, ["-C", str(small), "sample", "--people", "50"])
    workspace = load_workspace(small)
    done = bring(workspace, PEOPLE + "p1,a@example.com,Anna,,\n")
    assert done.instead_of_invented
    assert rows(workspace, "SELECT subscriber_id FROM subscribers") == [("p1",)]
    assert rows(workspace, "SELECT count(*) FROM purchases") == [(0,)]
    again = bring(workspace, PEOPLE + "p2,b@example.com,Boris,,\n", name="more.csv")
    assert not again.instead_of_invented
    assert len(rows(workspace, "SELECT subscriber_id FROM subscribers")) == 2
