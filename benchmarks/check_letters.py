"""How long do 200 letters take to check? 20 issues of the small workspace, ten segments each.

python benchmarks/check_letters.py
"""

import json
import os
import platform
import shutil
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
SMALL = HERE.parent / "tests" / "workspaces" / "small"
RESULTS = HERE / "results" / "check_letters.json"


def main() -> None:
    from pismo.checks import check
    from pismo.workspace import load_workspace

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "small"
        shutil.copytree(SMALL, root)
        grow(root)
        begun, cpu = time.perf_counter(), time.process_time()
        workspace = load_workspace(root)
        report = check(workspace)
        found = {
            "question": "check 200 letters (20 issues, 10 segments), cold, one process",
            "letters": len(workspace.issues) * 10,
            "seconds": round(time.perf_counter() - begun, 2),
            "cpu_seconds": round(time.process_time() - cpu, 2),
            "errors": report.errors,
            "load_average": round(os.getloadavg()[0], 1),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.python_version()}",
        }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(json.dumps(found, indent=1))


def grow(root: Path) -> None:
    """Add eight segments and nineteen issues, each with a story of its own."""
    family = (root / "segments" / "families.toml").read_text("utf-8")
    names = [f"s{number}" for number in range(9)]
    for number, name in enumerate(names, 1):
        text = family.replace("<= 12", f"<= {number}").replace("age = 6 ", f"age = {number} ")
        (root / "segments" / f"{name}.toml").write_text(text, "utf-8")
    newsletter = root / "newsletters" / "weekly" / "newsletter.toml"
    listed = ", ".join(f'"{name}"' for name in names)
    text = newsletter.read_text("utf-8").replace('"families"', listed)
    newsletter.write_text(text, "utf-8")
    issue = (newsletter.parent / "2026-11-27.md").read_text("utf-8")
    story = (root / "content" / "stories" / "rain.md").read_text("utf-8")
    for number in range(1, 20):
        day = f"2026-{1 + number // 2:02}-{1 + number % 2 * 14:02}"
        more = f"\nStory number {number} goes on about the rain and the cat.\n" * 12
        (root / "content" / "stories" / f"r{number}.md").write_text(story + more, "utf-8")
        text = issue.replace("2026-11-27", day).replace('"rain"', f'"r{number}"')
        (newsletter.parent / f"{day}.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
