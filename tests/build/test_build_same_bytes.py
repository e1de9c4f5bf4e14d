"""The same sources give the same bytes: wherever, whenever, whoever builds."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.outside import missing

FOLDERS = ("content", "newsletters", "segments")
OTHER_PYTHON = "3.13" if sys.version_info < (3, 13) else "3.11"


def checkout(repository: Path, root: Path) -> Path:
    """Copy the workspace that the repository is."""
    root.mkdir(parents=True)
    for name in FOLDERS:
        shutil.copytree(repository / name, root / name)
    shutil.copy(repository / "pyproject.toml", root)
    return root


def built(root: Path, python: Path | str = sys.executable, **environment: str) -> str:
    """Build in a process of its own and hash every file with its path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [str(python), "-m", "pismo", "-C", str(root), "build"],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    folder = root / "build"
    whole = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def test_path_time_zone_locale_and_hash_seed_change_nothing(
    repository: Path, tmp_path: Path
) -> None:
    near = checkout(repository, tmp_path / "a")
    far = checkout(repository, tmp_path / "elsewhere" / "with spaces и кириллицей")
    first = built(near, TZ="UTC", LC_ALL="C", PYTHONHASHSEED="1")
    second = built(
        far, TZ="Pacific/Kiritimati", LC_ALL="C.UTF-8", LANGUAGE="ru_RU", PYTHONHASHSEED="4711"
    )
    assert first == second


def other_pythons() -> Iterator[Path]:
    """Look for the other supported Python: on PATH, and where pyenv keeps versions."""
    on_path = shutil.which(f"python{OTHER_PYTHON}")
    if on_path:
        yield Path(on_path)
    for versions in (Path.home() / ".pyenv" / "versions", Path("/opt/python")):
        yield from sorted(versions.glob(f"{OTHER_PYTHON}*/bin/python{OTHER_PYTHON}"))


@pytest.fixture(scope="session")
def other_python(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment of the other Python from the same lock; skip where there is none."""
    found = next((one for one in other_pythons() if _works(one)), None)
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if found is None or uv is None:
        pytest.skip(f"needs Python {OTHER_PYTHON} and uv; one of them is not here")
    folder = tmp_path_factory.mktemp("other") / "venv"
    subprocess.run([found, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
    synced = subprocess.run(
        [uv, "sync", "--quiet", "--frozen", "--no-default-groups", "--active"],
        cwd=repository,
        env={**os.environ, "VIRTUAL_ENV": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if synced.returncode:
        missing(f"cannot install the lock for Python {OTHER_PYTHON}: {synced.stderr[-300:]}")
    return folder / "bin" / "python"


def _works(python: Path) -> bool:
    # pyenv's shims stand on PATH for versions that are not chosen, and then only say so.
    return (
        subprocess.run([python, "-c", "import ssl"], capture_output=True, check=False).returncode
        == 0
    )


@pytest.mark.slow
def test_another_python_gives_the_same_bytes(
    repository: Path, tmp_path: Path, other_python: Path
) -> None:
    ours = built(checkout(repository, tmp_path / "a"))
    theirs = built(checkout(repository, tmp_path / "b"), other_python)
    assert ours == theirs
