"""A new workspace: settings, a first newsletter with one issue, and something to read in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pismo.errors import UsageError
from pismo.scaffold.fill import filled, write_new

_SKIPPED = ("__pycache__",)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWorkspace:
    """What a new workspace needs to know."""

    brand: str
    sender: str
    address: str
    language: str
    accent: str
    background: str
    day: date


def new_workspace(root: Path, wanted: NewWorkspace) -> tuple[str, ...]:
    """Lay out a workspace in `root`, which must be empty or not there.

    Returns:
        The paths written, relative to `root`, sorted.

    Raises:
        UsageError: If the folder holds something.
    """
    if root.exists() and any(entry.name != ".git" for entry in root.iterdir()):
        raise UsageError(f"{root} is not empty", hint="name a folder that does not exist yet")
    values = {
        "brand": wanted.brand,
        "sender": wanted.sender,
        "address": wanted.address,
        "domain": wanted.address.rpartition("@")[2],
        "language": wanted.language,
        "accent": wanted.accent,
        "background": wanted.background,
        "date": wanted.day.isoformat(),
    }
    written = []
    base = files("pismo.scaffold") / "templates" / "workspace"
    for folder in (base / "common", base / wanted.language):
        for path, file in _walk(folder):
            target = path.replace("DATE", values["date"]).replace("dot-", ".")
            write_new(root / target, filled(file.read_text("utf-8"), values))
            written.append(target)
    return tuple(sorted(written))


def _walk(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name in _SKIPPED:
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry
