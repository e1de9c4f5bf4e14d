"""Segments, checked while their letters are compiled."""

from collections.abc import Callable, Collection

from pismo.build.beside import begin
from pismo.build.cache import Record, digest, finding_from, finding_record, program_hash
from pismo.model.content import Kind
from pismo.model.finding import Finding
from pismo.model.workspace import Workspace

_READ = ("segments/facts.sql", "audience.toml")


def begin_segment_check(
    workspace: Workspace, used: Collection[str]
) -> Callable[[], tuple[Finding, ...]]:
    """Begin to check the workspace's segments, and return what waits for the findings.

    Args:
        workspace: With all its segments; a predicate may build on others.
        used: Those whose findings matter. Without any, nothing is checked.
    """
    if not used:
        return lambda: ()
    record, key = Record(workspace, "segments"), _key(workspace)
    known = record.read(key)
    idle = {f"segments/{name}.toml" for name in workspace.segments if name not in used}
    wait = begin(lambda: _checked(workspace)) if known is None else None

    def findings() -> tuple[Finding, ...]:
        if wait is None:
            found = tuple(finding_from(encoded) for encoded in (known or {})["findings"])
        else:
            found = wait()
            record.keep(key, {"findings": [finding_record(finding) for finding in found]})
        return tuple(finding for finding in found if finding.source.path not in idle)

    return findings


def _checked(workspace: Workspace) -> tuple[Finding, ...]:
    from pismo.segments import check_segments

    return check_segments(workspace)


def _key(workspace: Workspace) -> str:
    """Hash all that a predicate's check depends on."""
    answered = sorted(slug for kind, slug in workspace.items if kind in (Kind.QUIZ, Kind.POLL))
    files = [workspace.root / path for path in _READ]
    contents = [file.read_bytes() if file.is_file() else b"" for file in files]
    about = (program_hash(("segments", "audience")), repr(workspace.segments), repr(answered))
    return digest(b"\0".join(("\0".join(about).encode(), *contents)))
