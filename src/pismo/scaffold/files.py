"""New content, issues and segments, with their fields explained in comments."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pismo.errors import UsageError
from pismo.model.content import Item, Kind
from pismo.model.workspace import Workspace
from pismo.scaffold.fill import filled, template, write_new
from pismo.text import guess, slug


class FileKind(StrEnum):
    """What `pismo new` can begin besides issues and workspaces."""

    STORY = "story"
    TIP = "tip"
    REBUS = "rebus"
    QUIZ = "quiz"
    POLL = "poll"
    PICK = "pick"
    SEGMENT = "segment"


FOLDERS = {
    FileKind.STORY: "content/stories",
    FileKind.TIP: "content/tips",
    FileKind.REBUS: "content/games",
    FileKind.QUIZ: "content/games",
    FileKind.POLL: "content/games",
    FileKind.PICK: "content/picks",
    FileKind.SEGMENT: "segments",
}
_DATE_LINE = re.compile(r"^date:.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NewFile:
    """What was begun: its path relative to the workspace, and how an issue refers to it."""

    path: str
    use: str


def new_file(workspace: Workspace, kind: FileKind, title: str, name: str = "") -> NewFile:
    """Begin a piece of content or a segment.

    Args:
        workspace: Where; its language decides the comments' language.
        kind: What.
        title: Its title, in words.
        name: File name without suffix; made from the title when empty.

    Raises:
        UsageError: If the name cannot be used, or the file is there.
    """
    stem = name or slug(title)
    if not re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", stem):
        raise UsageError(
            f"'{stem or title}' is no file name", hint="give one: --name rain-on-tuesday"
        )
    suffix = "toml" if kind is FileKind.SEGMENT else "md"
    path = f"{FOLDERS[kind]}/{stem}.{suffix}"
    product = next(iter(workspace.catalogue), "")
    text = template(f"{workspace.settings.language}/{kind}.{suffix}")
    write_new(workspace.root / path, filled(text, {"title": title, "product": product}))
    return NewFile(path, f'{{{{ {kind}("{stem}") }}}}' if kind is not FileKind.SEGMENT else stem)


def new_issue(workspace: Workspace, newsletter: str, day: date, source: str = "") -> NewFile:
    """Begin an issue, from a template or from an earlier issue.

    Args:
        workspace: Where.
        newsletter: The series.
        day: When it is sent.
        source: Id of an issue to begin from (`friday/2026-11-20`), or ''.

    Raises:
        UsageError: If the newsletter or the source does not exist, or the issue does.
    """
    if newsletter not in workspace.newsletters:
        near = guess(newsletter, workspace.newsletters)
        known = ", ".join(workspace.newsletters)
        hint = f"did you mean '{near}'?" if near else f"there are: {known}"
        raise UsageError(f"no newsletter '{newsletter}'", hint=hint)
    text = _from_issue(workspace, source, day) if source else _from_template(workspace, day)
    path = f"newsletters/{newsletter}/{day.isoformat()}.md"
    write_new(workspace.root / path, text)
    return NewFile(path, f"{newsletter}/{day.isoformat()}")


def _from_issue(workspace: Workspace, source: str, day: date) -> str:
    issue = workspace.issues.get(source)
    if issue is None:
        near = guess(source, workspace.issues)
        hint = f"did you mean '{near}'?" if near else ""
        raise UsageError(f"no issue '{source}' to begin from", hint=hint)
    text = (workspace.root / issue.source.path).read_text("utf-8-sig")
    return _DATE_LINE.sub(f"date: {day.isoformat()}", text, count=1)


def _from_template(workspace: Workspace, day: date) -> str:
    """Begin with the story and the rebus that were committed last in order of name."""
    text = template(f"{workspace.settings.language}/issue.md")
    blocks = [_use(workspace, kind) for kind in (Kind.STORY, Kind.TIP, Kind.REBUS)]
    body = "\n\n".join(block for block in blocks if block)
    return filled(text, {"date": day.isoformat()}).replace("[blocks]", body)


def _use(workspace: Workspace, kind: Kind) -> str:
    items = [item for item in workspace.items.values() if _fits(item, kind, workspace)]
    return f'{{{{ {kind}("{items[-1].slug}") }}}}' if items else ""


def _fits(item: Item, kind: Kind, workspace: Workspace) -> bool:
    return item.kind is kind and not item.draft and item.language == workspace.settings.language
