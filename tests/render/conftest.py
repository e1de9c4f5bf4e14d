"""The engine that letters are compared with."""

from pathlib import Path

import pytest

from tests.outside import npm_package
from tests.render.handlebars_engine import ENGINE


@pytest.fixture(scope="session")
def handlebars_engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install npm's handlebars once, with a script that prints letters."""
    folder = tmp_path_factory.mktemp("handlebars")
    npm_package("handlebars@4.7", folder)
    (folder / "engine.js").write_text(ENGINE)
    return folder / "engine.js"
