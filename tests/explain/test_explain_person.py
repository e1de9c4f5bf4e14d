"""`pismo explain`: a hypothetical, a planned, a sent letter, and one that is gone."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from pismo.cli import root
from pismo.errors import UsageError
from pismo.intake.answers import bring_answers
from pismo.ledger import Event, OptOut, Proof, Scope, Suppression, open_state
from pismo.model.people import Outcome
from pismo.workspace import load_workspace

ISSUE = "weekly/2026-11-27"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
Explain = Callable[..., dict[str, Any]]


def pismo(workspace: Path, *words: str) -> str:
    """Run a command and return what it printed on stdout."""
    done = CliRunner().invoke(root, ["-C", str(workspace), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def explain(small: Path) -> Explain:
    def explained(person: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(pismo(small, "explain", ISSUE, person, "--json"))
        return told

    return explained


@pytest.fixture
def sampled(small: Path) -> Path:
    pismo(small, "sample", "--people", "60", "--products", "20")
    return small


def somebody(workspace: Path, excluded: str = "") -> str:
    """Return the id of somebody who gets a letter, or who does not for a reason."""
    listed = [f"s{number:07}" for number in range(1, 61)]
    for person in listed:
        told = json.loads(pismo(workspace, "explain", ISSUE, person, "--json"))
        if (told["excluded"] or "") == excluded:
            return person
    raise AssertionError(excluded)


def test_an_invented_person_is_explained_without_an_audience(explain: Explain, small: Path) -> None:
    told = explain("anna")
    assert told["case"] == "hypothetical"
    assert told["segment"] == "families"
    assert told["rule"] == "children_max_age <= 12"
    assert told["values"] == {"children_max_age": 6}
    assert told["holes"][0]["value"] == "Anna"
    assert told["holes"][0]["fallback_used"] is False
    assert not (small / ".pismo").exists()


def test_a_person_without_a_name_shows_the_fallback(explain: Explain) -> None:
    told = explain("nameless")
    assert {"value": "Friends", "fallback_used": True}.items() <= told["holes"][0].items()


def test_a_real_person_is_explained_with_the_products_of_a_plan(
    explain: Explain, sampled: Path
) -> None:
    told = explain(somebody(sampled))
    assert told["case"] == "hypothetical"
    assert told["picks"]
    assert all(pick["reason"] for pick in told["picks"])


def test_someone_who_never_agreed_is_told_to_get_nothing(explain: Explain, sampled: Path) -> None:
    assert explain(somebody(sampled, "no-consent"))["excluded"] == "no-consent"


def test_a_planned_letter_is_explained_from_its_plan(explain: Explain, sampled: Path) -> None:
    person = somebody(sampled)
    pismo(sampled, "plan", ISSUE)
    told = explain(person)
    assert told["case"] == "planned"
    assert told["delivery"]["submission"] == "planned"
    assert told["holes"]


def test_a_sent_letter_says_what_became_of_it(explain: Explain, sampled: Path) -> None:
    person = somebody(sampled)
    pismo(sampled, "plan", ISSUE)
    pismo(sampled, "publish", ISSUE, "--to", "outbox", "--yes", "--at-once")
    told = explain(person)
    assert (told["case"], told["delivery"]["submission"]) == ("sent", "accepted")


def test_an_erased_plan_is_said_not_to_be_reproducible(explain: Explain, sampled: Path) -> None:
    person = somebody(sampled)
    pismo(sampled, "plan", ISSUE)
    shutil.rmtree(sampled / ".pismo" / "plans")
    told = explain(person)
    assert told["case"] == "not reproducible"
    assert told["delivery"]["submission"] == "planned"


def test_letter_that_cannot_be_shown_says_what_is_kept_of_it_and_when_by_whose_clock(
    explain: Explain, sampled: Path
) -> None:
    settings = sampled / "newsletters" / "weekly" / "newsletter.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('"Europe/Moscow"', '"Asia/Omsk"'), "utf-8")
    person = sent(sampled)
    shutil.rmtree(sampled / ".pismo" / "plans")
    delivery = explain(person)["delivery"]
    told = pismo(sampled, "explain", ISSUE, person, "--letter")
    assert f"text {delivery['digest']}, plan {delivery['plan']}" in told
    at = datetime.fromisoformat(delivery["updated_at"]).astimezone(ZoneInfo("Asia/Omsk"))
    assert f"accepted, sent, {at:%Y-%m-%d %H:%M} Asia/Omsk" in told


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger_of(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Keep the state database on SQLite and on PostgreSQL in turn; return its URL or ''."""
    url = "" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))
    if url:
        monkeypatch.setenv("PISMO_STATE_URL", url)
    return url


def test_a_letter_whose_plan_was_superseded_names_the_plan_that_has_it_and_is_shown_as_sent(
    explain: Explain, ledger_of: str, small: Path
) -> None:
    pismo(small, "sample", "--people", "60", "--products", "20")
    person = sent(small)
    first = explain(person)["delivery"]["plan"]
    later = planned_again(small)
    told = explain(person)
    assert (told["case"], told["delivery"]["plan"]) == ("sent", later), ledger_of
    named = {"plan": first, "by": later, "has_letter": True, "is_here": True}
    assert told["superseded"] == named
    said = pismo(small, "explain", ISSUE, person, "--letter")
    assert f"plan {first} made it and was superseded by plan {later} (.pismo/plans/{later})" in said
    assert f"which has it now: pismo publish {ISSUE} --status" in said
    assert "Hello" in said
    assert "Hi there" not in said
    shutil.rmtree(small / ".pismo" / "plans")
    gone = pismo(small, "explain", ISSUE, person)
    assert f"superseded by plan {later} (elsewhere)" in gone


def test_a_letter_that_the_later_plan_leaves_out_says_so_and_where_to_ask_why(
    explain: Explain, ledger_of: str, small: Path
) -> None:
    pismo(small, "sample", "--people", "60", "--products", "20")
    person = sent(small)
    first = explain(person)["delivery"]["plan"]
    with open_state(small / ".pismo", ledger_of) as state:
        state.ledger.opt_out([OptOut(person, Scope.ALL, datetime.now(UTC))])
    later = planned_again(small)
    told = explain(person)
    named = {"plan": first, "by": later, "has_letter": False, "is_here": True}
    assert told["superseded"] == named
    said = pismo(small, "explain", ISSUE, person)
    assert f"leaves them out; what they got stays. Why: pismo plan {ISSUE}" in said


def test_a_letter_of_the_plan_that_counts_is_superseded_by_nothing(
    explain: Explain, sampled: Path
) -> None:
    person = sent(sampled)
    assert explain(person)["superseded"] is None
    assert "superseded" not in pismo(sampled, "explain", ISSUE, person)


def sent(workspace: Path) -> str:
    """Plan and publish the issue; return somebody who has it."""
    person = somebody(workspace)
    pismo(workspace, "plan", ISSUE)
    pismo(workspace, "publish", ISSUE, "--to", "outbox", "--yes", "--at-once")
    return person


def planned_again(workspace: Path) -> str:
    """Change the letter's text and plan it again; return the plan's id."""
    file = workspace / "newsletters" / f"{ISSUE}.md"
    file.write_text(file.read_text("utf-8").replace("Hello", "Hi there"), "utf-8")
    plan = json.loads(pismo(workspace, "plan", ISSUE, "--anew", "--json"))["plan"]
    return str(plan)


def test_nobody_is_looked_up_by_address(small: Path) -> None:
    done = CliRunner().invoke(root, ["-C", str(small), "explain", ISSUE, "a@example.com"])
    assert "never by address" in str(done.exception)


def test_no_address_is_printed(sampled: Path) -> None:
    assert "@" not in pismo(sampled, "explain", ISSUE, somebody(sampled), "--json")


def test_a_segment_is_the_persons_own_where_two_get_the_same_letter(
    explain: Explain, sampled: Path
) -> None:
    issue = sampled / "newsletters" / f"{ISSUE}.md"
    text = issue.read_text("utf-8")
    same = text.replace('{% if segment.id == "families" %}{{ tip("sleeves") }}{% endif %}', "")
    assert same != text
    issue.write_text(same, "utf-8")
    people = [f"s{number:07}" for number in range(1, 61)]
    before = {person: explain(person)["segment"] for person in people}
    assert set(before.values()) == {"families", "everyone"}
    plan = json.loads(pismo(sampled, "plan", ISSUE, "--json"))
    assert len(set(plan["digests"].values())) == 1
    planned = {person: explain(person) for person in people}
    assert {name: told["segment"] for name, told in planned.items()} == before
    assert "planned" in {told["case"] for told in planned.values()}


def test_an_answer_of_this_minute_puts_somebody_where_segments_and_a_plan_put_them(
    explain: Explain, sampled: Path
) -> None:
    block = "```poll\nquestion: Who?\noptions:\n  a: A\n  b: B\n```\n"
    poll = sampled / "content" / "games" / "who.md"
    poll.write_text(f"---\ntitle: Who?\nkind: poll\n---\n{block}", "utf-8")
    segment = "title = 'A'\nwhere = \"poll_who = 'a'\"\n"
    examples = "example.in = { poll_who = 'a' }\nexample.out = { poll_who = 'b' }\n"
    (sampled / "segments" / "who_a.toml").write_text(segment + examples, "utf-8")
    settings = sampled / "newsletters" / "weekly" / "newsletter.toml"
    listed = settings.read_text("utf-8").replace("segments = [", 'segments = ["who_a", ')
    settings.write_text(listed, "utf-8")
    person = somebody(sampled)
    with open_state(sampled / ".pismo", "") as state:
        # As `pismo serve` records it, in the very second in which it is brought in.
        now = datetime.now(UTC)
        given = Event(key="one", kind="answer", at=now, person=person, item="who", value="a")
        state.ledger.record_events([given], now)
        bring_answers(load_workspace(sampled), state.ledger, now)
    assert explain(person)["segment"] == "who_a"
    counted = json.loads(pismo(sampled, "segments", "--newsletter", "weekly", "--json"))
    assert {one["id"]: one["size"] for one in counted["segments"]}["who_a"] == 1
    planned = json.loads(pismo(sampled, "plan", ISSUE, "--json"))["planned"]
    assert planned["who_a"] == 1


def test_the_other_letters_of_a_person_are_told_with_what_became_of_them(
    explain: Explain, sampled: Path
) -> None:
    folder = sampled / "newsletters" / "weekly"
    earlier = (folder / "2026-11-27.md").read_text("utf-8").replace("2026-11-27", "2026-11-20")
    (folder / "2026-11-20.md").write_text(earlier, "utf-8")
    person = somebody(sampled)
    pismo(sampled, "plan", "weekly/2026-11-20")
    pismo(sampled, "publish", "weekly/2026-11-20", "--to", "outbox", "--yes")
    told = explain(person)
    assert told["case"] == "hypothetical"
    assert [(one["issue"], one["submission"]) for one in told["history"]] == [
        ("weekly/2026-11-20", "accepted")
    ]
    assert "also weekly/2026-11-20: accepted" in pismo(sampled, "explain", ISSUE, person)


def suppress(workspace: Path, person: str, reason: str) -> None:
    """Let somebody's mailbox be closed."""
    address = json.loads(pismo(workspace, "audience", "export", person))["audience"]
    with open_state(workspace / ".pismo") as state:
        key = state.keys.address_hash(address["subscribers"][0]["email"])
        state.ledger.suppress([Suppression(key, reason, NOW)])


def test_who_gets_nothing_is_told_since_when_and_why(explain: Explain, sampled: Path) -> None:
    person = somebody(sampled)
    with open_state(sampled / ".pismo") as state:
        state.ledger.opt_out([OptOut(person, Scope.NEWSLETTER, NOW, "weekly", source="one-click")])
    suppress(sampled, person, "bounce")
    known = {(one["what"], one["name"], one["source"]) for one in explain(person)["refusals"]}
    assert known == {("newsletter", "weekly", "one-click"), ("suppressed", "", "bounce")}
    said = pismo(sampled, "explain", ISSUE, person)
    assert "address suppressed (bounce, 2026-11-20 00:00 UTC)" in said
    assert "does not want: newsletter weekly (one-click, 2026-11-20 00:00 UTC)" in said


def test_a_mended_mailbox_is_written_to_again_and_a_complaint_stays(sampled: Path) -> None:
    person = somebody(sampled)
    suppress(sampled, person, "bounce")
    pismo(sampled, "audience", "unsuppress", person)
    assert person == somebody(sampled)
    suppress(sampled, person, "complaint")
    for one in (person, somebody(sampled)):
        refused = CliRunner().invoke(root, ["-C", str(sampled), "audience", "unsuppress", one])
        assert isinstance(refused.exception, UsageError)
    with open_state(sampled / ".pismo") as state:
        assert "unsuppress" in [line.action for line in state.ledger.audit_lines()]


def test_a_reader_is_found_by_delivery_message_and_address(sampled: Path) -> None:
    person = somebody(sampled)
    pismo(sampled, "plan", ISSUE)
    known = json.loads(pismo(sampled, "explain", ISSUE, person, "--json"))["delivery"]
    message = "0102018f5d2c7a31-0f3c2e1d-aaaa-bbbb-cccc-1234567890ab-000000"
    address = json.loads(pismo(sampled, "audience", "export", person))["audience"]
    with open_state(sampled / ".pismo") as state:
        state.ledger.record_proofs([Proof(known["id"], Outcome.SENT, message)], NOW)
    for name in (known["id"], message):
        assert json.loads(pismo(sampled, "explain", ISSUE, name, "--json"))["person"] == person
    asked = CliRunner().invoke(
        root,
        ["-C", str(sampled), "explain", ISSUE, "--address", "--json"],
        input=f" {address['subscribers'][0]['email'].upper()}\n",
    )
    assert json.loads(asked.stdout.splitlines()[-1])["person"] == person
    nobody = ["-C", str(sampled), "explain", ISSUE, "--address"]
    told = CliRunner().invoke(root, nobody, input="nobody@example.org\n")
    assert isinstance(told.exception, UsageError)
