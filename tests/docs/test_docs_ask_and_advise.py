"""The page for writers about polls, quizzes and tips, followed word for word in a new workspace."""

import email
import email.policy
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pismo.records import dataclass

PAGE = Path("docs/howto/ask-and-advise.md")
ADDRESS = "http://127.0.0.1:8400"
NEW = (
    'new workspace letters --brand "Лавка" --sender "Катя" --address katya@lavka.example'
    ' --postal-address "Москва, ул. Садовая, 1" --language ru'
)
_STEP = re.compile(
    r"(?:^`(?P<file>[\w./-]+)`(?P<how>, [а-я ]+)?:\n\n)?"
    r"^(?P<fence>```+)(?P<kind>\w+)\n(?P<inside>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One block of the page; `how` it goes into its file: '' as the whole of it."""

    kind: str
    inside: str
    file: str
    how: str

    def commands(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each command to type, and the lines that the page shows as its answer."""
        for one in self.inside.split("$ pismo ")[1:]:
            typed, *shown = one.splitlines()
            yield typed, shown

    def write(self, folder: Path) -> None:
        path = folder / self.file
        path.parent.mkdir(exist_ok=True)
        old = path.read_text("utf-8") if path.exists() else ""
        new = self.inside
        if self.how == ", одна строка":
            new = re.sub(rf"(?m)^{new.partition(' ')[0]} = .*\n", new, old)
        elif self.how == ", в конец":
            new = f"{old}\n{new}"
        assert new != old
        path.write_text(new, "utf-8")


def pismo(folder: Path, typed: str) -> str:
    """Run a command the way a terminal does, and return all that it says."""
    done = subprocess.run(
        [sys.executable, "-m", "pismo", *shlex.split(typed)],
        cwd=folder, env={**os.environ, "PISMO_LANG": "ru"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{typed}\n{said}"
    return said


def spaced(letter: str) -> str:
    """Return a letter's text as the page writes it: with ordinary spaces."""
    return letter.replace("\N{NO-BREAK SPACE}", " ")


def answer(folder: Path) -> str:
    """Serve, tap «с друзьями» in the first letter of the outbox and confirm; return the thanks."""
    serving = subprocess.Popen(
        [sys.executable, "-m", "pismo", "serve", "--port", "0"],
        cwd=folder, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert serving.stderr is not None
        told = next(line for line in serving.stderr if "http://127.0.0.1:" in line)
        letter = min((folder / ".pismo" / "outbox" / "letters" / "2026-12-04" / "new").iterdir())
        read = email.message_from_bytes(letter.read_bytes(), policy=email.policy.default)
        body = read.get_body(("plain",))
        assert body is not None
        text = spaced(body.get_content())
        link = re.search(rf"- с друзьями: {ADDRESS}(\S+)", text)
        assert link, text
        url = told.split()[0] + link[1]
        assert 'value="friends" required checked' in httpx.get(url).text
        return httpx.post(url.partition("?")[0], data={"v": "friends"}).text
    finally:
        serving.terminate()
        serving.communicate(timeout=20)


@pytest.mark.slow
def test_the_page_of_polls_quizzes_and_tips_works_as_it_is_written(
    repository: Path, tmp_path: Path
) -> None:
    pismo(tmp_path, NEW)
    folder = tmp_path / "letters"
    built = folder / "build" / "letters"
    for found in _STEP.finditer((repository / PAGE).read_text("utf-8")):
        step = Step(found["kind"], found["inside"], found["file"] or "", found["how"] or "")
        if step.file:
            step.write(folder)
        elif step.kind == "text":
            letter = (built / "letters/2026-12-04/everyone/a/letter.txt").read_text("utf-8")
            plain = re.sub(r": https?://\S+", "", letter)
            assert step.inside.strip() in spaced(plain)
        for typed, shown in step.commands() if step.kind == "console" else ():
            if typed == "serve":
                assert "Будем писать о том, что вам по душе." in answer(folder)
            else:
                said = pismo(folder, typed)
                assert [line for line in shown if line not in said] == [], said
    told = json.loads(pismo(folder, "segments --newsletter letters --json"))
    assert {one["id"]: one["size"] for one in told["segments"]}["with_friends"] == 1
    pismo(folder, "build")
    later = (built / "letters/2026-12-11/with_friends/a/letter.txt").read_text("utf-8")
    assert "Вы говорили, что играете с друзьями." in spaced(later)
    assert "Фишки теряются" in spaced(later)


def test_the_comment_that_the_page_gives_silences_the_repeat(
    repository: Path, tmp_path: Path
) -> None:
    page = (repository / PAGE).read_text("utf-8")
    (comment,) = re.findall(r"<!-- pismo: ignore .*-->", page)
    pismo(tmp_path, NEW)
    folder = tmp_path / "letters"
    first = folder / "newsletters" / "letters" / "2026-11-27.md"
    again = first.with_name("2026-12-04.md")
    again.write_text(first.read_text("utf-8").replace("2026-11-27", "2026-12-04"), "utf-8")
    assert "item-repeated" in pismo(folder, "check")
    again.write_text(f"{again.read_text('utf-8')}\n{comment}\n", "utf-8")
    assert "item-repeated" not in pismo(folder, "check")
