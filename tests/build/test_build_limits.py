"""Builds of what is too much: depth, and disks without room."""

from pathlib import Path

import pytest

from pismo.build import build
from pismo.errors import SettingsError
from pismo.model.finding import has_errors
from pismo.workspace import load_workspace

FILE = "newsletters/weekly/2026-11-27.md"
FRONT = "---\nsubject: Hi\npreheader: pre\ndate: 2026-11-27\n---\n"
IF = "{% if recipient.points %}"


def files(root: Path) -> dict[str, bytes]:
    found = (path for path in (root / "build").rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in found}


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"{'  ' * depth}- item\n" for depth in range(300)),
        f"{'>' * 300} said\n",
        f"{IF * 300}x{'{% endif %}' * 300}\n",
        f"{{{{ {'(' * 500}1{')' * 500} }}}}\n",
        f"{{{{ recipient.points{' + 1' * 900} }}}}\n",
    ],
    ids=["lists", "quotes", "ifs", "brackets", "chain"],
)
def test_what_is_nested_too_deeply_is_an_error_and_the_last_good_build_stays(
    small: Path, body: str
) -> None:
    assert not has_errors(build(load_workspace(small)).findings)
    good = files(small)
    (small / FILE).write_text(FRONT + body, "utf-8")
    found = build(load_workspace(small)).findings
    assert {one.rule.id for one in found if has_errors([one])} == {"too-deep"}
    assert found[0].source.path == FILE
    assert files(small) == good


def test_twenty_lists_in_one_another_keep_all_their_text(small: Path) -> None:
    body = "".join(f"{'  ' * depth}- item {depth}\n" for depth in range(20))
    (small / FILE).write_text(FRONT + body, "utf-8")
    assert not has_errors(build(load_workspace(small)).findings)
    text = (small / "build/letters/weekly/2026-11-27/everyone/a/letter.txt").read_text("utf-8")
    assert "- item 19" in text.replace("\u00a0", " ")


def test_a_cache_that_cannot_be_written_is_told_and_the_last_good_build_stays(small: Path) -> None:
    build(load_workspace(small))
    good = files(small)
    (small / FILE).write_text(f"{FRONT}New\n", "utf-8")
    cache = small / ".pismo" / "cache"
    cache.rename(small / "moved")
    cache.write_text("a file where the cache's folder belongs", "utf-8")
    with pytest.raises(SettingsError, match=r"cannot write to \.pismo/"):
        build(load_workspace(small))
    assert files(small) == good
