"""How soon is a save seen? From the file's write to the new letter painted in the browser.

One word changes in a story that all segments use; all segments of the issue stand side by side
in headless Chromium. Time is taken in this process around the write and in the page when the
animation frame after the change has been drawn (both clocks are the machine's).

    python benchmarks/preview_reload.py [WORKSPACE] [ISSUE] [STORY] --times 40
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results" / "preview_reload.json"
_WATCH = """() => {
  window.seen = [];
  document.body.addEventListener("letters-painted", () => window.seen.push(Date.now()));
}"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", nargs="?", default=".")
    parser.add_argument("issue", nargs="?", default="friday/2026-11-27")
    parser.add_argument("story", nargs="?", default="content/stories/cubes-in-the-rain.md")
    parser.add_argument("--times", type=int, default=40)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        root.mkdir()
        for part in ("content", "newsletters", "segments"):
            shutil.copytree(Path(asked.workspace) / part, root / part)
        shutil.copy(Path(asked.workspace) / "pyproject.toml", root)
        milliseconds = measure(root, asked.issue, root / asked.story, asked.times)
    milliseconds.sort()
    found: dict[str, Any] = {
        "question": "one word of a story in all segments: from write to painted, ms",
        "issue": asked.issue,
        "times": len(milliseconds),
        "median_ms": statistics.median(milliseconds),
        "p90_ms": milliseconds[int(len(milliseconds) * 0.9)],
        "max_ms": milliseconds[-1],
        "load_average": round(os.getloadavg()[0], 1),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(json.dumps(found, indent=1))


def measure(root: Path, issue: str, story: Path, times: int) -> list[float]:
    from playwright.sync_api import sync_playwright

    command = [sys.executable, "-m", "pismo", "-C", str(root), "preview", "--no-open"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    url = server.stderr.readline().split()[0]
    try:
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or "chromium"
            args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
            browser = playwright.chromium.launch(executable_path=chromium, args=args)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(url)
            page.wait_for_selector("body[data-reviewed]")
            page.locator(".issue", has_text=issue.partition("/")[2]).first.click()
            page.wait_for_timeout(6000)
            page.evaluate(_WATCH)
            return [one_save(page, story, number) for number in range(times)]
    finally:
        server.terminate()
        server.wait()


def one_save(page: Any, story: Path, number: int) -> float:  # playwright's page
    text = story.read_text("utf-8")
    old = f" слово{number}"
    body = text.rstrip("\n").removesuffix(old)
    page.evaluate("window.seen = []")
    begun = time.time()
    story.write_text(f"{body} слово{number + 1}\n", "utf-8")
    page.wait_for_function("() => window.seen.length > 0")
    seen: float = page.evaluate("window.seen[0]")
    page.wait_for_timeout(1500)  # let the checks of this save end
    return seen - begun * 1000


if __name__ == "__main__":
    main()
