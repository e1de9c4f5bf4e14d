"""`pismo segments`: who is where."""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pismo.cli.common import BRING_AN_AUDIENCE, DAY, Call, json_option, print_json, say

if TYPE_CHECKING:
    from pismo.audience import Snapshot
    from pismo.model.content import Segment
    from pismo.segments.report import SegmentReport


@click.command("segments")
@click.option("--newsletter", help="Only this newsletter's segments, in its order.")
@click.option(
    "--since",
    type=DAY,
    help="Compare with this day (default: the last issue before the audience was brought in).",
)
@click.option(
    "--picture", type=click.Path(path_type=Path, dir_okay=False), help="Draw it into an SVG file."
)
@json_option
@click.pass_obj
def segments_command(
    call: Call,
    newsletter: str | None,
    since: datetime | None,
    picture: Path | None,
    as_json: bool,
) -> None:
    """Show how many people each segment has, overlaps, who is in none, and what changed."""
    from pismo.segments.picture import draw_segments

    report, day, before = _report(call, newsletter, since)
    if picture:
        picture.write_text(draw_segments(report, call.workspace.settings.language), "utf-8")
        say(f"drawn: {picture}")
    if as_json:
        print_json(
            {
                "day": day,
                "people": report.people,
                "everyone": report.everyone,
                "since": before,
                "segments": [
                    {
                        "id": one.id,
                        "title": one.title,
                        "size": one.size,
                        "first": one.chosen,
                        "overlaps": dict(one.overlaps),
                        "came": one.came,
                        "left": one.left,
                    }
                    for one in report.segments
                ],
            }
        )
        return
    _print_table(report, day, before)


def _report(
    call: Call, newsletter: str | None, since: datetime | None
) -> "tuple[SegmentReport, str, str]":
    """Count people by segment, and what changed; return the days of both, '' for no earlier one."""
    from pismo.audience import current
    from pismo.errors import AudienceError, UsageError
    from pismo.segments.report import report_segments
    from pismo.segments.sound import compose_sound

    workspace = call.workspace
    snapshot = current(workspace.state_dir)
    if snapshot is None:
        raise AudienceError("there is no audience yet", hint=BRING_AN_AUDIENCE)
    chosen = _chosen(call, newsletter)
    composed = compose_sound(workspace, [one.id for one in chosen])
    # By the hour, for the file of facts; a snapshot that was just made has what just came back.
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    now = max(hour, snapshot.created_at)
    if since and since.date() >= now.date():
        raise UsageError(
            f"--since {since.date()} is no earlier day than the facts' own, {now.date()}"
        )
    earlier = since.replace(tzinfo=UTC) if since else _last_issue(call, now)
    done = _facts(call, snapshot, now, keep=True)
    with done.connect() as engine:
        before = ""
        if earlier:
            then = _facts(call, snapshot, earlier, keep=False)
            engine.read_parquet(str(then.facts)).create_view("facts_before")
            before = "facts_before"
        report = report_segments(engine, chosen, composed, before=before)
    return report, now.date().isoformat(), earlier.date().isoformat() if earlier else ""


def _facts(call: Call, snapshot: "Snapshot", now: datetime, *, keep: bool) -> "Snapshot":
    from pismo.audience import compute_facts
    from pismo.segments import answer_columns, own_facts

    workspace = call.workspace
    return compute_facts(
        snapshot,
        workspace.settings,
        now,
        own=own_facts(workspace.root, []),
        answers=answer_columns(workspace),
        keep=keep,
    )


def _chosen(call: Call, newsletter: str | None) -> "list[Segment]":
    from pismo.errors import UsageError
    from pismo.text import meant

    workspace = call.workspace
    if newsletter is None:
        return list(workspace.segments.values())
    if newsletter not in workspace.newsletters:
        raise UsageError(
            f"there is no newsletter {newsletter}", hint=meant(newsletter, workspace.newsletters)
        )
    names = workspace.newsletters[newsletter].segments
    return [workspace.segments[name] for name in names if name in workspace.segments]


def _last_issue(call: Call, now: datetime) -> datetime | None:
    dates = [issue.date for issue in call.workspace.issues.values() if issue.date < now.date()]
    return datetime.combine(max(dates), time(), UTC) if dates else None


def _print_table(report: "SegmentReport", day: str, before: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for name in (
        "segment",
        "people",
        "first here",
        f"since {before}" if before else "",
        "overlaps",
    ):
        table.add_column(name, justify="left" if name in ("segment", "overlaps") else "right")
    for one in report.segments:
        shared = sorted(one.overlaps.items(), key=lambda pair: (-pair[1], pair[0]))
        overlaps = ", ".join(f"{name} {count}" for name, count in shared[:4] if count)
        moved = "" if one.came is None else f"+{one.came} −{one.left}"
        table.add_row(one.id, str(one.size), str(one.chosen), moved, overlaps)
    table.add_row("everyone else", "", str(report.everyone), "", "")
    Console().print(table)
    empty = [one.id for one in report.segments if not one.size]
    if empty:
        say(f"nobody is in: {', '.join(empty)}")
    say(f"{report.people} people, as of {day}. See one of them: pismo audience facts ID")
    say("Consent, opt-outs and shared addresses are not looked at here: pismo plan counts letters.")
