"""What every benchmark says of where it ran, and how it is written down."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def machine() -> str:
    """Describe the machine in a line: processor, cores, load, Python."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores (load {load:.1f}), Python {platform.python_version()}"


def per_second(work: Callable[[], int], *, repeats: int = 3) -> tuple[float, float, float]:
    """Return how many of something `work` does in a second: median, least, most."""
    rates = []
    for _ in range(repeats):
        begun = time.perf_counter()
        done = work()
        rates.append(done / (time.perf_counter() - begun))
    return statistics.median(rates), min(rates), max(rates)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def write_down(name: str, title: str, question: str, sections: Sequence[str]) -> None:
    """Print a result and store it as `results/<name>.md`."""
    text = "\n\n".join((f"# {title}", f"**Question.** {question}", *sections)) + "\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text, "utf-8")
    print(text)
