"""Whatever a writer or a marketer can cause is said in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pismo
from pismo import errors
from pismo.errors import FindingsError, PismoError
from pismo.model.finding import Source

SOURCES = Path(pismo.__file__).parent
ROOMS = (
    *("audience", "build", "compile", "content", "explain", "files", "games", "intake"),
    *("newsletters", "plan", "preview", "recommend", "scaffold", "segments", "site", "workspace"),
    *("cli/build.py", "cli/check.py", "cli/common.py", "cli/demo.py", "cli/explain.py"),
    *(
        "cli/audience.py",
        "cli/new.py",
        "cli/plan.py",
        "cli/publish.py",
        "cli/rebus.py",
        "cli/rights.py",
    ),
    *(
        "cli/segments.py",
        "cli/test.py",
        "keys.py",
        "ledger",
        "cli/state.py",
        "errors.py",
        "publish/gate.py",
        "publish/report.py",
    ),
)
INNER = {"recommend/question.py"}
"""What a programmer causes, and nobody else."""
KINDS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, PismoError) and kind is not FindingsError
}


def modules(room: str) -> Iterator[Path]:
    """Yield the files of a room."""
    place = SOURCES / room
    yield from [place] if place.suffix else sorted(place.rglob("*.py"))


def raised(file: Path) -> Iterator[ast.Call]:
    """Yield where a file makes an error."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
            yield node


@pytest.mark.parametrize("room", ROOMS)
def test_every_error_of_a_room_has_its_russian(room: str) -> None:
    lacking = []
    for file in modules(room):
        where = file.relative_to(SOURCES).as_posix()
        for call in raised(file):
            given = {keyword.arg for keyword in call.keywords}
            hinted = "hint" not in given or "hint_ru" in given
            if where not in INNER and not ("ru" in given and hinted):
                lacking.append(f"{where}:{call.lineno}")
    assert lacking == []


def test_an_error_is_told_with_its_place_and_hint_in_both_languages() -> None:
    error = PismoError("is gone", Source("a.md", 3), hint="look", ru="пропал", hint_ru="ищите")
    assert error.lines("en") == str(error) == "a.md:3: is gone\n  hint: look"
    assert error.lines("ru") == "a.md:3: пропал\n  подсказка: ищите"
    assert PismoError("is gone", hint="look").lines("ru") == "is gone\n  подсказка: look"
