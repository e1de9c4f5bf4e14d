"""A running preview, and a page of headless Chromium that looks at it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from pismo.audience import current
from pismo.cli import root as pismo
from pismo.explain import Audience
from pismo.plan.state import latest_plan, open_state
from pismo.preview import Crowd, Desk, Studio, create_app
from pismo.workspace import load_workspace

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
ISSUE = "weekly/2026-11-27"
STORY = Path("content/stories/rain.md")
OURS = {"X-Pismo": "preview"}
Open = Callable[..., "Running"]
Browse = Callable[..., Any]


@dataclass
class Running:
    """A preview that is running: where, of which workspace."""

    url: str
    root: Path
    desk: Desk


def ask(running: Running, call: str, *, language: str = "en", **body: object) -> dict[str, Any]:
    """Call the preview as its page does."""
    headers = {**OURS, "Accept-Language": language}
    answer = httpx.post(f"{running.url}api/{call}", json=body, headers=headers)
    told: dict[str, Any] = answer.json()
    return told


def save(root: Path, old: str, new: str, file: Path = STORY) -> None:
    """Change a file as an editor does."""
    path = root / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")


@pytest.fixture
def preview() -> Iterator[Open]:
    """Start previews on free ports; they stop at the end of the test."""
    import uvicorn

    with ExitStack() as stack:

        def start(root: Path, *, token: str = "", crowd: Crowd | None = None) -> Running:
            listening = socket.socket()
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            host = f"127.0.0.1:{listening.getsockname()[1]}"
            kept: list[bytes] = []
            desk = Desk(
                Studio(root), crowd or Crowd(), lambda message, _: f"{_keep(kept, message)}"
            )
            app = create_app(desk, hosts=frozenset({host}), token=token)
            config = uvicorn.Config(
                app, log_level="error", access_log=False, timeout_graceful_shutdown=1
            )
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()

            def stop() -> None:
                server.should_exit = True
                thread.join()
                listening.close()

            stack.callback(stop)
            return Running(f"http://{host}/", root, desk)

        yield start


def _keep(kept: list[bytes], message: bytes) -> str:
    kept.append(message)
    return f"kept {len(message)} bytes"


@pytest.fixture
def sampled(small: Path, preview: Open) -> Any:
    """Yield a preview with an invented audience and a plan."""
    for words in (("sample", "--people", "80", "--products", "20"), ("plan", ISSUE)):
        done = CliRunner().invoke(pismo, ["-C", str(small), *words])
        assert done.exit_code == 0, done.output
    workspace = load_workspace(small)
    snapshot = current(workspace.state_dir)
    assert snapshot is not None
    with open_state(workspace, {}) as state:
        now = datetime(2026, 11, 27, 10, tzinfo=UTC)
        audience = Audience(workspace, snapshot, state, lambda: now)
        crowd = Crowd(lambda: audience, lambda issue: latest_plan(workspace, state.ledger, issue))
        yield preview(small, crowd=crowd)


@pytest.fixture
def browse(chromium: str) -> Iterator[Browse]:
    """Open pages in headless Chromium; use together with the `chromium` marker.

    A page fails the test if a script error is met on it.
    """
    from playwright.sync_api import sync_playwright

    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)

        def page(url: str, *, wait: bool = True, **options: Any) -> Any:
            options.setdefault("viewport", {"width": 1280, "height": 800})
            made = browser.new_context(**options).new_page()
            made.set_default_timeout(20_000)
            made.on("pageerror", lambda error: errors.append(str(error)))
            made.goto(url)
            if wait:
                made.wait_for_selector("body[data-drawn]")
            return made

        yield page
        browser.close()
    assert not errors
