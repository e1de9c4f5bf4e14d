"""`pismo site`: the static part, locally."""

import click

from pismo.cli.common import Call, say


@click.group("site")
def site_group() -> None:
    """Look at the static site that `pismo build` writes."""


@site_group.command("serve")
@click.option("--port", default=8400, show_default=True, help="Port on this machine; 0: any free.")
@click.pass_obj
def serve_command(call: Call, port: int) -> None:
    """Serve build/site on this machine only, until Ctrl-C."""
    from pismo.site.server import HOST, site_server

    with site_server(call.root / "build" / "site", port) as server:
        click.echo(f"http://{HOST}:{server.server_address[1]}/")
        say(
            call.tongue(
                "The site as it was built last; Ctrl-C stops. Build again: pismo build",
                "Сайт, каким его собрали в последний раз; остановить: Ctrl-C. Собрать: pismo build",
            )
        )
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say(call.tongue("Stopped.", "Остановлено."))
