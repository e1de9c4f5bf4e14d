"""Publishing to the outbox: everybody once, the sums come out, stopping and going on."""

import email
import email.policy
import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pismo.errors import PlanError, SettingsError, StateError, StoppedError
from pismo.ledger import OptOut, Scope, Suppression
from pismo.model.people import Submission
from pismo.plan.store import read_plan
from pismo.publish import Job, Outcome, close_books, publish
from pismo.publish.breaker import Breaker, Limits
from pismo.publish.gate import check_not_stopped
from pismo.publish.log import FileLog, alert
from pismo.publish.pace import Pace
from pismo.publish.settings import PaceSettings, pace_settings
from pismo.publish.watch import Watch, tally_of
from pismo.transports import Halt, Outbox, Outgoing, Result, outbox_folder
from tests.publish import plans
from tests.publish.plans import ISSUE, NOW, Desk, desk


class HandClock:
    """A clock that moves only when somebody waits."""

    def __init__(self, now: datetime = NOW) -> None:
        self.at = now
        self.waits = 0

    def now(self) -> datetime:
        return self.at

    def steady(self) -> float:
        return self.at.timestamp()

    def wait(self, seconds: float) -> None:
        self.waits += 1
        self.at += timedelta(seconds=seconds)

    def wake(self) -> None:
        return None


def outbox(where: Desk) -> Outbox:
    return Outbox(outbox_folder(where.state_dir, ISSUE), lambda: NOW)


def job(where: Desk, **changes: object) -> Job:
    transport = outbox(where)
    base = plans.job(where, transport, HandClock(), look=transport.already_there)
    return replace(base, **changes)  # type: ignore[arg-type]  # a test names fields of Job


def letters(where: Desk) -> list[Path]:
    return sorted((outbox_folder(where.state_dir, ISSUE) / "new").iterdir())


def counts(outcome: Outcome) -> tuple[int, int, int]:
    return outcome.books.accepted, outcome.books.waiting, outcome.books.in_doubt


class Scripted:
    """A transport that answers as told, and remembers whom it was given."""

    def __init__(self, answers: Sequence[tuple[Submission, Halt]]) -> None:
        self.answers = list(answers)
        self.given: list[str] = []

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
        self.given += [letter.id for letter in batch]
        state, halt = self.answers.pop(0) if self.answers else (Submission.ACCEPTED, Halt.NONE)
        return [Result(letter.id, state, "", "code", halt) for letter in batch]


def test_everybody_gets_one_letter_and_the_sums_come_out(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 300, excluded=7)
    outcome = publish(job(where))
    assert counts(outcome) == (300, 0, 0)
    assert outcome.books.is_done
    assert outcome.books.audience == 307
    assert len(letters(where)) == 300


def test_publishing_again_sends_nothing_twice(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 50)
    publish(job(where))
    before = {path: path.stat().st_mtime_ns for path in letters(where)}
    assert counts(publish(job(where))) == (50, 0, 0)
    assert {path: path.stat().st_mtime_ns for path in letters(where)} == before


def test_letter_in_the_outbox_is_a_whole_message(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 4)
    publish(job(where))
    path = letters(where)[0]
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert message["Message-ID"].strip("<>").partition("@")[0] == path.stem
    assert message["List-Unsubscribe"].startswith("<https://links.shop.example/u/")
    assert {part.get_content_type() for part in message.walk()} >= {"text/plain", "text/html"}


def test_letters_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 3)
    publish(job(where))
    assert {path.stat().st_mode & 0o777 for path in letters(where)} == {0o600}


def test_letter_that_was_read_meanwhile_is_not_written_again(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 3)
    publish(job(where))
    path = letters(where)[0]
    path.rename(path.parent.parent / "cur" / f"{path.name}:2,S")
    assert outbox(where).already_there([path.stem]) == {path.stem}


def test_claims_of_a_dead_publisher_are_settled_by_looking(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 20)
    everyone = [one.id for one in where.ledger.who(where.stored.plan.id, Submission.PLANNED)]
    with where.ledger.lease(ISSUE, "dead", NOW) as dead:
        where.ledger.claim(where.stored.plan.id, everyone[:10], NOW, publisher=dead.num)
    # Four of the ten had been written before the publisher died.
    half = desk_letters(where, everyone[:4])
    outbox(where).send(half)
    outcome = publish(job(where))
    assert outcome.adopted == 10
    assert counts(outcome) == (20, 0, 0)
    assert len(letters(where)) == 20


def desk_letters(where: Desk, ids: Iterable[str]) -> list[Outgoing]:
    from pismo.ledger import delivery_id
    from pismo.plan import read_people

    wanted = set(ids)
    editions = where.stored.editions()
    return [
        Outgoing(name, editions[one.recipient.segment], one.recipient)
        for shard in where.stored.shards
        for one in read_people(where.stored, shard, where.signer)
        if (name := delivery_id(where.stored.plan.id, one.place)) in wanted
    ]


def test_who_unsubscribed_after_the_plan_is_withdrawn(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 10)
    where.ledger.opt_out([OptOut("p1", Scope.ALL, NOW), OptOut("p2", Scope.TOPIC, NOW, "weekly")])
    where.ledger.suppress(
        [Suppression(where.keys.address_hash("reader3@example.com"), "bounce", NOW)]
    )
    outcome = publish(job(where))
    assert (outcome.books.accepted, outcome.books.withdrawn) == (7, 3)
    assert where.ledger.withdrawn(where.stored.plan.id) == {
        "unsubscribed": 1,
        "opted-out-topic": 1,
        "suppressed": 1,
    }


def test_erased_person_of_a_stored_plan_is_withdrawn_and_nobody_else_moves(tmp_path: Path) -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    where = desk(tmp_path / "state", 30)
    file = where.stored.folder / "shards" / where.stored.shards[0].file
    table = pq.read_table(file)
    pq.write_table(table.filter(pc.not_equal(table["person"], "p5")), file)
    outcome = publish(job(where))
    assert (outcome.books.accepted, outcome.books.withdrawn) == (29, 1)
    assert where.ledger.withdrawn(where.stored.plan.id) == {"erased": 1}
    assert all(b"reader5@" not in path.read_bytes() for path in letters(where))


def test_throttled_letters_are_tried_again(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 30)
    transport = Scripted([(Submission.THROTTLED, Halt.SLOW_DOWN)] * 2)
    outcome = publish(job(where, transport=transport, look=None))
    assert counts(outcome) == (30, 0, 0)
    assert len(transport.given) > 30


def test_transient_failure_is_given_up_after_three_tries(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 1)
    transport = Scripted([(Submission.THROTTLED, Halt.NONE)] * 9)
    outcome = publish(job(where, transport=transport, look=None))
    assert outcome.books.throttled == 1
    assert len(transport.given) == 3
    assert not outcome.books.is_done


def test_in_doubt_is_not_tried_again_by_itself(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 10)
    transport = Scripted([(Submission.IN_DOUBT, Halt.NONE)])
    first = publish(job(where, transport=transport, look=None))
    doubtful = set(where.ledger.in_doubt(where.stored.plan.id))
    assert first.books.in_doubt == len(doubtful) > 0
    again = Scripted([])
    publish(job(where, transport=again, look=None))
    assert not doubtful & set(again.given)


def test_letters_that_looking_found_are_counted_apart_from_those_of_the_run(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 10)
    publish(job(where))
    for path in letters(where)[:3]:
        path.unlink()
    with where.ledger.write() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET submission = 5")  # in doubt
    outcome = publish(job(where))
    assert (outcome.found, outcome.settled) == (7, 3)
    assert counts(outcome) == (10, 0, 0)


def test_forbidden_account_stops_and_keeps_everybody(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 700)
    transport = Scripted([(Submission.THROTTLED, Halt.ACCOUNT)])
    outcome = publish(job(where, transport=transport, look=None))
    assert "may not send" in outcome.stopped
    assert outcome.by_itself
    assert outcome.books.waiting + outcome.books.throttled == 700
    assert len(transport.given) <= 50


def test_unreachable_service_is_tried_a_while_and_nobody_is_lost(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 10)
    transport = Scripted([(Submission.THROTTLED, Halt.UNREACHABLE)] * 99)
    outcome = publish(job(where, transport=transport, look=None))
    assert "does not answer" in outcome.stopped
    assert outcome.books.throttled + outcome.books.waiting == 10
    assert counts(publish(job(where))) == (10, 0, 0)


def test_day_used_up_stops_and_the_rest_waits(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 120)
    answers = [(Submission.ACCEPTED, Halt.NONE)] * 2 + [(Submission.THROTTLED, Halt.DAILY_QUOTA)]
    outcome = publish(job(where, transport=Scripted(answers), look=None))
    assert "24 hours" in outcome.stopped
    assert sum((outcome.books.accepted, outcome.books.waiting, outcome.books.throttled)) == 120


def test_canary_that_falls_stops_before_everybody_else(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 1000)
    assert where.stored.canary == 10
    transport = Scripted([(Submission.REFUSED, Halt.NONE)] * 2)
    outcome = publish(job(where, transport=transport, look=None))
    assert "first 10 letters" in outcome.stopped
    assert (outcome.books.refused, outcome.books.waiting) == (10, 990)
    assert "first 10 letters" in where.ledger.held_for(where.stored.plan.id)
    with pytest.raises(StoppedError, match="stopped by itself: 10 of the first 10"):
        check_not_stopped(where.ledger, where.stored)


def bounced(where: Desk, letters: int) -> None:
    """Let events tell that the first letters came back."""
    with where.ledger.write() as connection:
        connection.exec_driver_sql(
            "UPDATE deliveries SET outcome = 3 WHERE submission = 2 AND seq IN"
            f" (SELECT seq FROM deliveries ORDER BY seq LIMIT {letters})"
        )


def test_bounces_of_earlier_letters_are_judged_before_the_next_one_leaves(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 1000)
    half = Scripted(
        [(Submission.ACCEPTED, Halt.NONE)] * 12 + [(Submission.THROTTLED, Halt.ACCOUNT)]
    )
    sent = publish(job(where, transport=half, look=None)).books.accepted
    assert 500 < sent < 1000
    bounced(where, 60)
    nobody = Scripted([])
    outcome = publish(job(where, transport=nobody, look=None))
    assert ("letters bounced" in outcome.stopped, nobody.given) == (True, [])
    assert publish(job(where, transport=nobody, look=None)).books.accepted == sent
    plan = where.stored.plan.id
    where.ledger.release(plan, tally_of(where.ledger, plan))
    assert where.ledger.held_for(plan) == ""
    check_not_stopped(where.ledger, where.stored)
    assert publish(job(where)).books.accepted == 1000


def test_rest_waits_until_the_canary_was_looked_at(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 1000)
    careful = PaceSettings(canary_minutes=30)
    first = publish(job(where, settings=careful))
    assert "first letters are out" in first.stopped
    assert counts(first) == (10, 990, 0)
    soon = publish(job(where, settings=careful, clock=HandClock(NOW + timedelta(minutes=10))))
    assert counts(soon) == (10, 990, 0)
    later = publish(job(where, settings=careful, clock=HandClock(NOW + timedelta(minutes=31))))
    assert counts(later) == (1000, 0, 0)


def test_waiting_publisher_lets_the_canary_rest_and_goes_on(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 1000)
    clock = HandClock()
    outcome = publish(
        job(where, settings=PaceSettings(canary_minutes=5), clock=clock, wait=True, hours=True)
    )
    assert counts(outcome) == (1000, 0, 0)
    assert clock.at >= NOW + timedelta(minutes=5)


def test_warm_up_bounds_each_day_until_it_is_over(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 300)
    warm = PaceSettings(warm_up=(50, 100), warm_up_from=NOW.date())
    accepted = []
    for day in range(3):
        clock = HandClock(NOW + timedelta(days=day))
        accepted.append(publish(job(where, settings=warm, clock=clock)).books.accepted)
    assert accepted == [50, 150, 300]


@pytest.mark.parametrize(
    "table",
    [
        {"warm_up": [100]},
        {"warm_up": "100", "warm_up_from": NOW.date()},
        {"canary_minutes": -1},
        {"bounces": 4},
        {"complaints": 0},
        {"bounces": True},
        {"alert": 3},
        {"spede": 1},
    ],
)
def test_wrong_pace_settings_are_refused(table: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=r"tool\.pismo\.pace"):
        pace_settings(table)


def test_signal_lets_what_is_under_way_finish(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 2000)
    transport = Scripted([])
    outcome = publish(
        job(where, transport=transport, look=None, stopping=lambda: len(transport.given) > 100)
    )
    assert outcome.stopped
    assert outcome.books.in_doubt == 0
    assert outcome.books.accepted == len(transport.given) < 2000


def test_stop_from_another_terminal_is_heeded(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 3000)
    clock = HandClock()

    class Stopping(Scripted):
        def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
            clock.wait(0.2)
            where.ledger.request_stop(where.stored.plan.id, NOW)
            return super().send(batch)

    outcome = publish(job(where, transport=Stopping([]), look=None, clock=clock))
    assert "pismo stop" in outcome.stopped
    assert 0 < outcome.books.accepted < 3000


def test_publisher_slows_down_when_another_was_throttled(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 2)
    clock = HandClock()
    pace = Pace(100.0, clock)
    watch = Watch(job(where, clock=clock), pace, Breaker(Limits()))
    where.again().ledger.tell_cut(30.0)
    clock.wait(1.0)
    assert not watch.should_stop(0)
    assert pace.rate == 30.0


def test_second_publisher_on_sqlite_is_refused_clearly(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 5)
    other = where.again()
    with (
        where.ledger.lease(ISSUE, "first", NOW),
        pytest.raises(StateError, match="being published already, by first"),
    ):
        publish(job(other))


def test_hours_are_kept_and_the_next_one_is_told(tmp_path: Path) -> None:
    zones = ("Asia/Kamchatka", "Europe/Moscow", "Europe/Kaliningrad")
    where = desk(tmp_path / "state", 30, zones=zones, send_at="10:00 local")
    clock = HandClock(datetime(2026, 11, 27, 1, 0, tzinfo=UTC))
    outcome = publish(job(where, clock=clock, hours=True))
    assert counts(outcome) == (10, 20, 0)
    assert outcome.next_hour == (datetime(2026, 11, 27, 7, 0, tzinfo=UTC), "Europe/Moscow")


def test_waiting_stays_until_the_last_hour(tmp_path: Path) -> None:
    zones = ("Asia/Kamchatka", "Europe/Moscow", "Europe/Kaliningrad")
    where = desk(tmp_path / "state", 30, zones=zones, send_at="10:00 local")
    clock = HandClock(datetime(2026, 11, 27, 6, 59, tzinfo=UTC))
    where.stored = replace(
        where.stored, schedule=replace(where.stored.schedule, late=timedelta(hours=10))
    )
    outcome = publish(job(where, clock=clock, hours=True, wait=True))
    assert counts(outcome) == (30, 0, 0)
    assert clock.at >= datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def test_full_disk_stops_with_nobody_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = desk(tmp_path / "state", 20)
    real, written = os.fsync, []

    def full(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) > 8:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    outcome = publish(job(where))
    assert "No space left" in outcome.stopped
    monkeypatch.undo()
    assert outcome.books.accepted < 20
    assert counts(publish(job(where))) == (20, 0, 0)


def test_ledger_that_fails_half_way_says_stopped_and_resumes(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 1200)

    class Failing(Scripted):
        def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
            if len(self.given) > 500:
                where.ledger.engine.dispose()
                (where.state_dir / "ledger.sqlite").rename(where.state_dir / "away")
            return super().send(batch)

    transport = Failing([])
    with pytest.raises(StoppedError, match="resume"):
        publish(job(where, transport=transport, look=None))
    for extra in where.state_dir.glob("ledger.sqlite*"):
        extra.unlink()
    (where.state_dir / "away").rename(where.state_dir / "ledger.sqlite")
    outcome = publish(job(where.again(), look=lambda ids: frozenset(ids) & set(transport.given)))
    assert outcome.books.accepted == 1200
    assert outcome.books.in_doubt == 0


def test_ledger_that_fails_before_a_letter_left_says_that_nothing_was_sent(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 20)

    class Failing(Scripted):
        def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
            where.ledger.engine.dispose()
            (where.state_dir / "ledger.sqlite").unlink()
            return super().send(batch)

    transport = Failing([(Submission.THROTTLED, Halt.ACCOUNT)] * 5)
    with pytest.raises(StateError) as told:
        publish(job(where, transport=transport, look=None))
    assert not isinstance(told.value, StoppedError)


def test_clock_that_jumps_back_neither_loses_nor_repeats(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 1000)

    class Jumping(HandClock):
        def now(self) -> datetime:
            self.at += timedelta(milliseconds=1)
            return self.at - timedelta(hours=3 * (int(self.at.timestamp() * 100) % 2))

    transport = Scripted([])
    outcome = publish(job(where, transport=transport, look=None, clock=Jumping()))
    assert counts(outcome) == (1000, 0, 0)
    assert len(transport.given) == len(set(transport.given)) == 1000


def test_log_holds_nothing_personal(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 40)
    log = FileLog(where.state_dir, ISSUE, where.stored.plan.id)
    publish(job(where, log=log))
    text = (where.state_dir / "log" / "publish.jsonl").read_text()
    assert '"started"' in text
    assert "@" not in text
    assert "Name" not in text


def test_books_that_do_not_close_are_told(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 5)
    with where.ledger.write() as connection:
        connection.exec_driver_sql("DELETE FROM deliveries WHERE person = 'p1'")
    with pytest.raises(StateError, match="do not close"):
        close_books(where.stored.plan, where.ledger)


def test_transport_that_breaks_leaves_everybody_in_doubt_not_lost(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 10)

    class Broken:
        def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
            raise ValueError(batch[0].recipient.address)

    outcome = publish(job(where, transport=Broken(), look=None))
    assert outcome.books.in_doubt == 10
    details = [one.detail for one in where.ledger.who(where.stored.plan.id, Submission.IN_DOUBT)]
    assert all("@" not in detail for detail in details)


def test_stored_plan_is_private_and_reads_back(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 10)
    again = read_plan(where.state_dir, where.stored.plan.id, ISSUE)
    assert again == where.stored
    for path in where.stored.folder.rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o777 == 0o600, path


def test_alert_command_gets_what_happened_on_its_input(tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
    problem = alert(shlex.join([sys.executable, "-c", code, str(told)]), {"stopped": "bounces"})
    assert problem == ""
    assert "bounces" in told.read_text()


def test_alert_command_that_fails_is_told_and_hides_nothing() -> None:
    assert "did not run" in alert("/nonexistent/alarm", {"stopped": "bounces"})


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": 1}', "\udcff"])
def test_a_damaged_plan_is_said_to_be_damaged(tmp_path: Path, text: str) -> None:
    where = desk(tmp_path / "state", 5)
    content = text.encode("utf-8", "surrogateescape")
    (where.stored.folder / "plan.json").write_bytes(content)
    with pytest.raises(PlanError, match="is damaged"):
        read_plan(where.state_dir, where.stored.plan.id, ISSUE)


def test_a_shard_in_which_somebody_stands_twice_is_not_sent(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 30)
    shard = where.stored.folder / "shards" / where.stored.shards[0].file
    rows = pq.read_table(shard, partitioning=None).to_pylist()
    for changed in ({"place": rows[1]["place"]}, {"person": rows[1]["person"]}, {"place": 99}):
        edited = [{**rows[0], **changed}, *rows[1:]]
        schema = pq.read_schema(shard)
        pq.write_table(pa.Table.from_pylist(edited, schema=schema), shard)
        with pytest.raises(PlanError, match="cannot be read"):
            publish(job(where))
    assert letters(where) == []


def test_a_broken_shard_is_told_with_its_plan_where_hours_count_too(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 30)
    (where.stored.folder / "shards" / where.stored.shards[0].file).write_bytes(b"rubbish")
    with pytest.raises(PlanError, match="cannot be read"):
        publish(job(where, hours=True))
