"""What editors wish of recommendations, in an issue's head."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo.audience import current
from pismo.audience.engine import only_row
from pismo.checks import check
from pismo.cli import root
from pismo.workspace import load_workspace

ISSUE = "weekly/2026-11-27"


def wish(workspace: Path, wishes: str) -> None:
    issue = workspace / "newsletters" / f"{ISSUE}.md"
    text = issue.read_text("utf-8")
    issue.write_text(text.replace("date:", f"recommend:\n{wishes}\ndate:", 1), "utf-8")


def explained(workspace: Path, person: str) -> list[str]:
    words = ["-C", str(workspace), "explain", ISSUE, person, "--json"]
    done = CliRunner().invoke(root, words)
    assert done.exit_code == 0, done.output
    return [one["id"] for one in json.loads(done.stdout)["picks"]]


@pytest.mark.slow
def test_what_editors_pin_comes_first_and_what_they_forbid_not_at_all(small: Path) -> None:
    words = ["-C", str(small), "sample", "--people", "60", "--products", "20"]
    assert CliRunner().invoke(root, words).exit_code == 0
    snapshot = current(load_workspace(small).state_dir)
    assert snapshot is not None
    with snapshot.connect() as engine:
        (person,) = only_row(
            engine,
            "SELECT min(subscriber_id) FROM subscribers WHERE subscriber_id NOT IN "
            "(SELECT subscriber_id FROM purchases WHERE product_id = 'p2')",
        )
    usual = explained(small, person)
    other = next(one for one in usual if one != "p2")
    wish(small, f"  pin: [p2]\n  never: [{other}]")
    wished = explained(small, person)
    assert wished[0] == "p2"
    assert other not in wished


def test_a_sample_letter_follows_the_wishes(small: Path) -> None:
    wish(small, "  pin: p3\n  never: p1")
    assert explained(small, "anna")[0] == "p3"
    assert "p1" not in explained(small, "anna")


def test_a_product_that_nobody_sells_is_told_at_its_line(small: Path) -> None:
    wish(small, "  pin: [p1]\n  otherwise: [p22]")
    (finding,) = [
        one for one in check(load_workspace(small)).findings if one.rule.id == "unknown-product"
    ]
    assert str(finding.source) == f"newsletters/{ISSUE}.md:6"
    assert finding.hint("en") == "did you mean 'p2'?"
