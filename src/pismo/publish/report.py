"""What became of a plan, over all runs: sums that come out, or a loud complaint."""

from collections.abc import Mapping

from pismo.errors import PlanError, StateError
from pismo.ledger import Ledger, PlanRow
from pismo.ledger.states import TO_COME
from pismo.model.people import Plan, Submission
from pismo.records import dataclass

_COUNTED = (
    Submission.ACCEPTED,
    Submission.REFUSED,
    Submission.THROTTLED,
    Submission.IN_DOUBT,
    Submission.WITHDRAWN,
)
START_AFRESH = (
    "Nobody gets an issue twice. To try again with an invented audience: rm -r .pismo, then"
    " pismo sample"
)
"""What to do about it where nobody is real."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The identity: audience = the six counts + the sum of excluded (DESIGN §9).

    `waiting` are planned, or claimed by a publisher that is at it.
    """

    issue: str
    plan: str
    audience: int
    accepted: int
    refused: int
    throttled: int
    in_doubt: int
    withdrawn: int
    waiting: int
    excluded: Mapping[str, int]

    @property
    def is_done(self) -> bool:
        """Tell whether nobody is left of whom something is still to come."""
        return not (self.waiting or self.throttled or self.in_doubt)

    def as_json(self) -> dict[str, object]:
        """Return the fields that DESIGN §9 lists."""
        return {name: getattr(self, name) for name in self.__slots__}

    def lines(self) -> list[str]:
        """Say it to a person: the identity, line by line."""
        counts = ("accepted", "refused", "throttled", "in_doubt", "withdrawn", "waiting")
        shown = [(name.replace("_", " "), getattr(self, name)) for name in counts]
        shown += [(f"excluded: {reason}", count) for reason, count in self.excluded.items()]
        width = len(f"{self.audience:,}")
        body = [f"  {count:>{width},}  {name}" for name, count in shown if count]
        return [f"{self.audience:,} people in the audience of {self.issue} =", *body]


def plan_of(row: PlanRow) -> Plan:
    """Return a plan as the ledger knows it: enough for the books, wherever its people are."""
    return Plan(
        id=row.id,
        issue=row.issue,
        created_at=row.created_at,
        audience=row.audience,
        planned=row.planned,
        excluded=row.excluded,
        editions=row.editions,
    )


def nothing_new(plan: Plan, ledger: Ledger) -> str:
    """Say that everybody has the issue already, and in which text; '' if somebody is left."""
    counts = ledger.counts(plan.id)
    accepted, total = counts[Submission.ACCEPTED], sum(counts.values())
    if not accepted or any(counts[state] for state in TO_COME):
        return ""
    told = f"0 new: {'all ' if accepted == total else ''}{accepted:,} got this issue before"
    had = ledger.accepted_editions(plan.id)
    if all(plan.editions.get(name, "").startswith(digest) for name, digest in had):
        return f"{told}, in this very text"
    earlier = ", ".join(f"{name} ({digest[:12]})" for name, digest in sorted(had))
    return f"{told}, with editions {earlier}; the changed text reaches nobody"


def check_text(issue: str, digests: Mapping[str, str], before: PlanRow, ledger: Ledger) -> None:
    """Refuse a new plan while some readers have their letter, in another text, and others wait.

    Args:
        issue: The issue.
        digests: Of the editions that would be planned, by segment.
        before: The plan that counts so far.
        ledger: Knows who got what.

    Raises:
        PlanError: Saying how many have the earlier text.
    """
    counts = ledger.counts(before.id)
    if not any(counts[state] for state in TO_COME):
        return
    had = ledger.accepted_editions(before.id)
    other = sum(
        count
        for (segment, digest), count in had.items()
        if not digests.get(segment, "").startswith(digest)
    )
    if other:
        raise PlanError(
            f"{other:,} readers have {issue} already, with another text",
            hint=f"to give the new text to the others: pismo plan {issue} --amend; to choose"
            f" readers anew as well: pismo plan {issue} --anew",
        )


def have_theirs(plan: Plan, ledger: Ledger) -> int:
    """Count those of a plan whose letter has left already."""
    return ledger.counts(plan.id)[Submission.ACCEPTED]


def close_books(plan: Plan, ledger: Ledger) -> Books:
    """Count what became of a plan.

    Raises:
        StateError: If the counts and the audience differ: somebody would be lost.
    """
    counts = ledger.counts(plan.id)
    found = {state.value: counts[state] for state in _COUNTED}
    waiting = counts[Submission.PLANNED] + counts[Submission.CLAIMED]
    total = sum(counts.values()) + sum(plan.excluded.values())
    if total != plan.audience:
        raise StateError(
            f"the books of {plan.issue} do not close: {plan.audience} people were in the audience,"
            f" the state database and the plan account for {total}",
            hint="was the state database restored from a backup? pismo plan makes a new plan;"
            " who was written to stays so",
        )
    return Books(
        issue=plan.issue,
        plan=plan.id,
        audience=plan.audience,
        waiting=waiting,
        excluded=dict(plan.excluded),
        **found,
    )
