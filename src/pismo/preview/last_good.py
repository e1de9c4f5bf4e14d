"""What stands in for a file that cannot be read at all: what it said when it last could be."""

from collections.abc import Collection, Mapping
from typing import Protocol, TypeVar

from pismo.files.rules import UNREAD
from pismo.model.content import Issue, Newsletter
from pismo.model.finding import Finding, Severity, Source
from pismo.model.workspace import Workspace
from pismo.records import replace
from pismo.segments.files import FOLDER, PEOPLE
from pismo.workspace.settings import FILE as SETTINGS

PEOPLE_FILE = f"{FOLDER}/{PEOPLE}"


class _FromFile(Protocol):
    @property
    def source(self) -> Source:
        """Where it was read."""


Kept = TypeVar("Kept", bound=_FromFile)


def unread(workspace: Workspace) -> tuple[Finding, ...]:
    """Return what is wrong with files that could not be read at all, by place."""
    return tuple(one for one in workspace.findings if one.rule.id in UNREAD)


def with_last_good(loaded: Workspace, good: Workspace) -> Workspace:
    """Let what files said last stand in where they cannot be read now.

    Args:
        loaded: The workspace as its files are; its findings stay.
        good: What each file said when nothing was wrong with it.
    """
    return _with_old(loaded, good, {one.source.path for one in unread(loaded)})


def good_parts(loaded: Workspace, good: Workspace) -> Workspace:
    """Bring up to date what each file said when nothing was wrong with it.

    A file that is being written is empty for a moment: that is not what it said last.
    """
    wrong = (one for one in loaded.findings if one.severity is Severity.ERROR)
    return _with_old(loaded, good, {one.source.path for one in wrong})


def _with_old(loaded: Workspace, before: Workspace, paths: Collection[str]) -> Workspace:
    """Take files of these paths as they were before; what was deleted or renamed stays gone."""
    if not paths:
        return loaded
    if SETTINGS in paths:
        # Language, time zone and addresses come from there: nothing new can be shown without.
        return replace(before, findings=loaded.findings)
    newsletters = _kept(before.newsletters, loaded.newsletters, paths)
    segments = _kept(before.segments, loaded.segments, paths)
    # A newsletter that is not read takes its issues along, however well they are.
    unlisted = newsletters.keys() - loaded.newsletters.keys()
    taken = {name: one for name, one in before.issues.items() if one.newsletter in unlisted}
    issues = taken | _kept(before.issues, loaded.issues, paths)
    standing_in = segments.keys() - loaded.segments.keys()
    return replace(
        loaded,
        newsletters={
            name: _relisted(newsletter, before.newsletters.get(name), standing_in)
            for name, newsletter in sorted(newsletters.items())
        },
        issues={name: one for name, one in issues.items() if one.newsletter in newsletters},
        segments=segments,
        people=before.people if PEOPLE_FILE in paths else loaded.people,
    )


def stood_in_for(workspace: Workspace, issue: Issue, segment: str) -> tuple[Finding, ...]:
    """Return why a letter is made from what a file last said; empty if all its files are read."""
    about = {SETTINGS, PEOPLE_FILE, issue.source.path, workspace.newsletter_of(issue).source.path}
    if segment in workspace.segments:
        about.add(workspace.segments[segment].source.path)
    return tuple(one for one in unread(workspace) if one.source.path in about)


def _kept(
    before: Mapping[str, Kept], loaded: Mapping[str, Kept], paths: Collection[str]
) -> dict[str, Kept]:
    old = {name: one for name, one in before.items() if one.source.path in paths}
    return dict(sorted({**loaded, **old}.items()))


def _relisted(
    newsletter: Newsletter, was: Newsletter | None, standing_in: Collection[str]
) -> Newsletter:
    """Put back, at their old places, segments that loading left out because they are not read."""
    if was is None or not standing_in:
        return newsletter
    listed = [one for one in was.segments if one in newsletter.segments or one in standing_in]
    return replace(newsletter, segments=tuple(dict.fromkeys((*listed, *newsletter.segments))))
