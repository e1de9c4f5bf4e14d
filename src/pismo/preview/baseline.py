"""Letters as they were: of the plan that counts, or of the last build."""

from collections.abc import Callable, Iterator
from pathlib import Path

from pismo.errors import UsageError
from pismo.model.codec import edition_from_json
from pismo.model.edition import Edition
from pismo.plan import StoredPlan, read_approval

APPROVED, PLANNED, BUILT = "@approved", "@planned", "@built"


def baseline(
    root: Path, issue: str, segment: str, which: str, plan: Callable[[str], StoredPlan | None]
) -> Edition:
    """Return what a letter was when it was approved, planned or built last.

    Raises:
        UsageError: If that is not on this machine.
    """
    if which == PLANNED and (stored := plan(issue)) and segment in stored.plan.editions:
        return stored.edition(segment)
    if which == BUILT and (built := _built(root, issue, segment)):
        return built
    if which == APPROVED and (approved := _approved(root, issue, segment)):
        return approved
    hints = {
        APPROVED: f"pismo plan {issue} --approve",
        PLANNED: f"pismo plan {issue}",
        BUILT: f"pismo build {issue}",
    }
    raise UsageError(
        f"there is no earlier letter of {issue} for {segment} to compare with",
        hint=hints.get(which, ""),
        ru=f"прежнего письма {issue} для {segment} нет: сравнить не с чем",
        hint_ru=hints.get(which, ""),
    )


def _approved(root: Path, issue: str, segment: str) -> Edition | None:
    """Find the edition whose digest was approved, wherever a plan or a build keeps it."""
    approval = read_approval(root, issue)
    digest = approval.editions.get(segment) if approval else None
    if digest is None:
        return None
    built = _built(root, issue, segment)
    if built is not None and built.digest == digest:
        return built
    return next(_planned_with(root, digest), None)


def _planned_with(root: Path, digest: str) -> Iterator[Edition]:
    for file in sorted(root.glob(f".pismo/plans/*/editions/{digest}.json")):
        yield edition_from_json(file.read_text("utf-8"))


def _built(root: Path, issue: str, segment: str) -> Edition | None:
    file = root / "build" / "letters" / issue / segment / "a" / "edition.json"
    try:
        return edition_from_json(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None  # not built, or by another version: nothing to compare with
