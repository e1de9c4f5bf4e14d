"""`pismo publish`, `resume` and `stop`: hand a plan's letters over, and close the books."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pismo.cli.books import (
    OUTCOMES_ASKED,
    echo_books,
    echo_doubtful,
    tell,
    tell_all,
    tell_who,
    what_next,
)
from pismo.cli.common import Call, json_option, print_json, say
from pismo.errors import ExitCode, PismoError, SendError, UsageError

if TYPE_CHECKING:
    from pismo.plan.state import State
    from pismo.plan.store import StoredPlan
    from pismo.publish import Outcome
    from pismo.tongue import Tongue

STATES = ("planned", "claimed", "accepted", "refused", "throttled", "in_doubt", "withdrawn")
_PROGRESS_EVERY_S = 5.0


@click.command("publish")
@click.argument("issue", required=False)
@click.option("--to", type=click.Choice(["outbox", "ses"]), help="Files on this machine, or SES.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option(
    "--first-use",
    is_flag=True,
    help="It is right that this state database knows nothing of earlier letters through SES.",
)
@click.option("--over-days", is_flag=True, help="Go on even if the day's quota is too small.")
@click.option(
    "--retry-in-doubt", is_flag=True, help="Also try again who may have it: some get it twice."
)
@click.option("--wait", is_flag=True, help="Stay until the last reader's hour.")
@click.option(
    "--at-once/--at-hour",
    "at_once",
    default=None,
    help="Heed send_at or don't; SES does by default, the outbox doesn't.",
)
@click.option(
    "--status",
    is_flag=True,
    help="Only say how the books stand, of all issues if none is named; exits 0 whatever they say.",
)
@click.option(
    "--who", type=click.Choice([*STATES, *map(str, OUTCOMES_ASKED)]), help="Only list who."
)
@json_option
@click.pass_obj
def publish_command(  # one parameter per option
    call: Call,
    issue: str | None,
    *,
    to: str | None,
    yes: bool,
    first_use: bool,
    over_days: bool,
    retry_in_doubt: bool,
    wait: bool,
    at_once: bool | None,
    status: bool,
    who: str | None,
    as_json: bool,
) -> None:
    """Hand the letters of ISSUE's plan over: everybody once, nobody lost.

    It may be run again at any time: whoever has a letter gets no second one. Exit code 3 says
    that somebody still waits, was throttled, or is in doubt.
    """
    from pismo.plan.state import latest_plan, open_state
    from pismo.publish.gate import check_not_stopped

    workspace = call.workspace
    if issue is None and not status:
        raise _no_issue()
    with open_state(workspace, os.environ) as state:
        if issue is None:
            tell_all(call, state.ledger, as_json=as_json)
            return
        if who:
            tell_who(workspace, state.ledger, issue, who, as_json=as_json)
            return
        if status:
            tell(workspace, state, issue, call.tongue, as_json=as_json)
            return
        stored = latest_plan(workspace, state.ledger, issue)
        if to is None:
            raise UsageError(
                "say where to: --to outbox, or --to ses",
                ru="скажите куда: --to outbox или --to ses",
            )
        check_not_stopped(state.ledger, stored)
        run = _Run(call, state, stored, to, at_once, wait, over_days, first_use, as_json)
        run.check()
        if not yes:
            _ask(stored, to, call.tongue, _doubtful(state, stored) if retry_in_doubt else 0)
        if retry_in_doubt:
            _retry(state, stored, call.tongue)
        run.go()


def _no_issue() -> UsageError:
    return UsageError(
        "say which issue",
        hint="pismo publish --status lists all that were planned",
        ru="скажите, какой выпуск",
        hint_ru="всё, что в планах: pismo publish --status",
    )


@click.command("resume")
@click.argument("issue")
@click.option("--over-days", is_flag=True, help="Go on even if the day's quota is too small.")
@click.option("--wait", is_flag=True, help="Stay until the last reader's hour.")
@click.option("--at-once/--at-hour", "at_once", default=None, help="Heed send_at or don't.")
@json_option
@click.pass_obj
def resume_command(
    call: Call, issue: str, *, over_days: bool, wait: bool, at_once: bool | None, as_json: bool
) -> None:
    """Go on with ISSUE where it stopped, by the way it was begun; settle what can be settled."""
    from pismo.plan.state import latest_plan, open_state
    from pismo.plan.store import begun_at_once, sent_by
    from pismo.publish.watch import tally_of

    workspace = call.workspace
    with open_state(workspace, os.environ) as state:
        stored = latest_plan(workspace, state.ledger, issue)
        to = sent_by(stored.folder)
        if not to:
            raise UsageError(
                f"publishing {issue} has not begun", hint=f"pismo publish {issue} --to outbox",
                ru=f"публикация {issue} ещё не начиналась",
                hint_ru=f"pismo publish {issue} --to outbox",
            )  # fmt: skip
        if at_once is None and begun_at_once(stored.folder):
            at_once = True
        run = _Run(call, state, stored, to, at_once, wait, over_days, False, as_json)
        run.check()
        plan = stored.plan.id
        state.ledger.release(plan, tally_of(state.ledger, plan))
        run.go()


@click.command("stop")
@click.argument("issue")
@json_option
@click.pass_obj
def stop_command(call: Call, issue: str, *, as_json: bool) -> None:
    """Stop publishing ISSUE after what is under way, wherever it runs."""
    from pismo.plan.state import open_state, plan_row
    from pismo.publish import close_books, plan_of

    tongue = call.tongue
    with open_state(call.workspace, os.environ) as state:
        row = plan_row(call.workspace, state.ledger, issue)
        state.ledger.request_stop(row.id, datetime.now(UTC))
        books = close_books(plan_of(row), state.ledger)
    if as_json:
        print_json({**books.as_json(), "stopped": True})
        return
    if books.is_done:
        done = tongue("is finished, there is nothing to stop", "— уже всё, останавливать нечего")
        say(f"{issue} {done}: pismo publish {issue} --status")
        return
    stops = tongue(
        "stops after what is under way. To go on", "остановится на том, что уже уходит. Продолжить"
    )
    say(f"{issue} {stops}: pismo resume {issue}")


class _Run:
    """One run of publish or resume, told to a person or a machine."""

    def __init__(  # what the options said
        self,
        call: Call,
        state: "State",
        stored: "StoredPlan",
        to: str,
        at_once: bool | None,
        wait: bool,
        over_days: bool,
        first_use: bool,
        as_json: bool,
    ) -> None:
        self._workspace, self._tongue = call.workspace, call.tongue
        self._state, self._stored, self._to = state, stored, to
        self._hours = (to == "ses") if at_once is None else not at_once
        self._wait, self._over_days = wait, over_days
        self._options = _given(at_once, over_days=over_days)
        self._first_use, self._as_json = first_use, as_json
        self._before = ""

    def check(self) -> None:
        """Refuse what must not be published; nothing has been sent then."""
        from pismo.plan.handed import check_not_put_back
        from pismo.publish.gate import check_for_ses, check_plan

        check_not_put_back(self._workspace.state_dir, self._state.ledger, self._stored.plan.issue)
        check_plan(self._stored, self._way())
        self._warn_of_changes()
        if self._to == "ses":
            check_for_ses(
                self._workspace, self._stored, self._state.ledger, first_use=self._first_use
            )

    def _way(self) -> str:
        """Name the way of sending; what a simulator took is not what the real SES took."""
        if self._to != "ses":
            return self._to
        from pismo.plan.store import SIMULATED
        from pismo.transports.ses_client import ses_settings

        settings = ses_settings(self._workspace.settings.tables.get("ses", {}), os.environ)
        return f"ses{SIMULATED}" if settings.is_local else "ses"

    def _warn_of_changes(self) -> None:
        """Say that what leaves is what was planned, if issue or audience are others by now."""
        from pismo.audience import current
        from pismo.compile import compile_issue

        plan = self._stored.plan
        snapshot = current(self._workspace.state_dir)
        if snapshot is not None and snapshot.id != self._stored.snapshot:
            say(
                self._tongue(
                    "The audience was brought in anew since the plan, which does not know the new"
                    f" people. To take them in: pismo plan {plan.issue}",
                    "После плана аудиторию загружали снова, и новых людей он не знает. Взять и их:"
                    f" pismo plan {plan.issue}",
                )
            )
        try:
            editions = compile_issue(self._workspace, plan.issue).editions
        except PismoError:
            editions = ()  # it does not even compile any more: then it has changed
        if {one.segment: one.digest for one in editions} != dict(plan.editions):
            said = self._tongue(
                "The issue has changed since the plan; what was planned leaves. To give the new"
                " text to whoever has no letter:",
                "Выпуск изменился после плана; уйдёт то, что запланировано. Отдать новый текст тем,"
                " у кого письма ещё нет:",
            )
            say(f"{said} pismo plan {plan.issue} --amend")

    def go(self) -> None:
        """Publish, print the books, and exit 3 if somebody is left."""
        from pismo.plan.store import bind_transport
        from pismo.publish import SystemClock, nothing_new, publish
        from pismo.publish.start import Manner, outbox_job, ses_job, stopped_by_signals

        self._before = nothing_new(self._stored.plan, self._state.ledger, self._tongue)
        clock = SystemClock()
        with stopped_by_signals(clock) as stopping:
            manner = Manner(
                clock=clock,
                hours=self._hours,
                wait=self._wait,
                stopping=stopping,
                progress=_Progress(clock.steady, self._tongue).tell,
            )
            about = self._workspace, self._state, self._stored, manner
            if self._to == "ses":
                job = ses_job(*about, environ=os.environ, over_days=self._over_days)
                self._state.ledger.note_use("ses")
            else:
                job = outbox_job(*about)
            bind_transport(
                self._stored.folder, self._way(), at_once=self._to == "ses" and not self._hours
            )
            outcome = publish(job)
        self._alert(outcome)
        self._print(outcome)
        if not outcome.books.is_done:
            sys.exit(ExitCode.STOPPED)

    def _alert(self, outcome: "Outcome") -> None:
        from pismo.publish.log import alert
        from pismo.publish.settings import pace_settings

        if not outcome.by_itself:
            return
        command = pace_settings(self._workspace.settings.tables.get("pace", {})).alert
        problem = alert(command, {**outcome.books.as_json(), "stopped": outcome.stopped})
        if problem:
            say(problem)

    def _print(self, outcome: "Outcome") -> None:
        from pismo.publish import START_AFRESH

        books, plan, tongue = outcome.books, self._stored.plan, self._tongue
        doubtful = list(self._state.ledger.in_doubt(plan.id)) if books.in_doubt else []
        if self._as_json:
            following = outcome.next_hour
            print_json(
                {
                    **books.as_json(),
                    "seconds": round(outcome.seconds, 3),
                    "stopped": outcome.stopped,
                    "next": following and following[0].isoformat(),
                    "in_doubt_ids": doubtful,
                }
            )
            return
        echo_books(books, self._state.ledger.outcomes(plan.id), tongue)
        echo_doubtful(books.issue, doubtful, tongue)
        if outcome.found:
            found = tongue.number(outcome.found)
            say(
                tongue(
                    f"were in doubt, and their letters are in the outbox: {found}",
                    f"были под вопросом, а письма лежат в outbox: {found}",
                )
            )
        settled, seconds = tongue.number(outcome.settled), tongue.decimal(outcome.seconds, 1)
        say(
            tongue(
                f"settled now: {settled}, in {seconds} s",
                f"обработано сейчас: {settled}, за {seconds} с",
            )
        )
        if self._lacks_pictures():
            say(
                tongue(
                    "Pictures do not show in these letters: in pyproject.toml, set"
                    " [tool.pismo.site] base_url to where build/site/ will be. To look at them"
                    " now: build/letters/, or pismo preview",
                    "Картинок в этих письмах не видно: впишите в pyproject.toml, в"
                    " [tool.pismo.site], base_url — где будет лежать build/site/. Посмотреть их"
                    " сейчас: build/letters/ или pismo preview",
                )
            )
        if self._before:
            afresh = tongue(*START_AFRESH) if self._to == "outbox" else ""
            say(f"{tongue('Nothing to do', 'Делать нечего')}: {self._before}. {afresh}".rstrip())
            return
        say(what_next(outcome, self._to, self._workspace, self._options, tongue))

    def _lacks_pictures(self) -> bool:
        """Tell whether letters point at pictures whose place nobody has named."""
        named = self._workspace.settings.site_base_url
        return not named and any(one.images for one in self._stored.editions().values())


def _given(at_once: bool | None, *, over_days: bool) -> str:
    """Return the options that a person must repeat for going on in the same manner."""
    hours = "" if at_once is None else " --at-once" if at_once else " --at-hour"
    return hours + (" --over-days" if over_days else "")


def _doubtful(state: "State", stored: "StoredPlan") -> int:
    return len(state.ledger.in_doubt(stored.plan.id))


def _ask(stored: "StoredPlan", to: str, tongue: "Tongue", again: int) -> None:
    from pismo.cli.plan import plan_table

    for line in plan_table(stored.plan, tongue):
        say(line)
    if again:
        count = tongue.number(again)
        say(
            tongue(
                f"In doubt, and to be tried again: {count}. Whoever has the letter already"
                " gets it twice.",
                f"Под сомнением, и пробуем снова: {count}. Кто письмо уже получил, получит"
                " его дважды.",
            )
        )
    if not sys.stdin.isatty():
        raise UsageError(
            "publishing needs a yes", hint="look at the plan, then add --yes",
            ru="публикации нужно ваше «да»", hint_ru="посмотрите на план и добавьте --yes",
        )  # fmt: skip
    issue = stored.plan.issue
    question = tongue(f"To publish to {to}, type {issue}", f"Публикуем ({to})? Наберите {issue}")
    if click.prompt(question, err=True).strip() != issue:
        raise SendError("nothing was sent", ru="ничего не отправлено")


def _retry(state: "State", stored: "StoredPlan", tongue: "Tongue") -> None:
    count = state.ledger.retry_in_doubt(stored.plan.id, None, datetime.now(UTC))
    say(
        tongue(
            f"{count} in doubt are tried again; whoever has the letter already gets it twice.",
            f"Под сомнением и пробуем снова: {count}; кто письмо уже получил, получит его дважды.",
        )
    )


class _Progress:
    """A line now and then: how many letters are settled."""

    def __init__(self, steady: Callable[[], float], tongue: "Tongue") -> None:
        self._steady = steady
        self._tongue = tongue
        self._told = 0.0

    def tell(self, settled: int) -> None:
        """Say it, at most every few seconds."""
        now = self._steady()
        if not self._told:
            self._told = now
        elif now - self._told >= _PROGRESS_EVERY_S:
            self._told = now
            tongue = self._tongue
            say(tongue(f"{settled:,} settled", f"готово: {tongue.number(settled)}"))
