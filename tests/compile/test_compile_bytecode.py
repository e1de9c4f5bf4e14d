"""Templates that pismo brings along are compiled once, and nothing is different for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import jinja2
import pytest

from pismo.bytecode import OwnBytecode

BUILD = """
import sys
from pathlib import Path
import jinja2
compiled = []
compile = jinja2.Environment.compile
def noted(self, source, name=None, filename=None, *rest):
    compiled.append(name)
    return compile(self, source, name, filename, *rest)
jinja2.Environment.compile = noted
from pismo.build import build
from pismo.workspace import load_workspace
assert not build(load_workspace(Path(sys.argv[1]))).failed
print("\\n".join(compiled))
"""


def compiled_by(root: Path, kept: Path, **variables: str) -> tuple[set[str], dict[str, bytes]]:
    """Build without a cache; return which templates were compiled, and the files."""
    shutil.rmtree(root / ".pismo", ignore_errors=True)
    shutil.rmtree(root / "build", ignore_errors=True)
    environment = {name: value for name, value in os.environ.items() if "BYTECODE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(root)],
        capture_output=True,
        text=True,
        check=True,
        env={**environment, "PYTHONPYCACHEPREFIX": str(kept), **variables},
    )
    files = (path for path in (root / "build").rglob("*") if path.is_file())
    return set(done.stdout.split()), {str(path): path.read_bytes() for path in files}


def test_own_templates_are_compiled_once_and_a_writers_text_each_time(
    small: Path, tmp_path: Path
) -> None:
    first, files = compiled_by(small, tmp_path / "kept")
    assert {"index.html.j2", "base.mjml.j2", "pismo/letter.txt.j2"} <= first
    again, same = compiled_by(small, tmp_path / "kept")
    assert again
    assert all(name.endswith(".md") or name == "pismo/last_rebus" for name in again)
    assert same == files


def test_code_that_was_cut_short_is_compiled_again(small: Path, tmp_path: Path) -> None:
    first, files = compiled_by(small, tmp_path / "kept")
    kept = list((tmp_path / "kept").rglob("*.jinja"))
    for file in kept:
        file.write_bytes(file.read_bytes()[:30])
    assert kept
    assert compiled_by(small, tmp_path / "kept") == (first, files)


def test_nothing_is_kept_where_python_keeps_no_bytecode(small: Path, tmp_path: Path) -> None:
    compiled_by(small, tmp_path / "kept", PYTHONDONTWRITEBYTECODE="1")
    assert not (tmp_path / "kept").exists()


def test_other_text_or_another_kind_is_other_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    environment, own = jinja2.Environment(autoescape=True), OwnBytecode("one")
    bucket = own.get_bucket(environment, "a.j2", "a.j2", "text")
    bucket.code = environment.compile("text")
    own.set_bucket(bucket)
    assert own.get_bucket(environment, "a.j2", "a.j2", "text").code == bucket.code
    assert own.get_bucket(environment, "a.j2", "a.j2", "other text").code is None
    assert OwnBytecode("two").get_bucket(environment, "a.j2", "a.j2", "text").code is None
