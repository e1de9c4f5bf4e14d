"""Shared fixtures, and what to do where an outside program is missing."""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from pismo.games.png import EMOJI_FONTS
from tests.outside import OUTSIDE, chromium_program, missing, npm_package
from tests.postgresql import postgres_programs, running_postgres

# How long one example takes says something about the machine, not about the program.
settings.register_profile(
    "pismo", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
settings.load_profile("pismo")

# What the terminal speaks depends on the locale of whoever runs the tests; see tests/cli/ for that.
os.environ["PISMO_LANG"] = "en"

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option by which golden letters are changed."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/ anew")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose outside program is missing; under PISMO_REQUIRE_ALL=1 that fails."""
    for marker, find in OUTSIDE.items():
        if item.get_closest_marker(marker) and not find():
            missing(f"needs {marker}, which is not installed")


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the root of the checkout: also a complete workspace."""
    return REPOSITORY


@pytest.fixture(scope="session")
def postgres_bin() -> Path:
    """Return the folder with initdb and pg_ctl; use together with the `postgres` marker."""
    folder = postgres_programs()
    assert folder is not None
    return Path(folder)


@pytest.fixture(scope="session")
def postgres_server(postgres_bin: Path) -> Iterator[str]:
    """Start a PostgreSQL of our own for this test process; yields its URL without a database."""
    with running_postgres(postgres_bin) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Make an empty database for one test."""
    import psycopg

    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{postgres_server}/{name}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def emoji_font() -> None:
    """Skip where Noto Color Emoji is missing; under PISMO_REQUIRE_ALL=1 that fails."""
    if not any(Path(font).expanduser().exists() for font in EMOJI_FONTS):
        missing("needs Noto Color Emoji, which is not installed")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium; use together with the `chromium` marker."""
    path = chromium_program()
    assert path is not None
    return path


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return axe-core's source; use together with the `node` marker."""
    package = npm_package("axe-core@4", tmp_path_factory.mktemp("axe"))
    return (package / "axe.min.js").read_text("utf-8")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return the root of a fresh copy of the small English workspace, free to be changed."""
    root = tmp_path / "small"
    shutil.copytree(Path(__file__).parent / "workspaces" / "small", root)
    return root


HandlebarsJs = Callable[[Sequence[tuple[str, Mapping[str, object]]]], list[str | None]]

_RENDER_JS = """
const Handlebars = require("handlebars");
Handlebars.logger.level = 4;
const cases = JSON.parse(require("fs").readFileSync(0));
console.log(JSON.stringify(cases.map(([template, values]) => {
  try { return Handlebars.compile(template, {noEscape: true})(values); } catch { return null; }
})));
"""


@pytest.fixture(scope="session")
def handlebars_js(tmp_path_factory: pytest.TempPathFactory) -> HandlebarsJs:
    """Return npm's handlebars, not escaping: (template, values) pairs to texts, None for an error.

    Use together with the `node` marker.
    """
    folder = tmp_path_factory.mktemp("handlebars")
    npm_package("handlebars@4.7", folder)

    def render(cases: Sequence[tuple[str, Mapping[str, object]]]) -> list[str | None]:
        run = ["node", "-e", _RENDER_JS]
        told = subprocess.run(
            run, cwd=folder, input=json.dumps(cases), capture_output=True, text=True, check=True
        )
        texts: list[str | None] = json.loads(told.stdout)
        return texts

    return render
