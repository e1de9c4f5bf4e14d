"""`pismo demo`: the main job once, on an invented audience, by the very commands one would type."""

import shutil
import sys
from pathlib import Path

import click

from pismo.cli.common import Call, say
from pismo.errors import ExitCode, UsageError

MARK = "demo"
"""A file in `.pismo/` which says that everything there was invented and may be thrown away."""


@click.command("demo")
@click.option("--people", default=2000, show_default=True, help="How many people to invent.")
@click.option("--products", default=300, show_default=True, help="How many products they buy.")
@click.pass_context
def demo_command(ctx: click.Context, people: int, products: int) -> None:
    """Invent an audience, build the newest issue, check, plan, publish to the outbox.

    Nothing leaves this machine: letters are files. Running it again starts afresh; a state that
    was not made by a demo is never touched.
    """
    from pismo.workspace import newest_issue

    call: Call = ctx.obj
    call.greet()
    workspace = call.workspace
    issue = newest_issue(workspace)
    if issue is None:
        raise UsageError(
            "there is no issue to show", hint="begin one: pismo new issue NEWSLETTER",
            ru="показать нечего: выпусков нет", hint_ru="начните первый: pismo new issue РАССЫЛКА",
        )  # fmt: skip
    _begin_afresh(workspace.state_dir)
    for step in (
        ("sample", "--people", str(people), "--products", str(products)),
        ("build", issue),
        ("check", issue),
        ("plan", issue),
        ("publish", issue, "--to", "outbox", "--yes", "--at-once"),
    ):
        _run(ctx, call, step)
    _show_the_way(call, issue)


def _begin_afresh(state_dir: Path) -> None:
    """Throw away what an earlier demo left; refuse to touch anything else.

    Raises:
        UsageError: If the state is somebody's own.
    """
    mark = state_dir / MARK
    holds_state = state_dir.exists() and any(entry.name != "cache" for entry in state_dir.iterdir())
    if holds_state and not mark.exists():
        raise UsageError(
            f"{state_dir} holds a state that no demo made; it is left alone",
            hint="run the demo in a fresh clone",
            ru=f"в {state_dir} чужое состояние: его создало не демо, и оно останется как есть",
            hint_ru="запустите демо в свежем клоне",
        )
    if mark.exists():
        shutil.rmtree(state_dir)
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.touch(mode=0o600)
    mark.write_text("Invented by `pismo demo`; the next demo throws it away.\n", "utf-8")


def _run(ctx: click.Context, call: Call, step: tuple[str, ...]) -> None:
    """Run one command and go on only if it is done."""
    say()
    say(click.style("$ pismo " + " ".join(step), bold=True))
    group = ctx.find_root().command
    there = ("-C", str(call.root), "--lang", call.tongue.language)
    code = group.main([*there, *step], standalone_mode=False)
    if isinstance(code, int) and code != ExitCode.DONE:
        ctx.exit(code)


def _show_the_way(call: Call, issue: str) -> None:
    root, tongue = call.root, call.tongue
    letter = min((root / "build" / "letters" / issue).glob("*/*/letter.html"))
    outbox = call.workspace.state_dir / "outbox" / issue / "new"
    mail = min(outbox.iterdir())
    say()
    way = tongue("A letter in the browser:  ", "Письмо в браузере:       ")
    say(f"{way}{letter.relative_to(root)}")
    way = tongue("The same in mail:         ", "То же письмо в почте:    ")
    say(f"{way}{mail.relative_to(root)}")
    say(tongue("Every segment, live:      ", "Все сегменты, вживую:    ") + f"{_command()} preview")


def _command() -> str:
    """Return what to type for `pismo` here: after `make demo` it is not on the PATH yet."""
    called, found = Path(sys.argv[0]), shutil.which("pismo")
    if called.name != "pismo" or not called.exists():
        return "pismo"
    return "pismo" if found and Path(found).samefile(called) else str(called)
