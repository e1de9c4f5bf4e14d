"""What a build says of itself."""

from pismo.model.finding import Finding, has_errors
from pismo.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltEdition:
    """One edition that was written; sizes are those of the sample letter, in bytes of UTF-8.

    `path` is its folder, relative to the workspace; `cached` says that nothing it is made of
    had changed since it was compiled last.
    """

    issue: str
    segment: str
    variant: str
    digest: str
    html_bytes: int
    text_bytes: int
    path: str
    cached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What was built; with an error among `findings`, nothing was written.

    `stages` are seconds by stage, in the order of the work.
    """

    editions: tuple[BuiltEdition, ...]
    findings: tuple[Finding, ...]
    stages: tuple[tuple[str, float], ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the build was stopped by an error."""
        return has_errors(self.findings)

    @property
    def seconds(self) -> float:
        """How long it took."""
        return sum(seconds for _, seconds in self.stages)
