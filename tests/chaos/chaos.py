"""Kill publishers at every moment, under faults, and compare the ledger with what SES accepted.

A publisher is a real process that sends itself SIGKILL at a seeded moment of a seeded window. A
zygote that has imported everything forks them, so that a kill costs milliseconds.

    make chaos                                              # 1,000 kills
"""

import multiprocessing
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from pismo import ses_sim
from pismo.ledger import Ledger, Settled, delivery_id, open_ledger
from pismo.model.people import Submission
from pismo.publish import Job, SystemClock, close_books, publish
from pismo.ses_sim import Fault, FaultKind
from pismo.transports import Outgoing, Result, Transport
from tests.publish.plans import NEWSLETTER, Desk, desk

PRELOADED = [
    "tests.chaos.chaos",
    "boto3",
    "botocore.client",
    "pyarrow.parquet",
    "duckdb",
    "sqlalchemy",
]
RATE = 400.0
PEOPLE = 400
LONGEST_MS = 150
"""How long a publisher may live that dies at any moment: about what it needs for all."""


class Window(StrEnum):
    """Where a publisher dies."""

    BEFORE_CLAIM = "before claim"
    BEFORE_POST = "claim -> POST"
    BEFORE_SETTLE = "POST -> settle"
    ANY = "any moment"


@dataclass(frozen=True)
class Victim:
    """What one publisher process is told: where to work, where to die, how to be wrong.

    `countdown` counts passages of the window; for any moment it counts milliseconds of publishing.
    """

    state_dir: Path
    url: str
    endpoint: str
    window: Window | None
    countdown: int
    issue: str
    claims_late: bool = False


class FastClock(SystemClock):
    """Time at a hundred times its speed, for the pace."""

    def steady(self) -> float:
        return time.monotonic() * 100

    def wait(self, seconds: float) -> None:
        super().wait(min(seconds / 100, 0.05))


class Account:
    """An account with a quota, so that a claim is one call."""

    def rate(self) -> float:
        return RATE

    def left(self) -> float:
        return float("inf")


@dataclass
class Fuse:
    """Dies when its window has been passed so many times."""

    window: Window | None
    countdown: int

    def burn(self) -> None:
        """Start the time that ends at any moment: in a transaction, in a POST, between two."""
        if self.window is Window.ANY:
            timer = threading.Timer(self.countdown / 1000, os.kill, (os.getpid(), signal.SIGKILL))
            timer.daemon = True
            timer.start()

    def passes(self, window: Window) -> None:
        if window is not self.window:
            return
        self.countdown -= 1
        if self.countdown <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


class DyingTransport:
    """Hands over to the real transport, and dies right before or right after it."""

    def __init__(self, real: Transport, fuse: Fuse) -> None:
        self._real, self._fuse = real, fuse

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
        self._fuse.passes(Window.BEFORE_POST)
        results = self._real.send(batch)
        self._fuse.passes(Window.BEFORE_SETTLE)
        return results


class DyingLedger:
    """The real ledger; dies before a claim. `late` is the mutant that claims after the POST."""

    def __init__(self, real: Ledger, fuse: Fuse, *, late: bool) -> None:
        self._real, self._fuse, self._late = real, fuse, late
        self._plan = ""

    def claim(
        self, plan_id: str, batch: Sequence[str], now: datetime, *, publisher: int
    ) -> tuple[str, ...]:
        self._fuse.passes(Window.BEFORE_CLAIM)
        if not self._late:
            return self._real.claim(plan_id, batch, now, publisher=publisher)
        self._plan = plan_id
        free = self._real.claimable(plan_id, batch)
        return tuple(name for name in batch if name in free)

    def settle(self, results: Sequence[Settled], now: datetime, *, publisher: int) -> int:
        if self._late:
            ids = [result.id for result in results]
            self._real.claim(self._plan, ids, now, publisher=publisher)
        return self._real.settle(results, now, publisher=publisher)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def publish_until_killed(victim: Victim) -> None:
    """Be a publisher (in a process of its own)."""
    from pismo.keys import load_keys
    from pismo.links import LinkSigner
    from pismo.plan import read_plan
    from pismo.transports.ses import SesTransport
    from pismo.transports.ses_client import Method, SesSettings, control_client, sending_client
    from pismo.transports.ses_prepare import preparer
    from pismo.transports.ses_templates import TemplateStore

    clock = FastClock()
    keys = load_keys(victim.state_dir, {})
    real = open_ledger(victim.url, hmac_ids=keys.hmac_ids)
    row = real.latest_plan(victim.issue)
    assert row is not None
    fuse = Fuse(victim.window, victim.countdown)
    settings = SesSettings(endpoint_url=victim.endpoint, region="us-east-1", read_timeout_s=0.3)
    store = TemplateStore(control_client(settings), lambda _: None)
    transport = SesTransport(
        sending_client(settings),
        preparer(store, method=Method.BULK, now=clock.now),
        configuration_set="pismo",
        steady=clock.steady,
    )
    stored = read_plan(victim.state_dir, row.id, row.issue)
    fuse.burn()
    publish(
        Job(
            stored=stored,
            transport=DyingTransport(transport, fuse),
            ledger=DyingLedger(real, fuse, late=victim.claims_late),  # type: ignore[arg-type]  # the same methods
            newsletter=NEWSLETTER,
            keys=keys,
            signer=LinkSigner(keys, "https://links.shop.example"),
            clock=clock,
            account=Account(),
            threads=4,
        )
    )


@dataclass
class Verdict:
    """What a run of chaos came to.

    `lost` are people of the plan whose letter SES did not accept, by SES's own count, and whom
    nothing lists as in doubt or refused; `unrecorded` were accepted by SES and are not so in the
    ledger although all events are in, `unaccepted` the other way round.
    """

    kills: Counter[Window] = field(default_factory=Counter)
    runs: int = 0
    letters: int = 0
    lost: int = 0
    unrecorded: int = 0
    unaccepted: int = 0
    repeated: int = 0
    settled_by_events: int = 0
    listed: int = 0

    @property
    def is_clean(self) -> bool:
        """Tell whether nobody was lost or written to twice, and the ledger knows what SES knows."""
        return not (self.lost or self.repeated or self.unrecorded or self.unaccepted)

    def __str__(self) -> str:
        windows = ", ".join(f"{window.value}: {self.kills[window]}" for window in Window)
        return (
            f"{sum(self.kills.values())} kills ({windows}) in {self.runs} publisher processes,"
            f" {self.letters} letters: {self.lost} lost, {self.repeated} repeated,"
            f" {self.unrecorded} accepted and not recorded, {self.unaccepted} recorded only;"
            f" in doubt: {self.settled_by_events} settled by events, {self.listed} listed"
        )


def chaos(
    folder: Path,
    *,
    kills: int,
    seed: int,
    publishers: int = 1,
    url: str = "",
    claims_late: bool = False,
    people: int = PEOPLE,
) -> Verdict:
    """Publish plan after plan, killing, until so many publishers were killed.

    Args:
        folder: For state; a new one inside per plan.
        kills: How many.
        seed: Of windows, moments and faults.
        publishers: How many at once (more than one needs PostgreSQL).
        url: A state database for all plans; '' for a new SQLite file each.
        claims_late: Run the mutant that claims after the POST.
        people: Letters per plan.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    draw = random.Random(seed)
    verdict = Verdict()
    number = 0
    while sum(verdict.kills.values()) < kills:
        number += 1
        settings = ses_sim.Settings(
            max_send_rate=1e6, control_calls_per_second=None, events_dir=folder / f"events{number}",
            keep_letters=1,
        )  # fmt: skip
        with ses_sim.start(settings) as sim:
            sim.set_faults(*_faults(draw))
            # One database for all plans keeps its keys; so it needs an issue of its own for each.
            state_dir = folder / ("state" if url else f"state{number}")
            issue = f"weekly/{seed}-{number}"
            where = desk(state_dir, people, url=url, issue=issue)
            round_ = _Round(context, where, sim, draw, publishers, claims_late)
            round_.until_done(verdict, kills)
        # A request of a publisher long dead may still be on its way into the simulator: only when
        # that has closed its door is it known what it accepted.
        round_.close(folder / f"events{number}", verdict)
        where.ledger.close()
    return verdict


@dataclass
class _Round:
    """One plan, published by one doomed process after the other."""

    context: ForkServerContext
    where: Desk
    sim: ses_sim.RunningSim
    draw: random.Random
    publishers: int
    claims_late: bool

    def until_done(self, verdict: Verdict, kills: int) -> None:
        """Run publishers, most of which die, until nobody waits."""
        while True:
            spare = sum(verdict.kills.values()) >= kills
            victims = [self._victim(spare=spare) for _ in range(self.publishers)]
            processes = [
                self.context.Process(target=publish_until_killed, args=(victim,), daemon=True)
                for victim in victims
            ]
            for process in processes:
                process.start()
            for process, victim in zip(processes, victims, strict=True):
                process.join()
                verdict.runs += 1
                if process.exitcode == -signal.SIGKILL:
                    assert victim.window is not None
                    verdict.kills[victim.window] += 1
                else:
                    assert process.exitcode == 0, f"a publisher failed: {process.exitcode}"
            counts = self.where.ledger.counts(self.where.stored.plan.id)
            if not any(
                counts[each]
                for each in (Submission.PLANNED, Submission.THROTTLED, Submission.CLAIMED)
            ):
                return

    def _victim(self, *, spare: bool) -> Victim:
        window = None if spare or self.draw.random() < 0.05 else self.draw.choice(list(Window))
        return Victim(
            self.where.state_dir,
            self.where.ledger.engine.url.render_as_string(hide_password=False),
            self.sim.url,
            window,
            self.draw.randint(1, LONGEST_MS if window is Window.ANY else 3),
            self.where.stored.plan.issue,
            self.claims_late,
        )

    def close(self, events: Path, verdict: Verdict) -> None:
        """Pull the events, then compare the ledger with what the simulator accepted."""
        from pismo.feedback import pull

        ledger, plan = self.where.ledger, self.where.stored.plan
        doubtful = set(ledger.in_doubt(plan.id))
        if events.exists():
            pull(events, ledger, lambda: datetime.now(UTC))
        accepted = self.sim.state.accepted_by_tag.get("delivery", Counter())
        still = set(ledger.in_doubt(plan.id))
        recorded = {one.id for one in ledger.who(plan.id, Submission.ACCEPTED)}
        books = close_books(plan, ledger)
        verdict.letters += books.audience
        verdict.repeated += sum(1 for count in accepted.values() if count > 1)
        everybody = {delivery_id(plan.id, place) for place in range(books.audience)}
        refused = {one.id for one in ledger.who(plan.id, Submission.REFUSED)}
        verdict.lost += len(everybody - set(accepted) - still - refused)
        verdict.unrecorded += len(set(accepted) - recorded)
        verdict.unaccepted += len(recorded - set(accepted))
        verdict.settled_by_events += len(doubtful - still)
        verdict.listed += len(still)


def _faults(draw: random.Random) -> list[Fault]:
    """Draw what goes wrong with a plan's calls beside the kills."""
    some = [
        Fault(kind=FaultKind.DROP, probability=0.04),
        Fault(kind=FaultKind.RESET, probability=0.04),
        Fault(kind=FaultKind.THROTTLE, probability=0.06),
        Fault(kind=FaultKind.ERROR, status=503, accepted=True, probability=0.03),
        Fault(kind=FaultKind.ERROR, status=500, accepted=False, probability=0.03),
        Fault(kind=FaultKind.TRUNCATE, probability=0.03),
        Fault(kind=FaultKind.GARBAGE, probability=0.03),
        Fault(kind=FaultKind.PARTIAL, count=3, probability=0.03),
        Fault(kind=FaultKind.HANG, accepted=True, probability=0.01),
    ]
    return draw.sample(some, 3)
