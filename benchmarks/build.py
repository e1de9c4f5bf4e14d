"""How long a build takes, cold and warm, against MJML's own command line.

python benchmarks/build.py [--repeats 5] [--mjml DIR with node_modules]
"""

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from machine import machine, table, write_down

if TYPE_CHECKING:
    from pismo.compile import FragmentCache
    from pismo.compile.mjml_check import Place

ISSUE = "friday/2026-11-27"
SENTENCE = (
    "Дождь застал нас на платформе, и одиннадцать человек под одним навесом играли в кубики на "
    "перевёрнутом тазу, пока машинист не объявил, что он тоже хочет бросить. "
)


def workspace(root: Path, segments: int) -> Path:
    """Write a workspace with one issue: three stories, a tip, a rebus, four products."""
    newsletter = root / "newsletters" / "friday"
    for folder in ("content/stories", "content/tips", "content/games", "segments"):
        (root / folder).mkdir(parents=True)
    newsletter.mkdir(parents=True)
    names = [f"s{number:02}" for number in range(1, segments)]
    listed = ", ".join(f'"{name}"' for name in names)
    files = {
        "pyproject.toml": '[tool.pismo]\nlanguage = "ru"\n[tool.pismo.brand]\nname = "Игротека"\n'
        'legal_name = "ООО «Игротека»"\npostal_address = "101000, Москва"\n'
        'url = "https://shop.example"\n',
        "newsletters/friday/newsletter.toml": 'title = "Пятница"\nlanguage = "ru"\n'
        'layout = "digest"\n'
        f'segments = [{listed}]\nreason = "Вы подписались."\nlist_id = "friday.shop.example"\n'
        '[sender]\nname = "Катя"\naddress = "katya@example.com"\n',
        f"newsletters/{ISSUE}.md": "---\nsubject: \"{{ recipient.first_name | default('Вы') }}\""
        "\npreheader: Кубики\n---\nПривет, {{ recipient.first_name | default('друг') }}!\n\n"
        '{{ story("one") }}\n\n{{ story("two") }}\n\n{{ story("three") }}\n\n{{ tip("tea") }}\n\n'
        '{{ rebus("capital") }}\n\nЭто письмо для тех, кто {{ segment.title }}.\n\n'
        "{% if recipient.points > 100 %}У вас {{ recipient.points | plural('балл', 'балла',"
        " 'баллов') }}.{% endif %}\n\n{{ recommendations(4, title='На стол') }}\n",
        "content/catalogue.csv": "product_id,title,url,price,currency,category,in_stock\n"
        + "".join(
            f"g{n},Игра {n},https://shop.example/g{n},{990 + n}.00,RUB,family,true\n"
            for n in range(12)
        ),
        "content/tips/tea.md": "---\ntitle: Чай\n---\n- [ ] Отодвинуть чай\n- [ ] Сыграть\n",
        "content/games/capital.md": "---\ntitle: Ребус\nkind: rebus\n---\n```rebus\n"
        "answer: столица\nhint: главный город\nline: 100 + 🦊лиса(с=ц)\n```\n",
        "segments/people.toml": '[[people]]\nid = "a"\nabout = "Анна"\nfirst_name = "Анна"\n'
        "points = 120\n",
    }
    for name in ("one", "two", "three"):
        paragraph = f"{SENTENCE * 3}\n\n"
        story = (paragraph * 12)[:2500]
        files[f"content/stories/{name}.md"] = f"---\ntitle: История {name}\n---\n{story}\n"
    for number, name in enumerate(names):
        files[f"segments/{name}.toml"] = (
            f'title = "сегмент {name}"\nwhere = "points > {1000 - number}"\n'
            f"example.in = {{ points = 2000 }}\nexample.out = {{ points = 0 }}\n"
        )
    for path, text in files.items():
        (root / path).write_text(text, "utf-8")
    return root


@dataclass(frozen=True)
class Took:
    """Milliseconds of several runs: the least on the clock, the median of processor time."""

    clock: float
    processor: float


def timed(work: Callable[[], object], repeats: int) -> Took:
    """Run a process several times; neighbours disturb the clock more than the processor time."""
    clocks, processors = [], []
    for _ in range(repeats):
        used, begun = _children_s(), time.perf_counter()
        work()
        clocks.append((time.perf_counter() - begun) * 1000)
        processors.append((_children_s() - used) * 1000)
    return Took(min(clocks), statistics.median(processors))


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def pismo(root: Path, *, forget: bool) -> dict[str, object]:
    """Build in a process of its own; return what `--json` says."""
    if forget:
        shutil.rmtree(root / ".pismo", ignore_errors=True)
    shutil.rmtree(root / "build", ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "pismo", "-C", str(root), "build", "--json"],
        capture_output=True,
        text=True,
        check=True,
        # Bytecode is kept, as it is wherever pismo is installed.
        env={
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        },
    )
    document: dict[str, object] = json.loads(done.stdout)
    return document


def layouts_of(root: Path, folder: Path) -> list[Path]:
    """Write down, for every segment, the whole letter as MJML: what MJML's command is given.

    The compiler gives its converter a page with tokens for content; here each token is replaced
    by what stands in its place in the segment's sample letter.
    """
    from pismo.compile import compile_issue
    from pismo.compile.layout import to_html
    from pismo.workspace import load_workspace

    given: list[tuple[str, str]] = []

    def noted(source: str, layout: "Place", cache: "FragmentCache") -> str:
        html = to_html(source, layout, cache)
        given.append((source, html))
        return html

    with mock.patch("pismo.compile.edition.to_html", noted):
        compile_issue(load_workspace(root), ISSUE)
    folder.mkdir()
    letters = sorted((root / "build" / "letters" / ISSUE).glob("*/a/letter.html"))
    paths = []
    for number, letter in enumerate(letters):
        source, html = given[0]  # the same page for all: what differs are the tokens' values
        paths.append(folder / f"{number:02}.mjml")
        paths[-1].write_text(_filled(source, html, letter.read_text("utf-8")), "utf-8")
    return paths


def _filled(source: str, html: str, letter: str) -> str:
    """Put back what stands in a letter where its MJML has tokens."""
    token = re.compile(r"(?:<!--\s*)?qzx[a-z]\d{5}xzq(?:\s*-->)?")
    found = re.fullmatch("(.*?)".join(map(re.escape, token.split(html))), letter, re.DOTALL)
    assert found is not None, "the converter's page is not the letter's"
    values = dict(zip(token.findall(html), found.groups(), strict=True))
    return token.sub(lambda one: values[one[0]], source)


def mjml_command(folder: Path | None) -> list[str]:
    """Return MJML's own command, installed for the occasion unless it is there."""
    home = folder or Path(tempfile.mkdtemp(prefix="mjml-"))
    if not (home / "node_modules" / "mjml").is_dir():
        subprocess.run(
            ["npm", "install", "--silent", "--prefix", str(home), "mjml"],
            check=True,
            capture_output=True,
        )
    return ["node", str(home / "node_modules" / "mjml" / "bin" / "mjml")]


def warm_ms(root: Path, repeats: int) -> tuple[float, dict[str, float]]:
    """Change one word that every segment shows and build again, in one process."""
    from pismo.build import build
    from pismo.compile import FragmentCache
    from pismo.workspace import load_workspace

    cache = FragmentCache()
    story = root / "content" / "stories" / "two.md"
    text = story.read_text("utf-8")
    build(load_workspace(root), cache=cache)
    times, stages = [], {}
    for number in range(repeats):
        story.write_text(text.replace("кубики", f"кости{number}", 1), "utf-8")
        begun = time.perf_counter()
        loaded = load_workspace(root)
        between = time.perf_counter()
        report = build(loaded, cache=cache)
        times.append((time.perf_counter() - begun) * 1000)
        assert not report.failed
        assert not any(edition.cached for edition in report.editions)
        stages = {"load": between - begun, **dict(report.stages)}
    story.write_text(text, "utf-8")
    return min(times), stages


def shown(stages: dict[str, float]) -> str:
    """Write seconds by stage in milliseconds."""
    return ", ".join(f"{name} {seconds * 1000:.0f}" for name, seconds in stages.items())


def measured(segments: int, command: list[str], repeats: int) -> tuple[list[object], str]:
    """Measure one number of segments; return a row of the table, and a note on stages."""
    with tempfile.TemporaryDirectory() as folder:
        root = workspace(Path(folder) / "workspace", segments)
        pismo(root, forget=True)
        files = [str(path) for path in layouts_of(root, Path(folder) / "mjml")]
        assert len(files) == segments
        out = Path(folder) / "out"
        out.mkdir()
        convert = [*command, *files, "-o", f"{out}/"]
        theirs = timed(lambda: subprocess.run(convert, check=True, capture_output=True), repeats)
        cold = timed(lambda: pismo(root, forget=True), repeats)
        stages = stages_of(pismo(root, forget=True))
        again = timed(lambda: pismo(root, forget=False), repeats)
        warm, warm_stages = warm_ms(root, repeats)
    row: list[object] = [
        segments,
        f"{theirs.clock:.0f} ({theirs.processor:.0f})",
        f"{cold.clock:.0f} ({cold.processor:.0f})",
        f"{theirs.clock / cold.clock:.2f} × ({theirs.processor / cold.processor:.2f} ×)",
        f"{again.clock:.0f} ({again.processor:.0f})",
        f"{warm:.0f}",
    ]
    note = (
        f"**Stages, {segments} segment{'s' * (segments > 1)}, ms.** Cold: {shown(stages)}; the rest"
        f" is Python, imports and loading. Warm: {shown(warm_stages)}."
    )
    return row, note


def stages_of(document: dict[str, object]) -> dict[str, float]:
    """Return seconds by stage of what `--json` said."""
    stages = document["stages"]
    assert isinstance(stages, dict)
    return stages


def measure(repeats: int, mjml_home: Path | None) -> None:
    """Measure, print, and store."""
    command = mjml_command(mjml_home)
    rows, notes = zip(*(measured(segments, command, repeats) for segments in (1, 20)), strict=True)
    version = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    write_down(
        "build",
        "Building one issue",
        "How long does `pismo build` take for a Russian issue of three 2,500-character stories, a"
        " tip, a rebus and four products, for 1 and 20 segments, against MJML's own command line"
        " on the same letters as MJML?",
        [
            (
                "**Input.** One edition a segment. pismo loads, checks segments in DuckDB,"
                " stages, converts Markdown and MJML, inlines CSS, makes plain text, fills in"
                " samples, writes letters and site; MJML's command only turns finished MJML into"
                " HTML, all files in one process. *Cold*: a new process, no cache, `build/`"
                " removed, bytecode of modules and of pismo's own templates kept, as wherever it is"
                " installed. *Again*: a new process, nothing changed. *Warm*:"
                " one process that keeps"
                " its fragments, one word changed in a story that every segment shows."
                f" Of {repeats} runs: the least on the clock and, in brackets, the median of"
                " processor time, in ms; warm is the least."
            ),
            f"**Machine.** {machine()}; {' '.join(version.stdout.split())}.",
            table(
                ["segments", "`mjml`", "pismo cold", "faster", "again", "warm"],
                rows,
            ),
            *notes,
        ],
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--mjml", type=Path, default=None)
    chosen = parser.parse_args()
    measure(chosen.repeats, chosen.mjml)
