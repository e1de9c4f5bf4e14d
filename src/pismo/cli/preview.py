"""`pismo preview`: look at every letter, on this machine only."""

import os
import secrets
import socket
import webbrowser
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pismo.cli.common import Call, listen, no_audience, say
from pismo.errors import PlanError
from pismo.tongue import LETTER

if TYPE_CHECKING:
    from pismo.explain import Audience
    from pismo.model.edition import Edition
    from pismo.plan import StoredPlan
    from pismo.plan.state import State
    from pismo.preview import Crowd
    from pismo.tongue import Tongue

LOOPBACK = "127.0.0.1"


@click.command("preview")
@click.option("--port", type=int, default=0, help="Port to listen on; a free one by default.")
@click.option("--lan", is_flag=True, help="Let a phone on this network look, with a token.")
@click.option("--open/--no-open", "opens", default=True, help="Open the browser.")
@click.option(
    "--export",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the letters as plain files for somebody without the tool, and stop.",
)
@click.option("--to", "tester", default="", help="Who «send to myself» mails, of testers.toml.")
@click.pass_obj
def preview_command(
    call: Call, port: int, *, lan: bool, opens: bool, folder: Path | None, tester: str
) -> None:
    """Show every issue, segment and person side by side; reload when a file is saved.

    «Send to myself» writes an .eml file to .pismo/self/; with --to NAME it is mailed to a tester
    of .pismo/testers.toml through SES.
    """
    from pismo.preview import Desk, Studio, create_app

    studio = Studio(call.root)
    if tester:
        from pismo.cli.test import read_testers

        read_testers(call.workspace.state_dir, [tester])  # an unknown name is told at once
    if folder is not None:
        _export(studio, folder, call.tongue)
        return
    listening = listen("0.0.0.0" if lan else LOOPBACK, port)  # noqa: S104  # asked for by --lan
    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(16) if lan else ""
    host = _own_address() if lan else LOOPBACK
    names = {LOOPBACK, "localhost", host}
    with ExitStack() as stack:
        desk = Desk(studio, _crowd(call, stack), SelfMail(call, tester))
        app = create_app(desk, hosts=frozenset(f"{name}:{port}" for name in names), token=token)
        url = f"http://{host}:{port}/" + (f"?token={token}" if token else "")
        say(f"{url}  ({call.tongue('Ctrl+C stops it', 'остановить: Ctrl+C')})")
        if opens:
            webbrowser.open(url)
        _run(app, listening)


def _export(studio: object, folder: Path, tongue: "Tongue") -> None:
    from pismo.preview import Studio
    from pismo.preview.export import export

    assert isinstance(studio, Studio)
    written = export(studio, folder, tuple(studio.workspace.issues))
    said = tongue(
        f"{tongue.counted(written, LETTER)} written. Open",
        f"Записано: {tongue.counted(written, LETTER)}. Откройте",
    )
    say(f"{said} {folder / 'index.html'}")


def _crowd(call: Call, stack: ExitStack) -> "Crowd":
    """Bring real people, where there is an audience; it is opened when somebody asks for it."""
    from pismo.preview import Crowd

    if not (call.workspace.state_dir / "audience" / "current").exists():
        return Crowd()
    opened: list[State] = []

    def state() -> "State":
        from pismo.plan.state import open_state

        if not opened:
            opened.append(stack.enter_context(open_state(call.workspace, os.environ)))
        return opened[0]

    def audience() -> "Audience":
        from pismo.audience import current
        from pismo.explain import Audience

        snapshot = current(call.workspace.state_dir)
        if snapshot is None:
            raise no_audience("there is no audience here", "аудитории здесь нет")
        return Audience(call.workspace, snapshot, state(), lambda: datetime.now(UTC))

    def stored_plan(issue: str) -> "StoredPlan | None":
        from pismo.plan.state import latest_plan

        try:
            return latest_plan(call.workspace, state().ledger, issue)
        except PlanError:
            return None  # not planned, or not on this machine any more

    return Crowd(audience, stored_plan)


class SelfMail:
    """Writes a letter to `.pismo/self/`, or mails it to one tester."""

    def __init__(self, call: Call, tester: str) -> None:
        self.call = call
        self.tester = tester

    def __call__(self, message: bytes, edition: "Edition") -> str:
        """Put the message where its reader finds it; return where that is."""
        if self.tester:
            from pismo.cli.test import mail_to_tester

            return mail_to_tester(self.call.workspace, self.tester, message)
        folder = self.call.workspace.state_dir / "self"
        self.call.workspace.state_dir.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / f"{edition.issue.replace('/', '-')}-{edition.segment}.eml"
        file.write_bytes(message)
        return file.relative_to(self.call.root).as_posix()


def _own_address() -> str:
    """Return this machine's address on the network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address (RFC 5737)
            address: str = probe.getsockname()[0]
        except OSError:
            return LOOPBACK
    return address


def _run(app: object, listening: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # starlette's application
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listening])
