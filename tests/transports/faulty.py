"""A server that misbehaves on purpose and counts the POSTs it got."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket], None]


def http(status: str, body: str, headers: str = "Connection: close\r\n") -> bytes:
    encoded = body.encode()
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(encoded)}\r\n{headers}\r\n"
    ).encode() + encoded


@dataclass
class FaultyServer:
    """Reads each request whole, counts it, then does what `behave` says with the connection."""

    behave: Behaviour
    posts: int = 0
    bodies: list[bytes] = field(default_factory=list)
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(65536)
            head, _, body = data.partition(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            while len(body) < length:
                body += connection.recv(65536)
            self.posts += 1
            self.bodies.append(body)
            self.behave(connection)

    def stall(self, connection: socket.socket, first: bytes = b"") -> None:
        connection.sendall(first)
        self.released.wait(10)

    @staticmethod
    def stall_for_a_while(connection: socket.socket) -> None:
        # Longer than the client waits; the client closing its end stops it.
        connection.settimeout(10)
        connection.recv(1)

    @staticmethod
    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextlib.contextmanager
def faulty_servers() -> Iterator[Callable[[Behaviour], FaultyServer]]:
    """Yield a function that starts a server; all of them end with the block."""
    listeners: list[tuple[socket.socket, FaultyServer]] = []

    def start(behave: Behaviour) -> FaultyServer:
        listener = socket.create_server(("127.0.0.1", 0))
        server = FaultyServer(behave, url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        listeners.append((listener, server))
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        return server

    yield start
    for listener, server in listeners:
        server.released.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
