"""Style is put in by a process beside, and nothing is different for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pismo.build import build
from pismo.build.beside import inliner
from pismo.inline import inline_css
from pismo.workspace import load_workspace

# In a process of its own: one thread, and premailer not awake yet.
ASK = """
import sys
from pismo.build import beside
from pismo.build.beside import inliner
beside.may_fork = lambda: True
with inliner(forking=True) as inline:
    print(inline("<p>А</p>", "p{color:red}"))
    assert "premailer" not in sys.modules
    %s
    print(inline("<p>Б</p>", "p{color:red}"))
"""
KILL = (
    "import os, signal; os.kill(int(open('/proc/self/task/%d/children' % os.getpid()).read()), 9)"
)


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
@pytest.mark.parametrize("meanwhile", ["", KILL], ids=["answering", "killed"])
def test_a_process_beside_inlines_the_same_and_its_death_changes_nothing(meanwhile: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK.replace("%s", meanwhile)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    expected = [inline_css(f"<p>{letter}</p>", "p{color:red}") for letter in "АБ"]
    assert done.stdout.splitlines() == expected


def test_a_process_that_will_inline_again_does_it_itself() -> None:
    with inliner(forking=False) as inline:
        assert inline is inline_css


WAKE = """
import os, sys
from pathlib import Path
from pismo.build import beside
from pismo.build.early import woken
beside.may_fork = lambda: True
with woken(Path(sys.argv[1]), ["weekly/2026-11-27"]) as begun:
    from pismo.build import build
    from pismo.workspace import load_workspace
    print(begun.inliner is not None, begun.checker is not None)
    %s
    report = build(load_workspace(Path(sys.argv[1])), ["weekly/2026-11-27"], woken=begun)
    for finding in report.findings:
        print(finding.source, finding.rule.id)
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("alone")
"""
KILL_ALL = (
    "import signal; [os.kill(int(child), 9)"
    " for child in open('/proc/self/task/%d/children' % os.getpid()).read().split()]"
)


def built(root: Path, meanwhile: str = "") -> tuple[list[str], dict[str, bytes]]:
    """Build with processes begun early; return what was said, and the files."""
    shutil.rmtree(root / "build", ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-c", WAKE.replace("%s", meanwhile), str(root)],
        capture_output=True,
        text=True,
        check=True,
    )
    files = (path for path in (root / "build").rglob("*") if path.is_file())
    return done.stdout.splitlines(), {str(path): path.read_bytes() for path in files}


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
@pytest.mark.parametrize("meanwhile", ["", KILL_ALL], ids=["answering", "killed"])
def test_what_is_begun_early_builds_the_same_and_is_gone_afterwards(
    small: Path, meanwhile: str
) -> None:
    (small / "segments" / "families.toml").write_text(
        'title = "F"\nwhere = "orders >= 4"\nexample.in = { orders = 4 }\n', "utf-8"
    )
    said, files = built(small, meanwhile)
    assert said == ["True True", "segments/families.toml:1 no-example", "alone"]
    build(load_workspace(small), ["weekly/2026-11-27"])
    again = {path: Path(path).read_bytes() for path in files}
    assert files
    assert again == files


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
def test_nothing_is_begun_early_for_what_the_cache_may_hold(small: Path) -> None:
    built(small)
    said, _ = built(small)
    assert said[0] == "False False"
