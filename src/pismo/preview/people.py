"""Whose eyes a letter is seen through.

Examples, invented people, and, where there is an audience, anybody in it by id or predicate, and
the people of a stored plan. A viewer has no address: only what a label needs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property

from pismo.build.sample import NOWHERE, sample_recipient
from pismo.errors import UsageError
from pismo.explain import Audience
from pismo.explain.person import invented_segment, planned_recipient
from pismo.model.content import FactValue, Issue, Person
from pismo.model.edition import Edition
from pismo.model.people import Links, Recipient
from pismo.model.workspace import Workspace
from pismo.plan import StoredPlan, read_people
from pismo.preview.personas import personas
from pismo.records import dataclass, field, replace


class Kind(StrEnum):
    """Where somebody comes from."""

    EXAMPLE = "example"
    INVENTED = "invented"
    PERSONA = "persona"
    AUDIENCE = "audience"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody to look through."""

    id: str
    label: str
    about: str
    kind: Kind


Asked = Mapping[str, str] | None
"""A viewer as the page names them: kind and id; None for the segment's own example."""


@dataclass
class Crowd:
    """Everybody there is to look through.

    Args:
        audience: Opens the real people at first use; None if there are none.
        stored_plan: Issue -> its stored plan, if there is one on this machine.
    """

    audience: Callable[[], Audience] | None = None
    stored_plan: Callable[[str], StoredPlan | None] = field(default=lambda _: None)

    @cached_property
    def real(self) -> Audience:
        """The audience.

        Raises:
            UsageError: If there is none.
        """
        if self.audience is None:
            raise UsageError(
                "there is no audience here", hint="pismo sample invents one",
                ru="аудитории здесь нет", hint_ru="pismo sample придумает её",
            )  # fmt: skip
        return self.audience()

    def people(self, workspace: Workspace, issue: str) -> Iterator[Viewer]:
        """List people.toml, personas, and the first people of the issue's plan."""
        for person in workspace.people:
            yield _viewer(person, Kind.INVENTED)
        for person in personas(workspace.settings.language):
            yield _viewer(person, Kind.PERSONA)
        stored = self.stored_plan(issue)
        if stored is not None and stored.shards and self.audience is not None:
            yield from self._planned(stored)

    def find(self, workspace: Workspace, question: str) -> tuple[tuple[Viewer, ...], int]:
        """Find real people by id or predicate: the first of them, and how many there are."""
        self.real.workspace = workspace
        found = self.real.find(question)
        first = tuple(
            Viewer(one.id, _label(one.id, one.first_name, one.city), "", Kind.AUDIENCE)
            for one in found.first
        )
        return first, found.total

    def sizes(self, workspace: Workspace, newsletter: str) -> Mapping[str, int]:
        """Count the people of each segment; empty without an audience."""
        if self.audience is None:
            return {}
        self.real.workspace = workspace
        return self.real.sizes(newsletter)

    def recipient(
        self, workspace: Workspace, issue: Issue, edition: Edition, person: Asked
    ) -> Recipient:
        """Return somebody as this letter meets them.

        Raises:
            UsageError: If there is no such person.
        """
        sample = sample_recipient(workspace, edition)
        if person is None:
            return sample
        kind, name = person["kind"], person["id"]
        if kind == Kind.AUDIENCE:
            self.real.workspace = workspace
            return self.real.recipient(issue, edition, name)
        if kind == Kind.PLAN:
            return self._from_plan(issue.id, name)
        facts = _known(workspace, name).facts
        return replace(sample, id=name, facts=facts)

    def belongs(self, workspace: Workspace, issue: Issue, person: Asked) -> str:
        """Return the segment that somebody falls into, '' for an example."""
        if person is None:
            return ""
        if person["kind"] == Kind.PLAN:
            return self._from_plan(issue.id, person["id"]).segment
        if person["kind"] == Kind.AUDIENCE:
            self.real.workspace = workspace
            return self.real.segment_of(issue.newsletter, person["id"])
        everybody = (*workspace.people, *personas(workspace.settings.language))
        return invented_segment(replace(workspace, people=everybody), issue, person["id"])

    def excluded(self, issue: Issue, edition: Edition, recipient: Recipient, person: Asked) -> str:
        """Return why a real person would get no letter, '' if they would."""
        if person is None or person["kind"] != Kind.AUDIENCE:
            return ""
        return self.real.excluded(issue, edition, recipient)

    def _planned(self, stored: StoredPlan) -> Iterator[Viewer]:
        """Take the first few people of a plan: the canary share, so all segments are among them."""
        signer = self.real.state.signer
        people = read_people(stored, stored.shards[0], signer)
        for planned, _ in zip(people, range(_PLAN_PEOPLE), strict=False):
            recipient = planned.recipient
            name = str(recipient.facts.get("first_name") or "")
            yield Viewer(recipient.id, _label(recipient.id, name, recipient.segment), "", Kind.PLAN)

    def _from_plan(self, issue: str, person: str) -> Recipient:
        stored = self.stored_plan(issue)
        found = stored and planned_recipient(stored, person, self.real.state.signer)
        if not found:
            raise UsageError(
                f"'{person}' is not in the plan of {issue} (any more)",
                ru=f"«{person}» больше нет в плане {issue}",
            )
        return found


_PLAN_PEOPLE = 12


def inert(recipient: Recipient) -> Recipient:
    """Return somebody whose links lead nowhere: for letters that others will click in."""
    links = Links(
        unsubscribe=f"{NOWHERE}/u/test",
        preferences=f"{NOWHERE}/p/test",
        web=recipient.links.web,
        items=dict.fromkeys(recipient.links.items, f"{NOWHERE}/a/test"),
    )
    return replace(recipient, links=links, address=None)


def viewers_json(viewers: Sequence[Viewer]) -> list[dict[str, str]]:
    """Return viewers as the page wants them."""
    return [
        {"id": viewer.id, "label": viewer.label, "about": viewer.about, "kind": viewer.kind}
        for viewer in viewers
    ]


def _known(workspace: Workspace, name: str) -> Person:
    for person in (*workspace.people, *personas(workspace.settings.language)):
        if person.id == name:
            return person
    raise UsageError(
        f"no person '{name}' in segments/people.toml",
        ru=f"в segments/people.toml нет человека «{name}»",
    )


def _viewer(person: Person, kind: Kind) -> Viewer:
    facts: Mapping[str, FactValue] = person.facts
    name, city = facts.get("first_name"), facts.get("city")
    # Whoever has no name is told by what is said about them; the id stands beside it.
    label = person.about if kind is Kind.PERSONA else _label(person.about or person.id, name, city)
    return Viewer(person.id, label, person.about, kind)


def _label(otherwise: str, *seen: FactValue) -> str:
    return ", ".join(str(value) for value in seen if value) or otherwise
