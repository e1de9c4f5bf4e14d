"""A segment's rule with the values that decided it."""

from collections.abc import Iterator, Mapping

from pismo.model.content import FactValue, Segment
from pismo.model.finding import Finding
from pismo.model.workspace import Workspace
from pismo.segments import columns_of
from pismo.segments.predicate import parse_predicate


def rule_text(workspace: Workspace, segment: str) -> str:
    """Return a segment's predicate as written, '' for everyone."""
    found = workspace.segments.get(segment)
    return found.where.strip() if found else ""


def rule_values(
    workspace: Workspace, segment: str, facts: Mapping[str, FactValue]
) -> dict[str, FactValue]:
    """Return a person's values of the columns that a segment's rule reads, as far as known.

    A plan keeps only what letters show, so that a planned letter may lack some of them.
    """
    return {name: facts[name] for name in rule_columns(workspace, segment) if name in facts}


def rule_columns(workspace: Workspace, segment: str) -> tuple[str, ...]:
    """Name the columns that a segment's rule reads, in the order in which they stand."""
    found = workspace.segments.get(segment)
    if found is None:
        return ()
    return tuple(dict.fromkeys(_columns(workspace, found, set())))


def _columns(workspace: Workspace, segment: Segment, seen: set[str]) -> Iterator[str]:
    seen.add(segment.id)
    findings: list[Finding] = []
    predicate = parse_predicate(segment, columns_of(workspace), findings)
    if predicate is None:
        return
    yield from predicate.columns
    for name in predicate.names:
        if name in workspace.segments and name not in seen:
            yield from _columns(workspace, workspace.segments[name], seen)
