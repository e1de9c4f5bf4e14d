"""Figures that are quoted are those that were measured."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_decision_on_mime_quotes_the_last_measurement() -> None:
    decision = (ROOT / "docs" / "adr" / "0005-mime-encoding.md").read_text("utf-8")
    result = (ROOT / "benchmarks" / "results" / "render.md").read_text("utf-8")
    quoted = re.search(r"> (\S+) messages a second against (\S+) of .*; (\S+) of joining", decision)
    assert quoted is not None
    ours, theirs, ratio = quoted.groups()
    assert f"`mime_program`, everybody | {ours} |" in result
    assert f"`EmailMessage` | {theirs} (" in result
    assert f"same size: {ratio}." in result
