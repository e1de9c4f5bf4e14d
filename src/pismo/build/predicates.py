"""Segments, checked while their letters are compiled."""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from pismo.build.beside import Beside, begin_beside
from pismo.build.cache import SEGMENTS, Record, digest, finding_from, finding_record, program_hash
from pismo.lazy import absent
from pismo.model.content import Kind
from pismo.model.finding import Finding
from pismo.model.workspace import Workspace
from pismo.records import replace

_ANSWERED = (Kind.QUIZ, Kind.POLL)
_READ = ("segments/facts.sql", "audience.toml")


@contextmanager
def segment_check(
    workspace: Workspace, used: Collection[str], checker: Beside | None = None
) -> Iterator[Callable[[], tuple[Finding, ...]]]:
    """Begin to check the workspace's segments, and yield what waits for the findings.

    Args:
        workspace: With all its segments; a predicate may build on others.
        used: Those whose findings matter. Without any, nothing is checked.
        checker: From `begin_checker`, if this was known to be coming.
    """
    if not used:
        yield lambda: ()
        return
    record, key = Record(workspace, SEGMENTS), _key(workspace)
    known = record.read(key)
    begun = checker or begin_checker() if known is None else None
    if begun is not None:
        begun.ask(_asked(workspace))

    def findings() -> tuple[Finding, ...]:
        if known is not None:
            found = tuple(finding_from(encoded) for encoded in known["findings"])
        else:
            answer = None if begun is None else begun.answer()
            found = _checked(workspace) if answer is None else answer[0]
            record.keep(key, {"findings": [finding_record(finding) for finding in found]})
        idle = {f"segments/{name}.toml" for name in workspace.segments if name not in used}
        return tuple(finding for finding in found if finding.source.path not in idle)

    try:
        yield findings
    finally:
        if begun is not None:
            # Whoever began it waits for its end: 5 ms in which there is other work.
            begun.close() if checker else begun.leave()


def begin_checker() -> Beside | None:
    """Begin a process that checks segments."""
    return begin_beside(_wake, _checked)


def _wake() -> None:
    # Whoever is waited for goes first: the compiler, and what it asks for style.
    os.nice(5)
    from pismo.audience.engine import core

    core()
    with absent("importlib.metadata"):  # 17 ms, to look for plug-ins with dialects of SQL
        import sqlglot

    sqlglot.parse_one("1 = 1", dialect="duckdb").sql(dialect="duckdb")


def _asked(workspace: Workspace) -> Workspace:
    """Leave out of a workspace what no check of segments looks at: it is sent through a pipe."""
    items = {key: item for key, item in workspace.items.items() if key[0] in _ANSWERED}
    return replace(
        workspace, newsletters={}, issues={}, catalogue={}, items=items, people=(), findings=()
    )


def _checked(workspace: Workspace) -> tuple[Finding, ...]:
    from pismo.segments import check_segments

    return check_segments(workspace)


def _key(workspace: Workspace) -> str:
    """Hash all that a predicate's check depends on."""
    answered = sorted(slug for kind, slug in workspace.items if kind in _ANSWERED)
    files = [workspace.root / path for path in _READ]
    contents = [file.read_bytes() if file.is_file() else b"" for file in files]
    about = (program_hash(("segments", "audience")), repr(workspace.segments), repr(answered))
    return digest(b"\0".join(("\0".join(about).encode(), *contents)))
