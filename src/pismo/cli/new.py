"""`pismo new`: begin a workspace, an issue, a piece of content, a segment."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from click.core import ParameterSource

from pismo.cli.common import DAY, Call, json_option, print_json, say
from pismo.errors import UsageError
from pismo.scaffold import answers

_FRIDAY = 4


def _looked_at(look: Callable[[str], str], value: str) -> str:
    """Look at an answer before the next question is asked; click asks again for a bad one."""
    try:
        return look(value.strip())
    except UsageError as error:
        raise click.BadParameter(f"{error.message}: {error.hint}") from error


def _address(_: click.Context, __: click.Parameter, value: str) -> str:
    return _looked_at(answers.address, value)


def _colour(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    return None if value is None else _looked_at(answers.colour, value)


def _new_folder(ctx: click.Context, _: click.Parameter, directory: Path) -> Path:
    """Look at the folder before anything is asked."""
    call: Call = ctx.obj
    answers.new_folder(call.directory / directory)
    return directory


@click.group("new")
def new_group() -> None:
    """Begin a file with its fields explained, or a whole workspace."""


@new_group.command("workspace")
@click.argument(
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    is_eager=True,
    callback=_new_folder,
)
@click.option(
    "--language",
    type=click.Choice(["ru", "en"]),
    prompt="Language",
    default="ru",
    help="Of letters.",
)
@click.option("--brand", prompt="Brand, as readers know you", help="As readers know you.")
@click.option(
    "--sender", prompt="Who writes: a person's name, if you can", help="Who writes: a person."
)
@click.option(
    "--address",
    callback=_address,
    prompt="Their address, like katya@shop.example",
    help="From whom.",
)
@click.option("--postal-address", help="For the footer; the law of many countries asks for it.")
@click.option("--accent", callback=_colour, help="Colour of links and buttons.  [default: #b5502f]")
@click.option("--background", callback=_colour, help="Colour around letters.  [default: #f6f2ec]")
@json_option
@click.pass_context
def workspace_command(  # one parameter per question
    ctx: click.Context,
    directory: Path,
    language: str,
    brand: str,
    sender: str,
    address: str,
    postal_address: str | None,
    accent: str | None,
    background: str | None,
    *,
    as_json: bool,
) -> None:
    """Lay out a new workspace in DIRECTORY, with one letter that builds at once."""
    from pismo.scaffold import NewWorkspace, installed_requirement, new_workspace

    call: Call = ctx.obj
    wanted = NewWorkspace(
        brand=brand,
        sender=sender,
        address=address,
        postal_address=_asked(ctx, "Postal address for the footer (may be empty)", postal_address),
        language=language,
        accent=_asked(ctx, "Colour of links", accent, "#b5502f", answers.colour),
        background=_asked(ctx, "Colour around letters", background, "#f6f2ec", answers.colour),
        day=_next_friday(),
    )
    root = call.directory / directory
    written = new_workspace(root, wanted)
    if as_json:
        print_json({"root": str(root), "files": written})
        return
    if "@" not in (pinned := installed_requirement()):
        say(f"Its CI installs {pinned}, as pyproject.toml says. Not in your package registry? Then")
        say('name its place there: "pismo @ git+https://git.example/pismo.git@COMMIT"')
    say(f"{len(written)} files in {directory}. Next: cd {directory} && pismo check && pismo build")


def _asked(
    ctx: click.Context,
    question: str,
    given: str | None,
    default: str = "",
    look: Callable[[str], str] = str,
) -> str:
    """Return what a flag said; else ask, but only somebody who is answering questions anyway."""
    if given is not None:
        return given
    names = ("language", "brand", "sender", "address")
    if not any(ctx.get_parameter_source(name) is ParameterSource.PROMPT for name in names):
        return default
    answer: str = click.prompt(
        question,
        default=default,
        show_default=bool(default),
        value_proc=lambda value: _looked_at(look, value),
    )
    return answer


@new_group.command("issue")
@click.argument("newsletter")
@click.argument("day", type=DAY, required=False, metavar="[DAY]")
@click.option("--from", "source", default="", metavar="ISSUE", help="Begin with an earlier issue.")
@json_option
@click.pass_context
def issue_command(
    ctx: click.Context, newsletter: str, day: datetime | None, source: str, *, as_json: bool
) -> None:
    """Begin the issue of NEWSLETTER that leaves on DAY.

    DAY is like 2026-12-04; without it, it is the next Friday that has no issue yet.
    """
    from pismo.scaffold import new_issue

    call: Call = ctx.obj
    leaves = day.date() if day else _free_friday(call, newsletter)
    made = new_issue(call.workspace, newsletter, leaves, source)
    if leaves < datetime.now().astimezone().date():
        say(f"note: {leaves} is over; an issue is dated by the day on which it leaves")
    _tell(made.path, made.use, f"pismo check {made.use}", as_json=as_json)


def _content_command(kind: str, what: str) -> click.Command:
    """Make the command that begins one kind of file."""

    @click.command(kind, help=f"Begin {what} called TITLE.")
    @click.argument("title")
    @click.option("--name", default="", help="File name without suffix; made from the title.")
    @json_option
    @click.pass_context
    def command(ctx: click.Context, title: str, name: str, *, as_json: bool) -> None:
        from pismo.scaffold import FileKind, new_file

        call: Call = ctx.obj
        made = new_file(call.workspace, FileKind(kind), title, name)
        place = "segments of a newsletter.toml, then " if kind == FileKind.SEGMENT else ""
        _tell(made.path, made.use, "pismo check", as_json=as_json, place=place)

    return command


for _kind, _what in (
    ("story", "a story"),
    ("tip", "a tip"),
    ("rebus", "a rebus"),
    ("quiz", "a quiz"),
    ("poll", "a poll"),
    ("pick", "a pick of products"),
    ("segment", "a segment"),
):
    new_group.add_command(_content_command(_kind, _what))


def _tell(path: str, use: str, next_command: str, *, as_json: bool, place: str = "") -> None:
    if as_json:
        print_json({"path": path, "use": use})
        return
    click.echo(path)
    name_it = f"name it in {place}" if place else ""
    say(f"Refer to it as {use}. Next: edit it, {name_it or 'then '}{next_command}")


def _free_friday(call: Call, newsletter: str) -> date:
    day = _next_friday()
    while f"{newsletter}/{day.isoformat()}" in call.workspace.issues:
        day += timedelta(weeks=1)
    return day


def _next_friday() -> date:
    today = datetime.now(UTC).date()
    return today + timedelta(days=(_FRIDAY - today.weekday()) % 7 or 7)
