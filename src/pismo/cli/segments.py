"""`pismo segments`: who is where."""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pismo.cli.common import DAY, Call, json_option, no_audience, print_json, say
from pismo.tongue import PERSON

if TYPE_CHECKING:
    from pismo.audience import Snapshot
    from pismo.model.content import Segment
    from pismo.segments.report import SegmentReport
    from pismo.tongue import Tongue


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
        say(f"{call.tongue('drawn', 'нарисовано')}: {picture}")
    if as_json:
        print_json(_json(report, day, before))
        return
    _print_table(report, before, call.tongue)
    _say_below(report, day, call.tongue)


def _json(report: "SegmentReport", day: str, before: str) -> dict[str, object]:
    return {
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


def _report(
    call: Call, newsletter: str | None, since: datetime | None
) -> "tuple[SegmentReport, str, str]":
    """Count people by segment, and what changed; return the days of both, '' for no earlier one."""
    from pismo.audience import current, moment_of
    from pismo.errors import UsageError
    from pismo.segments.report import report_segments
    from pismo.segments.sound import compose_sound

    workspace = call.workspace
    snapshot = current(workspace.state_dir)
    if snapshot is None:
        raise no_audience("there is no audience yet", "аудитории пока нет")
    chosen = _chosen(call, newsletter)
    composed = compose_sound(workspace, [one.id for one in chosen])
    now = moment_of(snapshot, datetime.now(UTC))
    if since and since.date() >= now.date():
        raise UsageError(
            f"--since {since.date()} is no earlier day than the facts' own, {now.date()}",
            ru=f"--since {since.date()} — не раньше дня, на который посчитаны факты, {now.date()}",
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
            f"there is no newsletter {newsletter}",
            ru=f"нет рассылки {newsletter}",
            **meant(newsletter, workspace.newsletters),
        )
    names = workspace.newsletters[newsletter].segments
    return [workspace.segments[name] for name in names if name in workspace.segments]


def _last_issue(call: Call, now: datetime) -> datetime | None:
    dates = [issue.date for issue in call.workspace.issues.values() if issue.date < now.date()]
    return datetime.combine(max(dates), time(), UTC) if dates else None


def _print_table(report: "SegmentReport", before: str, tongue: "Tongue") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    table.add_column(tongue("segment", "сегмент"))
    for name in (
        tongue("people", "людей"),
        tongue("first here", "попадут сюда"),
        tongue(f"since {before}", f"с {before}") if before else "",
    ):
        table.add_column(name, justify="right")
    table.add_column(tongue("overlaps", "пересекается"))
    for one in report.segments:
        shared = sorted(one.overlaps.items(), key=lambda pair: (-pair[1], pair[0]))
        overlaps = ", ".join(f"{name} {count}" for name, count in shared[:4] if count)
        moved = "" if one.came is None else f"+{one.came} −{one.left}"
        table.add_row(one.id, str(one.size), str(one.chosen), moved, overlaps)
    table.add_row(tongue("everyone else", "все остальные"), "", str(report.everyone), "", "")
    Console().print(table)


def _say_below(report: "SegmentReport", day: str, tongue: "Tongue") -> None:
    if empty := ", ".join(one.id for one in report.segments if not one.size):
        say(f"{tongue('nobody is in', 'никого нет в')}: {empty}")
    people = tongue.counted(report.people, PERSON)
    see = tongue(f"{people}, as of {day}. See one of them", f"{people}, на {day}. Об одном из них")
    say(f"{see}: pismo audience facts ID")
    say(
        tongue(
            "Consent, opt-outs and shared addresses are not looked at here: pismo plan counts"
            " letters.",
            "Согласия, отказы и общие адреса здесь не смотрим: письма считает pismo plan.",
        )
    )
