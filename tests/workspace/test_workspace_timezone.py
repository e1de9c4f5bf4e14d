"""The zone of a workspace must be one that exists."""

from pathlib import Path

import pytest

from pismo.workspace import load_workspace


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc/passwd", "Europe"])
def test_a_zone_nobody_knows_is_an_error_with_its_line(small: Path, zone: str) -> None:
    file = small / "pyproject.toml"
    file.write_text(file.read_text("utf-8").replace("Europe/Moscow", zone), "utf-8")
    workspace = load_workspace(small)
    found = [(str(one.source), one.rule.id) for one in workspace.findings]
    assert ("pyproject.toml:3", "wrong-value") in found
    assert workspace.settings.timezone == "UTC"
