"""Sealed prizes before anything is built: they are there, they open, no source tells them."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from pismo.build.leaks import Secret, found_in
from pismo.build.prizes import Prize, load_prizes, open_prizes
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.model.workspace import Workspace

PRIZE_WRITTEN = Rule(
    "prize-written",
    Severity.ERROR,
    en="the code of {prize} stands here ({form}), for whoever has solved nothing",
    ru="здесь написан код приза {prize} ({form}): его увидит и тот, кто ничего не разгадал",
    hint_en="take it out, or seal another code: whoever has the repository can read this one",
    hint_ru="уберите его или запечатайте другой код: этот прочтёт всякий, у кого есть репозиторий",
)

_FOLDERS = ("content", "newsletters", "segments")
_TEXTS = (".md", ".toml", ".csv", ".j2", ".txt", ".css", ".html", ".svg")


def check_sealed(workspace: Workspace) -> Iterator[Finding]:
    """Try every sealed prize, and search the sources for its code."""
    prizes, findings = load_prizes(workspace)
    yield from findings
    if not prizes:
        return
    owners, shut = open_prizes(workspace, prizes)
    yield from shut
    for path in _sources(workspace.root):
        yield from _told(path, (workspace.root / path).read_bytes(), owners)


def _sources(root: Path) -> Iterator[str]:
    """Yield what writers write, by path relative to the workspace."""
    if (root / "pyproject.toml").is_file():
        yield "pyproject.toml"
    for folder in _FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in _TEXTS and file.is_file():
                yield file.relative_to(root).as_posix()


def _told(path: str, content: bytes, owners: Mapping[Secret, Prize]) -> Iterator[Finding]:
    for secret, form in found_in(PurePosixPath(path).name, content, tuple(owners)):
        lines = enumerate(content.splitlines(), 1)
        line = next((n for n, text in lines if any(found_in("", text, (secret,)))), 1)
        yield PRIZE_WRITTEN.at(Source(path, line), prize=owners[secret].path, form=form)
