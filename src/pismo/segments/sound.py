"""Conditions of segments for who must not count or choose by broken ones."""

from collections.abc import Collection, Mapping

from pismo.errors import FindingsError
from pismo.model.finding import Severity
from pismo.model.workspace import Workspace
from pismo.segments.columns import columns_of
from pismo.segments.predicate import compose_all


def compose_sound(workspace: Workspace, wanted: Collection[str]) -> Mapping[str, str]:
    """Compose all segments' conditions: segment -> SQL.

    Raises:
        FindingsError: If something is wrong with one of `wanted`, or with the file it is in.
    """
    composed, found = compose_all(workspace.segments, columns_of(workspace))
    files = {workspace.segments[name].source.path for name in wanted}
    wrong = [
        finding
        for finding in (*workspace.findings, *found)
        if finding.severity is Severity.ERROR
        and (finding.segment in wanted or finding.source.path in files)
    ]
    if wrong:
        raise FindingsError(wrong)
    return composed
