"""A new workspace: settings, a first newsletter with one issue, and something to read in it."""

import json
import re
from collections.abc import Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pismo import __version__
from pismo.records import dataclass
from pismo.scaffold.answers import address, colour, new_folder
from pismo.scaffold.fill import filled, write_new

_SKIPPED = ("__pycache__",)
_QUOTED = re.compile(r"[«“\"]([^«»“”\"]*)[»”\"]")


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
    postal_address: str = ""


def new_workspace(root: Path, wanted: NewWorkspace) -> tuple[str, ...]:
    """Lay out a workspace in `root`, which must be empty or not there.

    Returns:
        The paths written, relative to `root`, sorted.

    Raises:
        UsageError: If the folder holds something, or the address or a colour is none.
    """
    new_folder(root)
    values = {
        "brand": wanted.brand,
        "brand_in_quotes": _in_quotes(wanted.brand),
        "sender": wanted.sender,
        "address": address(wanted.address),
        "domain": wanted.address.rpartition("@")[2],
        "language": wanted.language,
        "accent": colour(wanted.accent),
        "background": colour(wanted.background),
        "postal_address": wanted.postal_address,
        "requirement": installed_requirement(),
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


def _in_quotes(brand: str) -> str:
    """Put a brand into quotes as Russian has it; its own become the inner ones, „ and “."""
    inner = _QUOTED.sub(r"„\1“", brand)
    return f"«{inner}»"


def installed_requirement() -> str:
    """Return what the CI of a workspace made here will install."""
    return requirement(_direct_url())


def requirement(direct_url: str) -> str:
    """Return what a workspace's CI has to install to get the pismo that made it.

    Args:
        direct_url: `direct_url.json` of the installation (PEP 610), '' if it has none.
    """
    origin = json.loads(direct_url or "{}")
    url, vcs = str(origin.get("url", "")), origin.get("vcs_info", {})
    # A path on this machine means nothing to another one, and an address may hold a password.
    if not url.startswith("https://") or "@" in url:
        return f"pismo=={__version__}"
    return f"pismo @ {vcs['vcs']}+{url}@{vcs['commit_id']}" if vcs else f"pismo @ {url}"


def _direct_url() -> str:
    try:
        return distribution("pismo").read_text("direct_url.json") or ""
    except PackageNotFoundError:
        return ""


def _walk(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name in _SKIPPED:
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry
