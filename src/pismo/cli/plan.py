"""`pismo plan`: who gets which edition, who gets none and why."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pismo.cli.common import BRING_AN_AUDIENCE, Call, json_option, print_json, say
from pismo.errors import AudienceError, FindingsError

if TYPE_CHECKING:
    from pismo.model.edition import Edition
    from pismo.model.people import Plan
    from pismo.model.workspace import Workspace
    from pismo.plan.state import State


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

    workspace = call.workspace
    editions = _editions(workspace, issue)
    now = datetime.now(UTC)
    with open_state(workspace, os.environ, begin=say) as state:
        erase_expired(workspace, state.ledger, now)
        made: Plan | None = None
        if amend:
            made = _amended(workspace, state, issue, editions, now, ask=not (yes or as_json))
        elif not (approve and current(workspace.state_dir) is None):
            made = _plan(workspace, state, issue, editions, now, reuse=approve, anew=anew)
        approval = ""
        if approve:
            approval = write_approval(
                workspace, issue, editions, now=now, plan=made, ledger_id=state.ledger.id
            )
        following = _following(workspace, state, issue, editions, made, approval)
    _print(issue, editions, made, approval, following, as_json=as_json)


def _editions(workspace: "Workspace", issue: str) -> "tuple[Edition, ...]":
    """Compile an issue; what `pismo check` calls an error is not planned, and so reaches nobody."""
    from pismo.checks import review
    from pismo.compile import compile_issue
    from pismo.model.finding import Severity

    compiled = compile_issue(workspace, issue)
    found = [*compiled.findings, *review(workspace, compiled)]
    errors = [one for one in dict.fromkeys(found) if one.severity is Severity.ERROR]
    if errors:
        raise FindingsError(errors, workspace.settings.language)
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
    from pismo.publish import check_text, plan_of
    from pismo.rights import finish_erasures

    row = state.ledger.latest_plan(issue)
    digests = {one.segment: one.digest for one in editions}
    if reuse and row and dict(row.editions) == digests:
        return plan_of(row)
    if row and not anew:
        check_text(issue, digests, row, state.ledger)
    snapshot = current(workspace.state_dir)
    if snapshot is None:
        raise AudienceError("there is no audience to plan for", hint=BRING_AN_AUDIENCE)
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


def _amended(
    workspace: "Workspace",
    state: "State",
    issue: str,
    editions: "tuple[Edition, ...]",
    now: datetime,
    *,
    ask: bool,
) -> "Plan":
    """Show what changed, word by word, and give it to whoever has no letter yet."""
    from pismo.plan.amend import amend_plan, check_amendable, differences
    from pismo.plan.state import latest_plan

    stored = latest_plan(workspace, state.ledger, issue)
    check_amendable(stored, editions, state.ledger)
    for edition in editions:
        if edition.segment in stored.plan.editions:
            for line in differences(stored.edition(edition.segment), edition):
                say(f"{edition.segment}: {line}")
    if ask:
        click.confirm("Give this to everybody who has no letter yet?", abort=True, err=True)
    return amend_plan(
        workspace, workspace.issues[issue], stored, editions, ledger=state.ledger, now=now
    )


def _following(
    workspace: "Workspace",
    state: "State",
    issue: str,
    editions: "tuple[Edition, ...]",
    plan: "Plan | None",
    approval: str,
) -> list[str]:
    """Say how far the letters have got, what will keep them, and which command comes next."""
    from pismo.plan.approve import is_approved
    from pismo.plan.make import drafts_of
    from pismo.publish import START_AFRESH, have_theirs, nothing_new

    if plan is not None and (before := nothing_new(plan, state.ledger)):
        return [f"{before}. {START_AFRESH}"]
    lines = []
    if plan is not None and (count := have_theirs(plan, state.ledger)):
        lines.append(f"Of these, {count:,} have theirs already.")
    if drafts := drafts_of(workspace, workspace.issues[issue], editions):
        lines.append(
            f"Not finished: {', '.join(drafts)} (draft: true). Until the line is taken out, and"
            " the issue planned again, pismo publish refuses it."
        )
    if approval:
        return [*lines, f"Approved in {approval}. Commit it. Next: pismo publish {issue} --to ses"]
    digests = {one.segment: one.digest for one in editions}
    if is_approved(workspace.root, issue, digests, state.ledger.id):
        return [*lines, f"Next: pismo publish {issue} --to outbox, or --to ses: it is approved"]
    return [
        *lines,
        f"Next: pismo publish {issue} --to outbox; or approve it: pismo plan {issue} --approve",
    ]


def _print(
    issue: str,
    editions: "tuple[Edition, ...]",
    plan: "Plan | None",
    approval: str,
    following: list[str],
    *,
    as_json: bool,
) -> None:
    if as_json:
        print_json(
            {
                "issue": issue,
                "plan": plan and plan.id,
                "audience": plan.audience if plan else 0,
                "planned": dict(plan.planned) if plan else {},
                "excluded": dict(plan.excluded) if plan else {},
                "digests": {one.segment: one.digest for one in editions},
                "approval": approval,
            }
        )
        return
    if plan is not None:
        for line in plan_table(plan):
            click.echo(line)
    for line in following:
        say(line)


def plan_table(plan: "Plan") -> list[str]:
    """Return a plan as lines for people: who gets which edition, who gets none and why."""
    from pismo.ledger import Reason

    width = len(f"{plan.audience:,}")
    rows = [f"{plan.audience:>{width},}  people in the audience of {plan.issue}"]
    for segment, count in plan.planned.items():
        rows.append(f"{count:>{width},}  get edition {segment} ({plan.editions[segment][:12]})")
    for reason, count in sorted(plan.excluded.items(), key=lambda pair: -pair[1]):
        consents = " (bring it in: pismo audience import consents FILE)"
        way = consents if reason == Reason.NO_CONSENT else ""
        rows.append(f"{count:>{width},}  get none: {reason}{way}")
    return rows
