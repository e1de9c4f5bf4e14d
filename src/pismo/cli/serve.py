"""`pismo serve`: the public app behind the links in letters."""

import logging
from datetime import UTC, datetime

import click

from pismo.cli.common import Call, listen, say


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8400, show_default=True, help="Port; 0 takes a free one.")
@click.pass_obj
def serve_command(call: Call, host: str, port: int) -> None:
    """Answer one-click unsubscribes, preference pages and polls.

    Put a web server with HTTPS in front of it, at the address that `links.base_url` names; limit
    requests there. Several processes may serve one state database. Ctrl-C ends it.
    """
    import uvicorn

    from pismo.keys import keys_as_they_change
    from pismo.ledger import open_state
    from pismo.links import LinkSigner
    from pismo.serve import Keyring, create_app, house_of

    workspace = call.workspace
    settings = workspace.settings
    house = house_of(workspace)
    base = settings.links_base_url
    changed = keys_as_they_change(workspace.state_dir)

    def renewed() -> LinkSigner | None:
        keys = changed()
        return LinkSigner(keys, base) if keys else None

    with open_state(workspace.state_dir, settings.state_url) as state:
        keyring = Keyring(LinkSigner(state.keys, base), state.ledger, renewed)
        keyring.check()
        app = create_app(house, state.ledger, keyring, lambda: datetime.now(UTC))
        logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
        # No access log: the path of a link is a reader's key to their own settings.
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        if not settings.links_base_url:
            say("links.base_url is unset: letters lead nowhere yet. Set it in [tool.pismo.links].")
        listening = listen(host, port)
        say(f"http://{host}:{listening.getsockname()[1]} — Ctrl-C ends it.")
        uvicorn.Server(config).run(sockets=[listening])
