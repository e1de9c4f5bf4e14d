"""What an address must look like for mail services to take it: checked before anybody is planned.

SES knows no SMTPUTF8: the local part is ASCII, and a domain in other letters travels as punycode
(facts/ses.md §1).
"""

import re

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_LONGEST_LOCAL, _LONGEST_DOMAIN = 64, 253


def problem_with_address(address: str) -> str:
    """Say why an address cannot be written to, or ''; never with the address itself."""
    local, at, domain = address.rpartition("@")
    if not at:
        return "no @ in the address"
    if not address.isascii():
        return "letters outside ASCII in the address"
    if len(local) > _LONGEST_LOCAL or not _LOCAL_PART.fullmatch(local):
        return "the part before @ is not one that mail services take"
    if len(domain) > _LONGEST_DOMAIN or not _DOMAIN.fullmatch(domain):
        return "the domain is not one that mail services take"
    return ""


def wire_address(address: str) -> str:
    """Return an address as it travels: without outer space, its domain in punycode."""
    local, at, domain = address.strip().rpartition("@")
    if domain.isascii():
        return f"{local}{at}{domain}"
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return f"{local}{at}{domain}"
