"""Every planted defect is found where it stands, and its clean twin is silent.

The corpus is in `tests/defects/`; its README says how to add to it.
"""

import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pismo.checks import check
from pismo.model.finding import Finding, Severity
from pismo.workspace import load_workspace

CORPUS = Path(__file__).parent.parent / "defects"


def defects() -> list[Mapping[str, Any]]:
    """Read the corpus."""
    files = sorted(CORPUS.glob("*.toml"))
    return [defect for file in files for defect in tomllib.loads(file.read_text("utf-8"))["defect"]]


def plant(root: Path, edit: Mapping[str, Any], text: str, file: str) -> None:
    """Make one change: an edit where `old` is given, else a new file."""
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    if "old" in edit:
        before = path.read_text("utf-8")
        assert before.count(edit["old"]) == 1, f"{edit['old']!r} in {file}"
        text = before.replace(edit["old"], text)
    path.write_text(text, "utf-8")


def serious(root: Path, note: str = "") -> list[Finding]:
    """Check a workspace and leave out the notes, but for the one that a defect is about."""
    report = check(load_workspace(root))
    return [
        finding
        for finding in report.findings
        if finding.severity is not Severity.NOTE or finding.rule.id == note
    ]


def told(findings: list[Finding]) -> list[str]:
    """Return findings as `rule place`."""
    return [f"{finding.rule.id} {finding.source}" for finding in findings]


def test_the_small_workspace_is_silent(small: Path) -> None:
    assert told(serious(small)) == []


def test_the_corpus_is_large_enough() -> None:
    kinds = {(defect["rule"], defect["name"]) for defect in defects()}
    assert len(kinds) >= 60


@pytest.mark.parametrize("defect", defects(), ids=lambda defect: defect["name"])
def test_a_planted_defect_is_found_at_its_place(small: Path, defect: Mapping[str, Any]) -> None:
    plant(small, defect, defect["new"], defect["file"])
    if also := defect.get("also"):
        plant(small, also, also["new"], also["file"])
    assert f"{defect['rule']} {defect['place']}" in told(serious(small, defect["rule"]))


@pytest.mark.parametrize("defect", defects(), ids=lambda defect: defect["name"])
def test_a_clean_twin_is_silent(small: Path, defect: Mapping[str, Any]) -> None:
    plant(small, defect, defect["clean"], defect.get("clean_file", defect["file"]))
    if (also := defect.get("also")) and defect.get("clean_also", True):
        plant(small, also, also["new"], also["file"])
    assert told(serious(small, defect["rule"])) == []


@pytest.mark.parametrize(
    "line", ["a" * 60_000, "1" * 60_000, "a," * 30_000, "word " * 12_000, "a@" * 30_000]
)
def test_a_line_of_sixty_thousand_characters_is_checked_in_seconds(small: Path, line: str) -> None:
    story = small / "content/stories/rain.md"
    story.write_text(story.read_text("utf-8").replace("Then the door opened.", line), "utf-8")
    begun = time.process_time()
    check(load_workspace(small))
    assert time.process_time() - begun < 8
