"""Take the pictures of README and docs from a real `pismo demo`, into `docs/images/`.

    python tools/take_pictures.py

Needs Chromium. The demo runs in a copy of this workspace, so the state here is left alone.
"""

import email
import email.policy
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.text import Text

REPOSITORY = Path(__file__).parent.parent
IMAGES = REPOSITORY / "docs" / "images"
PISMO = Path(sys.executable).parent / "pismo"
PHONE = (375, 720)
DESK = (1720, 860)
LEAST_REASONS = 3
MOST_BYTES = 150_000
COLOURS = (256, 128, 64, 32)


def main() -> None:
    """Run the demo, look at what it made, write the pictures."""
    IMAGES.mkdir(exist_ok=True)
    os.environ["PISMO_LANG"] = "en"  # the picture of the terminal is in both READMEs
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        workspace = copied(Path(folder) / "igroteka")
        said = demo(workspace)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        letter = letter_for_somebody(workspace, Path(folder))
        take_letter(browser, letter, "light", "letter-phone.png")
        take_letter(browser, letter, "dark", "letter-phone-dark.png", from_end=True)
        take_terminal(browser, plan_part(said), "plan.png")
        with preview(workspace) as address:
            take_desk(browser, address)
        take_segments(browser, workspace, "segments.png")
        browser.close()


def copied(folder: Path) -> Path:
    """Copy this workspace without its state."""
    for name in ("newsletters", "content", "segments"):
        shutil.copytree(REPOSITORY / name, folder / name)
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    return folder


def demo(workspace: Path) -> str:
    """Run the demo and return what it said."""
    command = [str(PISMO), "-C", str(workspace), "demo"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True
    )
    return done.stdout


def letter_for_somebody(workspace: Path, folder: Path) -> Path:
    """Write one reader's letter as a page whose pictures are those of the built site."""
    pictures = (workspace / "build" / "site" / "images").as_uri()
    for file in sorted(workspace.glob(".pismo/outbox/*/*/new/*.eml")):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        body = message.get_body(("html",))
        text = body.get_content() if body else ""
        reasons = set(re.findall(r"(?:потому что|вы смотрели|такие же)[^<]*", text))
        if len(reasons) >= LEAST_REASONS and "Привет, друг" not in text:
            page = folder / "letter.html"
            page.write_text(re.sub(r"https://[^\"]*?/images", pictures, text), "utf-8")
            return page
    raise SystemExit("no letter gives different reasons for what it recommends")


def take_letter(
    browser: Browser,
    letter: Path,
    scheme: Literal["light", "dark"],
    name: str,
    *,
    from_end: bool = False,
) -> None:
    """Take a letter as a phone shows it: its beginning, or the end above the footer."""
    page = opened(browser, letter.as_uri(), PHONE, scheme)
    if from_end:
        # From the end of the words above the rebus down to what is recommended.
        rebus = page.locator("[aria-label^='Ребус']").last
        rebus.evaluate("row => window.scrollBy(0, row.getBoundingClientRect().top - 120)")
    keep(page.screenshot(), name)


def take_terminal(browser: Browser, text: str, name: str) -> None:
    """Draw a terminal's output with rich and take it."""
    console = Console(record=True, width=64, file=io.StringIO())
    console.print(Text(text + "\n"))
    page = opened(browser, "about:blank", (900, 400), "light")
    page.set_content(f"<body style='margin: 0'>{console.export_svg(title='pismo plan')}")
    keep(page.locator("svg").first.screenshot(), name)


def plan_part(said: str) -> str:
    """Cut the plan out of what the demo said."""
    lines = said[said.index("$ pismo plan") : said.index("$ pismo publish")].strip().splitlines()
    return "\n".join(line for line in lines if not line.startswith("Next:"))


@contextmanager
def preview(workspace: Path) -> Iterator[str]:
    """Run the preview; yields its address."""
    command = [str(PISMO), "-C", str(workspace), "preview", "--no-open"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield process.stderr.readline().split()[0]
        finally:
            process.terminate()


def take_desk(browser: Browser, address: str) -> None:
    """Take the preview of the newest issue: its segments, one letter, what differs."""
    page = opened(browser, address, DESK, "light")
    page.get_by_text("2026-11-27").first.click()
    page.wait_for_selector("body[data-reviewed]")
    page.get_by_label("Читатель", exact=True).select_option("invented anna-kazan")
    page.locator(".column.chosen").wait_for()
    for key, seen, name in (
        ("m", ".column.chosen", "matrix.png"),
        ("l", "#panel-why li", "letter.png"),
        ("d", ".difference ins", "difference.png"),
    ):
        if key == "l":
            # Somebody real, in whose letter each product has a reason of its own.
            page.locator("#find").fill("orders >= 6 AND children_max_age <= 12")
            page.locator("#find").press("Enter")
            page.locator("#found", has_text="Показаны").wait_for()
            page.locator("h1").click()
        page.keyboard.press(key)
        page.locator(seen).first.wait_for()
        page.wait_for_timeout(1500)
        if key == "l":
            page.locator("#panel-why").scroll_into_view_if_needed()
        keep(page.screenshot(), name)


def take_segments(browser: Browser, workspace: Path, name: str) -> None:
    """Take the picture that `pismo segments` draws."""
    drawn = workspace / "segments.svg"
    words = ["segments", "--newsletter", "friday", "--picture", str(drawn)]
    subprocess.run([str(PISMO), "-C", str(workspace), *words], check=True, capture_output=True)
    page = opened(browser, drawn.as_uri(), (1000, 500), "light")
    keep(page.locator("svg").first.screenshot(), name)


def opened(
    browser: Browser, url: str, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> Page:
    """Open a page on a screen of two pixels a point."""
    width, height = size
    page = browser.new_page(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if width < DESK[0] else 1,
        color_scheme=scheme,
        locale="ru-RU",
    )
    page.goto(url)
    return page


def keep(picture: bytes, name: str) -> None:
    """Write a picture with as many colours as fit into the bytes it may have."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in COLOURS:
        small = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        if small.tell() <= MOST_BYTES:
            (IMAGES / name).write_bytes(small.getvalue())
            return
    raise SystemExit(f"{name} does not fit into {MOST_BYTES} bytes")


if __name__ == "__main__":
    main()
