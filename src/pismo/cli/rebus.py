"""`pismo rebus`: try a rebus, look for one, draw one."""

import os
from pathlib import Path

import click

from pismo.cli.asking import Asked
from pismo.cli.common import json_option, print_json, say, tongue_of
from pismo.errors import ContentError, ExitCode, UsageError

_LINE = "line: "


@click.group("rebus")
def rebus_group() -> None:
    """Solve, suggest and draw rebuses."""


@rebus_group.command("solve")
@click.argument("line")
@click.option("--answer", required=True, metavar="WORD", help="What it should read as.")
@json_option
@click.pass_context
def solve_command(ctx: click.Context, line: str, answer: str, *, as_json: bool) -> None:
    """Read LINE, e.g. "100 + 🦊лиса(с=ц)", in every way; exit with 1 if none is the answer."""
    from pismo.games import RebusError, parse_rebus, solve

    try:
        rebus = parse_rebus(f"answer: {answer}\n{_LINE}{line}")
        found = solve(rebus)
    except RebusError as error:
        # Only one line was given, so the place is a column of it; the answer has none.
        column = error.remark.column - len(_LINE) if error.remark.line == 1 else 0
        place, place_ru = (f"column {column}: ", f"столбец {column}: ") if column > 0 else ("", "")
        raise ContentError(
            place + error.remark.message("en"),
            hint=error.remark.hint("en"),
            ru=place_ru + error.remark.message("ru"),
            hint_ru=error.remark.hint("ru"),
        ) from error
    remarks = [remark.message(tongue_of(ctx).language) for remark in found.remarks]
    if as_json:
        print_json({"readings": list(found.readings), "ok": found.ok, "remarks": remarks})
    else:
        for reading in found.readings:
            click.echo(reading)
        for remark in remarks:
            say(remark)
    ctx.exit(ExitCode.DONE if found.ok else ExitCode.FINDINGS)


@rebus_group.command("suggest")
@click.argument("word")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 20))
@json_option
@click.pass_context
def suggest_command(ctx: click.Context, word: str, limit: int, *, as_json: bool) -> None:
    """Print the gentlest rebuses for WORD, for you to choose from; exit with 1 if there is none.

    The score is how much is done to the pictures' names: 0 is nothing at all.
    """
    from pismo.games.suggest import suggest

    found, tongue = suggest(word, limit=limit), tongue_of(ctx)
    if as_json:
        suggestions = [
            {"line": one.line, "score": one.score, "strict": one.is_strict} for one in found
        ]
        print_json({"suggestions": suggestions})
    else:
        for one in found:
            far = "" if one.is_strict else tongue("  (far-fetched)", "  (натянуто)")
            click.echo(f"{one.score:5.1f}  {one.line}{far}")
        copy = tongue(
            "Copy a line you like into a ```rebus block.",
            "Понравившуюся строку скопируйте в блок ```rebus.",
        )
        none = tongue(f"No rebus for '{word}'.", f"Ребуса для «{word}» не нашлось.")
        say(copy if found else none)
    ctx.exit(ExitCode.DONE if found else ExitCode.FINDINGS)


@rebus_group.command("draw")
@click.argument("item", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--to",
    "picture",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The PNG to write, e.g. content/images/friday-007.png.",
)
@click.option("--width", default=960, show_default=True, type=click.IntRange(160, 4000))
@json_option
@click.pass_context
def draw_command(
    ctx: click.Context, item: Path, picture: Path, width: int, *, as_json: bool
) -> None:
    """Draw the rebus in the Markdown file ITEM as a PNG, upside-down pictures upside down."""
    from pismo.games import draw_png, parse_rebus

    drawn = draw_png(parse_rebus(_block_of(item)), width=width)
    try:
        picture.write_bytes(drawn)
    except OSError as error:
        raise UsageError(
            f"cannot write {picture}: {error.strerror}",
            ru=f"не получается записать {picture}: {error.strerror}",
        ) from error
    named = os.path.relpath(picture, item.parent).replace(os.sep, "/")
    if as_json:
        print_json({"picture": str(picture), "bytes": len(drawn), "named": named})
    else:
        tongue, size = tongue_of(ctx), len(drawn)
        done = tongue(f"Wrote {picture} ({size} bytes).", f"Записано: {picture}, байтов: {size}.")
        add = tongue("Now add to the block", "Теперь добавьте в блок")
        say(f"{done} {add}: picture: {named}")


@rebus_group.command("seal")
@click.argument("item", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--also", multiple=True, metavar="ANSWER", help="Another answer that opens it.")
@click.option(
    "--code",
    cls=Asked,
    question=("What to reveal (a promo code)", "Что открыть (промокод)"),
    hide_input=True,
    help="Better left out: asked for without showing it, so that no shell history keeps it.",
)
@json_option
@click.pass_context
def seal_command(
    ctx: click.Context, item: Path, also: tuple[str, ...], code: str, *, as_json: bool
) -> None:
    """Lock a promo code with the answer of the rebus in ITEM; writes ITEM's .prize.json.

    Commit that file and name it in the front matter, `prize:`. The build only copies it. It
    hides a code, it does not protect it: seal nothing that is worth an evening of guessing.
    """
    from pismo.games import parse_rebus
    from pismo.games.seal import seal_prize

    answer = parse_rebus(_block_of(item)).answer
    sealed = item.with_suffix(".prize.json")
    sealed.write_text(seal_prize(code, [answer, *also]) + "\n", encoding="utf-8")
    if as_json:
        print_json({"prize": str(sealed), "answers": 1 + len(also)})
    else:
        done = tongue_of(ctx)(
            f"Wrote {sealed}. Now add to the front matter of {item.name}",
            f"Записано: {sealed}. Теперь добавьте в шапку {item.name}",
        )
        say(f"{done}: prize: {item.stem}")


def _block_of(item: Path) -> str:
    """Return the rebus of a Markdown file.

    Raises:
        UsageError: If it has none.
    """
    from pismo.games import fenced

    block = fenced(item.read_text(encoding="utf-8-sig"), "rebus")
    if block is None:
        raise UsageError(
            f"{item} has no ```rebus block", hint="name a file of content/games/",
            ru=f"в {item} нет блока ```rebus", hint_ru="назовите файл из content/games/",
        )  # fmt: skip
    return block
