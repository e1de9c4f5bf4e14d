"""The reference says what the code says."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pismo.audience.facts import _parameters
from pismo.errors import SettingsError
from pismo.files.fields import Fields
from pismo.games.block import _KEYS as REBUS_KEYS
from pismo.model.workspace import Settings, Workspace
from pismo.plan.make import keep_days
from pismo.publish.settings import pace_settings
from pismo.recommend.recipe import recipe_from
from pismo.scaffold import FileKind, NewWorkspace, new_file, new_workspace
from pismo.serve.house import house_of
from pismo.transports.ses_client import ses_settings
from pismo.workspace import load_workspace

SOURCES = Path(__file__).parents[2] / "src"
REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
NOW = datetime(2026, 11, 27, tzinfo=UTC)


def test_the_generated_pages_are_up_to_date(repository: Path) -> None:
    # In a process of its own: click keeps the help option that it was first asked for.
    command = [sys.executable, "tools/write_reference.py", "--check"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Return (kind of table, field) for everything that loading a workspace asks about."""
    every: set[tuple[str, str]] = set()
    original = Fields._asked

    def noted(self: Fields, name: str, *, required: bool = False) -> object:
        every.add((self.kind, name))
        return original(self, name, required=required)

    monkeypatch.setattr(Fields, "_asked", noted)
    root = tmp_path / "letters"
    new_workspace(root, a_workspace())
    for kind in FileKind:
        new_file(load_workspace(root), kind, f"My {kind}")
    assert load_workspace(root).findings == ()
    return every


def a_workspace() -> NewWorkspace:
    """Return the answers of somebody who begins a workspace."""
    return NewWorkspace(
        brand="Games",
        sender="Kate",
        address="kate@games.example",
        language="en",
        accent="#b5502f",
        background="#ffffff",
        day=date(2026, 12, 4),
    )


def test_every_field_of_a_file_has_its_entry(asked: set[tuple[str, str]]) -> None:
    page = entries(REFERENCE / "fields.md")
    kinds = {kind for kind, _ in asked}
    assert {"story", "tip", "rebus", "quiz", "poll", "pick", "issue", "newsletter"} <= kinds
    missing = {
        (kind, name)
        for kind, name in asked
        if not kind.startswith(("settings", "[tool.pismo]"))
        and name not in page.get(kind, set()) | page.get("all items", set())
    }
    assert missing == set()


def test_every_setting_has_its_entry(asked: set[tuple[str, str]]) -> None:
    page = entries(REFERENCE / "settings.md")
    missing = {
        (kind, name)
        for kind, name in asked
        if kind.startswith("[tool.pismo]") and name not in page.get(heading(kind), set())
    }
    assert missing == set()


def heading(kind: str) -> str:
    """Return what stands over a table of settings: `[tool.pismo.brand]`."""
    return "[" + ".".join(re.findall(r"\[([\w.]+)\]", kind)) + "]"


OWNERS: Mapping[str, Callable[[Mapping[str, object]], object]] = {
    "pace": pace_settings,
    "ses": lambda table: ses_settings(table, {}),
    "recommend": lambda table: recipe_from(Settings(tables={"recommend": table})),
    "facts": lambda table: _parameters(Settings(tables={"facts": table}), NOW),
    "plan": lambda table: keep_days(workspace_with({"plan": table})),
    "serve": lambda table: house_of(workspace_with({"serve": table})),
}


def workspace_with(tables: Mapping[str, Mapping[str, object]]) -> Workspace:
    """Return an empty workspace with these tables of settings."""
    return Workspace(
        root=Path(),
        settings=Settings(tables=tables),
        newsletters={},
        issues={},
        items={},
        catalogue={},
        segments={},
        people=(),
    )


@pytest.mark.parametrize("table", OWNERS)
def test_every_setting_that_a_part_knows_has_its_entry(table: str) -> None:
    with pytest.raises(SettingsError) as caught:
        OWNERS[table]({"no-such-setting": 1})
    told = caught.value.hint or str(caught.value)
    known = set(re.findall(r"[a-z_]+", told.rpartition(":")[2])) if ":" in told else set()
    known |= set(re.findall(r"[a-z]+_[a-z_]+", told))
    assert known
    assert known <= entries(REFERENCE / "settings.md")[f"[tool.pismo.{table}]"]


def test_every_environment_variable_has_its_entry() -> None:
    page = (REFERENCE / "settings.md").read_text("utf-8")
    used = {name for text in texts() for name in re.findall(r"\bPISMO_[A-Z_]+[A-Z]\b", text)}
    assert "PISMO_STATE_URL" in used
    assert {name for name in used if f"`{name}`" not in page} == set()


def texts() -> Iterator[str]:
    """Yield every module of the program."""
    for folder, _, names in os.walk(SOURCES):
        for name in names:
            if name.endswith(".py"):
                yield (Path(folder) / name).read_text("utf-8")


def test_every_key_of_a_rebus_has_its_entry() -> None:
    assert set(REBUS_KEYS) <= entries(REFERENCE / "fields.md")["block `rebus`"]


def entries(page: Path) -> dict[str, set[str]]:
    """Return the names in the first column of each table, by the heading above it."""
    found: dict[str, set[str]] = {}
    heading = ""
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").strip()
        elif line.startswith("| `"):
            cell = line.split("|")[1]
            found.setdefault(heading, set()).update(re.findall(r"`([^`]+)`", cell))
    return found
