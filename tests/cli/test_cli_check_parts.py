"""`pismo check` reads the settings of publishing, too."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pismo.cli import root
from pismo.errors import SettingsError

WRONG = {
    "pace": ("bounces = 4", "0.04 is 4 %"),
    "ses": ('methd = "bulk"', "methd"),
    "plan": ("keep_days = -1", "keep_days"),
    "retention": ("snapshots = -1", "snapshots"),
}


@pytest.mark.parametrize("part", WRONG)
def test_settings_of_publishing_are_found_wrong_before_letters_should_leave(
    small: Path, part: str
) -> None:
    line, said = WRONG[part]
    with (small / "pyproject.toml").open("a") as file:
        file.write(f"\n[tool.pismo.{part}]\n{line}\n")
    lines = (small / "pyproject.toml").read_text("utf-8").splitlines()
    told = CliRunner().invoke(root, ["-C", str(small), "check"])
    assert isinstance(told.exception, SettingsError)
    assert said in told.exception.message
    assert told.exception.where is not None
    assert told.exception.where.line in (len(lines), len(lines) - 1)
