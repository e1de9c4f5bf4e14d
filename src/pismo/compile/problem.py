"""The exception by which a compile stops: a finding on its way to a list of findings."""

from pismo.errors import ContentError
from pismo.model.finding import Finding, Rule, Source

_NOWHERE = Source("", 0)


class CompileError(ContentError):
    """A rule broken while compiling; `where` is filled in as soon as file and line are known."""

    def __init__(self, rule: Rule, where: Source | None = None, **values: object) -> None:
        finding = _finding(rule, where or _NOWHERE, values)
        super().__init__(
            finding.message("en"), where, hint=finding.hint("en"),
            ru=finding.message("ru"), hint_ru=finding.hint("ru"),
        )  # fmt: skip
        self.rule = rule
        self.values = values

    @classmethod
    def of(cls, finding: Finding) -> "CompileError":
        """Return the error that a finding is."""
        return cls(finding.rule, finding.source, **dict(finding.values))

    def finding(self, fallback: Source) -> Finding:
        """Return the finding, at `fallback` if no better place is known."""
        return _finding(self.rule, self.where or fallback, self.values)


def _finding(rule: Rule, where: Source, values: dict[str, object]) -> Finding:
    return Finding(rule, where, tuple((name, str(value)) for name, value in values.items()))
