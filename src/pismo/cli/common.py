"""What every command shares: the workspace, the two ways to print, errors and exit codes."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

from pismo.errors import ExitCode, FindingsError, PismoError, UsageError
from pismo.model.finding import Finding, Severity
from pismo.model.workspace import Workspace
from pismo.records import dataclass

if TYPE_CHECKING:
    import socket

Command = TypeVar("Command", bound=Callable[..., object])

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on stdout, for machines."
)


class _Day(click.DateTime):
    """A day as it is written everywhere here; any other way is answered with this one."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return midnight of the day."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"'{value}' is no day: write it like 2026-12-04", param, ctx)


DAY = _Day(["%Y-%m-%d"])
"""For an option or argument that is a day."""

BRING_AN_AUDIENCE = (
    "bring one in: pismo audience import subscribers FILE; or invent one: pismo sample"
)
"""What to do where nobody is known yet."""
NOTES_SHOWN = 3
"""So many notes of one rule are printed; more would bury what matters."""
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}


@dataclass
class Call:
    """What `pismo` was called on; the workspace is loaded when a command asks for it."""

    directory: Path

    @cached_property
    def root(self) -> Path:
        """The workspace's folder."""
        from pismo.workspace import find_root

        return find_root(self.directory)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace, findings and all."""
        from pismo.workspace import load_workspace

        return load_workspace(self.root)


def say(message: str = "") -> None:
    """Tell a person something, on stderr; results go to stdout."""
    click.echo(message, err=True)


def counted(number: int, noun: str) -> str:
    """Write a count with its English noun: `1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listen(host: str, port: int) -> "socket.socket":
    """Open a port that answers from now on: who connects early waits in its queue.

    Args:
        host: Address to listen on.
        port: 0 takes one that is free; `getsockname()[1]` tells which.

    Raises:
        UsageError: If the port is taken or not allowed.
    """
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise UsageError(
            f"port {port} cannot be used: {error.strerror}",
            hint="choose another, or --port 0 for any that is free",
        ) from error
    return listening


def print_json(document: Mapping[str, object]) -> None:
    """Print one object on stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))


def echo_findings(findings: Sequence[Finding], language: str, *, every_note: bool = False) -> None:
    """Print findings on stderr: place, severity[rule]: message, and the hint below.

    Of a rule's notes the first few are printed and the rest counted, unless `every_note`; errors
    and warnings are all printed.
    """
    shown = len(findings) if every_note else NOTES_SHOWN
    notes = Counter[str]()
    for finding in findings:
        if finding.severity is Severity.NOTE:
            notes[finding.rule.id] += 1
            if notes[finding.rule.id] > shown:
                continue
        _echo_finding(finding, language)
    for rule, number in notes.items():
        if number > shown:
            label = click.style(f"{Severity.NOTE}[{rule}]", _COLOURS[Severity.NOTE])
            more = number - shown
            said = f"и ещё {more}; все:" if language == "ru" else f"and {more} more; all of them:"
            say(f"{label}: {said} pismo check --all")


def _echo_finding(finding: Finding, language: str) -> None:
    label = click.style(f"{finding.severity}[{finding.rule.id}]", _COLOURS[finding.severity])
    where = f" ({finding.segment})" if finding.segment else ""
    say(f"{finding.source}: {label}: {finding.message(language)}{where}")
    if hint := finding.hint(language):
        say(f"  {'подсказка' if language == 'ru' else 'hint'}: {hint}")


def run(group: click.Group) -> NoReturn:
    """Run the group; a PismoError becomes a message and its exit code, never a traceback."""
    try:
        code = group.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        error.show()
        code = ExitCode.USAGE
    except click.Abort:
        say("stopped")
        code = ExitCode.STOPPED
    except FindingsError as error:
        echo_findings(error.findings, error.language)
        code = error.exit_code
    except PismoError as error:
        say(click.style("error: ", "red") + str(error))
        code = error.exit_code
    sys.exit(code if isinstance(code, int) else ExitCode.DONE)
