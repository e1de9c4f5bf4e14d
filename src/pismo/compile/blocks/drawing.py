"""A game in both forms of a letter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drawing:
    """A rebus, poll or quiz as HTML and as plain text."""

    html: str
    text: str
