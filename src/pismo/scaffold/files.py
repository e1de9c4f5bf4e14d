"""New content, issues and segments, with their fields explained in comments."""

import re
from datetime import date
from enum import StrEnum
from functools import cache

from pismo.errors import UsageError
from pismo.model.content import Item, Kind
from pismo.model.workspace import Workspace
from pismo.records import dataclass
from pismo.scaffold.fill import filled, template, write_new
from pismo.text import meant, slug
from pismo.workspace import newest_first


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
_TOLD_FIELD = re.compile(r'^\s*(?:preheader|comment): "?(.+?)"?$', re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class NewFile:
    """What was begun: its path relative to the workspace, and how an issue refers to it."""

    path: str
    use: str


@cache
def told_sentences(language: str) -> frozenset[str]:
    """Return what new files say in their author's place: it is to be replaced, not to be sent."""
    told: set[str] = set()
    for kind in ("issue", *(kind for kind in FileKind if kind is not FileKind.SEGMENT)):
        _, head, body = template(f"{language}/{kind}.md").split("---\n", 2)
        told.update(_TOLD_FIELD.findall(head))
        prose = (line.strip() for line in _FENCE.sub("", body).splitlines())
        told.update(line for line in prose if line and not line.startswith(("{", "[blocks")))
    return frozenset(line for line in told if "{{" not in line)


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
    if kind is FileKind.SEGMENT:
        # Conditions name it as `$stem`, where a hyphen would be a minus.
        stem = stem.replace("-", "_")
    if not re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", stem):
        raise UsageError(
            f"'{stem or title}' is no file name",
            hint="give one: --name rain-on-tuesday",
            ru=f"«{stem or title}» — не имя файла",
            hint_ru="назовите сами: --name dozhd-vo-vtornik",
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
        raise UsageError(
            f"no newsletter '{newsletter}'",
            ru=f"нет рассылки «{newsletter}»",
            **meant(newsletter, workspace.newsletters),
        )
    if source:
        text = _from_issue(workspace, source, day)
    else:
        text = _from_template(workspace, workspace.newsletters[newsletter].language, day)
    path = f"newsletters/{newsletter}/{day.isoformat()}.md"
    if (workspace.root / path).exists():
        raise UsageError(
            f"{path} is there already",
            hint="a newsletter has one issue a day: choose another, or edit that file",
            ru=f"{path} уже есть",
            hint_ru="у рассылки один выпуск в день: выберите другой или правьте этот файл",
        )
    write_new(workspace.root / path, text)
    return NewFile(path, f"{newsletter}/{day.isoformat()}")


def _from_issue(workspace: Workspace, source: str, day: date) -> str:
    issue = workspace.issues.get(source)
    if issue is None:
        raise UsageError(
            f"no issue '{source}' to begin from",
            ru=f"нет выпуска «{source}», с которого начать",
            **meant(source, newest_first(workspace)),
        )
    text = (workspace.root / issue.source.path).read_text("utf-8-sig")
    dated = f"date: {day.isoformat()}"
    # A copy says last week's words until somebody has changed them: it begins as a draft.
    if not issue.draft:
        dated += "\ndraft: true"
    head, found = _DATE_LINE.subn(dated, text, count=1)
    return head if found else text.replace("---", f"---\n{dated}", 1)


def _from_template(workspace: Workspace, language: str, day: date) -> str:
    """Begin with a story, a tip and a rebus, those that no issue has used yet if there are any."""
    text = template(f"{language}/issue.md")
    chosen = (
        _choose(workspace, kind, language, day) for kind in (Kind.STORY, Kind.TIP, Kind.REBUS)
    )
    body = "\n\n".join(f'{{{{ {item.kind}("{item.slug}") }}}}' for item in chosen if item)
    return filled(text, {"date": day.isoformat()}).replace("[blocks]", body)


def _choose(workspace: Workspace, kind: Kind, language: str, day: date) -> Item | None:
    """Choose the last fresh item by name; a story there must be, even one told before."""
    fitting = [
        item
        for item in workspace.items.values()
        if item.kind is kind and item.language == language and not item.draft and item.is_live(day)
    ]
    bodies = [issue.body for issue in workspace.issues.values()]
    fresh = [item for item in fitting if not any(_uses(body, item) for body in bodies)]
    told = fitting if kind is Kind.STORY else []
    chosen = fresh or told
    return chosen[-1] if chosen else None


def _uses(body: str, item: Item) -> bool:
    return re.search(rf"\b{item.kind}\(\s*['\"]{re.escape(item.slug)}['\"]", body) is not None
