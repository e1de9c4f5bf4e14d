"""Whatever a subscriber is called, the letter stays a letter: end to end, by the real parts."""

import email
import email.policy
import json
from datetime import UTC, date, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pismo.audience import write_snapshot
from pismo.keys import load_keys
from pismo.ledger import Consent, open_ledger
from pismo.ledger.ledger import FILE as LEDGER
from tests.demo.test_demo import pismo

NAMES = {
    "script": "<script>alert(1)</script>",
    "jinja": "{{ 7*7 }}",
    "block": "{% for x in [1] %}x{% endfor %}",
    "header": "Анна\r\nBcc: x@example.com",
    "quote": "О’Коннор \"'&<b>",
    "emoji": "🎲" * 500,
    "token": "qzxe00012xzq",
    "null": None,
    "empty": "",
}
ISSUE = "weekly/2026-11-27"


class Tags(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        del attrs
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


@pytest.fixture
def letters(small: Path) -> dict[str, EmailMessage]:
    """Write to everybody of NAMES; return their letters by id."""
    import pyarrow as pa

    state_dir = small / ".pismo"
    state_dir.mkdir(mode=0o700)
    people = [
        {
            "subscriber_id": person,
            "email": f"{person}@example.com",
            "first_name": name,
            "signup_date": date(2026, 1, 1),
        }
        for person, name in NAMES.items()
    ]
    write_snapshot(state_dir, {"subscribers": pa.Table.from_pylist(people)})
    ledger = open_ledger(state_dir / LEDGER, hmac_ids=load_keys(state_dir, {}).hmac_ids)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    ledger.record_consents(Consent(person, moment, "form", "weekly") for person in NAMES)
    ledger.close()
    assert pismo(small, "build", ISSUE).returncode == 0
    plan = pismo(small, "plan", ISSUE, "--json")
    assert json.loads(plan.stdout)["planned"]["everyone"] == len(NAMES), plan.stdout
    run = pismo(small, "publish", ISSUE, "--to", "outbox", "--yes")
    assert run.returncode == 0, run.stderr
    messages = [
        email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        for file in (state_dir / "outbox" / ISSUE / "new").iterdir()
    ]
    return {str(message["To"]).partition("@")[0]: message for message in messages}


def body(message: EmailMessage, kind: str) -> str:
    """Return one part, decoded."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_every_hostile_name_gets_one_whole_letter(letters: dict[str, EmailMessage]) -> None:
    assert set(letters) == set(NAMES)
    for message in letters.values():
        assert message.defects == []
        assert message["Bcc"] is None
        assert len(message.get_all("Subject", [])) == 1


def test_no_name_adds_a_tag(letters: dict[str, EmailMessage]) -> None:
    expected = Tags(body(letters["null"], "html")).tags
    for message in letters.values():
        assert Tags(body(message, "html")).tags == expected


def test_nothing_a_person_typed_is_evaluated(letters: dict[str, EmailMessage]) -> None:
    for person in ("jinja", "block", "token"):
        assert str(NAMES[person]) in body(letters[person], "plain")
        assert str(NAMES[person]) in Tags(body(letters[person], "html")).text


def test_a_missing_name_is_greeted_with_the_fallback(letters: dict[str, EmailMessage]) -> None:
    for person in ("null", "empty"):
        assert "Hello friend!" in body(letters[person], "plain")
        assert letters[person]["Subject"] == "Friends, it rained"


def test_a_line_break_in_a_name_stays_inside_the_subject(letters: dict[str, EmailMessage]) -> None:
    assert "Bcc: x@example.com" in letters["header"]["Subject"]
