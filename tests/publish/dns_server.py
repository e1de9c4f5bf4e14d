"""A DNS server on this machine that knows what a test tells it."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Records = Mapping[tuple[str, str], Sequence[str]]
"""(name, kind) -> the records, as they stand in a zone file."""


@contextmanager
def dns_server(records: Records) -> Iterator[int]:
    """Answer on 127.0.0.1 over UDP; yields the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(door, records), daemon=True)
        thread.start()
        try:
            yield int(door.getsockname()[1])
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bell:
                bell.sendto(b"", door.getsockname())
            thread.join()


def _serve(door: socket.socket, records: Records) -> None:
    while True:
        asked, caller = door.recvfrom(4096)
        if not asked:
            return
        door.sendto(_answer(asked, records), caller)


def _answer(asked: bytes, records: Records) -> bytes:
    query = dns.message.from_wire(asked)
    answer = dns.message.make_response(query)
    question = query.question[0]
    name = question.name.to_text().rstrip(".").lower()
    kind = dns.rdatatype.to_text(question.rdtype)
    found = records.get((name, kind))
    if found:
        answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
    elif not any(known == name for known, _ in records):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()
