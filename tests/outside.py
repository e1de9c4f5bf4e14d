"""Programs from outside that some tests need: where they are, and what to do where they are not."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from tests.postgresql import postgres_programs


def missing(reason: str) -> NoReturn:
    """Skip the test that needs what is missing; under PISMO_REQUIRE_ALL=1 that fails."""
    if os.environ.get("PISMO_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def chromium_program() -> str | None:
    """Return Chromium's path, if it is here."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def node_program() -> str | None:
    """Return Node's path, if it and npm are here."""
    return shutil.which("node") if shutil.which("npm") else None


def npm_package(package: str, folder: Path) -> Path:
    """Install a package of npm; use together with the `node` marker.

    Args:
        package: Its name and version: `axe-core@4`.
        folder: Where to, an empty one.

    Returns:
        The folder of the package.
    """
    install = ["npm", "install", "--no-audit", "--no-fund", "--silent", package]
    done = subprocess.run(
        install, cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )
    if done.returncode:
        missing(f"npm cannot install {package}: {done.stderr.strip()[:200]}")
    return folder / "node_modules" / package.partition("@")[0]


OUTSIDE = {"chromium": chromium_program, "postgres": postgres_programs, "node": node_program}
"""Marker to the finder of what it needs."""
