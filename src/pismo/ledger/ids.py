"""Ids of plans and deliveries: opaque, safe in URLs, file names and SES tags, cheap to store.

A delivery's id is `<plan>-<place in the plan, base 36>`. It is not stored: the plan's number and
the place give the row. The plan's part is random, so that an event that comes from another
ledger, or from before a backup was restored, finds no row instead of a wrong one.
"""

import re
import secrets
import string

_LETTERS = string.digits + string.ascii_lowercase
_PLAN = re.compile(r"[a-z0-9]{8,20}")
_DELIVERY = re.compile(r"([a-z0-9]{8,20})-([0-9a-z]{1,7})")
_SES_GROUPS = [16, 8, 4, 4, 4, 12, 6]
_HEX = set("0123456789abcdef")


def new_plan_id() -> str:
    """Make an id for a plan: 12 letters and digits, 62 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(12))


def is_plan_id(plan: str) -> bool:
    """Tell whether a plan may be called that."""
    return _PLAN.fullmatch(plan) is not None


def delivery_id(plan: str, place: int) -> str:
    """Name the delivery at a place (0-based) of a plan; at most 28 characters."""
    digits = ""
    while True:
        place, digit = divmod(place, 36)
        digits = _LETTERS[digit] + digits
        if not place:
            return f"{plan}-{digits}"


def read_delivery_id(delivery: str) -> tuple[str, int] | None:
    """Return a delivery's plan and place; None if it is no id of ours."""
    match = _DELIVERY.fullmatch(delivery)
    return (match[1], int(match[2], 36)) if match else None


def pack(message_id: str) -> bytes:
    """Store SES's message ids (54 hex digits in groups, 60 characters) in half the room."""
    groups = message_id.split("-")
    if [len(group) for group in groups] == _SES_GROUPS:
        digits = "".join(groups)
        if set(digits) <= _HEX:
            return b"\0" + bytes.fromhex(digits)
    return message_id.encode()


def unpack(stored: bytes) -> str:
    """Return a message id as it was given."""
    if stored[:1] != b"\0":
        return stored.decode()
    digits = iter(stored[1:].hex())
    return "-".join("".join(next(digits) for _ in range(size)) for size in _SES_GROUPS)
