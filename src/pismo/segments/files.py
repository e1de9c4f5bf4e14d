"""Where segments lie."""

from pathlib import Path

FOLDER = "segments"
PEOPLE = "people.toml"


def segment_files(root: Path) -> list[Path]:
    """Return the files that define segments, in order of name."""
    return sorted(file for file in (root / FOLDER).glob("*.toml") if file.name != PEOPLE)
