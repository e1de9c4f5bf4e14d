"""Folders that only their owner can look into: whatever lies in `.pismo/`."""

from pathlib import Path


def private_folder(path: Path) -> Path:
    """Make a folder, and those above it, that only its owner can look into."""
    if not path.exists():
        if not path.parent.exists():
            private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path
