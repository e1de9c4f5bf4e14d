"""HTTP/1.1 over asyncio: as little as boto3, curl and a browser need, and the plan's faults."""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from pismo.ses_sim import admin, api, routes
from pismo.ses_sim.api import Request, Response
from pismo.ses_sim.errors import ApiError, too_many_requests
from pismo.ses_sim.faults import SENDS, Fault, FaultKind, FaultPlan
from pismo.ses_sim.routes import Route
from pismo.ses_sim.state import State

_MOST_HEADERS = 64 * 1024
_MOST_BODY = 64 * 1024 * 1024
_GARBAGE = b"<html><body>Bad gateway, but with a smile</body></html>"


class Simulator:
    """What all connections share: the account, the plan, the listening socket."""

    def __init__(self, state: State, plan: FaultPlan, renew: Callable[[], State]) -> None:
        self.state, self.plan, self._renew = state, plan, renew
        self.connections: set[Connection] = set()
        self.address = ("127.0.0.1", 0)
        self._listener: asyncio.Server | None = None
        self._sent = 0

    async def listen(self, host: str, port: int) -> None:
        """Open the door."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: Connection(self), host, port)
        bound = self._listener.sockets[0].getsockname()
        self.address = (bound[0], bound[1])

    def shut(self) -> None:
        """Close the door: from now on connections are refused, open ones end."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for connection in list(self.connections):
            connection.end_when_idle()

    def reset(self) -> None:
        """Forget everything but the settings and the plan."""
        self.state.sink.flush()
        self.state = self._renew()
        self.plan = FaultPlan(self.plan.rules, self.plan.seed)
        self._sent = 0

    def after_answer(self, route: Route | None) -> None:
        """Count an answered sending; shut the door for a while if the plan says so."""
        if route is None or route.operation not in SENDS:
            return
        self._sent += 1
        self.refuse_if_planned()

    def refuse_if_planned(self) -> None:
        """Refuse connections before the next sending, if a `refuse` rule strikes it."""
        rule = self.plan.refusal(self._sent)
        if rule is not None and self._listener is not None:
            self.shut()
            asyncio.get_running_loop().call_later(rule.ms / 1000, self._reopen)

    def _reopen(self) -> None:
        task = asyncio.get_running_loop().create_task(self.listen(*self.address))
        self._reopening = task  # a task that nobody holds may be collected before it runs


class Connection(asyncio.Protocol):
    """One connection: requests one after the other."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._busy = False
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the new connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._simulator.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget the connection."""
        self._transport = None
        self._simulator.connections.discard(self)

    def end_when_idle(self) -> None:
        """End now, or after the request that is being answered."""
        self._closing = True
        if self._busy or self._transport is None:
            return
        if not self._transport.get_write_buffer_size():
            # close() acts in the loop's next turn, and a client that is quick would still take
            # this connection for open; FIN now makes it open a new one, and be refused.
            with suppress(OSError):
                self._transport.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._transport.close()

    def drop(self) -> None:
        """End now, whatever is going on."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Collect requests; answer each when it is whole and the one before is answered."""
        self._buffer += data
        self._drain()

    def _drain(self) -> None:
        while not self._busy and self._transport is not None:
            request = self._next()
            if request is None:
                return
            self._serve(request)

    def _next(self) -> Request | None:
        """Cut the next whole request off the buffer; end the connection if it is none of HTTP."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _MOST_HEADERS:
                self._abort()
            return None
        head = _head(bytes(self._buffer[:end]))
        if head is None:
            self._write(Response(400, b'{"message": "not HTTP"}'), close=True)
            return None
        method, target, headers = head
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isdigit() or int(length) > _MOST_BODY:
            self._write(Response(411, b'{"message": "Content-Length is required"}'), close=True)
            return None
        whole = end + 4 + int(length)
        if len(self._buffer) < whole:
            return None
        body = bytes(self._buffer[end + 4 : whole])
        del self._buffer[:whole]
        return Request(method, target, headers, body)

    def _serve(self, request: Request) -> None:
        if not request.path.startswith("/v2/"):
            self._write(admin.answer(self._simulator, request))
            return
        simulator = self._simulator
        route = routes.find(request.method, request.path)
        operation = route.operation if route is not None else ""
        simulator.state.requests[operation] += 1
        fault = simulator.plan.next(operation)
        delay = simulator.state.settings.latency_ms
        delay += fault.ms if fault is not None and fault.kind is FaultKind.LATENCY else 0
        if not delay:
            self._carry_out(request, route, fault)
            return
        self._busy = True

        def later() -> None:
            self._carry_out(request, route, fault)
            self._drain()

        asyncio.get_running_loop().call_later(delay / 1000, later)

    def _carry_out(self, request: Request, route: Route | None, fault: Fault | None) -> None:
        response = self._response(request, route, fault)
        self._busy = response is None
        if response is not None:
            self._answer(response, fault)
        self._simulator.after_answer(route)

    def _response(
        self, request: Request, route: Route | None, fault: Fault | None
    ) -> Response | None:
        """Carry the request out, or not, as the fault says; None leaves it without an answer."""
        kind = fault.kind if fault is not None else None
        if kind is FaultKind.THROTTLE:
            return api.refusal(too_many_requests("Maximum sending rate exceeded."))
        response: Response | None = None
        if fault is None or fault.takes_letters or kind in (FaultKind.ENTRIES, FaultKind.LATENCY):
            response = api.answer(self._simulator.state, request, route, fault)
        if fault is None or kind in (FaultKind.ENTRIES, FaultKind.LATENCY, FaultKind.PARTIAL):
            return response
        if kind is FaultKind.ERROR:
            return api.refusal(_server_error(fault.status))
        if kind is FaultKind.RESET:
            self._abort()
        if kind in (FaultKind.RESET, FaultKind.HANG):
            return None
        if kind is FaultKind.GARBAGE:
            return Response(200, _GARBAGE)
        return response or Response(200, b"{}")

    def _answer(self, response: Response, fault: Fault | None) -> None:
        kind = fault.kind if fault is not None else None
        if kind is FaultKind.DROP and self._transport is not None:
            self._transport.close()
        elif kind in (FaultKind.TRUNCATE, FaultKind.STALL) and self._transport is not None:
            whole = _wire(response, close=False)
            self._transport.write(whole[: len(whole) - max(1, len(response.body) // 2)])
            self._busy = True
            if kind is FaultKind.TRUNCATE:
                self._transport.close()
        else:
            self._write(response)

    def _write(self, response: Response, *, close: bool = False) -> None:
        if self._transport is None:
            return
        closing = close or self._closing
        self._transport.write(_wire(response, close=closing))
        if closing:
            self._transport.close()

    def _abort(self) -> None:
        """Reset the connection: the client sees RST, not the end of an answer."""
        if self._transport is not None:
            connected = self._transport.get_extra_info("socket")
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()


def _head(head: bytes) -> tuple[str, str, dict[str, str]] | None:
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return None
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            return None
        headers[name.lower()] = value.strip()
    return words[0], words[1], headers


def _wire(response: Response, *, close: bool) -> bytes:
    reason = HTTPStatus(response.status).phrase
    lines = [f"HTTP/1.1 {response.status} {reason}", f"Content-Type: {response.kind}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    lines += [f"Content-Length: {len(response.body)}"]
    lines += ["Connection: close"] if close else []
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + response.body


def _server_error(status: int) -> ApiError:
    return ApiError(status, "InternalServiceErrorException", HTTPStatus(status).phrase)
