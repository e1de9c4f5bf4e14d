"""`pismo preview`: look at every letter, on this machine only."""

import secrets
import socket
import webbrowser

import click

from pismo.cli.common import Call, say
from pismo.errors import UsageError

LOOPBACK = "127.0.0.1"


@click.command("preview")
@click.option("--port", type=int, default=0, help="Port to listen on; a free one by default.")
@click.option("--lan", is_flag=True, help="Let a phone on this network look, with a token.")
@click.option("--open/--no-open", "opens", default=True, help="Open the browser.")
@click.pass_context
def preview_command(ctx: click.Context, port: int, *, lan: bool, opens: bool) -> None:
    """Show every issue, segment and person side by side; reload when a file is saved."""
    from pismo.preview import Desk, Studio, create_app

    call: Call = ctx.obj
    listening = _listen("0.0.0.0" if lan else LOOPBACK, port)  # noqa: S104  # asked for by --lan
    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(16) if lan else ""
    names = {LOOPBACK, "localhost", *([_own_address()] if lan else [])}
    app = create_app(
        Desk(Studio(call.root)),
        hosts=frozenset(f"{name}:{port}" for name in names),
        token=token,
    )
    host = _own_address() if lan else LOOPBACK
    url = f"http://{host}:{port}/" + (f"?token={token}" if token else "")
    say(f"{url}  (Ctrl+C stops it)")
    if opens:
        webbrowser.open(url)
    _run(app, listening)


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise UsageError(
            f"port {port} cannot be used: {error.strerror}",
            hint="leave --port out, and a free one is taken",
        ) from error
    return listening


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
