"""What every command shares: the workspace, the two ways to print, errors and exit codes."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

from pismo.errors import (
    AudienceError,
    ExitCode,
    FindingsError,
    PismoError,
    UsageError,
    file_trouble,
)
from pismo.model.finding import Finding, Severity
from pismo.model.workspace import Workspace
from pismo.records import dataclass
from pismo.tongue import PERSON, Tongue, spoken

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
            tongue = tongue_of(ctx)
            said = tongue(
                f"'{value}' is no day: write it like 2026-12-04",
                f"«{value}» — не день: пишите так: 2026-12-04",
            )
            self.fail(said, param, ctx)


DAY = _Day(["%Y-%m-%d"])
"""For an option or argument that is a day."""

BRING_AN_AUDIENCE = (
    "bring one in: pismo audience import subscribers FILE; or invent one: pismo sample",
    "загрузите свою: pismo audience import subscribers ФАЙЛ; или придумайте: pismo sample",
)
"""What to do where nobody is known yet, in English and Russian."""
NOTES_SHOWN = 3
"""So many notes of one rule are printed; more would bury what matters."""
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_SEVERITIES = {
    Severity.ERROR: "ошибка",
    Severity.WARNING: "предупреждение",
    Severity.NOTE: "заметка",
}


@dataclass
class Call:
    """What `pismo` was called on; the workspace is loaded when a command asks for it."""

    directory: Path = Path()
    lang: str = ""
    """The language that was asked for by `--lang`: `ru`, `en`, or ''."""

    @cached_property
    def tongue(self) -> Tongue:
        """What the terminal speaks: as asked, else as the locale says, else the workspace's."""
        return Tongue(spoken(self.lang, os.environ) or self._workspace_language())

    def greet(self) -> None:
        """Speak as to somebody who has no workspace yet: if nothing says otherwise, English."""
        self.lang = spoken(self.lang, os.environ) or "en"

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

    def _workspace_language(self) -> str:
        """Return the workspace's language, loading no more of it than that; `en` without one."""
        from pismo.workspace.settings import load_settings

        if "workspace" in self.__dict__:
            return self.workspace.settings.language
        try:
            return load_settings(self.root).language
        except PismoError:
            return "en"


def tongue_of(ctx: click.Context | None) -> Tongue:
    """Return what the terminal speaks to the caller of a command."""
    call = ctx.find_object(Call) if ctx else None
    return (call or Call()).tongue


def no_audience(en: str, ru: str) -> AudienceError:
    """Return the error that nobody is known yet, with what to do about it."""
    hint, hint_ru = BRING_AN_AUDIENCE
    return AudienceError(en, hint=hint, ru=ru, hint_ru=hint_ru)


def say(message: str = "") -> None:
    """Tell a person something, on stderr; results go to stdout."""
    click.echo(message, err=True)


def tell_new_state(tongue: Tongue) -> Callable[[str, int], None]:
    """Return what tells of a state database that was made where a setting names the place."""

    def tell(url: str, known: int) -> None:
        say(tongue("A new state database:", "Новая база состояния:") + f" {url}")
        if known:
            people = f"{tongue.number(known)} {tongue.form(known, PERSON)}"
            say(
                tongue(
                    f"WARNING: it knows nobody. .pismo/ledger.sqlite knows {people}: who agreed,"
                    " who unsubscribed, who has which letter. To bring all of it along, take the"
                    " new one away again, and: pismo state move URL",
                    f"ВНИМАНИЕ: в ней нет никого. А в .pismo/ledger.sqlite — {people}: кто"
                    " согласился, кто отписался, у кого какое письмо. Чтобы перенести всё,"
                    " уберите новую и запустите: pismo state move URL",
                )
            )

    return tell


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
            ru=f"порт {port} занять нельзя: {error.strerror}",
            hint_ru="выберите другой или --port 0: любой свободный",
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
    tongue, notes = Tongue(language), Counter[str]()
    for finding in findings:
        if finding.severity is Severity.NOTE:
            notes[finding.rule.id] += 1
            if notes[finding.rule.id] > shown:
                continue
        _echo_finding(finding, tongue)
    for rule, number in notes.items():
        if number > shown:
            more = number - shown
            said = tongue(f"and {more} more; all of them:", f"и ещё {more}; все:")
            say(f"{_label(Severity.NOTE, rule, tongue)}: {said} pismo check --all")


def _echo_finding(finding: Finding, tongue: Tongue) -> None:
    label = _label(finding.severity, finding.rule.id, tongue)
    where = f" ({finding.segment})" if finding.segment else ""
    say(f"{finding.source}: {label}: {finding.message(tongue.language)}{where}")
    if hint := finding.hint(tongue.language):
        say(f"  {tongue('hint', 'подсказка')}: {hint}")


def _label(severity: Severity, rule: str, tongue: Tongue) -> str:
    said = tongue(str(severity), _SEVERITIES[severity])
    return click.style(f"{said}[{rule}]", _COLOURS[severity])


def run(group: click.Group) -> NoReturn:
    """Run the group; a PismoError becomes a message and its exit code, never a traceback."""
    call = Call()
    try:
        code = group.main(standalone_mode=False, obj=call)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        from pismo.cli.asking import show_usage

        show_usage(error, call.tongue)
        code = ExitCode.USAGE
    except click.Abort as abort:
        code = _given_up(abort, call.tongue)
    except FindingsError as error:
        echo_findings(error.findings, call.tongue.language)
        code = error.exit_code
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python would complain when it leaves.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.DONE
    except OSError as error:
        _say_error(file_trouble(error), call.tongue)
        code = ExitCode.FAILED
    except PismoError as error:
        _say_error(error, call.tongue)
        code = error.exit_code
    sys.exit(code if isinstance(code, int) else ExitCode.DONE)


def _given_up(abort: click.Abort, tongue: Tongue) -> ExitCode:
    """Say why questions went unanswered: somebody stopped, or there is nobody."""
    if not isinstance(abort.__context__, EOFError):
        say(tongue("stopped", "остановлено"))
        return ExitCode.STOPPED
    told = UsageError(
        "there is nobody to answer questions here",
        hint="give the answers as options, which --help lists",
        ru="здесь некому отвечать на вопросы",
        hint_ru="ответьте параметрами, их перечисляет --help",
    )
    _say_error(told, tongue)
    return told.exit_code


def _say_error(error: PismoError, tongue: Tongue) -> None:
    say(click.style(tongue("error: ", "ошибка: "), "red") + error.lines(tongue.language))
