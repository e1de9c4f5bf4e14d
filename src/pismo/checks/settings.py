"""`[tool.pismo.checks]`: how far the checks look back, and what a workspace allows."""

from collections.abc import Mapping

from pismo.files.read import read_toml
from pismo.model.finding import Finding
from pismo.model.workspace import Workspace
from pismo.records import dataclass, field


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What a workspace asks of its checks.

    `recent_issues` is how many earlier issues of a newsletter readers are taken to remember;
    `allow` are caniemail's features that may be missing in mail programs, each with its reason.
    """

    recent_issues: int = 4
    allow: Mapping[str, str] = field(default_factory=dict)


def check_settings(workspace: Workspace, findings: list[Finding]) -> CheckSettings:
    """Read the table; what is wrong with it goes to `findings`, at its line."""
    fields = read_toml(workspace.root, "pyproject.toml", "settings", [])
    if fields is None:
        return CheckSettings()
    fields = fields.table("tool").table("pismo").table("checks")
    fields.kind, fields.findings = "[tool.pismo.checks]", findings
    allow = fields.table("allow")
    settings = CheckSettings(
        recent_issues=int(fields.number("recent_issues", 4)),
        allow={name: allow.text(name, required=True) for name in allow.values},
    )
    fields.finish()
    return settings
