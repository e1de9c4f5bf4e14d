"""A wheel of this checkout, and machines to install it on."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.outside import missing


def uv() -> str:
    """Return the uv that set this checkout up; skip where it could not be had."""
    path = Path(sys.executable).parent / "uv"
    if not path.exists():
        missing("needs uv, which `make setup` could not install")
    return str(path)


@pytest.fixture(scope="session")
def installing(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return an environment in which `pismo` is a wheel of this checkout, its needs as locked."""
    folder = tmp_path_factory.mktemp("wheel")
    locked = folder / "locked.txt"
    build = ["build", "--wheel", "--quiet", "--out-dir", str(folder), str(repository)]
    export = ["export", "--frozen", "--no-default-groups", "--no-emit-project", "--no-hashes"]
    for command in (build, [*export, "--quiet", "--output-file", str(locked)]):
        subprocess.run([uv(), *command], cwd=repository, check=True, capture_output=True)
    return {
        **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
        "UV_FIND_LINKS": str(folder),
        "UV_CONSTRAINT": str(locked),
    }


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Return a fresh environment that holds a Python, pip and uv, and nothing else."""
    machine = tmp_path / "machine"
    subprocess.run([uv(), "venv", "--quiet", "--seed", str(machine)], check=True)
    python = str(machine / "bin" / "python")
    subprocess.run([uv(), "pip", "install", "--quiet", "--python", python, "uv"], check=True)
    return machine
