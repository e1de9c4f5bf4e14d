"""`pismo plan`: who gets which edition, who gets none and why."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pismo.cli.common import (
    Call,
    json_option,
    no_audience,
    print_json,
    say,
    tell_new_state,
)
from pismo.cli.words import reason_said
from pismo.errors import FindingsError, PlanError
from pismo.tongue import PERSON

if TYPE_CHECKING:
    from pismo.ledger import PlanRow
    from pismo.model.edition import Edition
    from pismo.model.people import Plan
    from pismo.model.workspace import Workspace
    from pismo.plan.state import State
    from pismo.tongue import Tongue


@click.command("plan")
@click.argument("issue")
@click.option(
    "--approve", is_flag=True, help="Approve what would leave, by digest; needs no audience."
)
@click.option("--amend", is_flag=True, help="Give the corrected text to whoever has no letter yet.")
@click.option("--yes", is_flag=True, help="With --amend: don't ask.")
@click.option(
    "--anew", is_flag=True, help="Choose readers again though some have a letter with another text."
)
@json_option
@click.pass_obj
def plan_command(
    call: Call, issue: str, *, approve: bool, amend: bool, yes: bool, anew: bool, as_json: bool
) -> None:
    """Freeze who gets which edition of ISSUE with which values; say who gets none, and why."""
    from pismo.audience import current
    from pismo.plan import approve as write_approval
    from pismo.plan.state import erase_expired, open_state

    workspace, tongue = call.workspace, call.tongue
    editions = _editions(workspace, issue)
    now = datetime.now(UTC)
    with open_state(workspace, os.environ, begin=tell_new_state(tongue)) as state:
        erase_expired(workspace, state.ledger, now)
        made: Plan | None = None
        if amend:
            _show_amended(workspace, state, issue, editions, tongue, ask=not (yes or as_json))
            made = _amended(workspace, state, issue, editions, now)
        elif not (approve and current(workspace.state_dir) is None):
            made = _plan(workspace, state, issue, editions, now, reuse=approve, anew=anew)
        approval = ""
        if approve:
            approval = write_approval(
                workspace, issue, editions, now=now, plan=made, ledger_id=state.ledger.id
            )
        following = _following(workspace, state, issue, editions, made, approval, tongue)
    if as_json:
        print_json(_json(issue, editions, made, approval))
        return
    for line in plan_table(made, tongue) if made else ():
        click.echo(line)
    for line in following:
        say(line)


def _editions(workspace: "Workspace", issue: str) -> "tuple[Edition, ...]":
    """Compile an issue; what `pismo check` calls an error is not planned, and so reaches nobody."""
    from pismo.checks import review
    from pismo.compile import compile_issue
    from pismo.model.finding import Severity

    compiled = compile_issue(workspace, issue)
    found = [*compiled.findings, *review(workspace, compiled)]
    errors = [one for one in dict.fromkeys(found) if one.severity is Severity.ERROR]
    if errors:
        raise FindingsError(errors)
    return compiled.editions


def _plan(
    workspace: "Workspace",
    state: "State",
    issue: str,
    editions: "tuple[Edition, ...]",
    now: datetime,
    *,
    reuse: bool,
    anew: bool,
) -> "Plan":
    """Make a plan; an approval of what is planned already needs no new one."""
    from pismo.audience import current
    from pismo.ledger.opening import State as Known
    from pismo.plan import make_plan
    from pismo.plan.handed import check_not_put_back
    from pismo.publish import check_text, plan_of
    from pismo.rights import finish_erasures

    check_not_put_back(workspace.state_dir, state.ledger, issue)
    row = state.ledger.latest_plan(issue)
    digests = {one.segment: one.digest for one in editions}
    if reuse and row and dict(row.editions) == digests and _holds(workspace, row, editions):
        return plan_of(row)
    _check_nobody_publishes(state, issue)
    if row and not anew:
        check_text(issue, digests, row, state.ledger)
    snapshot = current(workspace.state_dir)
    if snapshot is None:
        raise no_audience("there is no audience to plan for", "планировать не для кого")
    made = make_plan(
        workspace,
        issue,
        editions,
        snapshot=snapshot,
        ledger=state.ledger,
        keys=state.keys,
        signer=state.signer,
        now=now,
    )
    finish_erasures(workspace, Known(state.ledger, state.keys), issue, now)
    return made


def _holds(workspace: "Workspace", row: "PlanRow", editions: "tuple[Edition, ...]") -> bool:
    """Tell whether a plan would come out as it is: the same people, hours and drafts."""
    from pismo.audience import current
    from pismo.plan.make import drafts_of, schedule_of
    from pismo.plan.store import read_plan

    issue = workspace.issues[row.issue]
    try:
        stored = read_plan(workspace.state_dir, row.id, row.issue)
    except PlanError:
        return True  # its people are on another machine, or erased: nothing here says otherwise
    snapshot = current(workspace.state_dir)
    return (
        (snapshot is None or stored.snapshot == snapshot.id)
        and stored.drafts == drafts_of(workspace, issue, editions)
        and stored.schedule == schedule_of(workspace, issue)
    )


def _check_nobody_publishes(state: "State", issue: str) -> None:
    """Refuse to take the plan away from under somebody who is publishing it."""
    living = ", ".join(state.ledger.living_publishers(issue))
    if living:
        raise PlanError(
            f"{issue} is being published at this moment, by {living}",
            hint=f"wait for its end, or stop it first: pismo stop {issue}",
            ru=f"{issue} сейчас публикуют: {living}",
            hint_ru=f"дождитесь конца или сначала остановите: pismo stop {issue}",
        )


def _amended(
    workspace: "Workspace",
    state: "State",
    issue: str,
    editions: "tuple[Edition, ...]",
    now: datetime,
) -> "Plan":
    """Give the corrected text to whoever has no letter yet."""
    from pismo.plan.amend import amend_plan
    from pismo.plan.state import latest_plan

    _check_nobody_publishes(state, issue)
    stored = latest_plan(workspace, state.ledger, issue)
    return amend_plan(
        workspace, workspace.issues[issue], stored, editions, ledger=state.ledger, now=now
    )


def _show_amended(
    workspace: "Workspace",
    state: "State",
    issue: str,
    editions: "tuple[Edition, ...]",
    tongue: "Tongue",
    *,
    ask: bool,
) -> None:
    """Show what changed, word by word, and ask whether that is to leave."""
    from pismo.plan.amend import check_amendable, differences
    from pismo.plan.state import latest_plan

    stored = latest_plan(workspace, state.ledger, issue)
    check_amendable(stored, editions, state.ledger)
    for edition in editions:
        if edition.segment in stored.plan.editions:
            for line in differences(stored.edition(edition.segment), edition):
                say(f"{edition.segment}: {line}")
    if ask:
        question = tongue(
            "Give this to everybody who has no letter yet?",
            "Отдать это всем, у кого письма ещё нет?",
        )
        click.confirm(question, abort=True, err=True)


def _following(
    workspace: "Workspace",
    state: "State",
    issue: str,
    editions: "tuple[Edition, ...]",
    plan: "Plan | None",
    approval: str,
    tongue: "Tongue",
) -> list[str]:
    """Say how far the letters have got, what will keep them, and which command comes next."""
    from pismo.plan.approve import is_approved
    from pismo.plan.make import drafts_of
    from pismo.publish import START_AFRESH, have_theirs, nothing_new

    if plan is not None and (before := nothing_new(plan, state.ledger, tongue)):
        return [f"{before}. {tongue(*START_AFRESH)}"]
    lines = []
    if plan is not None and (count := have_theirs(plan, state.ledger)):
        had = tongue.number(count)
        lines.append(
            tongue(f"Of these, {had} have theirs already.", f"Из них уже с письмом: {had}.")
        )
    if drafts := ", ".join(drafts_of(workspace, workspace.issues[issue], editions)):
        lines.append(
            tongue(
                f"Not finished: {drafts} (draft: true). Until the line is taken out, and"
                " the issue planned again, pismo publish refuses it.",
                f"Не дописано: {drafts} (draft: true). Пока эту строку не уберут и выпуск не"
                " запланируют снова, pismo publish его не возьмёт.",
            )
        )
    publish = f"{tongue('Next', 'Дальше')}: pismo publish {issue} --to"
    if approval and drafts:
        kept = f"Words approved in {approval}, but as a draft"
        kept_ru = f"Слова одобрены в {approval}, но как черновик"
        return [*lines, tongue(f"{kept}: pismo plan {issue}", f"{kept_ru}: pismo plan {issue}")]
    if approval:
        done = tongue(f"Approved in {approval}. Commit it.", f"Одобрено в {approval}: закоммитьте.")
        return [*lines, f"{done} {publish} ses"]
    digests = {one.segment: one.digest for one in editions}
    if is_approved(workspace.root, issue, digests, state.ledger.id):
        ses = tongue(", or --to ses: it is approved", " или --to ses: он одобрен")
        return [*lines, f"{publish} outbox{ses}"]
    approve = tongue("; or approve it", "; или одобрите")
    return [*lines, f"{publish} outbox{approve}: pismo plan {issue} --approve"]


def _json(
    issue: str, editions: "tuple[Edition, ...]", plan: "Plan | None", approval: str
) -> dict[str, object]:
    return {
        "issue": issue,
        "plan": plan and plan.id,
        "audience": plan.audience if plan else 0,
        "planned": dict(plan.planned) if plan else {},
        "excluded": dict(plan.excluded) if plan else {},
        "digests": {one.segment: one.digest for one in editions},
        "approval": approval,
    }


def plan_table(plan: "Plan", tongue: "Tongue") -> list[str]:
    """Return a plan as lines for people: who gets which edition, who gets none and why."""
    from pismo.ledger import Reason

    audience = tongue.number(plan.audience)
    width = len(audience)
    people = tongue.form(plan.audience, PERSON)
    rows = [f"{audience}  {people} {tongue('in the audience of', '— аудитория')} {plan.issue}"]
    get = tongue("get edition", "получат вариант")
    for segment, count in plan.planned.items():
        digest = plan.editions[segment][:12]
        rows.append(f"{tongue.number(count):>{width}}  {get} {segment} ({digest})")
    none = tongue("get none", "ничего не получат")
    bring = tongue(
        " (bring it in: pismo audience import consents FILE)",
        "; загрузить: pismo audience import consents ФАЙЛ",
    )
    for reason, count in sorted(plan.excluded.items(), key=lambda pair: -pair[1]):
        said = reason_said(reason, tongue) + (bring if reason == Reason.NO_CONSENT else "")
        rows.append(f"{tongue.number(count):>{width}}  {none}: {said}")
    return rows
