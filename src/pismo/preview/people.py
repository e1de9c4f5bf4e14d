"""Whose eyes a letter is seen through.

Examples, invented people, and, where there is an audience, anybody in it by id or predicate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pismo.build.sample import sample_recipient
from pismo.errors import UsageError
from pismo.model.content import Segment
from pismo.model.people import Recipient
from pismo.model.workspace import Workspace


class Kind(StrEnum):
    """Where somebody comes from."""

    EXAMPLE = "example"
    INVENTED = "invented"
    AUDIENCE = "audience"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody to look through: no address, only what a label needs."""

    id: str
    label: str
    about: str
    kind: Kind


def invented_people(workspace: Workspace) -> tuple[Viewer, ...]:
    """List the people of `segments/people.toml`."""
    return tuple(
        Viewer(person.id, _label(person.id, person.facts), person.about, Kind.INVENTED)
        for person in workspace.people
    )


def recipient_of(
    workspace: Workspace, newsletter: str, segment: str, viewer_id: str | None
) -> Recipient:
    """Return the recipient for a sample letter of `segment`, seen by an invented person.

    Args:
        workspace: The workspace.
        newsletter: The series.
        segment: Whose edition; the person is shown it whether or not they belong there.
        viewer_id: Somebody of people.toml, or None for the segment's own example.

    Raises:
        UsageError: If there is no such person.
    """
    sample = sample_recipient(workspace, workspace.newsletters[newsletter], segment)
    if viewer_id is None:
        return sample
    for person in workspace.people:
        if person.id == viewer_id:
            return replace(sample, id=person.id, facts=person.facts)
    raise UsageError(f"no person '{viewer_id}' in segments/people.toml")


def rule_of(segments: Mapping[str, Segment], segment: str) -> str:
    """Return a segment's predicate as written, '' for everyone."""
    found = segments.get(segment)
    return found.where.strip() if found else ""


def viewers_json(viewers: Sequence[Viewer]) -> list[dict[str, str]]:
    """Return viewers as the page wants them."""
    return [
        {"id": viewer.id, "label": viewer.label, "about": viewer.about, "kind": viewer.kind}
        for viewer in viewers
    ]


def _label(person_id: str, facts: Mapping[str, object]) -> str:
    seen = [facts.get("first_name"), facts.get("city")]
    return ", ".join(str(value) for value in seen if value) or person_id
