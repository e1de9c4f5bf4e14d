"""`pismo feedback`: what SES says about letters afterwards."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pismo.cli.common import Call, json_option, print_json, say
from pismo.errors import UsageError

if TYPE_CHECKING:
    from pismo.feedback import FeedbackReport


@click.group("feedback")
def feedback_group() -> None:
    """Read what came back: deliveries, bounces, complaints."""


@feedback_group.command("pull")
@click.option(
    "--from",
    "source",
    metavar="DIR|QUEUE_URL",
    help="A folder of events, or the URL of an SQS queue (default: queue_url in [tool.pismo.ses]).",
)
@click.option(
    "--wait",
    "wait_s",
    default=0,
    show_default=True,
    type=click.IntRange(0, 20),
    help="Seconds to wait for more when the queue is empty.",
)
@json_option
@click.pass_obj
def pull_command(call: Call, source: str | None, wait_s: int, as_json: bool) -> None:
    """Read SES's events and write them down: outcomes, doubts settled, who is suppressed.

    Reading the same events again does nothing new. What could not be read stays where it is.
    """
    from pismo.feedback import pull
    from pismo.ledger import open_state

    settings = call.workspace.settings
    chosen = source or str(settings.tables.get("ses", {}).get("queue_url") or "")
    if not chosen:
        raise UsageError(
            "nowhere to pull from",
            hint="name a folder or queue with --from, or set queue_url in [tool.pismo.ses]",
        )
    place = chosen if "://" in chosen else Path(chosen)
    with open_state(call.workspace.state_dir, settings.state_url) as state:
        report = pull(
            place,
            state.ledger,
            lambda: datetime.now(UTC),
            wait_s=wait_s,
            unread=lambda name, reason: say(f"{name}: {reason}"),
        )
    if as_json:
        print_json(_document(report))
    else:
        _tell(report)


def _document(report: "FeedbackReport") -> dict[str, object]:
    return {
        "read": report.read,
        "kinds": dict(report.kinds),
        "settled": report.settled,
        "suppressed": report.suppressed,
        "unsubscribed": report.unsubscribed,
        "strange": report.strange,
        "unreadable": report.unreadable,
    }


def _tell(report: "FeedbackReport") -> None:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(report.kinds.items()))
    say(f"{report.read} events" + (f": {kinds}." if kinds else "."))
    if report.settled:
        say(f"{report.settled} deliveries are no longer in doubt.")
    if report.suppressed or report.unsubscribed:
        say(
            f"Suppressed addresses: {report.suppressed};"
            f" unsubscribed after a complaint: {report.unsubscribed}."
        )
    if report.strange:
        say(f"{report.strange} events are about letters that this state database did not send.")
    if report.unreadable:
        say(f"{report.unreadable} messages could not be read, and stay where they are.")
    say("How an issue stands now: pismo publish ISSUE --status")
