"""`pismo ses doctor|setup`: is the account able to send, and what has to be made for it."""

import os
import sys
import time

import click

from pismo.cli.common import Call, json_option, print_json, say
from pismo.errors import ExitCode, UsageError

_EVENTS_AT = ("AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL_SQS")


@click.group("ses")
def ses_group() -> None:
    """Look after the Amazon SES account."""


@ses_group.command("doctor")
@click.argument("issue", required=False)
@json_option
@click.pass_obj
def doctor_command(call: Call, issue: str | None, *, as_json: bool) -> None:
    """Say what keeps letters from leaving, and how to mend it; ISSUE compares quota and plan."""
    from pismo.plan.state import open_state
    from pismo.publish.ses_dns import resolver
    from pismo.publish.ses_doctor import examine
    from pismo.publish.ses_findings import Level
    from pismo.publish.ses_queue import Queues
    from pismo.transports.ses_client import control_client, ses_settings
    from pismo.workspace import issue_of

    workspace = call.workspace
    if issue is not None:
        issue_of(workspace, issue)
    settings = ses_settings(workspace.settings.tables.get("ses", {}), os.environ)
    with open_state(workspace, os.environ) as state:
        plans = state.ledger.plans(issue)
    letters = sum(plans[0].planned.values()) if plans else 0
    services = [control_client(settings, name) for name in ("sns", "sqs") if settings.queue_url]
    checks = examine(
        workspace,
        settings,
        control_client(settings),
        letters,
        pause=time.sleep,
        # A simulator on this machine verifies domains that nobody has.
        resolve=None if settings.is_local else resolver(),
        queues=Queues(*services) if services else None,
    )
    blocked = any(check.level is Level.BLOCKS for check in checks)
    if as_json:
        print_json(
            {
                "checks": [
                    {"name": one.name, "level": one.level, "found": one.found, "mend": one.mend}
                    for one in checks
                ],
                "blocked": blocked,
            }
        )
    else:
        colours = {Level.OK: "green", Level.WARNING: "yellow", Level.BLOCKS: "red"}
        for one in checks:
            click.echo(
                f"{click.style(f'{one.level:8}', colours[one.level])} {one.name}: {one.found}"
            )
            if one.mend:
                click.echo(f"         {one.mend}")
        say("Sending is blocked." if blocked else "Nothing blocks sending. Next: pismo plan ISSUE")
    if blocked:
        sys.exit(ExitCode.FINDINGS)


@ses_group.command("setup")
@click.option("--yes", is_flag=True, help="Make what is missing; without it, only show.")
@json_option
@click.pass_obj
def setup_command(call: Call, *, yes: bool, as_json: bool) -> None:
    """Make identity, configuration set, and SNS topic and SQS queue for events; shows first."""
    from pismo.publish.ses_setup import Clients, run, steps
    from pismo.transports.ses_client import CONFIGURATION_SET, control_client, ses_settings

    workspace = call.workspace
    settings = ses_settings(workspace.settings.tables.get("ses", {}), os.environ)
    _refuse_half_local(settings.is_local)
    clients = Clients(*(control_client(settings, name) for name in ("sesv2", "sns", "sqs")))
    senders = {one.sender.address.rpartition("@")[2] for one in workspace.newsletters.values()}
    wanted = steps(
        clients,
        identities=[settings.identity] if settings.identity else sorted(senders),
        configuration_set=settings.configuration_set or CONFIGURATION_SET,
    )
    told = [(step, tell) for step, tell in run(wanted, clients, dry=not yes)]
    if as_json:
        print_json(
            {
                "steps": [
                    {
                        "what": step.what,
                        "was_there": step.is_there,
                        "made": yes and not step.is_there,
                        "tell": tell,
                    }
                    for step, tell in told
                ]
            }
        )
        return
    for step, tell in told:
        state = "there" if step.is_there else "made" if yes else "missing"
        click.echo(f"{state:8} {step.what}")
        for line in tell.splitlines():
            click.echo(f"         {line}")
    missing = [step for step, _ in told if not step.is_there]
    if missing and not yes:
        say(f"{len(missing)} to make. If that is right: pismo ses setup --yes")
    else:
        say("Next: pismo ses doctor")


def _refuse_half_local(is_local: bool) -> None:  # the one thing it asks
    """Refuse to make a topic and a queue in the real AWS for an SES that is simulated."""
    missing = [name for name in _EVENTS_AT if not os.environ.get(name)]
    if is_local and missing:
        raise UsageError(
            "SES is a simulator here, but the topic (SNS) and queue (SQS) would be made in AWS",
            hint=f"nothing has to be set up for pismo ses-sim; or set {' and '.join(missing)}",
        )
