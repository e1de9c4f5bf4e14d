"""Which addresses can be written to: one query tells most, email-validator the odd ones."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_PLAIN = r"^[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[a-z0-9-]+(\.[a-z0-9-]+)+$"


def judge_addresses(engine: "duckdb.DuckDBPyConnection") -> None:
    """Make table `judged (given, address, reason)` for the new addresses in `new_addresses`.

    An address of plain letters is good if its domain is; each domain is asked about once. What
    is left, a few in a thousand, goes through email-validator one by one. No DNS is asked.
    """
    import pyarrow as pa

    engine.execute(
        "CREATE OR REPLACE TEMP TABLE sorted_addresses AS SELECT DISTINCT email AS given, "
        f"regexp_matches(email, '{_PLAIN}') AND length(email) <= 254 "
        "AND length(split_part(email, '@', 1)) <= 64 AS plain FROM new_addresses"
    )
    domains = engine.execute(
        "SELECT DISTINCT split_part(given, '@', 2) FROM sorted_addresses WHERE plain"
    ).fetchall()
    odd = engine.execute("SELECT given FROM sorted_addresses WHERE NOT plain").fetchall()
    of_domains = [(domain, judge(f"a@{domain}")[1]) for (domain,) in domains]
    of_odd = [(given, *judge(given)) for (given,) in odd]
    text = pa.string()
    engine.register(
        "given_domains",
        pa.table({"domain": pa.array([one[0] for one in of_domains], text),
                  "reason": pa.array([one[1] for one in of_domains], text)}),
    )  # fmt: skip
    engine.register(
        "given_odd",
        pa.table({name: pa.array([one[place] for one in of_odd], text)
                  for place, name in enumerate(("given", "address", "reason"))}),
    )  # fmt: skip
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE judged AS "
        "SELECT s.given, s.given AS address, d.reason FROM sorted_addresses AS s "
        "JOIN given_domains AS d ON d.domain = split_part(s.given, '@', 2) WHERE s.plain "
        "UNION ALL SELECT given, address, reason FROM given_odd"
    )
    engine.unregister("given_domains")
    engine.unregister("given_odd")


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
