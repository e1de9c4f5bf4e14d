"""The built site on this machine, to look at: what any static host would answer."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pismo.errors import UsageError

HOST = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Serves files, and keeps quiet about it."""

    extensions_map = {  # noqa: RUF012  # the base's own, and nobody changes it
        **SimpleHTTPRequestHandler.extensions_map,
        ".xml": "application/xml; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
    }

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Say nothing: requests are not news."""

    def end_headers(self) -> None:
        """Let the browser ask again each time, because the next build may change everything."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


def site_server(site: Path, port: int) -> ThreadingHTTPServer:
    """Bind a server for a built site on this machine only; call `serve_forever` on it.

    Args:
        site: The folder `build/site`.
        port: 0 for any that is free.

    Raises:
        UsageError: If there is no site yet, or the port is taken.
    """
    if not (site / "index.html").is_file():
        raise UsageError(
            "there is no built site yet",
            hint="build it first: pismo build",
            ru="сайт ещё не собран",
            hint_ru="сначала соберите: pismo build",
        )
    try:
        return ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(site)))
    except OSError as error:
        raise UsageError(
            f"port {port} cannot be used: {error.strerror}",
            hint="choose another: pismo site serve --port 8401",
            ru=f"порт {port} занять нельзя: {error.strerror}",
            hint_ru="выберите другой: pismo site serve --port 8401",
        ) from error
