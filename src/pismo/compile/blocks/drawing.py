"""A game in both forms of a letter."""

from pismo.model.finding import Finding
from pismo.records import dataclass


@dataclass(frozen=True, slots=True)
class Drawing:
    """A rebus, poll or quiz as HTML and as plain text, and what its writer should know of it."""

    html: str
    text: str
    findings: tuple[Finding, ...] = ()
