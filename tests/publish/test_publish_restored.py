"""A backup is put back after an issue has left: nobody gets it twice, nobody is forgotten."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pismo import ses_sim
from pismo.errors import StateError
from tests.publish.test_publish_command import ISSUE, PEOPLE, RATE, Shop

SEND = ("publish", ISSUE, "--to", "ses", "--yes", "--at-once")


@pytest.fixture
def shop(small: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("PISMO_STATE_URL", raising=False)
    where = Shop(small)
    where.json("sample", "--people", str(PEOPLE), "--products", "30")
    return where


@pytest.fixture
def sim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ses_sim.RunningSim]:
    with ses_sim.start(ses_sim.Settings(**RATE, events_dir=tmp_path / "events")) as running:
        monkeypatch.setenv("PISMO_SES_ENDPOINT", running.url)
        yield running


def sent_after_a_backup(shop: Shop, backup: Path, *, planned_before: bool = False) -> int:
    """Back up, send the issue to everybody, and put the backup back; return how many got it."""
    if planned_before:
        shop.json("plan", ISSUE)
    shop.json("state", "backup", str(backup))
    if not planned_before:
        shop.json("plan", ISSUE)
    shop.json("plan", ISSUE, "--approve")
    sent: int = shop.json(*SEND, "--first-use")["accepted"]
    shop.run("state", "restore", str(backup), "--replace")
    return sent


def times_each_letter_left(sim: ses_sim.RunningSim) -> set[int]:
    return set(sim.state.accepted_by_tag["delivery"].values())


@pytest.mark.parametrize("planned_before", [False, True])
def test_whoever_got_a_letter_since_the_backup_is_in_doubt_until_the_events_are_in(
    shop: Shop, sim: ses_sim.RunningSim, tmp_path: Path, planned_before: bool
) -> None:
    sent = sent_after_a_backup(shop, tmp_path / "b.sqlite", planned_before=planned_before)
    assert shop.json("publish", ISSUE, "--status")["in_doubt"] == sent
    shop.json("feedback", "pull", "--from", str(tmp_path / "events"))
    assert shop.json("publish", ISSUE, "--status")["accepted"] == sent
    shop.json("plan", ISSUE)
    assert shop.json(*SEND, "--first-use")["accepted"] == sent
    assert times_each_letter_left(sim) == {1}
    assert len(sim.state.accepted_by_tag["delivery"]) == sent


def test_what_no_event_tells_of_stays_in_doubt_and_is_not_sent_again(
    shop: Shop, sim: ses_sim.RunningSim, tmp_path: Path
) -> None:
    sent = sent_after_a_backup(shop, tmp_path / "b.sqlite")
    shop.json("plan", ISSUE)
    books = shop.json(*SEND, "--first-use")
    assert (books["accepted"], books["in_doubt"]) == (0, sent)
    assert len(sim.state.accepted_by_tag["delivery"]) == sent


def test_where_the_plans_are_gone_too_an_issue_of_that_time_is_not_sent_unasked(
    shop: Shop, sim: ses_sim.RunningSim, tmp_path: Path
) -> None:
    backup = tmp_path / "b.sqlite"
    shop.json("state", "backup", str(backup))
    shutil.rmtree(shop.root / ".pismo" / "plans", ignore_errors=True)
    shop.edit("date: 2026-11-27", "date: 2020-11-27")
    source = shop.root / "newsletters" / f"{ISSUE}.md"
    source.rename(source.with_name("2020-11-27.md"))
    shop.run("state", "restore", str(backup), "--replace")
    shop.json("plan", "weekly/2020-11-27")
    shop.json("plan", "weekly/2020-11-27", "--approve")
    told = shop.fails("publish", "weekly/2020-11-27", "--to", "ses", "--yes", "--at-once")
    assert told.startswith("4 ")
    assert "--first-use" in told
    assert not sim.state.accepted_by_tag


def test_places_of_the_others_stay_where_somebody_was_erased(
    shop: Shop, sim: ses_sim.RunningSim, tmp_path: Path
) -> None:
    shop.json("state", "backup", str(tmp_path / "b.sqlite"))
    shop.json("plan", ISSUE)
    shop.json("plan", ISSUE, "--approve")
    sent = shop.json(*SEND, "--first-use")["accepted"]
    person = shop.json("publish", ISSUE, "--who", "accepted")["who"][3]["person"]
    shop.json("audience", "erase", person, "--yes")
    shop.run("state", "restore", str(tmp_path / "b.sqlite"), "--replace")
    shop.json("feedback", "pull", "--from", str(tmp_path / "events"))
    books = shop.json("publish", ISSUE, "--status")
    assert (books["accepted"], books["in_doubt"]) == (sent, 0)
    assert times_each_letter_left(sim) == {1}


@pytest.fixture
def database(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the state be on PostgreSQL."""
    monkeypatch.setenv("PISMO_STATE_URL", postgres_url)
    return postgres_url


def put_back(database: str, dump: bytes) -> None:
    """Restore a dump as the documentation says."""
    command = ["pg_restore", "--clean", f"--dbname={database}"]
    subprocess.run(command, input=dump, check=True, capture_output=True)


@pytest.mark.postgres
def test_a_database_put_back_by_its_own_tools_sends_nothing_again(
    small: Path,
    sim: ses_sim.RunningSim,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    shop = Shop(small)
    shop.json("sample", "--people", str(PEOPLE), "--products", "30")
    shop.json("plan", ISSUE)
    shop.json("plan", ISSUE, "--approve")
    dump = subprocess.run(
        ["pg_dump", "--format=custom", database], check=True, capture_output=True
    ).stdout
    sent: int = shop.json(*SEND, "--first-use")["accepted"]
    put_back(database, dump)
    for command in (SEND, (*SEND, "--first-use"), ("publish", ISSUE, "--status"), ("plan", ISSUE)):
        refused = shop.run(*command)
        assert isinstance(refused.exception, StateError)
        assert "pismo state restored" in refused.exception.hint
    assert shop.json("state", "restored")["in_doubt"] == {ISSUE: sent}
    shop.json("feedback", "pull", "--from", str(tmp_path / "events"))
    shop.run(*SEND, "--first-use")
    assert shop.json("publish", ISSUE, "--status")["accepted"] == sent
    assert times_each_letter_left(sim) == {1}


def test_a_copy_of_an_older_file_is_noticed_before_a_letter_leaves(
    shop: Shop, sim: ses_sim.RunningSim, tmp_path: Path
) -> None:
    shop.json("plan", ISSUE)
    shop.json("plan", ISSUE, "--approve")
    shop.json("state", "backup", str(tmp_path / "old.sqlite"))
    sent: int = shop.json(*SEND, "--first-use")["accepted"]
    for suffix in ("-wal", "-shm"):
        (shop.root / ".pismo" / f"ledger.sqlite{suffix}").unlink(missing_ok=True)
    shutil.copy2(tmp_path / "old.sqlite", shop.root / ".pismo" / "ledger.sqlite")
    refused = shop.run(*SEND, "--first-use")
    assert isinstance(refused.exception, StateError)
    assert shop.json("state", "restored")["in_doubt"] == {ISSUE: sent}
    assert shop.json("publish", ISSUE, "--status")["in_doubt"] == sent
    assert times_each_letter_left(sim) == {1}
