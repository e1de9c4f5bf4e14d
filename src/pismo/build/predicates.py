"""Segments, checked before anything is written."""

from pismo.build.cache import Record, digest, finding_from, finding_record, program_hash
from pismo.model.content import Kind
from pismo.model.finding import Finding
from pismo.model.workspace import Workspace

_READ = ("segments/facts.sql", "audience.toml")


def segment_findings(workspace: Workspace) -> tuple[Finding, ...]:
    """Return what is wrong with the segments; remembered, because DuckDB is slow to wake."""
    record, key = Record(workspace, "segments"), _key(workspace)
    known = record.read(key)
    if known is not None:
        return tuple(finding_from(encoded) for encoded in known["findings"])
    from pismo.segments import check_segments

    findings = check_segments(workspace)
    record.keep(key, {"findings": [finding_record(finding) for finding in findings]})
    return findings


def _key(workspace: Workspace) -> str:
    """Hash all that a predicate's check depends on."""
    answered = sorted(slug for kind, slug in workspace.items if kind in (Kind.QUIZ, Kind.POLL))
    files = [workspace.root / path for path in _READ]
    contents = [file.read_bytes() if file.is_file() else b"" for file in files]
    about = (program_hash(("segments", "audience")), repr(workspace.segments), repr(answered))
    return digest(b"\0".join(("\0".join(about).encode(), *contents)))
