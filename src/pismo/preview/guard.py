"""Who may talk to the preview: its own page, on its own host name."""

import hmac
from collections.abc import Mapping
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

_COOKIE = "pismo_preview"
_HEADERS = {
    b"content-security-policy": (
        b"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        b"img-src 'self' data: https:; frame-src 'self'; base-uri 'self'; form-action 'none'; "
        b"frame-ancestors 'none'"
    ),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"cache-control": b"no-store",
}


class Guard:
    """Refuses foreign hosts, foreign origins and, on a LAN, whoever lacks the token."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], token: str = "") -> None:
        self.app = app
        self.hosts = hosts
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a refusal."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        if refusal := self._refusal(scope, headers):
            await _refuse(send, *refusal)
            return
        await self.app(scope, receive, self._with_headers(scope, send))

    def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> tuple[int, bytes] | None:
        if headers.get("host") not in self.hosts:
            return 421, b"This preview answers only to its own address."
        origin = headers.get("origin")
        if origin and urlsplit(origin).netloc not in self.hosts:
            return 403, b"Another page may not use this preview."
        if scope["method"] == "POST" and headers.get("x-pismo") != "preview":
            return 403, b"Another page may not use this preview."
        if self.token and not self._knows_token(scope, headers):
            return 403, b"Open the whole link that pismo preview printed: it holds a token."
        return None

    def _knows_token(self, scope: Scope, headers: Mapping[str, str]) -> bool:
        cookie = SimpleCookie(headers.get("cookie", "")).get(_COOKIE)
        given = cookie.value if cookie else _token_in(scope)
        return hmac.compare_digest(given, self.token)

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        async def sending(message: object) -> None:
            if isinstance(message, dict) and message["type"] == "http.response.start":
                extra = list(_HEADERS.items())
                if self.token and _token_in(scope):
                    cookie = f"{_COOKIE}={self.token}; HttpOnly; SameSite=Strict; Path=/"
                    extra.append((b"set-cookie", cookie.encode()))
                message["headers"] = [*message.get("headers", []), *extra]
            await send(message)  # type: ignore[arg-type]  # passed on as it came

        return sending


def _token_in(scope: Scope) -> str:
    query = parse_qs(scope["query_string"].decode("latin-1"))
    token: str = query.get("token", [""])[0]
    return token


async def _refuse(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
