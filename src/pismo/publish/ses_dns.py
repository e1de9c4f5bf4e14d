"""The records in DNS that letters stand on, asked for rather than believed.

SES verifies an identity once and looks again now and then; a record that was deleted since is
found out when mail providers stop believing in the letters. What belongs there:
https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html (DKIM),
https://docs.aws.amazon.com/ses/latest/dg/mail-from.html, and RFC 7489 for DMARC.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pismo.errors import SendError
from pismo.publish.ses_findings import Check, Level

LIFETIME_S = 5.0

Resolve: TypeAlias = Callable[[str, str], Sequence[str]]
"""Name and kind of record -> the records as text, none if there are none; raises SendError."""


def resolver(*, server: str = "", port: int = 53) -> Resolve:
    """Return the function that asks DNS: this machine's servers, or the one named."""
    import dns.exception
    import dns.resolver

    asking = dns.resolver.Resolver(configure=not server)
    if server:
        asking.nameservers, asking.port = [server], port
    asking.lifetime = LIFETIME_S

    def resolve(name: str, kind: str) -> Sequence[str]:
        try:
            answer = asking.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except dns.exception.DNSException as error:
            raise SendError(f"DNS does not answer about {name}: {type(error).__name__}") from error
        if kind == "TXT":
            # A long text travels in pieces of 255 bytes, which belong together (RFC 7208 §3.3).
            return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
        return [record.to_text().rstrip(".").lower() for record in answer]

    return resolve


def check_dns(
    domain: str, name: str, identity: Mapping[str, Any], region: str, resolve: Resolve
) -> Iterator[Check]:
    """Ask for the records of a sender's domain.

    Args:
        domain: Of the sender's address.
        name: Of the identity that covers it: the domain, one above it, or the address.
        identity: GetEmailIdentity's answer: DKIM tokens and the MAIL FROM domain.
        region: Of the account; MAIL FROM's mail exchanger is named by it.
        resolve: Asks DNS.
    """
    tokens = identity.get("DkimAttributes", {}).get("Tokens", [])
    mail_from = identity.get("MailFromAttributes", {}).get("MailFromDomain", "")
    try:
        if tokens:
            yield _dkim(name.rpartition("@")[2], tokens, resolve)
        if mail_from:
            yield _mail_exchanger(mail_from, region, resolve)
            yield _spf(mail_from, resolve)
        yield _dmarc(domain, resolve)
    except SendError as error:
        yield Check(f"DNS of {domain}", Level.WARNING, error.message, "ask again later")


def _dkim(domain: str, tokens: Sequence[str], resolve: Resolve) -> Check:
    wanted = {f"{token}._domainkey.{domain}": f"{token}.dkim.amazonses.com" for token in tokens}
    missing = [
        f"{name} CNAME {target}"
        for name, target in wanted.items()
        if target.lower() not in resolve(name, "CNAME")
    ]
    return _record(
        f"DKIM records of {domain}",
        f"{len(missing)} of {len(wanted)} are not in DNS" if missing else f"{len(wanted)} in DNS",
        "; ".join(missing),
    )


def _mail_exchanger(mail_from: str, region: str, resolve: Resolve) -> Check:
    target = f"feedback-smtp.{region}.amazonses.com"
    found = [record.rpartition(" ")[2] for record in resolve(mail_from, "MX")]
    # SES wants this record to be the only one.
    fine = found == [target]
    return _record(
        f"MX of {mail_from}",
        ", ".join(found) or "not in DNS",
        "" if fine else f"{mail_from} MX 10 {target}, and no other",
    )


def _spf(mail_from: str, resolve: Resolve) -> Check:
    found = [record for record in resolve(mail_from, "TXT") if record.lower().startswith("v=spf1")]
    fine = len(found) == 1 and "include:amazonses.com" in found[0].lower().split()
    return _record(
        f"SPF of {mail_from}",
        "; ".join(found) or "not in DNS",
        "" if fine else f'{mail_from} TXT "v=spf1 include:amazonses.com ~all", and no other v=spf1',
    )


def _dmarc(domain: str, resolve: Resolve) -> Check:
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        name = f"_dmarc.{'.'.join(labels[start:])}"
        found = [one for one in resolve(name, "TXT") if one.upper().startswith("V=DMARC1")]
        if len(found) == 1:
            return _record(f"DMARC of {domain}", found[0], "")
        if found:
            return _record(f"DMARC of {domain}", f"{len(found)} records", f"keep one at {name}")
    return _record(
        f"DMARC of {domain}", "not in DNS", f'_dmarc.{domain} TXT "v=DMARC1; p=none; rua=mailto:…"'
    )


def _record(name: str, found: str, mend: str) -> Check:
    return Check(name, Level.WARNING if mend else Level.OK, found, mend and f"in DNS: {mend}")
