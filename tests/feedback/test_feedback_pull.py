"""Events move deliveries, settle doubts, suppress addresses, unsubscribe: once, however often."""

import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pismo.errors import StateError, UsageError
from pismo.feedback import FeedbackReport, pull
from pismo.ledger import Ledger, open_ledger
from pismo.model.people import Outcome, Submission
from tests.feedback.test_feedback_parse import PAYLOADS, payload
from tests.ledger.ledger_rows import NOW, add, agree, hash_of, send

PLAN = "plan00000001"
PEOPLE = ["anna", "boris", "vera"]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Open a ledger with three letters in doubt; the payloads are about Anna's."""
    opened = open_ledger(tmp_path / "ledger.sqlite")
    agree(opened, PEOPLE)
    send(opened, PLAN, add(opened, PLAN, PEOPLE), Submission.IN_DOUBT)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make an empty folder for events."""
    (tmp_path / "events").mkdir()
    return tmp_path / "events"


def put(folder: Path, *events: Any) -> None:
    """Write events into the folder."""
    for event in events:
        number = len(list(folder.iterdir()))
        (folder / f"{number:04}.json").write_text(json.dumps(event), "utf-8")


def about(event: Any, place: int, **changes: Any) -> Any:
    """Return an event about another delivery."""
    changed = copy.deepcopy(event)
    changed["mail"]["tags"]["delivery"] = [f"{PLAN}-{place}"]
    changed["mail"]["messageId"] = f"message-{place}"
    changed["mail"] |= changes
    return changed


def read(folder: Path, ledger: Ledger) -> FeedbackReport:
    """Pull the folder."""
    return pull(folder, ledger, lambda: NOW)


def anna(ledger: Ledger) -> tuple[Submission, Outcome | None]:
    """Return where Anna's letter is."""
    found = ledger.delivery(f"{PLAN}-0")
    assert found is not None
    return found.submission, found.outcome


def barred(ledger: Ledger) -> dict[str, str]:
    """Return who may not be written to."""
    people = [(person, hash_of(person)) for person in PEOPLE]
    found = ledger.barred(people, newsletter="friday", topic="friday", occasion=None, at=NOW)
    return {person: reason.value for person, reason in found.items()}


@pytest.mark.parametrize(
    ("name", "submission", "outcome"),
    [
        ("send", Submission.ACCEPTED, Outcome.SENT),
        ("delivery-delay", Submission.ACCEPTED, Outcome.DELAYED),
        ("delivery", Submission.ACCEPTED, Outcome.DELIVERED),
        ("open", Submission.ACCEPTED, Outcome.DELIVERED),
        ("click", Submission.ACCEPTED, Outcome.DELIVERED),
        ("bounce-transient", Submission.ACCEPTED, Outcome.BOUNCED),
        ("bounce-permanent", Submission.ACCEPTED, Outcome.BOUNCED),
        ("complaint", Submission.ACCEPTED, Outcome.COMPLAINED),
        ("reject", Submission.REFUSED, None),
        ("rendering-failure", Submission.REFUSED, None),
    ],
)
def test_any_event_settles_a_letter_in_doubt(
    ledger: Ledger, folder: Path, name: str, submission: Submission, outcome: Outcome | None
) -> None:
    put(folder, payload(name))
    report = read(folder, ledger)
    assert anna(ledger) == (submission, outcome)
    assert (report.read, report.settled) == (1, 1)
    assert ledger.in_doubt(PLAN) == (f"{PLAN}-1", f"{PLAN}-2")


def test_without_an_event_a_letter_stays_in_doubt(ledger: Ledger, folder: Path) -> None:
    assert read(folder, ledger) == FeedbackReport()
    assert len(ledger.in_doubt(PLAN)) == 3


def test_events_in_any_order_end_in_the_same_state(ledger: Ledger, folder: Path) -> None:
    put(folder, *(payload(name) for name in ("complaint", "delivery", "delivery-delay", "send")))
    read(folder, ledger)
    assert anna(ledger) == (Submission.ACCEPTED, Outcome.COMPLAINED)


def test_a_rejected_letter_stays_refused_when_its_send_event_comes_late(
    ledger: Ledger, folder: Path
) -> None:
    put(folder, payload("reject"))
    read(folder, ledger)
    put(folder, payload("send"))
    read(folder, ledger)
    assert anna(ledger) == (Submission.REFUSED, None)


def test_the_message_id_is_learnt_from_the_event(ledger: Ledger, folder: Path) -> None:
    put(folder, payload("send"))
    read(folder, ledger)
    found = ledger.delivery(f"{PLAN}-0")
    assert found is not None
    assert found.message_id == payload("send")["mail"]["messageId"]


def test_a_hard_bounce_suppresses_the_address(ledger: Ledger, folder: Path) -> None:
    put(folder, payload("bounce-permanent"))
    assert read(folder, ledger).suppressed == 1
    assert barred(ledger) == {"anna": "suppressed"}


def test_a_complaint_suppresses_and_unsubscribes(ledger: Ledger, folder: Path) -> None:
    put(folder, payload("complaint"))
    report = read(folder, ledger)
    assert (report.suppressed, report.unsubscribed) == (1, 1)
    ledger.unsuppress([hash_of("anna")])
    assert barred(ledger) == {"anna": "unsubscribed"}


def test_somebody_who_says_not_spam_is_not_unsubscribed(ledger: Ledger, folder: Path) -> None:
    kind = payload("complaint")
    kind["complaint"]["complaintFeedbackType"] = "not-spam"
    put(folder, kind)
    read(folder, ledger)
    assert barred(ledger) == {}


def test_a_full_mailbox_is_given_up_after_five_days_of_a_month(
    ledger: Ledger, folder: Path
) -> None:
    for day in range(5):
        assert barred(ledger) == {}
        bounce = payload("bounce-transient")
        at = NOW - timedelta(days=5 * day)
        bounce["bounce"] |= {"timestamp": at.isoformat(), "feedbackId": f"feedback-{day}"}
        put(folder, bounce)
        read(folder, ledger)
    assert barred(ledger) == {"anna": "suppressed"}


def test_pulling_the_same_events_again_does_nothing_new(ledger: Ledger, folder: Path) -> None:
    put(folder, *(payload(name) for name in ("send", "complaint", "bounce-permanent", "click")))
    read(folder, ledger)
    ledger.unsuppress([hash_of("anna")])
    kept = list(ledger.events())
    again = read(folder, ledger)
    assert (again.suppressed, again.unsubscribed, again.settled) == (0, 0, 0)
    assert list(ledger.events()) == kept
    assert barred(ledger) == {"anna": "unsubscribed"}


def test_a_crash_before_the_events_are_recorded_repeats_their_consequences(
    ledger: Ledger, folder: Path
) -> None:
    put(folder, payload("complaint"))
    read(folder, ledger)
    with ledger.write() as connection:
        for table in ("events", "suppressions", "opt_outs"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    assert read(folder, ledger).suppressed == 1
    assert barred(ledger) == {"anna": "unsubscribed"}


def test_every_kept_event_knows_its_person_and_no_address(ledger: Ledger, folder: Path) -> None:
    names = ("bounce-permanent", "bounce-transient", "complaint", "reject", "open", "click", "send")
    put(folder, *(payload(name) for name in names))
    read(folder, ledger)
    events = list(ledger.events())
    assert {event.person for event in events} == {"anna"}
    assert {event.kind for event in events} == {
        "bounce",
        "soft-bounce",
        "complaint",
        "reject",
        "open",
        "click",
    }
    assert all("@" not in str(event) for event in events)


def test_events_of_strangers_and_rubbish_are_counted_and_harm_nobody(
    ledger: Ledger, folder: Path
) -> None:
    foreign = about(payload("complaint"), 0)
    foreign["mail"]["tags"]["delivery"] = ["elsewhere001-0"]
    put(folder, foreign, payload("identity-notification"), {"no": "event"}, payload("delivery"))
    (folder / ".hidden.json").write_text("half wri")
    report = read(folder, ledger)
    assert (report.read, report.strange, report.unreadable) == (4, 2, 1)
    assert anna(ledger) == (Submission.ACCEPTED, Outcome.DELIVERED)
    assert barred(ledger) == {}


def test_a_letter_of_an_erased_person_is_still_settled(ledger: Ledger, folder: Path) -> None:
    ledger.erase_person("anna", [hash_of("anna")], NOW)
    put(folder, payload("delivery"))
    assert read(folder, ledger).settled == 1
    assert ledger.counts(PLAN)[Submission.ACCEPTED] == 1


def test_a_folder_that_is_not_there_is_named(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        pull(tmp_path / "nowhere", ledger, lambda: NOW)


def test_a_queue_that_cannot_be_reached_is_an_error_with_a_way_out(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(StateError, match=r"(?s)cannot be read.*sqs:ReceiveMessage"):
        pull("http://127.0.0.1:1/queue", ledger, lambda: NOW)


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Any, str]]:
    """Start moto's SQS and make a queue: its client and its URL.

    Servers of one process share their queues, so each test names its own.
    """
    import boto3
    from moto.server import ThreadedMotoServer

    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client("sqs", endpoint_url=f"http://{host}:{port}")
    yield client, client.create_queue(QueueName=tmp_path.name)["QueueUrl"]
    client.close()
    server.stop()


def waiting(client: Any, url: str) -> int:
    """Count a queue's messages, those out of sight too."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(told[name]) for name in names)


def test_a_queue_is_read_to_its_end_and_what_was_understood_is_deleted(
    ledger: Ledger, queue: tuple[Any, str]
) -> None:
    client, url = queue
    events = [about(payload("click"), place % 3) for place in range(130)]
    for second, event in enumerate(events):
        event["click"]["timestamp"] = (NOW + timedelta(seconds=second)).isoformat()
    for event in [*events, payload("envelope-sns"), payload("subscription-confirmation")]:
        client.send_message(QueueUrl=url, MessageBody=json.dumps(event))
    client.send_message(QueueUrl=url, MessageBody="no event")
    report = pull(url, ledger, lambda: NOW)
    # A queue may hand one message to two calls at once: read twice, written down and settled once.
    assert len(list(ledger.events(kind="click"))) == 130
    assert report.read >= 132
    assert (report.unreadable, report.settled) == (1, 3)
    assert waiting(client, url) == 1
    assert ledger.in_doubt(PLAN) == ()


def test_messages_stay_in_the_queue_when_the_ledger_cannot_be_written(
    ledger: Ledger, queue: tuple[Any, str]
) -> None:
    client, url = queue
    client.send_message(QueueUrl=url, MessageBody=json.dumps(payload("delivery")))
    with ledger.write() as connection:
        connection.exec_driver_sql("DROP TABLE deliveries")
    with pytest.raises(StateError):
        pull(url, ledger, lambda: NOW)
    assert waiting(client, url) == 1


def test_every_payload_has_the_address_of_its_documentation() -> None:
    readme = (PAYLOADS / "README.md").read_text("utf-8")
    for file in PAYLOADS.glob("*.json"):
        assert f"`{file.stem}`" in readme or file.stem.startswith("bounce-")
    assert "docs.aws.amazon.com" in readme
