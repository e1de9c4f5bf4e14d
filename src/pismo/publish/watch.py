"""Looking around while letters leave: who or what wants this run to end, or to slow down."""

import math

from pismo.ledger import Ledger, Tally
from pismo.model.people import Outcome as Fate
from pismo.publish.breaker import Breaker
from pismo.publish.job import Job
from pismo.publish.pace import Pace

LOOK_S = 1.0
"""How often a publisher asks whether somebody wants it to stop, or has been throttled."""
EVENTS_S = 2.0
EVENTS_SHARE = 20
"""Events are counted again after so many times as long as counting them took."""
ACCOUNT_S = 60.0


def tally_of(ledger: Ledger, plan_id: str) -> Tally:
    """Count what events have said about a plan's letters."""
    outcomes = ledger.outcomes(plan_id)
    return Tally(sum(outcomes.values()), outcomes[Fate.BOUNCED], outcomes[Fate.COMPLAINED])


class Watch:
    """Why a run ends early: `stopped` is '' until it does, `by_itself` if no person asked."""

    def __init__(self, job: Job, pace: Pace, breaker: Breaker) -> None:
        self._job = job
        self._pace = pace
        self._breaker = breaker
        self._looked_at = self._events_at = self._account_at = job.clock.steady()
        self._cuts = job.ledger.last_cut().number
        self.stopped = ""
        self.by_itself = False

    def stop(self, reason: str, *, alert: bool = False, hold: bool = False) -> None:
        """End the run; the first reason stays.

        Args:
            reason: Why.
            alert: Whether no person asked for it, and one has to know.
            hold: Whether a person has to go on: the next run would do the same harm.
        """
        if self.stopped:
            return
        self.stopped = reason
        self.by_itself = alert
        if hold:
            self._job.ledger.hold(self._job.stored.plan.id, reason, self._job.clock.now())
        self._log("stopping", reason=reason)

    def should_stop(self, settled: int) -> bool:
        """Look at signals, `pismo stop`, events and the account, each when it is due."""
        now = self._job.clock.steady()
        if self._job.stopping():
            self.stop("somebody ended this process; what was under way is settled")
        if now - self._looked_at >= LOOK_S:
            self._looked_at = now
            self._look_at_others()
        if now >= self._events_at:
            self.look_at_events(settled)
        if now - self._account_at >= ACCOUNT_S:
            self._account_at = now
            self._look_at_account()
        if self._breaker.reason:
            self.stop(self._breaker.reason, alert=True, hold=True)
        return bool(self.stopped)

    def look_at_events(self, settled: int) -> None:
        """Judge what events have brought so far."""
        clock = self._job.clock
        begun = clock.steady()
        self._breaker.look(tally_of(self._job.ledger, self._job.stored.plan.id))
        now = clock.steady()
        self._events_at = now + max(EVENTS_S, EVENTS_SHARE * (now - begun))
        rate = None if math.isinf(self._pace.rate) else round(self._pace.rate, 1)
        self._log("progress", settled=settled, rate=rate)

    def tell_cut(self) -> None:
        """Tell the other publishers of this state database: they use the same account."""
        self._cuts = self._job.ledger.tell_cut(self._pace.rate)

    def _look_at_others(self) -> None:
        ledger = self._job.ledger
        if ledger.stop_requested(self._job.stored.plan.id):
            self.stop("somebody asked to stop: pismo stop")
        cut = ledger.last_cut()
        if cut.number != self._cuts:
            self._cuts = cut.number
            self._pace.heed(cut.rate)
            self._log("slowed-down", rate=self._pace.rate)

    def _look_at_account(self) -> None:
        self._pace.set_quota(self._job.account.rate())
        if self._job.account.left() <= 0:
            self.stop("the account's letters of the last 24 hours are used up")

    def _log(self, event: str, **fields: object) -> None:
        self._job.log.write(event, self._job.clock.now(), **fields)
