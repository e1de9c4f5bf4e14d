"""Publish a plan: consent, claim, hand over, settle; nobody lost, nobody twice.

    pending -> may_send -> claim (on disk) -> transport, in threads -> settle (on disk)

A letter is claimed before it is handed over and settled after it was answered, so a crash at any
moment leaves it planned, settled, or claimed; what a dead publisher had claimed is in doubt, and
never handed over again by itself.
"""

import math
import os
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from itertools import groupby

from pismo.consent import may_send
from pismo.errors import PismoError, StoppedError, file_trouble
from pismo.ledger import Publisher, Settled
from pismo.model.people import Submission
from pismo.plan.handed import note_handed
from pismo.publish.breaker import Breaker
from pismo.publish.canary import canary_rests_until, note_canary
from pismo.publish.hands import Hands, ManyHands, OwnHands
from pismo.publish.job import Job, Outcome
from pismo.publish.pace import Pace
from pismo.publish.pending import Pending, Queue, Waiting
from pismo.publish.report import close_books
from pismo.publish.watch import LOOK_S, Watch
from pismo.transports.base import Halt, Outgoing, Result

CLAIM_S = 0.1
"""A claim covers what leaves in this many seconds, or one batch if that is more."""
CLAIM_MOST = 500
SETTLE_AFTER = 500
SETTLE_S = 0.25
REST_S = 5.0
"""How often a publisher that waits for an hour looks whether somebody wants it to stop."""
TRANSIENT_TRIES = 3
UNREACHABLE_TRIES = 6
CANARY_BAD = 0.05
BOGUS_WAIT_S = 60.0


def publish(job: Job) -> Outcome:
    """Hand over what is due of a plan, and close the books.

    Raises:
        StateError: If another process publishes this issue on SQLite, or the database fails
            before anything was handed over.
        StoppedError: If it fails later; what was handed over is settled or in doubt.
    """
    owner = f"{socket.gethostname()}, process {os.getpid()}"
    began = job.clock.steady()
    with ExitStack() as stack:
        lease = job.ledger.lease(job.stored.plan.issue, owner, job.clock.now())
        publisher = stack.enter_context(lease)
        hands: Hands = OwnHands(job.transport)
        if job.threads:
            hands = stack.enter_context(ManyHands(job.transport, job.threads))
        run = _Run(job, publisher, hands)
        stored = job.stored
        note_handed(stored.folder, stored.plan.id, job.ledger, publisher)
        with _told_as_stopped(run):
            run.everything()
            _check_not_superseded(job)
            with suppress(OSError):  # a full disk: the run itself is noted, and its books are right
                note_handed(stored.folder, stored.plan.id, job.ledger, publisher)
    return Outcome(
        books=close_books(job.stored.plan, job.ledger),
        stopped=run.watch.stopped,
        next_hour=run.next_hour,
        seconds=job.clock.steady() - began,
        adopted=run.adopted,
        by_itself=run.watch.by_itself,
        settled=run.settled,
        found=run.found,
    )


def _check_not_superseded(job: Job) -> None:
    """Say so if a newer plan has taken over meanwhile: the books are kept there.

    Raises:
        StoppedError: With the plan that counts now.
    """
    plan = job.stored.plan
    latest = job.ledger.latest_plan(plan.issue)
    if latest is not None and latest.id != plan.id:
        raise StoppedError(
            f"{plan.issue} was planned anew meanwhile: plan {latest.id} has taken over whoever got"
            " their letter",
            hint=f"to go on with it: pismo resume {plan.issue}",
            ru=f"{plan.issue} тем временем запланировали заново: те, кому письмо уже ушло, теперь в"
            f" плане {latest.id}",
            hint_ru=f"продолжить по нему: pismo resume {plan.issue}",
        )


@contextmanager
def _told_as_stopped(run: "_Run") -> Iterator[None]:
    """Turn an error after the first letter into «stopped»: exit 4 means that nothing was sent."""
    try:
        yield
    except StoppedError:
        raise
    except (PismoError, OSError) as error:
        if not run.settled:
            raise
        told = file_trouble(error) if isinstance(error, OSError) else error
        issue = run.job.stored.plan.issue
        raise StoppedError(
            f"publishing stopped after {run.settled} letters: {told.message}",
            hint=f"{told.hint or 'mend it'}; then: pismo resume {issue}",
            ru=f"публикация остановилась, писем ушло: {run.settled}; {told.ru or told.message}",
            hint_ru=f"{told.hint_ru or told.hint or 'исправьте'}; потом: pismo resume {issue}",
        ) from error


class _Run:
    """One run of one publisher."""

    def __init__(self, job: Job, publisher: Publisher, hands: Hands) -> None:
        self.job = job
        self._publisher = publisher
        self._hands = hands
        self._clock = job.clock
        self._pace = Pace(job.account.rate(), job.clock)
        excused = job.ledger.excused(job.stored.plan.id)
        self._breaker = Breaker(job.settings.limits, excused)
        self.watch = Watch(job, self._pace, self._breaker)
        self._editions = job.stored.editions()
        self._pending = Pending(job.stored, job.ledger, job.signer, hours=job.hours)
        self._queue = Queue(iter(()))
        self._in_hand: dict[str, Waiting] = {}
        self._answers: list[Settled] = []
        self._transient: Counter[str] = Counter()
        self._unreachable = 0
        self._alone = False
        self._left_today = math.inf
        self._canary: Counter[Submission] = Counter()
        self._settled_at = self._clock.steady()
        self.settled = 0
        self.adopted = 0
        self.found = 0
        self.next_hour: tuple[datetime, str] | None = None

    def everything(self) -> None:
        """Settle what a dead publisher left, then hand over what is due, hour after hour."""
        self._log("started", editions=len(self._editions))
        self._adopt()
        self.watch.look_at_events(0)
        try:
            while True:
                self._pass()
                self.next_hour = self._pending.next_hour(self._clock.now())
                if self.watch.stopped or self.next_hour is None or not self.job.wait:
                    break
                self._rest_until(self.next_hour[0])
        finally:
            self._drain()
        if not self.watch.stopped:
            self._withdraw_erased()
        self._log("finished", settled=self.settled, stopped=self.watch.stopped)

    def _adopt(self) -> None:
        """Settle what claims of dead publishers can be settled: by looking, where one can."""
        ledger, plan = self.job.ledger, self.job.stored.plan
        now = self._clock.now()
        self.adopted = len(ledger.adopt_orphans(plan.id, now, publisher=self._publisher))
        if self.adopted:
            self._log("adopted", in_doubt=self.adopted)
        if self.job.look is None:
            return
        doubtful = ledger.in_doubt(plan.id)
        there = self.job.look(doubtful)
        self.found = len(there)
        # The outbox shows a letter or it was never handed over: nothing stays in doubt there.
        ledger.settle(
            [Settled(name, Submission.ACCEPTED) for name in doubtful if name in there],
            now,
            publisher=self._publisher.num,
        )
        ledger.retry_in_doubt(plan.id, [name for name in doubtful if name not in there], now)

    def _pass(self) -> None:
        """Hand over everything whose hour has come, as far as a warm-up's day allows."""
        zones = self._pending.due(self._clock.now())
        self._queue = Queue(iter(self._pending.people(zones)))
        self._left_today = self._warm_up_left()
        in_canary = True
        while not self._should_stop():
            group = self._queue.next(max(1, self._group_size()), self._is_canary)
            if group and self._left_today <= 0:
                self.watch.stop("warm-up: today's letters are sent; the next ones leave tomorrow")
                return
            if group and in_canary and not self._is_canary(group[0]):
                in_canary = False
                if not self._canary_sings():
                    return
            if group:
                self._hand_over(group)
            elif not self._hands.busy and not self._answers and not self._queue.has_again:
                return
            else:
                self._collect(SETTLE_S)
                self._settle_now()

    def _group_size(self) -> int:
        most = int(min(CLAIM_MOST, self._left_today))
        if math.isinf(self._pace.rate):
            return most
        return min(most, max(self._pace.batch, math.ceil(self._pace.rate * CLAIM_S)))

    def _warm_up_left(self) -> float:
        """Return how many letters a warm-up still allows today (in UTC); infinite without one."""
        today = self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        bound = self.job.settings.daily_bound(today.date())
        return math.inf if bound is None else bound - self.job.ledger.accepted_since(today)

    def _hand_over(self, group: Sequence[Waiting]) -> None:
        """Ask for consent once more, claim, and give the claimed ones to the hands, in batches."""
        self._wait_for_pace()
        if self.watch.stopped:
            return  # nothing of the group was touched
        free = self._still_allowed(group)
        if any(answer.submission is Submission.THROTTLED for answer in self._answers):
            self._settle_now()  # a throttled letter is claimed again only after it was let go
        now = self._clock.now()
        claimed = set(
            self.job.ledger.claim(
                self.job.stored.plan.id,
                [one.id for one in free],
                now,
                publisher=self._publisher.num,
            )
        )
        mine = [one for one in free if one.id in claimed]
        self._left_today -= len(mine)
        self._in_hand.update((one.id, one) for one in mine)
        for _, letters in groupby(mine, key=lambda one: one.planned.recipient.segment):
            some = list(letters)
            while some:
                size = self._pace.batch
                self._begin(some[:size])
                some = some[size:]

    def _still_allowed(self, group: Sequence[Waiting]) -> list[Waiting]:
        job, now = self.job, self._clock.now()
        people = [(one.planned.recipient.id, one.planned.recipient.address or "") for one in group]
        barred = may_send(
            job.keys.readers(people), newsletter=job.newsletter, moment=now, ledger=job.ledger
        )
        if not barred:
            return list(group)
        reasons = {
            one.id: barred[one.planned.recipient.id]
            for one in group
            if one.planned.recipient.id in barred
        }
        job.ledger.withdraw(reasons, now)
        self.settled += len(reasons)
        return [one for one in group if one.id not in reasons]

    def _begin(self, batch: Sequence[Waiting]) -> None:
        """Give one batch away as soon as the pace and a free hand allow, unless all is stopped."""
        self._wait_for_pace()
        while not self._hands.free:
            self._collect(SETTLE_S)
        self._share_rate(len(batch))
        if self.watch.stopped:
            for one in batch:
                self._note(Result(one.id, Submission.THROTTLED, detail="not tried"))
            return
        self._pace.spend(len(batch))
        self._hands.take(
            [
                Outgoing(
                    one.id, self._editions[one.planned.recipient.segment], one.planned.recipient
                )
                for one in batch
            ]
        )
        self._collect(0.0)
        self._settle_if_due()

    def _wait_for_pace(self) -> None:
        """Let time pass until the next call may leave; answers are collected meanwhile."""
        while (delay := self._pace.delay()) > 0 and not self._should_stop():
            self._pause(delay)

    def _share_rate(self, letters: int) -> None:
        """Take turns with other publishers of this state database: they use the same account."""
        if math.isinf(self._pace.rate) or self._alone:
            return
        seconds = self.job.ledger.reserve(
            "letters",
            letters,
            rate=self._pace.rate,
            burst=self._pace.batch,
            now=self._clock.now().timestamp(),
        )
        if seconds > BOGUS_WAIT_S:
            # Somebody's wall clock was ahead and has been set back: nobody queues that long.
            self._alone = True
            self._log("clock-jumped", wait=round(seconds))
            return
        until = self._clock.steady() + seconds
        while (left := until - self._clock.steady()) > 0 and not self._should_stop():
            self._pause(left)

    def _pause(self, seconds: float) -> None:
        if self._hands.busy:
            self._collect(min(seconds, SETTLE_S))
        else:
            self._clock.wait(min(seconds, LOOK_S))
        self._settle_if_due()

    def _collect(self, timeout_s: float) -> None:
        for batch, results in self._hands.collect(timeout_s):
            self._learn(results)
            for result in results:
                self._note(result)
            if len(batch) != len(results):
                raise AssertionError("a transport answers for every letter")

    def _learn(self, results: Sequence[Result]) -> None:
        """Adapt the pace, and stop if the transport says that going on makes no sense."""
        halts = {result.halt for result in results}
        accepted = sum(result.submission is Submission.ACCEPTED for result in results)
        if Halt.SLOW_DOWN in halts:
            if self._pace.throttled(len(results), accepted):
                self.watch.tell_cut()
            self._log("throttled", letters=len(results), accepted=accepted, rate=self._pace.rate)
        if Halt.UNREACHABLE in halts:
            self._unreachable += 1
            if self._unreachable >= UNREACHABLE_TRIES:
                self.watch.stop(
                    f"the mail service does not answer ({results[-1].detail})", alert=True
                )
            else:
                self._clock.wait(2.0 ** (self._unreachable - 1))
        elif results:
            self._unreachable = 0
        if Halt.DAILY_QUOTA in halts:
            self.watch.stop("the account's letters of the last 24 hours are used up")
        if Halt.ACCOUNT in halts:
            detail = next(result.detail for result in results if result.halt is Halt.ACCOUNT)
            self.watch.stop(f"the account may not send: {detail}", alert=True)

    def _note(self, result: Result) -> None:
        one = self._in_hand.pop(result.id)
        self._answers.append(
            Settled(result.id, result.submission, result.message_id or None, result.detail or None)
        )
        if result.submission is Submission.THROTTLED:
            if result.halt is Halt.NONE:
                self._transient[result.id] += 1
            if self._transient[result.id] < TRANSIENT_TRIES:
                self._queue.again(one)
            return
        self._breaker.settled(result.submission)
        if self._is_canary(one):
            self._canary[result.submission] += 1

    def _settle_if_due(self) -> None:
        late = self._clock.steady() - self._settled_at > SETTLE_S
        if len(self._answers) >= SETTLE_AFTER or (self._answers and late):
            self._settle_now()

    def _settle_now(self) -> None:
        self._settled_at = self._clock.steady()
        if not self._answers:
            return
        answers, self._answers = self._answers, []
        # A throttled letter did not leave: whoever is told a number is told how many did.
        self.settled += sum(one.submission is not Submission.THROTTLED for one in answers)
        try:
            self.job.ledger.settle(answers, self._clock.now(), publisher=self._publisher.num)
        except PismoError:
            # Still claimed: the next publisher finds them in doubt, and the events settle them.
            self._log("not-settled", letters=len(answers))
            raise
        self.job.progress(self.settled)

    def _drain(self) -> None:
        """Wait for every answer that is under way, and settle it."""
        while self._hands.busy:
            self._collect(SETTLE_S)
        self._settle_now()

    def _is_canary(self, one: Waiting) -> bool:
        return one.planned.place < self.job.stored.canary

    def _canary_sings(self) -> bool:
        """Judge the canary share before everybody else; False ends the pass."""
        self._drain()
        sent = sum(self._canary.values())
        if not sent:
            return self._canary_has_rested()
        note_canary(self.job.stored.folder, self._clock.now())
        bad = self._canary[Submission.REFUSED] + self._canary[Submission.IN_DOUBT]
        self._log("canary", sent=sent, bad=bad)
        self._canary.clear()
        if bad >= 3 and bad > sent * CANARY_BAD:
            said = f"{bad} of the first {sent} letters did not go through"
            self.watch.stop(said, alert=True, hold=True)
            return False
        return self._canary_has_rested()

    def _canary_has_rested(self) -> bool:
        """Give events of the canary share their minutes; False if that is for a later run."""
        minutes = self.job.settings.canary_minutes
        until = canary_rests_until(self.job.stored.folder, minutes)
        if until is None or until <= self._clock.now():
            return True
        if not self.job.wait:
            self.watch.stop(
                f"the first letters are out; look at them, the rest may leave at {until:%H:%M} UTC"
            )
            return False
        self._rest_until(until)
        self.watch.look_at_events(self.settled)
        return not self._should_stop()

    def _rest_until(self, moment: datetime) -> None:
        """Wait for the next hour, looking around all the while."""
        self._drain()
        while not self._should_stop():
            left = (moment - self._clock.now()).total_seconds()
            if left <= 0:
                return
            self._clock.wait(min(left, REST_S))

    def _withdraw_erased(self) -> None:
        """Take back the letters of people who were erased from the stored plan."""
        gone = self._pending.erased()
        if gone:
            withdrawn = self.job.ledger.withdraw(dict.fromkeys(gone, "erased"), self._clock.now())
            self._log("erased", withdrawn=withdrawn)

    def _should_stop(self) -> bool:
        return self.watch.should_stop(self.settled)

    def _log(self, event: str, **fields: object) -> None:
        self.job.log.write(event, self._clock.now(), **fields)
