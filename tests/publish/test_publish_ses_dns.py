"""The doctor's questions to DNS, asked of a real server on this machine."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from pismo import ses_sim
from pismo.publish.ses_dns import check_dns, resolver
from pismo.publish.ses_doctor import examine
from pismo.publish.ses_findings import Check, Level
from pismo.transports.ses_client import SesSettings, control_client
from pismo.workspace import load_workspace
from tests.publish.dns_server import Records, dns_server

DOMAIN = "shop.example"
IDENTITY = {
    "DkimAttributes": {"Tokens": ["abc", "def"]},
    "MailFromAttributes": {"MailFromDomain": "bounce.shop.example"},
}
FINE: Records = {
    ("abc._domainkey.shop.example", "CNAME"): ["abc.dkim.amazonses.com."],
    ("def._domainkey.shop.example", "CNAME"): ["def.dkim.amazonses.com."],
    ("bounce.shop.example", "MX"): ["10 feedback-smtp.eu-central-1.amazonses.com."],
    ("bounce.shop.example", "TXT"): ['"v=spf1 include:amazon" "ses.com ~all"'],
    ("_dmarc.shop.example", "TXT"): ['"v=DMARC1; p=quarantine"'],
}


def ask(records: Records, domain: str = DOMAIN) -> dict[str, Check]:
    with dns_server(records) as port:
        resolve = resolver(server="127.0.0.1", port=port)
        checks = check_dns(domain, DOMAIN, IDENTITY, "eu-central-1", resolve)
        return {check.name: check for check in checks}


def without(*gone: tuple[str, str]) -> Records:
    return {key: value for key, value in FINE.items() if key not in gone}


def test_records_that_are_there_are_fine() -> None:
    checks = ask(FINE)
    assert {check.level for check in checks.values()} == {Level.OK}, checks
    assert len(checks) == 4


@pytest.mark.parametrize(
    ("records", "name", "mend"),
    [
        (without(("def._domainkey.shop.example", "CNAME")), f"DKIM records of {DOMAIN}", "def."),
        (without(("bounce.shop.example", "MX")), "MX of bounce.shop.example", "MX 10 feedback"),
        (without(("bounce.shop.example", "TXT")), "SPF of bounce.shop.example", "v=spf1"),
        (without(("_dmarc.shop.example", "TXT")), f"DMARC of {DOMAIN}", "v=DMARC1"),
        (
            {**FINE, ("bounce.shop.example", "MX"): ["10 mx.other.example."]},
            "MX of bounce.shop.example",
            "and no other",
        ),
        (
            {**FINE, ("abc._domainkey.shop.example", "CNAME"): ["old.dkim.amazonses.com."]},
            f"DKIM records of {DOMAIN}",
            "abc._domainkey",
        ),
    ],
)
def test_record_that_is_missing_or_wrong_is_told_as_it_should_be(
    records: Records, name: str, mend: str
) -> None:
    check = ask(records)[name]
    assert check.level is Level.WARNING
    assert mend in check.mend


def test_policy_of_the_domain_above_covers_a_subdomain() -> None:
    assert ask(FINE, "news.shop.example")["DMARC of news.shop.example"].level is Level.OK


def test_records_of_the_identity_above_are_the_ones_that_sign() -> None:
    with dns_server(FINE) as port:
        resolve = resolver(server="127.0.0.1", port=port)
        found = check_dns("news.shop.example", DOMAIN, IDENTITY, "eu-central-1", resolve)
        assert {check.level for check in found} == {Level.OK}


def test_silent_dns_is_told_and_stops_no_other_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pismo.publish.ses_dns.LIFETIME_S", 0.2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        resolve = resolver(server="127.0.0.1", port=deaf.getsockname()[1])
        (check,) = check_dns(DOMAIN, DOMAIN, IDENTITY, "eu-central-1", resolve)
    assert check.level is Level.WARNING
    assert "does not answer" in check.found


def test_doctor_asks_dns_about_the_sender_it_found(small: Path) -> None:
    asked: list[str] = []

    def resolve(name: str, _kind: str) -> list[str]:
        asked.append(name)
        return []

    checks = doctor(small, resolve)
    assert any(name.endswith("._domainkey.shop.example") for name in asked)
    assert checks[f"DKIM records of {DOMAIN}"].level is Level.WARNING
    assert checks[f"DMARC of {DOMAIN}"].level is Level.WARNING


def doctor(root: Path, resolve: Callable[[str, str], list[str]]) -> dict[str, Check]:
    account = ses_sim.Settings(control_calls_per_second=None, identities=(DOMAIN,))
    with ses_sim.start(account) as sim:
        settings = SesSettings(endpoint_url=sim.url, region="us-east-1")
        client = control_client(settings)
        workspace = load_workspace(root)
        found = examine(workspace, settings, client, 0, pause=lambda _: None, resolve=resolve)
    return {check.name: check for check in found}
