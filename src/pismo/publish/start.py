"""From a workspace, a plan and a way of sending to a job: everything that publishing needs."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType

from pismo.errors import SendError
from pismo.model.people import Submission
from pismo.model.workspace import Workspace
from pismo.plan.state import State
from pismo.plan.store import StoredPlan
from pismo.publish.clock import Clock
from pismo.publish.job import Job
from pismo.publish.log import FileLog
from pismo.publish.settings import pace_settings
from pismo.records import dataclass, replace
from pismo.transports import Outbox, Transport, outbox_folder
from pismo.transports.ses import SesTransport
from pismo.transports.ses_account import SesAccount, problem_with_account, problem_with_sender
from pismo.transports.ses_client import control_client, sending_client, ses_settings
from pismo.transports.ses_prepare import preparer
from pismo.transports.ses_templates import TemplateStore

STOPPING = b"\nStopping after the letters that are under way; once more ends at once.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a run goes, whatever it sends by; the fields are those of `Job`."""

    clock: Clock
    hours: bool
    wait: bool
    stopping: Callable[[], bool]
    progress: Callable[[int], None]


def outbox_job(workspace: Workspace, state: State, stored: StoredPlan, manner: Manner) -> Job:
    """Return the job of writing a plan's letters into the outbox."""
    outbox = Outbox(outbox_folder(workspace.state_dir, stored.plan.issue), manner.clock.now)
    job = _job(workspace, state, stored, manner, outbox)
    return replace(job, look=outbox.already_there)


@contextmanager
def stopped_by_signals(clock: Clock) -> Iterator[Callable[[], bool]]:
    """Let SIGINT and SIGTERM end publishing after what is under way; a second one ends at once."""
    wanted = threading.Event()

    def ask(number: int, _frame: FrameType | None) -> None:
        wanted.set()
        clock.wake()
        signal.signal(number, signal.SIG_DFL)
        # Not by click or print: a handler may come in the middle of what they are writing.
        with suppress(OSError, ValueError):  # nobody may be there to read it
            os.write(sys.stderr.fileno(), STOPPING)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, ask)
    try:
        yield wanted.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ses_job(
    workspace: Workspace,
    state: State,
    stored: StoredPlan,
    manner: Manner,
    *,
    environ: Mapping[str, str],
    over_days: bool,
) -> Job:
    """Return the job of handing a plan's letters to SES; templates are stored there by then.

    Raises:
        SendError: If the account cannot take the letters; nothing was sent.
        SettingsError: If `[tool.pismo.ses]` is wrong or no region is known.
    """
    settings = ses_settings(workspace.settings.tables.get("ses", {}), environ)
    control, clock = control_client(settings), manner.clock
    account = SesAccount(control)
    counts = state.ledger.counts(stored.plan.id)
    letters = counts[Submission.PLANNED] + counts[Submission.THROTTLED]
    problem, hint = problem_with_account(account.facts(), letters, over_days=over_days)
    if problem:
        raise SendError(problem, hint=hint)
    sender = workspace.newsletters[stored.newsletter].sender.address
    if unknown := problem_with_sender(control, sender):
        raise SendError(unknown, hint="pismo ses doctor says what is missing; or: pismo ses setup")
    transport = SesTransport(
        sending_client(settings),
        preparer(TemplateStore(control, clock.wait), method=settings.method, now=clock.now),
        configuration_set=settings.configuration_set,
        steady=clock.steady,
        method=settings.method,
    )
    for edition in stored.editions().values():
        transport.prepare(edition)
    job = _job(workspace, state, stored, manner, transport)
    return replace(job, account=account, threads=settings.threads)


def _job(
    workspace: Workspace, state: State, stored: StoredPlan, manner: Manner, transport: Transport
) -> Job:
    return Job(
        stored=stored,
        transport=transport,
        ledger=state.ledger,
        newsletter=workspace.newsletters[stored.newsletter],
        keys=state.keys,
        signer=state.signer,
        clock=manner.clock,
        settings=pace_settings(workspace.settings.tables.get("pace", {})),
        log=FileLog(workspace.state_dir, stored.plan.issue, stored.plan.id),
        hours=manner.hours,
        wait=manner.wait,
        stopping=manner.stopping,
        progress=manner.progress,
    )
