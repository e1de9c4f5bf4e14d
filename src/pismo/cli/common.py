"""What every command shares: the workspace, the two ways to print, errors and exit codes."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from pismo.errors import ExitCode, FindingsError, PismoError
from pismo.model.finding import Finding, Severity
from pismo.model.workspace import Workspace

Command = TypeVar("Command", bound=Callable[..., object])

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on stdout, for machines."
)


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


def print_json(document: Mapping[str, object]) -> None:
    """Print one object on stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))


def echo_findings(findings: Sequence[Finding], language: str) -> None:
    """Print findings on stderr: place, severity[rule]: message, and the hint below."""
    colours = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
    for finding in findings:
        label = click.style(f"{finding.severity}[{finding.rule.id}]", colours[finding.severity])
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
        echo_findings(error.findings, "en")
        code = error.exit_code
    except PismoError as error:
        say(click.style("error: ", "red") + str(error))
        code = error.exit_code
    sys.exit(code if isinstance(code, int) else ExitCode.DONE)
