"""One workspace from one folder."""

from datetime import date
from pathlib import Path

from pismo.content import load_catalogue, load_items
from pismo.errors import FindingsError, UsageError
from pismo.model.content import Issue
from pismo.model.finding import Finding, has_errors
from pismo.model.workspace import Workspace
from pismo.newsletters import load_newsletters
from pismo.segments.load import load_people, load_segments
from pismo.text import meant
from pismo.workspace.settings import load_settings


def load_workspace(root: Path) -> Workspace:
    """Load settings, content, newsletters and segments; problems are in `findings`, sorted."""
    findings: list[Finding] = []
    settings = load_settings(root, findings)
    catalogue = load_catalogue(root, findings)
    segments = load_segments(root, findings)
    newsletters, issues = load_newsletters(root, settings.language, segments, findings)
    items = load_items(root, catalogue, settings.language, findings)
    people = load_people(root, findings)
    return Workspace(
        root=root,
        settings=settings,
        newsletters=newsletters,
        issues=issues,
        items=items,
        catalogue=catalogue,
        segments=segments,
        people=people,
        findings=tuple(sorted(findings, key=lambda finding: (finding.source, finding.rule.id))),
    )


def current_issue(workspace: Workspace, today: date) -> str | None:
    """Choose the issue to look at first: the nearest still to come, else the latest; ties by id."""
    issues = workspace.issues.values()
    coming = [issue for issue in issues if issue.date >= today and not issue.draft]
    if coming:
        return min(coming, key=lambda issue: (issue.date, issue.id)).id
    return newest_issue(workspace)


def issue_of(workspace: Workspace, name: str) -> Issue:
    """Return an issue by its name.

    Raises:
        FindingsError: If its file cannot be used.
        UsageError: If there is none; it says what one is called.
    """
    if name not in workspace.issues:
        file = f"newsletters/{name}.md"
        wrong = [one for one in workspace.findings if one.source.path == file]
        if has_errors(wrong):
            raise FindingsError(wrong)
        none = ("make one: pismo new issue NEWSLETTER", "начните: pismo new issue РАССЫЛКА")
        hints = meant(name, newest_first(workspace), none=none)
        raise UsageError(f"there is no issue '{name}'", ru=f"нет выпуска «{name}»", **hints)
    return workspace.issues[name]


def newest_issue(workspace: Workspace) -> str | None:
    """Choose the issue with the latest date; ties by id, drafts only if there is nothing else."""
    return next(iter(newest_first(workspace)), None)


def newest_first(workspace: Workspace) -> list[str]:
    """List all issues, the latest first; ties by id, drafts last."""
    issues = workspace.issues.values()
    ordered = sorted(issues, key=lambda issue: (not issue.draft, issue.date, issue.id))
    return [issue.id for issue in reversed(ordered)]
