"""The state that planning and publishing stand on: keys, state database, signed links."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from pismo.errors import PlanError
from pismo.keys import Keys
from pismo.ledger import Ledger, PlanRow
from pismo.ledger import open_state as open_both
from pismo.links import LinkSigner
from pismo.model.workspace import Workspace
from pismo.plan.store import FOLDER, StoredPlan, read_plan
from pismo.records import dataclass
from pismo.workspace import issue_of


@dataclass(frozen=True, slots=True)
class State:
    """Open keys, ledger and signer of one workspace."""

    keys: Keys
    ledger: Ledger
    signer: LinkSigner


@contextmanager
def open_state(
    workspace: Workspace,
    environ: Mapping[str, str],
    *,
    begin: Callable[[str, int], object] | None = None,
) -> Iterator[State]:
    """Open a workspace's state with a signer of links; `begin` as in `pismo.ledger.open_state`.

    Raises:
        SettingsError: If the keys are broken.
        StateError: If the database is not there, or cannot be used.
    """
    settings = workspace.settings
    with open_both(workspace.state_dir, settings.state_url, environ, begin=begin) as opened:
        keys = opened.keys
        yield State(keys, opened.ledger, LinkSigner(keys, settings.links_base_url))


def plan_row(workspace: Workspace, ledger: Ledger, issue_id: str) -> PlanRow:
    """Return what the ledger knows of the plan that counts for an issue.

    Raises:
        PlanError: If there is none.
        UsageError: If there is no such issue either.
    """
    row = ledger.latest_plan(issue_id)
    if row is None:
        issue = issue_of(workspace, issue_id)
        raise PlanError(
            f"there is no plan of {issue.id}",
            hint=f"pismo plan {issue.id}",
            ru=f"плана {issue.id} нет",
            hint_ru=f"pismo plan {issue.id}",
        )
    return row


def latest_plan(workspace: Workspace, ledger: Ledger, issue_id: str) -> StoredPlan:
    """Return the plan that counts for an issue, with its people.

    Raises:
        PlanError: If there is none, or its people are not on this machine any more.
        UsageError: If there is no such issue either.
    """
    row = plan_row(workspace, ledger, issue_id)
    if row.erased_at is not None:
        raise PlanError(
            f"the people of plan {row.id} were erased when its time was over",
            hint=f"plan anew, who was written to stays so: pismo plan {issue_id}",
            ru=f"люди плана {row.id} стёрты: срок его хранения вышел",
            hint_ru=f"планируйте заново, отправленное не забудется: pismo plan {issue_id}",
        )
    return read_plan(workspace.state_dir, row.id, issue_id)


def erase_expired(workspace: Workspace, ledger: Ledger, now: datetime) -> int:
    """Delete the stored people of plans whose time is over; their sums stay in the ledger.

    Returns:
        How many plans. Those that lie on another machine are erased there.
    """
    erased = 0
    for row in ledger.expired_plans(now):
        folder = workspace.state_dir / FOLDER / row.id
        if folder.exists():
            shutil.rmtree(folder)
            ledger.mark_erased(row.id, now)
            erased += 1
    return erased
