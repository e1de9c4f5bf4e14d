"""Stable shares of people: the same person is in or out on every machine, every day.

MD5 of a salt and the id, never an engine's own `hash()`: those change between versions.
"""

import hashlib

_DIGITS = 8


def share_sql(percent: float, salt: str, column: str = "subscriber_id") -> str:
    """Return an SQL condition that is true for `percent` of people, chosen by `salt`.

    Compares hexadecimal text, which every engine does alike.
    """
    safe = salt.replace("'", "''")
    return f"SUBSTR(MD5('{safe}:' || {column}), 1, {_DIGITS}) < '{_bound(percent)}'"


def in_share(person: str, percent: float, salt: str) -> bool:
    """Tell what `share_sql` tells, for one person."""
    digest = hashlib.md5(f"{salt}:{person}".encode(), usedforsecurity=False).hexdigest()
    return digest[:_DIGITS] < _bound(percent)


def _bound(percent: float) -> str:
    share = min(max(percent, 0.0), 100.0) / 100
    whole = 16**_DIGITS
    # "g" sorts after every hexadecimal digit, so 100 % leaves nobody out.
    return "g" if share >= 1 else f"{int(share * whole):0{_DIGITS}x}"
