"""What changed in which segment since a commit, word by word: for a pull request."""

import io
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from pismo.build.sample import sample_recipient
from pismo.compile import compile_issue
from pismo.errors import UsageError
from pismo.model.content import EVERYONE
from pismo.model.edition import Edition
from pismo.model.workspace import Workspace
from pismo.preview.words import Piece, difference
from pismo.records import dataclass
from pismo.render import render
from pismo.workspace import load_workspace

_PARTS = ("content", "newsletters", "segments", "pyproject.toml")
_ALIKE = 0.6
"""Share of words that two issues have in common if one is the other under a new name."""


class What(StrEnum):
    """What became of a letter."""

    CHANGED = "changed"
    LOOK = "look"
    NEW = "new"
    REMOVED = "removed"
    BROKEN_BEFORE = "broken before"
    BROKEN_NOW = "broken now"


@dataclass(frozen=True, slots=True)
class Changed:
    """One letter that is not what it was; `pieces` are of its text, subject on top.

    `before` is what its issue was called, if that is not what it is called now.
    """

    issue: str
    segment: str
    what: What
    pieces: tuple[Piece, ...]
    before: str = ""


@dataclass(frozen=True, slots=True)
class _Letter:
    text: str
    html: str


def compare(workspace: Workspace, ref: str, issues: Sequence[str] = ()) -> tuple[Changed, ...]:
    """Compare every segment's sample letter with what it was at a commit.

    Raises:
        UsageError: If Git does not know the commit, or there is no Git.
    """
    with tempfile.TemporaryDirectory() as folder:
        _check_out(workspace.root, ref, Path(folder))
        before = load_workspace(Path(folder))
        names = _renamed(before, workspace)
        gone = (issue for issue in before.issues if issue not in names.values())
        wanted = issues or tuple(dict.fromkeys((*gone, *workspace.issues)))
        return tuple(
            one
            for issue in wanted
            for one in _compared(before, workspace, names.get(issue, issue), issue)
        )


def _renamed(before: Workspace, now: Workspace) -> Mapping[str, str]:
    """Find what issues that are new were called, by their words."""
    left = [issue for name, issue in before.issues.items() if name not in now.issues]
    names: dict[str, str] = {}
    for name, issue in now.issues.items():
        if name in before.issues:
            continue
        mine = set(re.findall(r"\w+", issue.subject + issue.body))
        for old in left:
            his = set(re.findall(r"\w+", old.subject + old.body))
            if old.newsletter == issue.newsletter and len(mine & his) >= _ALIKE * len(mine | his):
                names[name] = old.id
                left.remove(old)
                break
    return names


def _compared(before: Workspace, now: Workspace, was: str, issue: str) -> Iterator[Changed]:
    old, new = _letters(before, was), _letters(now, issue)
    renamed = was if was != issue else ""
    for segment in dict.fromkeys((*new, *old)):
        one, other = old.get(segment), new.get(segment)
        if one == other:
            continue
        what = _what(
            one, other, was_there=_has(before, was, segment), is_there=_has(now, issue, segment)
        )
        pieces = difference(one.text if one else "", other.text if other else "")
        yield Changed(issue, segment, what, pieces, renamed)


def _what(one: _Letter | None, other: _Letter | None, *, was_there: bool, is_there: bool) -> What:
    if one is None:
        return What.BROKEN_BEFORE if was_there else What.NEW
    if other is None:
        return What.BROKEN_NOW if is_there else What.REMOVED
    return What.LOOK if one.text == other.text else What.CHANGED


def _has(workspace: Workspace, issue: str, segment: str) -> bool:
    """Tell whether a segment ought to get a letter of an issue."""
    if issue not in workspace.issues:
        return False
    listed = workspace.newsletter_of(workspace.issues[issue]).segments
    return segment in (*listed, EVERYONE)


def _letters(workspace: Workspace, issue: str) -> Mapping[str, _Letter]:
    if issue not in workspace.issues:
        return {}
    editions = compile_issue(workspace, issue).editions
    return {edition.segment: _letter(workspace, edition) for edition in editions}


def _letter(workspace: Workspace, edition: Edition) -> _Letter:
    email = render(edition, sample_recipient(workspace, edition))
    return _Letter(f"{email.subject}\n{email.preheader}\n\n{email.text}", email.html)


def _check_out(root: Path, ref: str, folder: Path) -> None:
    """Put the workspace as it was at a commit into `folder`; nothing here is touched."""
    if ref.startswith("-"):
        raise UsageError(
            f"'{ref}' is no commit",
            ru=f"«{ref}» — не коммит",
        )
    there = [part for part in _PARTS if _git(root, "cat-file", "-e", f"{ref}:./{part}") is not None]
    if not there and _git(root, "rev-parse", "--git-dir") is None:
        raise UsageError(
            "this folder is in no Git repository, so there is nothing to compare with",
            hint="git init, and commit what there is",
            ru="эта папка не в репозитории Git, сравнивать не с чем",
            hint_ru="git init, и закоммитьте то, что есть",
        )
    archive = _git(root, "archive", "--format=tar", ref, *there) if there else None
    if archive is None:
        raise UsageError(
            f"Git knows no workspace at '{ref}'",
            hint="name a branch or a commit: origin/main",
            ru=f"в «{ref}» Git писем не нашёл",
            hint_ru="назовите ветку или коммит: origin/main",
        )
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")


def _git(root: Path, *words: str) -> bytes | None:
    try:
        done = subprocess.run(  # noqa: S603  # git, with words of ours
            ["git", *words],  # noqa: S607  # the git of this shell
            cwd=root, capture_output=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise UsageError(
            "git is not installed here",
            ru="git здесь не установлен",
        ) from None
    return done.stdout if done.returncode == 0 else None
