"""Style is put in by a process beside, and nothing is different for it."""

import os
import subprocess
import sys

import pytest

from pismo.build.beside import inliner
from pismo.inline import inline_css

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
