"""One person and one issue: the letter they get, got, or would get now."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from pismo.build.sample import sample_recipient
from pismo.errors import UsageError
from pismo.explain.audience import Audience
from pismo.explain.letter import Explanation, explain_letter
from pismo.explain.refusals import Refusal, refusals_of
from pismo.explain.rule import rule_text, rule_values
from pismo.ledger.ids import read_delivery_id
from pismo.links import LinkSigner
from pismo.model.content import EVERYONE, Issue
from pismo.model.edition import Edition
from pismo.model.people import Delivery, Recipient, Submission
from pismo.model.workspace import Workspace
from pismo.plan import StoredPlan, read_plan
from pismo.plan.state import State
from pismo.plan.store import FOLDER, recipient_of
from pismo.records import dataclass, replace
from pismo.segments import columns_of
from pismo.segments.check import person_fits
from pismo.segments.sound import compose_sound
from pismo.text import meant


class Case(StrEnum):
    """Which letter is explained."""

    HYPOTHETICAL = "hypothetical"
    PLANNED = "planned"
    SENT = "sent"
    GONE = "not reproducible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """A letter that one plan made and sent before another took the issue over.

    `has_letter` tells whether the later plan has the letter; it has not if it leaves its reader
    out. `is_here` tells whether the people of the later plan are on this machine.
    """

    plan: str
    by: str
    has_letter: bool
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The answer: the letter explained, if it can still be made; `excluded` is '' or a reason.

    `history` is what became of every other letter that was ever planned for them, newest first;
    `refusals` is what stands against writing to them.
    """

    case: Case
    person: str
    segment: str
    excluded: str = ""
    explanation: Explanation | None = None
    edition: Edition | None = None
    recipient: Recipient | None = None
    delivery: Delivery | None = None
    superseded: Superseded | None = None
    rule: Mapping[str, object] | None = None
    history: tuple[Delivery, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def explain_person(
    workspace: Workspace,
    issue: Issue,
    person: str,
    editions: Sequence[Edition],
    *,
    state: State | None,
    audience: Audience | None,
) -> Told:
    """Explain one person's letter: from the plan if they are in one, else as it would be now.

    Args:
        workspace: Where segments and invented people are.
        issue: Which issue.
        person: An id of the audience, or of `segments/people.toml`.
        editions: The issue compiled now, for a letter that is not planned.
        state: Ledger and keys; None where no plan was ever made.
        audience: Real people; None if there is no audience.

    Raises:
        UsageError: If there is no such person.
    """
    ever = state.ledger.deliveries_of(person) if state is not None else ()
    told = None
    if state is not None and (mine := [one for one in ever if one.issue == issue.id]):
        told = _from_plan(workspace, issue, mine[0], state)
    if told is None:
        told = _now(workspace, issue, person, editions, audience)
    others = tuple(one for one in ever if one.issue != issue.id)
    refusals = refusals_of(state, audience, person) if state is not None else ()
    return replace(told, history=others, refusals=refusals)


def _now(
    workspace: Workspace,
    issue: Issue,
    person: str,
    editions: Sequence[Edition],
    audience: Audience | None,
) -> Told:
    """Explain the letter that somebody would get now.

    Raises:
        FindingsError: If a segment is broken: another would seem to be theirs.
    """
    by_segment = {edition.segment: edition for edition in editions}
    if any(known.id == person for known in workspace.people):
        return _invented(workspace, issue, person, by_segment)
    if audience is None:
        raise UsageError(
            f"nobody is '{person}', and there is no audience",
            ru=f"человека «{person}» нет, аудитории тоже",
            **meant(
                person,
                [one.id for one in workspace.people],
                none=("invent one: pismo sample", "придумайте её: pismo sample"),
            ),
        )
    compose_sound(workspace, workspace.newsletter_of(issue).segments)
    segment = audience.segment_of(issue.newsletter, person)
    edition = _edition(by_segment, segment, issue)
    recipient = audience.recipient(issue, edition, person)
    told = _told(workspace, Case.HYPOTHETICAL, edition, recipient)
    return replace(told, excluded=audience.excluded(issue, edition, recipient))


def invented_segment(workspace: Workspace, issue: Issue, person: str) -> str:
    """Return the segment that somebody of people.toml falls into, by the real predicates.

    Raises:
        UsageError: If nobody there has this id.
        FindingsError: If a condition that has to be asked is wrong.
    """
    from pismo.audience.engine import open_engine

    facts = next((known.facts for known in workspace.people if known.id == person), None)
    if facts is None:
        raise UsageError(
            f"no person '{person}' in segments/people.toml",
            ru=f"в segments/people.toml нет человека «{person}»",
            **meant(person, [known.id for known in workspace.people]),
        )
    columns = columns_of(workspace)
    composed = compose_sound(workspace, workspace.newsletter_of(issue).segments)
    with open_engine([]) as engine:
        for segment in workspace.newsletter_of(issue).segments:
            if segment in composed and person_fits(engine, composed[segment], facts, columns):
                return segment
    return EVERYONE


def planned_recipient(stored: StoredPlan, person: str, signer: LinkSigner) -> Recipient | None:
    """Find one person in a stored plan's shards; None if they are not in it (any more)."""
    import pyarrow.parquet as pq

    for shard in stored.shards:
        file = stored.folder / "shards" / shard.file
        if file.exists():
            rows = pq.read_table(file, filters=[("person", "==", person)], partitioning=None)
            for row in rows.to_pylist():
                return replace(recipient_of(row, stored, signer), address=None)
    return None


def _from_plan(workspace: Workspace, issue: Issue, delivery: Delivery, state: State) -> Told:
    """Explain a letter that was planned, by what the plan keeps of it."""
    person = delivery.person
    sent = delivery.submission not in (Submission.PLANNED, Submission.WITHDRAWN)
    withdrawn = delivery.submission is Submission.WITHDRAWN
    excluded = (delivery.detail or delivery.submission.value) if withdrawn else ""
    # A plan that took the letter over may have other people, and another text.
    for plan in dict.fromkeys((delivery.plan, _made_by(delivery))):
        kept = _kept_letter(workspace, issue, delivery, plan, state)
        if kept is not None:
            told = _told(workspace, Case.SENT if sent else Case.PLANNED, *kept)
            break
    else:
        told = Told(case=Case.GONE, person=person, segment=delivery.segment)
    later = _superseded(workspace, delivery, state)
    return replace(told, delivery=delivery, excluded=excluded, superseded=later)


def _made_by(delivery: Delivery) -> str:
    read = read_delivery_id(delivery.id)
    return read[0] if read else delivery.plan


def _kept_letter(
    workspace: Workspace, issue: Issue, delivery: Delivery, plan: str, state: State
) -> tuple[Edition, Recipient] | None:
    """Return the letter as a plan keeps it; None if that is not here, or has another text."""
    if not (workspace.state_dir / FOLDER / plan / "plan.json").exists():
        return None
    stored = read_plan(workspace.state_dir, plan, issue.id)
    recipient = planned_recipient(stored, delivery.person, state.signer)
    if recipient is None:
        return None
    edition = stored.edition(recipient.segment)
    return (edition, recipient) if edition.digest.startswith(delivery.digest) else None


def _superseded(workspace: Workspace, delivery: Delivery, state: State) -> Superseded | None:
    """Name the plan that counts for a letter's issue, if another one made the letter."""
    first, latest = _made_by(delivery), state.ledger.latest_plan(delivery.issue)
    if latest is None or latest.id == first:
        return None
    here = (workspace.state_dir / FOLDER / latest.id / "plan.json").exists()
    return Superseded(plan=first, by=latest.id, has_letter=delivery.plan == latest.id, is_here=here)


def _invented(
    workspace: Workspace, issue: Issue, person: str, editions: Mapping[str, Edition]
) -> Told:
    segment = invented_segment(workspace, issue, person)
    edition = _edition(editions, segment, issue)
    facts = next(known.facts for known in workspace.people if known.id == person)
    sample = sample_recipient(workspace, edition)
    recipient = replace(sample, id=person, facts=facts)
    return _told(workspace, Case.HYPOTHETICAL, edition, recipient)


def _edition(editions: Mapping[str, Edition], segment: str, issue: Issue) -> Edition:
    if segment not in editions:
        raise UsageError(
            f"{issue.id} does not build for {segment}",
            hint=f"pismo check {issue.id} says why",
            ru=f"{issue.id} не собирается для {segment}",
            hint_ru=f"почему, скажет pismo check {issue.id}",
        )
    return editions[segment]


def _told(workspace: Workspace, case: Case, edition: Edition, recipient: Recipient) -> Told:
    explanation = explain_letter(edition, recipient, rule_text(workspace, edition.segment))
    return Told(
        case=case,
        person=recipient.id,
        segment=edition.segment,
        explanation=explanation,
        edition=edition,
        recipient=recipient,
        rule=rule_values(workspace, edition.segment, recipient.facts),
    )
