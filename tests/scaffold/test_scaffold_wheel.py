"""The wheel is all one needs: templates, layouts, SQL and data travel in it."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("wheel")


@pytest.mark.slow
def test_a_workspace_begun_from_the_wheel_checks_and_builds(
    machine: Path, installing: Mapping[str, str], tmp_path: Path
) -> None:
    def run(name: str, *words: str, cwd: Path = tmp_path) -> str:
        command = [str(machine / "bin" / name), *words]
        done = subprocess.run(
            command, cwd=cwd, env=dict(installing), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("uv", "pip", "install", "--quiet", "--python", str(machine / "bin" / "python"), "pismo")
    assert str(machine) in run("python", "-c", "import pismo; print(pismo.__file__)")
    answers = {
        "language": "ru",
        "brand": "Лавка",
        "sender": "Катя",
        "address": "katya@lavka.example",
        "postal-address": "Москва",
        "accent": "#b5502f",
        "background": "#ffffff",
    }
    flags = [word for name, value in answers.items() for word in (f"--{name}", value)]
    run("pismo", "new", "workspace", "letters", *flags)
    run("pismo", "check", cwd=tmp_path / "letters")
    run("pismo", "build", cwd=tmp_path / "letters")
    assert list((tmp_path / "letters" / "build" / "letters").rglob("letter.html"))
