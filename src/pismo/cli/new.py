"""`pismo new`: begin a workspace, an issue, a piece of content, a segment."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from pismo.cli.asking import Asked, ask
from pismo.cli.common import DAY, Call, json_option, print_json, say, tongue_of
from pismo.errors import UsageError
from pismo.scaffold import answers
from pismo.tongue import FILE

if TYPE_CHECKING:
    from pismo.scaffold import NewFile

_FRIDAY = 4


def _looked_at(look: Callable[[str], str], value: str, ctx: click.Context) -> str:
    """Look at an answer before the next question is asked; a bad one is asked for again."""
    try:
        return look(value.strip())
    except UsageError as error:
        raise click.BadParameter(error.told(tongue_of(ctx).language)) from error


def _said(ctx: click.Context, _: click.Parameter, value: str) -> str:
    return _looked_at(answers.something, value, ctx)


def _address(ctx: click.Context, _: click.Parameter, value: str) -> str:
    return _looked_at(answers.address, value, ctx)


def _colour(ctx: click.Context, _: click.Parameter, value: str | None) -> str | None:
    return None if value is None else _looked_at(answers.colour, value, ctx)


def _new_folder(ctx: click.Context, _: click.Parameter, directory: Path) -> Path:
    """Look at the folder before anything is asked."""
    call: Call = ctx.obj
    call.greet()
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
    cls=Asked,
    question=("Language", "Язык"),
    default="ru",
    help="Of letters.",
)
@click.option(
    "--brand",
    cls=Asked,
    question=("Brand, as readers know you", "Название, под которым вас знают"),
    callback=_said,
    default="",
    show_default=False,
    help="As readers know you.",
)
@click.option(
    "--sender",
    cls=Asked,
    question=("Who writes: a person's name, if you can", "Кто пишет: лучше имя человека"),
    callback=_said,
    default="",
    show_default=False,
    help="Who writes: a person.",
)
@click.option(
    "--address",
    callback=_address,
    cls=Asked,
    question=("Their address, like katya@shop.example", "Адрес, например katya@lavka.example"),
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
        postal_address=_asked(ctx, _POSTAL_ADDRESS, postal_address),
        language=language,
        accent=_asked(ctx, _ACCENT, accent, "#b5502f", answers.colour),
        background=_asked(ctx, _BACKGROUND, background, "#f6f2ec", answers.colour),
        day=_next_friday(),
    )
    root = call.directory / directory
    written = new_workspace(root, wanted)
    if as_json:
        print_json({"root": str(root), "files": written})
        return
    tongue = call.tongue
    if "@" not in (pinned := installed_requirement()):
        say(
            tongue(
                f"Its CI installs {pinned}, as pyproject.toml says. Not in your package registry?"
                " Then\nname its place there:",
                f"CI поставит {pinned}, как сказано в pyproject.toml. В вашем реестре пакетов его"
                " нет? Тогда\nвпишите туда место:",
            )
            + ' "pismo @ git+https://git.example/pismo.git@COMMIT"'
        )
    files = tongue.counted(len(written), FILE)
    said = tongue(f"{files} in {directory}. Next", f"{directory}: {files}. Дальше")
    say(f"{said}: cd {directory} && pismo check && pismo build")


_POSTAL_ADDRESS = (
    "Postal address for the footer (may be empty)",
    "Почтовый адрес для подвала (можно пропустить)",
)
_ACCENT = ("Colour of links", "Цвет ссылок")
_BACKGROUND = ("Colour around letters", "Цвет вокруг письма")


def _asked(
    ctx: click.Context,
    question: tuple[str, str],
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
    return str(ask(question, look, tongue_of(ctx), default=default))


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
        said = call.tongue(
            f"note: {leaves} is over; an issue is dated by the day on which it leaves",
            f"заметка: {leaves} уже прошло, а выпуск датируют днём отправки",
        )
        say(said)
    _tell(call, made, f"pismo check {made.use}", as_json=as_json)


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
        is_segment = kind == FileKind.SEGMENT
        _tell(call, made, "pismo check", as_json=as_json, is_segment=is_segment)

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


def _tell(
    call: Call, made: "NewFile", next_command: str, *, as_json: bool, is_segment: bool = False
) -> None:
    if as_json:
        print_json({"path": made.path, "use": made.use})
        return
    click.echo(made.path)
    name_it = call.tongue(
        "name it in segments of a newsletter.toml, then ",
        "впишите в segments файла newsletter.toml, потом ",
    )
    then = name_it if is_segment else call.tongue("then ", "потом ")
    said = call.tongue(
        f"Refer to it as {made.use}. Next: edit it, ",
        f"Ссылаться так: {made.use}. Дальше: правьте, ",
    )
    say(said + then + next_command)


def _free_friday(call: Call, newsletter: str) -> date:
    day = _next_friday()
    while f"{newsletter}/{day.isoformat()}" in call.workspace.issues:
        day += timedelta(weeks=1)
    return day


def _next_friday() -> date:
    today = datetime.now(UTC).date()
    return today + timedelta(days=(_FRIDAY - today.weekday()) % 7 or 7)
