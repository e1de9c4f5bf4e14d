"""The engine that letters are compared with."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.render.handlebars_engine import ENGINE


@pytest.fixture(scope="session")
def handlebars_engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install npm's handlebars once; where the registry cannot be reached, skip."""
    folder = tmp_path_factory.mktemp("handlebars")
    installed = subprocess.run(
        ["npm", "install", "--prefix", str(folder), "--silent", "handlebars@4"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if installed.returncode:
        reason = f"npm cannot install handlebars: {installed.stderr[-200:]}"
        if os.environ.get("PISMO_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    (folder / "engine.js").write_text(ENGINE)
    return folder / "engine.js"
