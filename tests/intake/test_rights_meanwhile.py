"""Somebody is forgotten while a plan is made, while letters leave, or while an import runs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pyarrow.parquet as pq
import pytest

from pismo.audience import current
from pismo.compile import compile_issue
from pismo.errors import AudienceError, PlanError
from pismo.intake.importing import How, import_table
from pismo.intake.sample import make_sample
from pismo.intake.staging import CHECKED
from pismo.ledger import Ledger
from pismo.ledger.opening import State
from pismo.model.people import Plan
from pismo.model.workspace import Workspace
from pismo.plan import make_plan
from pismo.plan.state import State as PlanState
from pismo.plan.state import latest_plan, open_state
from pismo.publish import Outcome, publish
from pismo.rights import erase_person, finish_erasures
from pismo.transports import Outbox, Outgoing, Result, outbox_folder
from pismo.workspace import load_workspace
from tests.publish import plans

ISSUE = "weekly/2026-11-27"
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture
def workspace(small: Path) -> Workspace:
    workspace = load_workspace(small)
    make_sample(workspace, people=60, products=30, seed=7, today=date(2026, 11, 27), environ={})
    return workspace


@pytest.fixture
def state(workspace: Workspace) -> Iterator[PlanState]:
    with open_state(workspace, {}) as opened:
        yield opened


def forget(
    workspace: Workspace, state: PlanState, person: str, wait: Callable[[float], None] = print
) -> None:
    erase_person(workspace, State(state.ledger, state.keys), person, NOW, wait=wait)


def planned(workspace: Workspace, state: PlanState, ledger: Ledger | None = None) -> Plan:
    snapshot = current(workspace.state_dir)
    assert snapshot is not None
    return make_plan(
        workspace,
        ISSUE,
        compile_issue(workspace, ISSUE).editions,
        snapshot=snapshot,
        ledger=ledger or state.ledger,
        keys=state.keys,
        signer=state.signer,
        now=NOW,
    )


def people_of(plan: Plan, workspace: Workspace) -> list[str]:
    folder = workspace.state_dir / "plans" / plan.id / "shards"
    files = sorted(folder.glob("*.parquet"))
    return [one for file in files for one in pq.read_table(file)["person"].to_pylist()]


def publishing(workspace: Workspace, state: PlanState, outbox: Outbox) -> Outcome:
    stored = latest_plan(workspace, state.ledger, ISSUE)
    where = plans.Desk(workspace.state_dir, stored, state.ledger, state.keys, state.signer)
    return publish(plans.job(where, outbox, plans.HandTime(), look=outbox.already_there))


def letters_to(workspace: Workspace, address: str) -> int:
    files = (workspace.state_dir / "outbox").rglob("*.eml")
    return sum(f"To: {address}".encode() in file.read_bytes() for file in files)


class Overtaken(Ledger):
    """The ledger of a plan that is overtaken when it has read its audience."""

    def __init__(self, ledger: Ledger, act: Callable[[], None]) -> None:
        super().__init__(ledger.engine)
        self._act = act

    def already_written(self, *given: Any, **named: Any) -> Mapping[str, str]:
        found = super().already_written(*given, **named)
        self._act()
        return found


class Held(Outbox):
    """An outbox that waits before its first letter until it is told to go on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, lambda: NOW)
        self.begun, self.go_on = Event(), Event()

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
        self.begun.set()
        assert self.go_on.wait(60)
        return super().send(batch)


def test_somebody_erased_while_a_plan_is_made_is_not_in_it(
    workspace: Workspace, state: PlanState
) -> None:
    person = people_of(planned(workspace, state), workspace)[3]
    ledger = Overtaken(state.ledger, lambda: forget(workspace, state, person))
    plan = planned(workspace, state, ledger)
    assert finish_erasures(workspace, State(state.ledger, state.keys), ISSUE, NOW) == 1
    assert finish_erasures(workspace, State(state.ledger, state.keys), ISSUE, NOW) == 0
    assert person not in people_of(plan, workspace)
    assert state.ledger.deliveries_of(person) == ()
    done = publishing(
        workspace, state, Outbox(outbox_folder(workspace.state_dir, ISSUE), lambda: NOW)
    )
    books = done.books
    assert books.withdrawn == 1
    assert books.accepted == sum(plan.planned.values()) - 1


def test_a_plan_says_so_if_its_audience_is_deleted_under_it(
    workspace: Workspace, state: PlanState
) -> None:
    snapshot = current(workspace.state_dir)
    assert snapshot is not None
    forget(workspace, state, "s0000005")
    with pytest.raises(PlanError, match="somebody was erased from the audience"):
        make_plan(
            workspace,
            ISSUE,
            compile_issue(workspace, ISSUE).editions,
            snapshot=snapshot,
            ledger=state.ledger,
            keys=state.keys,
            signer=state.signer,
            now=NOW,
        )
    assert state.ledger.plans() == ()
    assert not list((workspace.state_dir / "plans").iterdir())


def test_a_letter_in_a_publisher_s_hand_is_deleted_with_its_reader(
    workspace: Workspace, state: PlanState
) -> None:
    plan = planned(workspace, state)
    person = people_of(plan, workspace)[0]
    outbox = Held(outbox_folder(workspace.state_dir, ISSUE))
    done: list[Outcome] = []

    def publishes() -> None:
        with open_state(workspace, {}) as other:
            done.append(publishing(workspace, other, outbox))

    publisher = Thread(target=publishes)
    publisher.start()
    assert outbox.begun.wait(60)

    def wait(_seconds: float) -> None:
        outbox.go_on.set()
        publisher.join()

    forget(workspace, state, person, wait)
    publisher.join()
    books = done[0].books
    assert books.accepted == sum(plan.planned.values())
    assert books.accepted + sum(books.excluded.values()) == books.audience
    assert books.is_done
    left = list((workspace.state_dir / "outbox").rglob("*.eml"))
    assert len(left) == sum(plan.planned.values()) - 1
    assert person.encode() not in b"".join(file.read_bytes() for file in left)


def test_whoever_is_erased_before_the_claim_gets_no_letter_and_the_books_balance(
    workspace: Workspace, state: PlanState
) -> None:
    plan = planned(workspace, state)
    everybody = people_of(plan, workspace)
    stored = latest_plan(workspace, state.ledger, ISSUE)
    outbox = Outbox(outbox_folder(workspace.state_dir, ISSUE), lambda: NOW)

    class Late(Ledger):
        """Its publisher has asked for consent already when somebody is erased."""

        def claim(self, *given: Any, **named: Any) -> tuple[str, ...]:
            if everybody:
                forget(workspace, state, everybody.pop())
            return super().claim(*given, **named)

    late = Late(state.ledger.engine)
    where = plans.Desk(workspace.state_dir, stored, late, state.keys, state.signer)
    done = publish(plans.job(where, outbox, plans.HandTime(), look=outbox.already_there))
    books = done.books
    erased = sum(plan.planned.values()) - len(everybody)
    assert erased >= 1
    assert books.withdrawn == erased
    assert books.accepted == len(everybody)
    assert len(list((workspace.state_dir / "outbox").rglob("*.eml"))) == len(everybody)


def test_nobody_is_erased_while_an_import_would_bring_them_back(
    workspace: Workspace, state: PlanState
) -> None:
    file = workspace.root / "people.csv"
    file.write_text("id,email\n1,a@example.com\n", "utf-8")
    refused: list[AudienceError] = []

    def progress(share: float) -> None:
        if share == CHECKED:
            with pytest.raises(AudienceError, match="another import is running") as told:
                forget(workspace, state, "s0000005")
            refused.append(told.value)

    import_table(workspace, "subscribers", [str(file)], How(now=NOW, on_progress=progress))
    assert len(refused) == 1
    assert not state.ledger.audit_lines()
    forget(workspace, state, "s0000005")
