"""Imports are most of a cold build, so a build imports only what it uses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BUILD = """
import json, sys
from pathlib import Path
from pismo.build import build
from pismo.workspace import load_workspace
report = build(load_workspace(Path(sys.argv[1])))
assert not report.failed
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def modules_of_a_build(root: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(root)], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


def test_a_build_of_what_has_not_changed_imports_no_compiler(small: Path) -> None:
    modules_of_a_build(small)
    again = modules_of_a_build(small)
    assert not again & {
        *("premailer", "cssutils", "mjml", "markdown_it", "duckdb", "sqlglot", "PIL", "lxml"),
        *("boto3", "pyarrow", "numpy", "sqlalchemy", "requests", "starlette", "faker"),
    }


def test_a_cold_build_imports_nothing_that_sends_or_counts(small: Path) -> None:
    assert not modules_of_a_build(small) & {
        *("boto3", "pyarrow", "numpy", "sqlalchemy", "requests", "starlette", "faker"),
    }


COLD = """
import json, sys
from pismo.build import beside
beside.may_fork = lambda: True
from pismo.cli import main
sys.argv = ["pismo", "-C", sys.argv[1], "build", "--json"]
try:
    main()
finally:
    print("\\n" + json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
def test_a_cold_build_wakes_premailer_and_the_engine_beside_it_and_not_in_it(small: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COLD, str(small)], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert loaded >= {"click", "jinja2", "markdown_it", "mjml", "yaml"}
    assert not loaded & {
        *("premailer", "cssutils", "lxml", "cssselect", "duckdb", "sqlglot", "PIL", "concurrent"),
        *("boto3", "pyarrow", "numpy", "sqlalchemy", "requests", "starlette", "faker"),
    }
