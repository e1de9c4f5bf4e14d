"""Publishers: one at a time on SQLite, many on PostgreSQL, and none that dies keeps its claims."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pismo.errors import StateError
from pismo.ledger import Ledger, Settled, Tally, open_ledger
from pismo.model.people import Submission
from tests.ledger.ledger_rows import ISSUE, NOW, add

PLAN = "plan00000001"
# A publisher that claims two deliveries, says so, and is then killed: stdin never ends.
CLAIMS_AND_HANGS = """
import sys
from datetime import UTC, datetime
from pismo.ledger import delivery_id, open_ledger
ledger = open_ledger(sys.argv[1])
now = datetime(2026, 11, 27, 7, tzinfo=UTC)
with ledger.lease("friday/2026-11-27", "other:1", now) as publisher:
    ids = [delivery_id("plan00000001", place) for place in (0, 1)]
    ledger.claim("plan00000001", ids, now, publisher=publisher.num)
    print("claimed", flush=True)
    sys.stdin.read()
"""


class Other:
    """Another process that publishes, until it is killed."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLAIMS_AND_HANGS, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ},
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"claimed\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def test_claims_of_a_killed_publisher_are_in_doubt_at_once(ledger_url: str) -> None:
    ledger = open_ledger(ledger_url)
    ids = add(ledger, PLAN, ["anna", "boris", "vera"])
    Other(ledger_url).kill()
    with ledger.lease(ISSUE, "here:1", NOW) as publisher:
        _until_gone(ledger, publisher.num)
        assert ledger.adopt_orphans(PLAN, NOW, publisher=publisher) == (ids[0], ids[1])
        assert ledger.claim(PLAN, ids, NOW, publisher=publisher.num) == (ids[2],)
        # Who adopted a claim may settle it: the outbox says that it was never written.
        back = [Settled(ids[0], Submission.THROTTLED)]
        assert ledger.settle(back, NOW, publisher=publisher.num) == 1
    ledger.close()


def test_a_second_publisher_on_sqlite_is_refused_with_the_name_of_the_first(tmp_path: Path) -> None:
    url = str(tmp_path / "ledger.sqlite")
    ledger = open_ledger(url)
    add(ledger, PLAN, ["anna", "boris"])
    other = Other(url)
    try:
        with (
            pytest.raises(StateError, match=r"(?s)already, by other:1.*PostgreSQL"),
            ledger.lease(ISSUE, "here:1", NOW),
        ):
            pass
        with ledger.lease("tips/2026-11-27", "here:1", NOW) as elsewhere:
            assert elsewhere.issue == "tips/2026-11-27"
    finally:
        other.kill()
    with ledger.lease(ISSUE, "here:1", NOW) as publisher:
        assert publisher.owner == "here:1"
    ledger.close()


def test_two_publishers_in_one_process_exclude_each_other_on_sqlite(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    with (
        ledger.lease(ISSUE, "one", NOW),
        pytest.raises(StateError, match="by one"),
        ledger.lease(ISSUE, "two", NOW),
    ):
        pass
    ledger.close()


@pytest.mark.postgres
def test_claims_of_a_living_publisher_are_left_to_it(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url)
    ids = add(ledger, PLAN, ["anna", "boris", "vera"])
    other = Other(postgres_url)
    try:
        with ledger.lease(ISSUE, "here:1", NOW) as publisher:
            assert ledger.adopt_orphans(PLAN, NOW, publisher=publisher) == ()
            assert ledger.claim(PLAN, ids, NOW, publisher=publisher.num) == (ids[2],)
    finally:
        other.kill()
    assert ledger.counts(PLAN)[Submission.CLAIMED] == 3
    ledger.close()


@pytest.mark.postgres
def test_who_publishes_is_told_of_other_processes_and_of_their_issue_alone(
    postgres_url: str,
) -> None:
    ledger = open_ledger(postgres_url)
    add(ledger, PLAN, ["anna", "boris"])
    assert ledger.living_publishers(ISSUE) == ()
    others = [Other(postgres_url), Other(postgres_url)]
    try:
        assert ledger.living_publishers(ISSUE) == ("other:1", "other:1")
        assert ledger.living_publishers("tips/2026-11-27") == ()
    finally:
        for other in others:
            other.kill()
    with ledger.lease("tips/2026-11-27", "here:1", NOW) as publisher:
        _until_gone(ledger, publisher.num)
        assert ledger.living_publishers(ISSUE) == ()
        assert ledger.living_publishers("tips/2026-11-27") == ("here:1",)
    ledger.close()


@pytest.mark.postgres
def test_two_publishers_on_postgresql_never_get_the_same_row(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url)
    ids = add(ledger, PLAN, [f"p{number}" for number in range(600)])
    claimed: list[str] = []
    start = threading.Barrier(2)

    def publish(number: int) -> None:
        own = open_ledger(postgres_url)
        with own.lease(ISSUE, f"publisher:{number}", NOW) as publisher:
            start.wait()
            for place in range(0, 600, 10):
                batch = ids[place : place + 30] if number else ids[place : place + 20]
                got = own.claim(PLAN, batch, NOW, publisher=publisher.num)
                claimed.extend(got)
                own.settle(
                    [Settled(each, Submission.ACCEPTED) for each in got],
                    NOW,
                    publisher=publisher.num,
                )
        own.close()

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(ids)
    assert ledger.counts(PLAN)[Submission.ACCEPTED] == 600
    ledger.close()


def test_a_stop_asked_for_elsewhere_is_seen(ledger: Ledger) -> None:
    add(ledger, PLAN, ["anna"])
    assert not ledger.stop_requested(PLAN)
    ledger.request_stop(PLAN, NOW)
    assert ledger.stop_requested(PLAN)
    ledger.release(PLAN, Tally())
    assert not ledger.stop_requested(PLAN)


def _until_gone(ledger: Ledger, publisher: int) -> None:
    """Wait until PostgreSQL has noticed that the other process's connection is closed."""
    if ledger.is_sqlite:
        return
    with ledger.engine.connect() as connection:
        # Asked for as a lock that waits: it is granted when the dead publisher's is released.
        for other in range(1, publisher):
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({0x7069736D}, {other})")
        connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")


@pytest.mark.postgres
def test_a_server_that_shot_the_publishers_connection_has_released_its_lock(
    postgres_url: str,
) -> None:
    ledger = open_ledger(postgres_url)
    with ledger.lease(ISSUE, "one", NOW), ledger.read() as connection:
        shot = connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        ).all()
        assert shot
    assert ledger.living_publishers(ISSUE) == ()
    ledger.close()


@pytest.mark.postgres
def test_what_the_database_says_within_a_lease_is_a_sentence(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url)
    with (
        pytest.raises(StateError, match="the state database said"),
        ledger.lease(ISSUE, "one", NOW),
        ledger.engine.connect() as connection,
    ):
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    ledger.close()
