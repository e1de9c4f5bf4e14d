"""What changed in which segment since a commit, word by word: for a pull request."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from pismo.build.sample import sample_recipient
from pismo.compile import compile_issue
from pismo.errors import UsageError
from pismo.model.edition import Edition
from pismo.model.workspace import Workspace
from pismo.preview.words import Piece, difference
from pismo.records import dataclass
from pismo.render import render
from pismo.workspace import load_workspace

_PARTS = ("content", "newsletters", "segments", "pyproject.toml")
_CONTEXT = 8
"""Words kept around a change in the Markdown summary."""
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:800px;margin:20px auto;padding:0 16px}"
    "pre{white-space:pre-wrap;font:inherit;border:1px solid #ccc;border-radius:8px;padding:14px}"
    "ins{background:#cfe8d2;text-decoration:none}del{background:#f3cfcb}"
)


@dataclass(frozen=True, slots=True)
class Changed:
    """One letter that is not what it was; `pieces` are of its text, subject on top."""

    issue: str
    segment: str
    pieces: tuple[Piece, ...]


def compare(workspace: Workspace, ref: str, issues: Sequence[str] = ()) -> tuple[Changed, ...]:
    """Compare every segment's sample letter with what it was at a commit.

    Raises:
        UsageError: If Git does not know the commit.
    """
    with tempfile.TemporaryDirectory() as folder:
        _check_out(workspace.root, ref, Path(folder))
        before = load_workspace(Path(folder))
        wanted = issues or tuple(dict.fromkeys((*before.issues, *workspace.issues)))
        return tuple(one for issue in wanted for one in _compared(before, workspace, issue))


def as_markdown(changed: Sequence[Changed], ref: str) -> str:
    """Write a summary for a pull request."""
    if not changed:
        return f"No letter differs from `{ref}`.\n"
    out = [f"## {len(changed)} letters differ from `{ref}`\n"]
    for one in changed:
        out.append(f"### {one.issue} · {one.segment}\n")
        out += [f"- {line}" for line in _lines(one.pieces)]
        out.append("")
    return "\n".join(out)


def as_html(changed: Sequence[Changed], ref: str) -> str:
    """Write a page with the whole letters, changes marked."""
    body = "".join(
        f"<h2>{escape(one.issue)} · {escape(one.segment)}</h2><pre>{_marked(one.pieces)}</pre>"
        for one in changed
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>What changed since '
        f"{escape(ref)}</title><style>{_STYLE}</style></head><body><h1>What changed since "
        f"{escape(ref)}</h1>{body or '<p>No letter differs.</p>'}</body></html>\n"
    )


def _check_out(root: Path, ref: str, folder: Path) -> None:
    """Put the workspace as it was at a commit into `folder`; nothing here is touched."""
    if ref.startswith("-"):
        raise UsageError(f"'{ref}' is no commit")
    there = [part for part in _PARTS if _git(root, "cat-file", "-e", f"{ref}:./{part}") is not None]
    archive = _git(root, "archive", "--format=tar", ref, *there) if there else None
    if archive is None:
        raise UsageError(
            f"Git knows no workspace at '{ref}'", hint="name a branch or a commit: origin/main"
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
        raise UsageError("git is not installed here") from None
    return done.stdout if done.returncode == 0 else None


def _compared(before: Workspace, now: Workspace, issue: str) -> Iterator[Changed]:
    old, new = _texts(before, issue), _texts(now, issue)
    for segment in dict.fromkeys((*new, *old)):
        one, other = old.get(segment, ""), new.get(segment, "")
        if one != other:
            yield Changed(issue, segment, difference(one, other))


def _texts(workspace: Workspace, issue: str) -> Mapping[str, str]:
    if issue not in workspace.issues:
        return {}
    editions = compile_issue(workspace, issue).editions
    return {edition.segment: _text(workspace, edition) for edition in editions}


def _text(workspace: Workspace, edition: Edition) -> str:
    newsletter = workspace.newsletters[edition.newsletter]
    email = render(edition, sample_recipient(workspace, newsletter, edition.segment))
    return f"{email.subject}\n{email.preheader}\n\n{email.text}"


def _lines(pieces: Sequence[Piece]) -> Iterator[str]:
    """Write each run of changes with a few words around it."""
    line = ""
    for at, piece in enumerate(pieces):
        words = piece.text.split()
        if piece.kind != "same":
            mark = "**" if piece.kind == "added" else "~~"
            line += f" {mark}{' '.join(words)}{mark}" if words else ""
            continue
        if line:
            more = " …" if len(words) > _CONTEXT else ""
            yield f"{line} {' '.join(words[:_CONTEXT])}{more}".strip()
        is_last = at == len(pieces) - 1
        line = (
            "" if is_last else ("… " if len(words) > _CONTEXT else "") + " ".join(words[-_CONTEXT:])
        )
    if pieces and pieces[-1].kind != "same" and line:
        yield line.strip()


def _marked(pieces: Sequence[Piece]) -> str:
    tags = {"added": ("<ins>", "</ins>"), "removed": ("<del>", "</del>"), "same": ("", "")}
    return "".join(f"{tags[one.kind][0]}{escape(one.text)}{tags[one.kind][1]}" for one in pieces)
