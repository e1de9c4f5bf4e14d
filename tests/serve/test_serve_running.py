"""`pismo serve` as a real process, looked at with a real browser."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from pismo.cli import root
from pismo.errors import StateError
from pismo.keys import KeyKind, rotate
from pismo.ledger import Scope, open_state
from pismo.links import LinkSigner
from pismo.model.people import Links


class Served:
    """A running `pismo serve` and one reader's links to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pismo", "-C", str(root), "serve", "--port", "0"],
            stderr=subprocess.PIPE,
            text=True,
        )
        self.told = ""
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", self.told)):
            assert self.process.stderr is not None
            line = self.process.stderr.readline()
            assert line, self.told
            self.told += line
        self.url = found[0]

    def links(self, *items: str) -> Links:
        with open_state(self.root / ".pismo") as state:
            signer = LinkSigner(state.keys, self.url)
        return signer.links_for(
            "anna", newsletter="weekly", issue="weekly/1", web_url="", items=items
        )

    def refused(self) -> set[tuple[Scope, str]]:
        with open_state(self.root / ".pismo") as state:
            return {(each.scope, each.name) for each in state.ledger.opt_outs_of("anna")}

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        _, rest = self.process.communicate(timeout=20)
        self.told += rest
        return self.process.returncode


@pytest.fixture
def served(small: Path) -> Iterator[Served]:
    """Serve the small workspace, with an occasion in its settings."""
    with (small / "pyproject.toml").open("a") as file:
        file.write('\n[tool.pismo.serve.occasions]\nmothers-day = "Mother\'s Day"\n')
    running = Served(small)
    yield running
    if running.process.poll() is None:
        running.stop()


def test_a_served_link_unsubscribes_and_the_log_does_not_tell_whom(served: Served) -> None:
    url = served.links().unsubscribe
    answer = httpx.post(url, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "server" not in answer.headers
    assert served.refused() == {(Scope.NEWSLETTER, "weekly")}
    served.stop()
    assert url.rsplit("/", 1)[1] not in served.told
    assert "Traceback" not in served.told


def test_a_key_that_was_rotated_in_is_taken_from_its_file_while_serving(served: Served) -> None:
    rotated = CliRunner().invoke(root, ["-C", str(served.root), "state", "rotate", "signing"])
    assert rotated.exit_code == 0
    assert "before the next letter leaves" in rotated.stderr
    answer = httpx.post(served.links().unsubscribe, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert served.refused() == {(Scope.NEWSLETTER, "weekly")}


def test_a_link_signed_elsewhere_with_a_new_key_is_not_told_that_it_is_done(
    served: Served, tmp_path: Path
) -> None:
    mine = served.root / ".pismo"
    elsewhere = tmp_path / "publisher"
    elsewhere.mkdir(mode=0o700)
    shutil.copy2(mine / "keys.toml", elsewhere)
    rotate(elsewhere, KeyKind.SIGNING)
    with open_state(elsewhere, str(mine / "ledger.sqlite")) as state:
        signer = LinkSigner(state.keys, served.url)
    url = signer.links_for("anna", newsletter="weekly", web_url="").unsubscribe
    answer = httpx.post(url, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, served.refused()) == (500, set())
    assert httpx.get(f"{served.url}/health").status_code == 500
    shutil.copy2(elsewhere / "keys.toml", mine)
    assert httpx.post(url, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert served.refused() == {(Scope.NEWSLETTER, "weekly")}
    served.stop()
    assert "/u failed: letters are signed with a key that this server does not have" in served.told
    assert re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", served.told, re.MULTILINE)
    assert url.rsplit("/", 1)[1] not in served.told


def test_serving_without_the_newest_key_does_not_begin(small: Path) -> None:
    with open_state(small / ".pismo"):
        old = (small / ".pismo" / "keys.toml").read_text("utf-8")
    assert CliRunner().invoke(root, ["-C", str(small), "state", "rotate", "signing"]).exit_code == 0
    (small / ".pismo" / "keys.toml").write_text(old, "utf-8")
    told = CliRunner().invoke(root, ["-C", str(small), "serve", "--port", "0"])
    assert isinstance(told.exception, StateError)
    assert "keys of whoever publishes" in told.exception.hint


@pytest.mark.chromium
def test_a_reader_without_scripts_can_use_every_page(served: Served, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    links = served.links("poll")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(java_script_enabled=False, locale="en-GB")
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(links.unsubscribe)
        page.get_by_role("button", name="Unsubscribe", exact=True).click()
        assert page.get_by_role("heading", level=1).inner_text() == "Done, you are unsubscribed"
        page.get_by_role("link").click()
        assert not page.get_by_role("checkbox").first.is_checked()
        page.get_by_label("Mother's Day").uncheck()
        page.get_by_label("Do not write to me for 30 days").check()
        page.get_by_role("button", name="Save").click()
        assert page.get_by_role("status").inner_text() == "Saved."
        page.goto(f"{links.items['poll']}?v=yes")
        page.get_by_role("button", name="Confirm").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Thank you, noted"
        # The policy lets exactly our style through: a wrong hash would leave a bare page.
        width = page.locator("main").evaluate("node => getComputedStyle(node).maxWidth")
        browser.close()
    assert width == "544px"
    assert complaints == []
    assert served.refused() == {
        (Scope.NEWSLETTER, "weekly"),
        (Scope.OCCASION, "mothers-day"),
        (Scope.PAUSE, ""),
    }
