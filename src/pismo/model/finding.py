"""What is wrong with a workspace, and where: rules, findings, sources."""

from enum import StrEnum

from pismo.records import dataclass


class Severity(StrEnum):
    """How bad a finding is: an error stops the build, a warning asks, a note tells."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A place in a file of the workspace: POSIX path relative to its root, 1-based line."""

    path: str
    line: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"

    def shifted(self, lines: int) -> "Source":
        """Return the place that many lines further down the same file."""
        return Source(self.path, self.line + lines)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong, with its texts in English and Russian.

    Texts are `str.format` patterns over the values given to `at`.
    """

    id: str
    severity: Severity
    en: str
    ru: str
    hint_en: str = ""
    hint_ru: str = ""

    def at(
        self,
        source: Source,
        *,
        issue: str | None = None,
        segment: str | None = None,
        **values: object,
    ) -> "Finding":
        """Return the finding that this rule is broken at `source`."""
        pairs = tuple((name, str(value)) for name, value in values.items())
        return Finding(self, source, pairs, issue, segment)


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule at one place; `issue` and `segment` say where it shows, if only there."""

    rule: Rule
    source: Source
    values: tuple[tuple[str, str], ...] = ()
    issue: str | None = None
    segment: str | None = None

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.rule.severity

    def message(self, language: str) -> str:
        """Say what is wrong, in `language` ("ru", else English)."""
        return self._filled(self.rule.ru if language == "ru" else self.rule.en)

    def hint(self, language: str) -> str:
        """Say what to do about it, or ''."""
        return self._filled(self.rule.hint_ru if language == "ru" else self.rule.hint_en)

    def _filled(self, pattern: str) -> str:
        # A rule may name the issue and segment it was found in, which `at` keeps apart.
        values: dict[str, object] = {"issue": self.issue, "segment": self.segment}
        values |= dict(self.values)
        # A guess that is absent leaves an empty hint rather than "did you mean ''?".
        if "{guess}" in pattern and not values.get("guess"):
            return ""
        return pattern.format(**values)


def has_errors(findings: "tuple[Finding, ...] | list[Finding]") -> bool:
    """Tell whether anything among `findings` stops a build."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def finding_json(finding: Finding, language: str) -> dict[str, object]:
    """Return a finding as DESIGN §9 lists its fields."""
    return {
        "rule": finding.rule.id,
        "severity": finding.severity,
        "path": finding.source.path,
        "line": finding.source.line,
        "message": finding.message(language),
        "hint": finding.hint(language),
        "issue": finding.issue,
        "segment": finding.segment,
    }
