"""`pismo plan`, `publish`, `resume`, `stop` as they are typed, on a small workspace."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pismo import ses_sim
from pismo.cli import root as pismo
from pismo.errors import PismoError
from pismo.ledger import Consent, open_ledger
from pismo.model.people import Submission
from pismo.plan.handed import forget_handed

ISSUE = "weekly/2026-11-27"
PEOPLE = 150
NOW = datetime(2026, 11, 20, tzinfo=UTC)
RATE: dict[str, Any] = {"max_send_rate": 1e5, "control_calls_per_second": None}


@dataclass
class Shop:
    """A workspace with an invented audience, and its command line."""

    root: Path

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(pismo, ["-C", str(self.root), *words])

    def json(self, *words: str) -> dict[str, Any]:
        result = self.run(*words, "--json")
        assert result.exit_code in (0, 3), (result.output, result.exception)
        document: dict[str, Any] = json.loads(result.stdout)
        return document

    def fails(self, *words: str) -> str:
        result = self.run(*words)
        assert isinstance(result.exception, PismoError), result.output
        return f"{result.exception.exit_code.value} {result.exception}"

    @property
    def letters(self) -> list[Path]:
        return sorted((self.root / ".pismo" / "outbox" / ISSUE / "new").glob("*"))

    def edit(self, old: str, new: str) -> None:
        path = self.root / "newsletters" / f"{ISSUE}.md"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


@pytest.fixture
def shop(small: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    for name in ("PISMO_STATE_URL", "PISMO_SES_ENDPOINT", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    where = Shop(small)
    where.json("sample", "--people", str(PEOPLE), "--products", "30")
    return where


def identity(books: dict[str, Any]) -> int:
    six = ("accepted", "refused", "throttled", "in_doubt", "withdrawn", "waiting")
    return sum(int(books[name]) for name in six) + sum(map(int, books["excluded"].values()))


def test_plan_accounts_for_everybody(shop: Shop) -> None:
    plan = shop.json("plan", ISSUE)
    assert plan["audience"] == PEOPLE
    assert sum(plan["planned"].values()) + sum(plan["excluded"].values()) == PEOPLE
    assert plan["planned"].keys() == plan["digests"].keys() == {"families", "everyone"}
    assert plan["excluded"]["no-consent"] > 0


def test_publish_to_the_outbox_closes_the_books(shop: Shop) -> None:
    planned = sum(shop.json("plan", ISSUE)["planned"].values())
    books = shop.json("publish", ISSUE, "--to", "outbox", "--yes")
    assert (books["audience"], books["accepted"]) == (PEOPLE, planned)
    assert identity(books) == PEOPLE
    assert len(shop.letters) == planned
    again = shop.json("publish", ISSUE, "--to", "outbox", "--yes")
    assert {**again, "seconds": 0} == {**books, "seconds": 0}


def test_publish_without_a_plan_says_how_to_make_one(shop: Shop) -> None:
    assert f"pismo plan {ISSUE}" in shop.fails("publish", ISSUE, "--to", "outbox", "--yes")


BY_ISSUE = (
    ("plan", "--amend"),
    ("publish", "--to", "outbox", "--yes"),
    ("publish", "--status"),
    ("resume",),
    ("stop",),
)


@pytest.mark.parametrize("words", BY_ISSUE, ids=" ".join)
def test_every_command_on_a_plan_fails_alike_where_there_is_none(
    shop: Shop, words: tuple[str, ...]
) -> None:
    told = shop.fails(words[0], ISSUE, *words[1:])
    assert told.startswith(f"4 there is no plan of {ISSUE}")
    assert f"pismo plan {ISSUE}" in told


@pytest.mark.parametrize("words", BY_ISSUE, ids=" ".join)
@pytest.mark.parametrize("issue", ["", "weekly/2099-01-01"])
def test_every_command_on_a_plan_names_an_issue_that_does_not_exist(
    shop: Shop, words: tuple[str, ...], issue: str
) -> None:
    told = shop.fails(words[0], issue, *words[1:])
    assert told.startswith(f"2 there is no issue '{issue}'")
    assert ISSUE in told


def test_publish_asks_for_a_yes(shop: Shop) -> None:
    shop.json("plan", ISSUE)
    assert "--yes" in shop.fails("publish", ISSUE, "--to", "outbox")
    assert not shop.letters


def test_publisher_killed_at_any_moment_leaves_nobody_out_and_nobody_twice(shop: Shop) -> None:
    planned = sum(shop.json("plan", ISSUE)["planned"].values())
    command = [sys.executable, "-m", "pismo", "-C", str(shop.root), "publish", ISSUE]
    for wanted in (1, planned // 3, planned - 5):
        publisher = subprocess.Popen([*command, "--to", "outbox", "--yes"], stderr=subprocess.PIPE)
        until = time.monotonic() + 30
        while len(shop.letters) < wanted and publisher.poll() is None and time.monotonic() < until:
            os.sched_yield()
        publisher.send_signal(signal.SIGKILL)
        publisher.communicate()
    written = {path.name: path.stat().st_mtime_ns for path in shop.letters}
    books = shop.json("resume", ISSUE)
    assert (books["accepted"], books["in_doubt"], books["waiting"]) == (planned, 0, 0)
    assert len(shop.letters) == planned
    kept = {path.name: path.stat().st_mtime_ns for path in shop.letters if path.name in written}
    assert kept == written


def test_stopped_issue_is_left_alone_until_resumed(shop: Shop) -> None:
    shop.json("plan", ISSUE)
    shop.json("publish", ISSUE, "--to", "outbox", "--yes")
    assert shop.json("stop", ISSUE)["stopped"] is True
    assert "stopped by a person" in shop.fails("publish", ISSUE, "--to", "outbox", "--yes")
    assert shop.json("resume", ISSUE)["waiting"] == 0


def test_status_and_who_only_tell(shop: Shop) -> None:
    plan = shop.json("plan", ISSUE)
    planned = sum(plan["planned"].values())
    assert shop.json("publish", ISSUE, "--status")["waiting"] == planned
    who = shop.json("publish", ISSUE, "--who", "planned")["who"]
    assert len(who) == planned
    assert all("@" not in json.dumps(one) for one in who)
    assert not shop.letters


def test_draft_is_not_published(shop: Shop) -> None:
    shop.edit("date: 2026-11-27", "date: 2026-11-27\ndraft: true")
    shop.json("plan", ISSUE)
    assert "draft" in shop.fails("publish", ISSUE, "--to", "outbox", "--yes")


def test_approval_of_a_draft_does_not_send_on_to_ses(shop: Shop) -> None:
    shop.edit("date: 2026-11-27", "date: 2026-11-27\ndraft: true")
    shop.json("plan", ISSUE)
    said = shop.run("plan", ISSUE, "--approve").output
    assert ("but as a draft" in said) or ("но как черновик" in said)
    assert "--to ses" not in said


def test_retry_says_how_many_may_get_it_twice_before_it_asks(shop: Shop) -> None:
    plan = shop.json("plan", ISSUE)
    ledger = open_ledger(shop.root / ".pismo" / "ledger.sqlite")
    doubtful = ledger.doubt_unsent(plan["plan"], NOW)
    ledger.close()
    assert doubtful == sum(plan["planned"].values())
    words = ("publish", ISSUE, "--to", "outbox", "--retry-in-doubt")
    said = shop.run(*words).output
    assert f": {doubtful}. " in said
    assert "twice" in said or "дважды" in said
    assert not shop.letters


def test_approval_needs_no_audience(small: Path) -> None:
    document = Shop(small).json("plan", ISSUE, "--approve")
    text = (small / document["approval"]).read_text("utf-8")
    assert all(digest in text for digest in document["digests"].values())
    assert "audience" not in text


def test_ses_refuses_what_was_not_approved_and_what_changed_since(shop: Shop) -> None:
    shop.json("plan", ISSUE)
    words = ("publish", ISSUE, "--to", "ses", "--yes", "--first-use")
    assert shop.fails(*words).startswith("4 ")
    assert "is not approved" in shop.fails(*words)
    shop.json("plan", ISSUE, "--approve")
    shop.edit("Hello", "Good morning")
    shop.json("plan", ISSUE)
    assert "differs from what was approved, in: everyone, families" in shop.fails(*words)


def test_ses_refuses_a_ledger_just_made(shop: Shop) -> None:
    shop.json("plan", ISSUE)
    shop.json("plan", ISSUE, "--approve")
    assert "--first-use" in shop.fails("publish", ISSUE, "--to", "ses", "--yes")


def test_ses_refuses_another_ledger_than_the_approved_one(shop: Shop) -> None:
    shop.json("plan", ISSUE)
    shop.json("plan", ISSUE, "--approve")
    for path in (shop.root / ".pismo").glob("ledger.sqlite*"):
        path.unlink()
    shop.json("sample", "--people", str(PEOPLE), "--products", "30")
    shop.json("plan", ISSUE)
    problem = shop.fails("publish", ISSUE, "--to", "ses", "--yes", "--first-use")
    assert "another state database" in problem


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("PISMO_SITE_BASE_URL", "http://localhost:8000", "site.base_url is local"),
        ("PISMO_LINKS_BASE_URL", "https://192.168.1.5", "links.base_url is local"),
        ("PISMO_LINKS_BASE_URL", "https://links.invalid", "links.base_url is local"),
    ],
)
def test_ses_refuses_addresses_that_readers_cannot_reach(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, problem: str
) -> None:
    monkeypatch.setenv(variable, value)
    shop.json("plan", ISSUE)
    shop.json("plan", ISSUE, "--approve")
    assert problem in shop.fails("publish", ISSUE, "--to", "ses", "--yes", "--first-use")


def test_ses_gets_everybody_once_by_the_command(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = sum(shop.json("plan", ISSUE)["planned"].values())
    shop.json("plan", ISSUE, "--approve")
    with ses_sim.start(ses_sim.Settings(**RATE)) as sim:
        monkeypatch.setenv("PISMO_SES_ENDPOINT", sim.url)
        words = ("publish", ISSUE, "--to", "ses", "--yes")
        books = shop.json(*words, "--first-use", "--at-once")
        assert books["accepted"] == planned
        assert shop.json(*words, "--at-once")["accepted"] == planned
        assert set(sim.state.accepted_by_tag["delivery"].values()) == {1}
        assert len(sim.state.accepted_by_tag["delivery"]) == planned
    assert "begun with --to ses" in shop.fails("publish", ISSUE, "--to", "outbox", "--yes")
    monkeypatch.delenv("PISMO_SES_ENDPOINT")
    assert "a simulator on this machine" in shop.fails(*words, "--at-once"), "not the real SES"
    monkeypatch.setenv("PISMO_SES_ENDPOINT", "foo")
    assert "no web address: foo" in shop.fails(*words, "--at-once")


def test_what_waits_for_its_hour_is_exit_three(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.edit("date: 2026-11-27", "date: 2126-11-27")
    source = shop.root / "newsletters" / f"{ISSUE}.md"
    source.rename(source.with_name("2126-11-27.md"))
    issue = "weekly/2126-11-27"
    shop.json("plan", issue)
    shop.json("plan", issue, "--approve")
    with ses_sim.start(ses_sim.Settings(**RATE)) as sim:
        monkeypatch.setenv("PISMO_SES_ENDPOINT", sim.url)
        result = shop.run("publish", issue, "--to", "ses", "--yes", "--first-use")
    assert result.exit_code == 3
    assert "next: 10:00" in result.stderr


def test_amended_text_reaches_only_those_without_a_letter(shop: Shop) -> None:
    planned = sum(shop.json("plan", ISSUE)["planned"].values())
    shop.json("publish", ISSUE, "--to", "outbox", "--yes")
    ledger = open_ledger(shop.root / ".pismo" / "ledger.sqlite")
    plan = ledger.latest_plan(ISSUE)
    assert plan is not None
    waiting = [one.id for one in ledger.who(plan.id, Submission.ACCEPTED)][:40]
    with ledger.write() as connection:
        connection.exec_driver_sql(
            "UPDATE deliveries SET submission = 0, outcome = NULL WHERE seq IN"
            " (SELECT seq FROM deliveries ORDER BY seq LIMIT 40)"
        )
    ledger.close()
    forget_handed(shop.root / ".pismo")
    for path in shop.letters:
        if path.stem in waiting:
            path.unlink()
    shop.edit("Hello", "Good morning")
    result = shop.run("plan", ISSUE, "--amend", "--yes")
    assert "- Hello" in result.stderr
    assert "+ Good morning" in result.stderr
    books = shop.json("publish", ISSUE, "--to", "outbox", "--yes")
    assert books["accepted"] == len(shop.letters) == planned
    amended = [path for path in shop.letters if b"Good morning" in path.read_bytes()]
    assert len(amended) == 40


def test_amending_nothing_is_refused(shop: Shop) -> None:
    shop.json("plan", ISSUE)
    assert "nothing to amend" in shop.fails("plan", ISSUE, "--amend", "--yes")


def test_amending_with_a_new_column_is_refused(shop: Shop) -> None:
    shop.json("plan", ISSUE)
    shop.edit("Hello", "Hello from {{ recipient.city | default('town') }},")
    assert "recipient.city" in shop.fails("plan", ISSUE, "--amend", "--yes")


def test_planning_again_after_publishing_writes_to_nobody_twice(shop: Shop) -> None:
    shop.json("plan", ISSUE)
    shop.json("publish", ISSUE, "--to", "outbox", "--yes")
    before = {path.name for path in shop.letters}
    shop.edit("Hello", "Good morning")
    shop.json("plan", ISSUE)
    books = shop.json("publish", ISSUE, "--to", "outbox", "--yes")
    assert books["accepted"] == len(before)
    assert {path.name for path in shop.letters} == before


def test_new_ids_and_a_new_key_in_the_middle_write_to_no_address_twice(shop: Shop) -> None:
    shop.json("plan", ISSUE)
    sent = shop.json("publish", ISSUE, "--to", "outbox", "--yes")["accepted"]
    give_everybody_another_id(shop.root / ".pismo")
    shop.json("state", "rotate", "hmac")
    plan = shop.json("plan", ISSUE)
    assert plan["excluded"]["duplicate-address"] >= sent
    shop.json("publish", ISSUE, "--to", "outbox", "--yes")
    addresses = [message_from_bytes(letter.read_bytes())["To"] for letter in shop.letters]
    assert len(set(addresses)) == len(addresses) >= sent


def give_everybody_another_id(state_dir: Path) -> None:
    """Change the ids of the audience as a new export of the shop would, consents with them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    (file,) = state_dir.glob("audience/*/subscribers.parquet")
    people = pq.read_table(file)
    ids = [f"new-{each}" for each in people["subscriber_id"].to_pylist()]
    place = people.schema.get_field_index("subscriber_id")
    field = people.schema.field(place)
    file.chmod(0o600)
    pq.write_table(people.set_column(place, field, pa.array(ids, field.type)), file)
    ledger = open_ledger(state_dir / "ledger.sqlite")
    ledger.record_consents(Consent(each, NOW, "form", "2026") for each in ids)
    ledger.close()


def test_plan_of_another_machine_is_refused_clearly(shop: Shop) -> None:
    import shutil

    shop.json("plan", ISSUE)
    shutil.rmtree(shop.root / ".pismo" / "plans")
    problem = shop.fails("publish", ISSUE, "--to", "outbox", "--yes")
    assert "not on this machine" in problem


def test_changed_edition_of_a_stored_plan_is_not_sent(shop: Shop) -> None:
    plan = shop.json("plan", ISSUE)
    folder = shop.root / ".pismo" / "plans" / plan["plan"] / "editions"
    file = folder / f"{plan['digests']['everyone']}.json"
    file.write_text(file.read_text("utf-8").replace("friend", "fiend"), "utf-8")
    assert "was changed" in shop.fails("publish", ISSUE, "--to", "outbox", "--yes")
    assert not shop.letters


def test_reader_whose_letter_would_have_a_gap_gets_none(shop: Shop) -> None:
    shop.edit(
        'Hello {{ recipient.first_name | default("friend") }}!', "Hello {{ recipient.city }}!"
    )
    plan = shop.json("plan", ISSUE)
    assert plan["excluded"].get("missing:city", 0) > 0
    assert sum(plan["planned"].values()) + sum(plan["excluded"].values()) == PEOPLE


def test_a_text_changed_after_everybody_has_it_is_said_to_reach_nobody(shop: Shop) -> None:
    first = shop.json("plan", ISSUE)
    planned = sum(first["planned"].values())
    shop.json("publish", ISSUE, "--to", "outbox", "--yes")
    had = ", ".join(f"{name} ({digest[:12]})" for name, digest in sorted(first["digests"].items()))
    told = f"0 new: all {planned} got this issue before, with editions {had};"
    shop.edit("Hello", "Good morning")
    for command in (("plan", ISSUE), ("publish", ISSUE, "--to", "outbox", "--yes")):
        output = shop.run(*command).output
        assert f"{told} the changed text reaches nobody. Nobody gets an issue twice." in output
        assert "rm -r .pismo" in output
        assert "Next: pismo publish" not in output
    assert len(shop.letters) == planned


def test_publishing_the_same_text_again_says_that_everybody_has_it(shop: Shop) -> None:
    planned = sum(shop.json("plan", ISSUE)["planned"].values())
    first = shop.run("publish", ISSUE, "--to", "outbox", "--yes").output
    assert "0 new" not in first
    again = shop.run("publish", ISSUE, "--to", "outbox", "--yes").output
    assert f"0 new: all {planned} got this issue before, in this very text." in again


@pytest.mark.parametrize("base_url", ["", "https://letters.shop.example"])
def test_letters_whose_pictures_have_no_place_say_so(
    shop: Shop, repository: Path, base_url: str
) -> None:
    settings = shop.root / "pyproject.toml"
    text = settings.read_text("utf-8").replace("https://letters.shop.example", base_url)
    settings.write_text(text, "utf-8")
    picture = next((repository / "content" / "images").glob("*.png"))
    (shop.root / "newsletters" / "a.png").write_bytes(picture.read_bytes())
    shop.edit("Hello", "![A teapot](../a.png)\n\nHello")
    shop.json("plan", ISSUE)
    output = shop.run("publish", ISSUE, "--to", "outbox", "--yes").output
    told = (
        "Pictures do not show in these letters: in pyproject.toml, set [tool.pismo.site] base_url"
        in output
    )
    assert told is not bool(base_url)
