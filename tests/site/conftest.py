"""A built site that is served, and a browser to walk through it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pismo.site.server import site_server

Browse = Callable[..., Any]


@pytest.fixture
def serve_site() -> Iterator[Callable[[Path], str]]:
    """Serve `build/site` of workspaces on free ports, on localhost as WebCrypto wants it."""
    with ExitStack() as stack:

        def start(root: Path) -> str:
            server = stack.enter_context(site_server(root / "build" / "site", 0))
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_address[1]}"

        yield start


@pytest.fixture
def browse(chromium: str) -> Iterator[Browse]:
    """Open pages in headless Chromium; use together with the `chromium` marker."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])

        def page(url: str, **options: Any) -> Any:
            options.setdefault("viewport", {"width": 375, "height": 720})
            made = browser.new_context(**options).new_page()
            made.goto(url)
            return made

        yield page
        browser.close()
