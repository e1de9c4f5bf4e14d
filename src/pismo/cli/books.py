"""How the books of an issue stand, said to a person: sums, outcomes, who, and what to do next."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pismo.cli.common import Call, print_json, say
from pismo.cli.words import reason_said, state_said
from pismo.errors import PlanError
from pismo.model.people import Outcome as CameTo
from pismo.model.people import Submission

if TYPE_CHECKING:
    from pismo.ledger import Ledger, PlanRow
    from pismo.model.workspace import Workspace
    from pismo.plan.state import State
    from pismo.publish import Books, Outcome
    from pismo.tongue import Tongue

OUTCOMES_ASKED = (CameTo.DELIVERED, CameTo.BOUNCED, CameTo.COMPLAINED)
"""What `--who` lists besides the states; `excluded` people are in no book, only their sums are."""
_TOLD = (*OUTCOMES_ASKED, CameTo.DELAYED)
_DOUBTFUL_SHOWN = 5


def echo_books(books: "Books", outcomes: Mapping[CameTo, int], tongue: "Tongue") -> None:
    """Print the sums of an issue, and what is known of the letters that were accepted."""
    for line in _lines(books, tongue):
        click.echo(line)
    known = [
        tongue(f"{outcomes[one]:,} {one}", f"{state_said(one, tongue)} {outcomes[one]}")
        for one in _TOLD
        if outcomes.get(one)
    ]
    if known:
        click.echo(f"{tongue('of these accepted', 'из принятых')}: {', '.join(known)}")


def _lines(books: "Books", tongue: "Tongue") -> list[str]:
    """Say how an issue's audience is accounted for, line by line."""
    shown = [
        (state_said(name, tongue), getattr(books, name))
        for name in ("accepted", "refused", "throttled", "in_doubt", "withdrawn", "waiting")
    ]
    excluded = tongue("excluded", "без письма")
    shown += [
        (f"{excluded}: {reason_said(reason, tongue)}", count)
        for reason, count in books.excluded.items()
    ]
    audience = tongue.number(books.audience)
    people = tongue(
        f"{audience} people in the audience of {books.issue} =",
        f"{audience} — аудитория {books.issue}, из них:",
    )
    body = [f"  {tongue.number(count):>{len(audience)}}  {name}" for name, count in shown if count]
    return [people, *body]


def echo_doubtful(issue: str, doubtful: Sequence[str], tongue: "Tongue") -> None:
    """Print the first letters in doubt, and how to list the others."""
    for name in doubtful[:_DOUBTFUL_SHOWN]:
        click.echo(f"{state_said(Submission.IN_DOUBT, tongue)}: {name}")
    more = len(doubtful) - _DOUBTFUL_SHOWN
    if more > 0:
        others = tongue(f"and {more:,} more", f"и ещё {tongue.number(more)}")
        click.echo(f"{others}: pismo publish {issue} --who in_doubt")


def what_next(
    outcome: "Outcome", to: str, workspace: "Workspace", options: str, tongue: "Tongue"
) -> str:
    """Say why a run ended and which command follows; `options` are those that were given to it."""
    books, issue = outcome.books, outcome.books.issue
    if outcome.stopped:
        go_on = tongue("To go on", "Продолжить")
        said = f"{tongue('Stopped', 'Остановлено')}: {outcome.stopped}"
        return f"{said}. {go_on}: pismo resume {issue}{options}"
    if outcome.next_hour is not None:
        doubt = f"{_doubt(issue, to, tongue)}\n" if books.in_doubt else ""
        return doubt + _then(outcome.next_hour, issue, to, tongue)
    if books.in_doubt:
        return _doubt(issue, to, tongue)
    if not books.is_done:
        return _left(f"{issue}{options}", tongue)
    if to == "outbox":
        where = f"{workspace.state_dir.name}/outbox/{issue}/new"
        return tongue(f"Letters are in {where}", f"Письма лежат в {where}")
    return (
        tongue(
            "Done. What comes back: pismo feedback pull; how it stands then:",
            "Готово. Что вернулось: pismo feedback pull; что вышло:",
        )
        + f" pismo publish {issue} --status"
    )


def _left(issue: str, tongue: "Tongue") -> str:
    said = tongue("Somebody is left. To go on", "Отправлено не всем. Продолжить")
    return f"{said}: pismo resume {issue}"


def tell(
    workspace: "Workspace", state: "State", issue: str, tongue: "Tongue", *, as_json: bool
) -> None:
    """Say how the books stand, who is at it, and what to do; nothing is sent."""
    from pismo.plan.handed import check_not_put_back
    from pismo.plan.state import plan_row
    from pismo.publish import close_books, plan_of

    check_not_put_back(workspace.state_dir, state.ledger, issue)
    row, ledger = plan_row(workspace, state.ledger, issue), state.ledger
    books, outcomes = close_books(plan_of(row), ledger), ledger.outcomes(row.id)
    held = ledger.counts(row.id)[Submission.CLAIMED]
    stopped, living = ledger.stop_requested(row.id), ledger.living_publishers(issue)
    to, hour = _begun(workspace, state, issue) if books.waiting else ("", None)
    if as_json:
        more = {
            "stopped": stopped,
            "stop_reason": ledger.held_for(row.id),
            "claimed": held,
            "publishers": list(living),
            "next": hour and hour[0],
        }
        print_json({**books.as_json(), "outcomes": outcomes, **more})
        return
    echo_books(books, outcomes, tongue)
    for owner in living:
        say(f"{tongue('is being published by', 'сейчас публикует')} {owner}")
    if held and not living:
        say(
            tongue(
                f"{held:,} of the waiting were in the hands of a publisher that is gone, and may"
                " have their letter: resuming settles what can be settled",
                f"из тех, кто ждёт, {held} были в работе у публикации, которой больше нет: письмо к"
                " ним могло уйти. Продолжение выяснит, что сумеет",
            )
        )
    if reason := ledger.held_for(row.id):
        say(f"{tongue('Stopped by itself', 'Остановлено само')}: {reason}")
    say(_status_next(books, to, hour, tongue, stopped=stopped, is_alive=bool(living)))


def tell_all(call: Call, ledger: "Ledger", *, as_json: bool) -> None:
    """Say how the books of every issue stand that was ever planned, the newest plan first."""
    from pismo.publish import close_books, plan_of

    told = []
    for row in ledger.plans():
        if row.superseded_by:
            continue
        books = close_books(plan_of(row), ledger)
        stopped = ledger.held_for(row.id) or ledger.stop_requested(row.id)
        living = list(ledger.living_publishers(row.issue))
        told.append({**books.as_json(), "stopped": stopped, "publishers": living})
        if not as_json:
            click.echo(f"{row.issue}: {_in_a_line(books, call.tongue, stopped, living)}")
    if as_json:
        print_json({"issues": told})
    elif not told:
        say(
            call.tongue(
                "Nothing is planned. Next: pismo plan ISSUE", "Планов нет: pismo plan ВЫПУСК"
            )
        )


def _in_a_line(books: "Books", tongue: "Tongue", stopped: str | bool, living: Sequence[str]) -> str:
    counts = {
        tongue("accepted", "ушло"): books.accepted,
        tongue("waiting", "ждёт"): books.waiting,
        tongue("throttled", "придержано"): books.throttled,
        tongue("in doubt", "под вопросом"): books.in_doubt,
        tongue("refused", "отказано"): books.refused,
        tongue("withdrawn", "снято"): books.withdrawn,
    }
    shown = [f"{name} {tongue.number(count)}" for name, count in counts.items() if count]
    if stopped:
        why = f": {stopped}" if isinstance(stopped, str) else ""
        shown.append(tongue("stopped", "остановлено") + why)
    shown += [f"{tongue('is being published by', 'сейчас публикует')} {one}" for one in living]
    return ", ".join(shown) or tongue("nobody gets it", "не получит никто")


def tell_who(
    workspace: "Workspace", ledger: "Ledger", issue: str, who: str, *, as_json: bool
) -> None:
    """List who is in one state, or whose letter came to one outcome."""
    from pismo.plan.state import plan_row

    row: PlanRow = plan_row(workspace, ledger, issue)
    asked = CameTo(who) if who in OUTCOMES_ASKED else Submission(who)
    found = ledger.who(row.id, asked)
    if as_json:
        people = [{"id": one.id, "person": one.person, "detail": one.detail} for one in found]
        print_json({"issue": issue, "plan": row.id, "state": who, "who": people})
        return
    for one in found:
        click.echo(f"{one.id}  {one.person}  {one.detail}".rstrip())


def _begun(
    workspace: "Workspace", state: "State", issue: str
) -> tuple[str, tuple[datetime, str] | None]:
    """Say how a plan's letters leave and when the next do; ('', None) if it is not known here."""
    from pismo.plan.state import latest_plan
    from pismo.plan.store import sent_by
    from pismo.publish.pending import Pending

    try:
        stored = latest_plan(workspace, state.ledger, issue)
    except PlanError:
        return "", None  # its people are on another machine: that one knows
    to = sent_by(stored.folder)
    if to != "ses":
        return to, None
    pending = Pending(stored, state.ledger, state.signer, hours=True)
    return to, pending.next_hour(datetime.now(UTC))


def _status_next(
    books: "Books",
    to: str,
    hour: tuple[datetime, str] | None,
    tongue: "Tongue",
    *,
    stopped: bool,
    is_alive: bool,
) -> str:
    issue = books.issue
    if books.is_done:
        return tongue(
            "Everybody is settled; nothing is left to do.", "Со всеми решено, делать больше нечего."
        )
    if stopped:
        by = tongue("Stopped until a person goes on", "Стоит, пока человек не продолжит")
        return f"{by}: pismo resume {issue}"
    if is_alive:
        return f"{tongue('To end it', 'Прервать')}: pismo stop {issue}"
    if hour is not None:
        return _then(hour, issue, to, tongue)
    if books.in_doubt and not (books.waiting or books.throttled):
        return _doubt(issue, to or "ses", tongue)
    if to or books.accepted:
        return _left(issue, tongue)
    begin = tongue("Not begun. Next", "Ещё не начато. Дальше")
    return f"{begin}: pismo publish {issue} --to outbox, {tongue('or', 'или')} --to ses"


def _then(hour: tuple[datetime, str], issue: str, to: str, tongue: "Tongue") -> str:
    from pismo.plan.hours import describe

    coming = f"{tongue('next', 'следующие')}: {describe(*hour, tongue.language)}"
    return f"{coming}. {tongue('Then', 'Тогда')}: pismo publish {issue} --to {to} --yes"


def _doubt(issue: str, to: str, tongue: "Tongue") -> str:
    return (
        tongue(
            "Who is in doubt may have the letter; events settle it: pismo feedback pull."
            " To send again all the same:",
            "Те, кто под сомнением, письмо могли и получить; решат события: pismo feedback pull."
            " Отправить всё равно ещё раз:",
        )
        + f" pismo publish {issue} --to {to} --retry-in-doubt"
    )
