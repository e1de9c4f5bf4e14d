"""`pismo check`: report everything that is wrong, and where."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pismo.cli.common import Call, echo_findings, json_option, no_audience, print_json, say
from pismo.errors import ExitCode, SettingsError
from pismo.model.finding import finding_json
from pismo.tongue import ERROR, WARNING

if TYPE_CHECKING:
    from pismo.checks import CheckReport
    from pismo.explain import Audience
    from pismo.model.workspace import Workspace
    from pismo.tongue import Tongue


@click.command("check")
@click.argument("issues", nargs=-1, metavar="[ISSUE]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "junit"]),
    default="text",
    help="text for people; json, sarif (pull requests) or junit for machines, on stdout.",
)
@click.option("--audience", is_flag=True, help="Count too who lacks a value or is in no segment.")
@click.option(
    "--all", "every_note", is_flag=True, help="Print every note of a rule, not the first."
)
@json_option
@click.pass_context
def check_command(
    ctx: click.Context,
    issues: tuple[str, ...],
    form: str,
    *,
    audience: bool,
    every_note: bool,
    as_json: bool,
) -> None:
    """Report everything that is wrong, with file, line and a way out.

    Without an ISSUE (`friday/2026-11-27`), everything is checked. Exits with 1 if there are
    errors.
    """
    from pismo.checks import check
    from pismo.checks.formats import junit, sarif

    call: Call = ctx.obj
    language = call.tongue.language
    _check_parts(call.workspace)
    with ExitStack() as stack:
        people = _people(call, stack) if audience else None
        report = check(call.workspace, issues, people=people)
    if as_json or form == "json":
        _print_json(report, language)
    elif form == "sarif":
        click.echo(sarif(report.findings, language))
    elif form == "junit":
        checked = [call.workspace.issues[one].source.path for one in issues]
        click.echo(junit(report.findings, language, checked))
    else:
        echo_findings(report.findings, language, every_note=every_note)
        issue = issues[0] if issues else max(call.workspace.issues, default="")
        say(_summary(report, issue, call.tongue))
    ctx.exit(ExitCode.FINDINGS if report.errors else ExitCode.DONE)


def _check_parts(workspace: "Workspace") -> None:
    """Read the settings of publishing, too: it would find them wrong when letters should leave.

    Raises:
        SettingsError: With the table's place.
    """
    from pismo.checks.places import setting_place
    from pismo.plan.make import keep_days
    from pismo.publish.settings import pace_settings
    from pismo.rights import retention_from
    from pismo.transports.ses_client import ses_settings

    tables = workspace.settings.tables
    parts: dict[str, Callable[[], object]] = {
        "pace": lambda: pace_settings(tables.get("pace", {})),
        "ses": lambda: ses_settings(tables.get("ses", {}), {}),
        "plan": lambda: keep_days(workspace),
        "retention": lambda: retention_from(workspace.settings),
    }
    for name, read in parts.items():
        try:
            read()
        except SettingsError as error:
            place = error.where or setting_place(workspace.root, name)
            raise SettingsError(
                error.message, place, hint=error.hint, ru=error.ru, hint_ru=error.hint_ru
            ) from error


def _people(call: Call, stack: ExitStack) -> "Audience":
    from pismo.audience import current
    from pismo.explain import Audience
    from pismo.plan.state import open_state

    snapshot = current(call.workspace.state_dir)
    if snapshot is None:
        raise no_audience("there is no audience to count", "считать некого: аудитории нет")
    state = stack.enter_context(open_state(call.workspace, os.environ))
    return Audience(call.workspace, snapshot, state, lambda: datetime.now(UTC))


def _print_json(report: "CheckReport", language: str) -> None:
    print_json(
        {
            "findings": [finding_json(finding, language) for finding in report.findings],
            "errors": report.errors,
            "warnings": report.warnings,
        }
    )


def _summary(report: "CheckReport", issue: str, tongue: "Tongue") -> str:
    found = f"{tongue.counted(report.errors, ERROR)}, {tongue.counted(report.warnings, WARNING)}"
    counts = tongue(f"{found} in {report.files} files.", f"{found}; файлов: {report.files}.")
    step = tongue("Fix it, then run", "Исправьте, потом") if report.errors else ""
    return f"{counts} {step or tongue('Next', 'Дальше')}: pismo build {issue}".rstrip()
