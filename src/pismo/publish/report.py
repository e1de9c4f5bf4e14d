"""What became of a plan, over all runs: sums that come out, or a loud complaint."""

from collections.abc import Mapping

from pismo.errors import PlanError, StateError
from pismo.ledger import Ledger, PlanRow
from pismo.ledger.states import TO_COME
from pismo.model.people import Plan, Submission
from pismo.records import dataclass
from pismo.tongue import Tongue

_COUNTED = (
    Submission.ACCEPTED,
    Submission.REFUSED,
    Submission.THROTTLED,
    Submission.IN_DOUBT,
    Submission.WITHDRAWN,
)
START_AFRESH = (
    "Nobody gets an issue twice. Again, with an invented audience: rm -r .pismo && pismo sample",
    "Дважды выпуск не получает никто. Заново, с придуманными: rm -r .pismo && pismo sample",
)
"""What to do about it where nobody is real, in English and Russian."""


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


def nothing_new(plan: Plan, ledger: Ledger, tongue: Tongue) -> str:
    """Say that everybody has the issue already, and in which text; '' if somebody is left."""
    counts = ledger.counts(plan.id)
    accepted, total = counts[Submission.ACCEPTED], sum(counts.values())
    if not accepted or any(counts[state] for state in TO_COME):
        return ""
    everybody, count = accepted == total, tongue.number(accepted)
    told = tongue(
        f"0 new: {'all ' if everybody else ''}{count} got this issue before",
        f"новых 0, этот выпуск уже {f'у всех ({count})' if everybody else f'у {count}'}",
    )
    had = ledger.accepted_editions(plan.id)
    if all(plan.editions.get(name, "").startswith(digest) for name, digest in had):
        return told + tongue(", in this very text", ", слово в слово")
    earlier = ", ".join(f"{name} ({digest[:12]})" for name, digest in sorted(had))
    return told + tongue(
        f", with editions {earlier}; the changed text reaches nobody",
        f", в вариантах {earlier}; изменённый текст не дойдёт ни до кого",
    )


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
            ru=f"выпуск {issue} с другим текстом уже получили {other}",
            hint_ru=f"отдать новый текст остальным: pismo plan {issue} --amend; заодно выбрать"
            f" читателей заново: pismo plan {issue} --anew",
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
            ru=f"счёт {plan.issue} не сходится: в аудитории {plan.audience},"
            f" база состояния и план знают о {total}",
            hint_ru="базу состояния вернули из копии? Новый план составит pismo plan;"
            " отправленное не забудется",
        )
    return Books(
        issue=plan.issue,
        plan=plan.id,
        audience=plan.audience,
        waiting=waiting,
        excluded=dict(plan.excluded),
        **found,
    )
