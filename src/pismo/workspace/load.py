"""One workspace from one folder."""

from pathlib import Path

from pismo.content import load_catalogue, load_items
from pismo.model.finding import Finding
from pismo.model.workspace import Workspace
from pismo.newsletters import load_newsletters
from pismo.segments.load import load_people, load_segments
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
