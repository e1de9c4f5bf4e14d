"""Shared fixtures, and what to do where an outside program is missing."""

import os
import shutil
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def _postgres_bin() -> str | None:
    """Return the folder of PostgreSQL's server programs, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    return str(found[0].parent) if found else str(Path(on_path).parent) if on_path else None


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _node() -> str | None:
    return shutil.which("node") if shutil.which("npm") else None


_NEEDS = {"chromium": _chromium, "postgres": _postgres_bin, "node": _node}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose outside program is missing; under PISMO_REQUIRE_ALL=1 that fails."""
    for marker, find in _NEEDS.items():
        if item.get_closest_marker(marker) and not find():
            reason = f"needs {marker}, which is not installed"
            if os.environ.get("PISMO_REQUIRE_ALL") == "1":
                pytest.fail(reason)
            pytest.skip(reason)


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the root of the checkout: also a complete workspace."""
    return REPOSITORY


@pytest.fixture(scope="session")
def postgres_bin() -> Path:
    """Return the folder with initdb and pg_ctl; use together with the `postgres` marker."""
    folder = _postgres_bin()
    assert folder is not None
    return Path(folder)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium; use together with the `chromium` marker."""
    path = _chromium()
    assert path is not None
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return the root of a fresh copy of the small English workspace, free to be changed."""
    root = tmp_path / "small"
    shutil.copytree(Path(__file__).parent / "workspaces" / "small", root)
    return root
