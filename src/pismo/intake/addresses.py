"""Which addresses can be written to: one query tells most, email-validator the odd ones."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_PLAIN = (
    "(length(email) <= 254 AND length(split_part(email, '@', 1)) <= 64 "
    "AND regexp_full_match(email, "
    "'[A-Za-z0-9_+-]+(\\.[A-Za-z0-9_+-]+)*@[a-z0-9-]+(\\.[a-z0-9-]+)+'))"
)
_DOMAIN = "split_part(email, '@', 2)"
_VERDICT = ("given", "address", "reason")


def judge_addresses(engine: "duckdb.DuckDBPyConnection", rows: str, known: str = "") -> None:
    """Make table `judged (given, address, reason)` of addresses not to be used as they are given.

    An address of plain letters is good if its domain is; each domain is asked about once. What
    is left, a few in a thousand, goes through email-validator one by one. No DNS is asked.

    Args:
        engine: Where.
        rows: A table; its column `email` may be NULL.
        known: SELECT of the addresses that were judged before; '' if there are none.
    """
    import pyarrow as pa

    new = f"AND email NOT IN ({known})" if known else ""
    asked = engine.execute(
        f"SELECT DISTINCT {_PLAIN} AS plain, CASE WHEN {_PLAIN} THEN {_DOMAIN} ELSE email END "
        f"FROM {rows} WHERE email IS NOT NULL AND ({_PLAIN} OR TRUE {new})"
    ).fetchall()
    odd = [(given, *judge(given)) for plain, given in asked if not plain]
    domains = [(domain, judge(f"a@{domain}")[1]) for plain, domain in asked if plain]
    bad = {domain: reason for domain, reason in domains if reason}
    with_bad_domain = engine.execute(
        f"SELECT DISTINCT email, {_DOMAIN} FROM {rows} "
        f"WHERE {_DOMAIN} IN (SELECT unnest(?)) AND {_PLAIN} {new}",
        [list(bad)],
    ).fetchall()
    found = [one for one in odd if one[0] != one[1]]
    found += [(given, None, bad[domain]) for given, domain in with_bad_domain]
    columns = (pa.array([one[place] for one in found], pa.string()) for place in range(3))
    engine.register("given_verdicts", pa.table(dict(zip(_VERDICT, columns, strict=True))))
    engine.execute("CREATE OR REPLACE TEMP TABLE judged AS SELECT * FROM given_verdicts")
    engine.unregister("given_verdicts")


def judge(given: str) -> tuple[str | None, str | None]:
    """Return the address as it is written to, and why it cannot be (one of them None)."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(given, check_deliverability=False)
    except EmailNotValidError as error:
        return None, str(error).rstrip(".")
    if found.ascii_email is None:
        return None, "letters before the @ that the mail service does not take"
    return found.ascii_email, None
