"""Events: which letters cause which, their JSON, and where they arrive."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pismo import ses_sim
from pismo.ses_sim.events import EventsLostError
from tests.ses_sim.calls import bulk, entry, simple, store_template


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "events"


@pytest.fixture
def ses(start: Any, connect: Any, folder: Path) -> Any:
    """Return a client of a simulator that writes its events to `folder`."""
    client = connect(start(events_dir=folder))
    store_template(client)
    return client


def _events(folder: Path) -> list[dict[str, Any]]:
    envelopes = [json.loads(one.read_text()) for one in sorted(folder.iterdir())]
    return [json.loads(one["Message"]) for one in envelopes]


def _kinds(folder: Path) -> list[str]:
    return [one["eventType"] for one in _events(folder)]


def _send(client: Any, address: str, **changes: Any) -> None:
    client.send_email(**simple(address, ConfigurationSetName="pismo", **changes))


def test_delivered_letter_is_sent_and_delivered_under_its_tag(ses: Any, folder: Path) -> None:
    answer = ses.send_bulk_email(**bulk("anna@example.net"))
    send, delivery = _events(folder)
    assert [send["eventType"], delivery["eventType"]] == ["Send", "Delivery"]
    mail = send["mail"]
    assert mail["messageId"] == answer["BulkEmailEntryResults"][0]["MessageId"]
    assert mail["tags"]["delivery"] == ["anna"]
    assert mail["tags"]["ses:configuration-set"] == ["pismo"]
    assert mail["destination"] == ["anna@example.net"]
    assert {"name": "List-Unsubscribe", "value": "<https://example.com/u/abc>"} in mail["headers"]
    assert delivery["delivery"]["recipients"] == ["anna@example.net"]


def test_event_comes_in_the_envelope_of_sns(ses: Any, folder: Path) -> None:
    _send(ses, "anna@example.net")
    envelope = json.loads(min(folder.iterdir()).read_text())
    assert envelope["Type"] == "Notification"
    assert envelope["TopicArn"] == "arn:aws:sns:us-east-1:123456789012:pismo-events"
    assert isinstance(envelope["Message"], str)


def test_without_a_configuration_set_nothing_is_told(ses: Any, folder: Path) -> None:
    ses.send_email(**simple())
    assert not list(folder.iterdir())


def test_disabled_destination_and_unwanted_types_tell_nothing(ses: Any, folder: Path) -> None:
    topic = {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t"}
    place = {"ConfigurationSetName": "pismo", "EventDestinationName": "all"}

    def change(**definition: Any) -> None:
        ses.update_configuration_set_event_destination(
            **place, EventDestination={"SnsDestination": topic, **definition}
        )

    change(Enabled=False, MatchingEventTypes=["SEND"])
    _send(ses, "anna@example.net")
    assert _kinds(folder) == []
    change(Enabled=True, MatchingEventTypes=["DELIVERY"])
    _send(ses, "anna@example.net")
    assert _kinds(folder) == ["Delivery"]


@pytest.mark.parametrize(
    ("mailbox", "kinds", "outcome"),
    [
        ("success", ["Send", "Delivery"], "delivered"),
        ("bounce", ["Send", "Bounce"], "bounced"),
        ("bounce+label7", ["Send", "Bounce"], "bounced"),
        ("complaint", ["Send", "Delivery", "Complaint"], "complained"),
        ("suppressionlist", ["Send", "Bounce"], "bounced"),
    ],
)
def test_addresses_of_the_mailbox_simulator_end_as_they_are_called(
    ses: Any, folder: Path, mailbox: str, kinds: list[str], outcome: str
) -> None:
    address = f"{mailbox}@simulator.amazonses.com"
    _send(ses, address)
    assert _kinds(folder) == kinds
    last = _events(folder)[-1]
    if outcome == "bounced":
        assert last["bounce"]["bounceType"] == "Permanent"
        assert last["bounce"]["bouncedRecipients"][0]["emailAddress"] == address
    if outcome == "complained":
        assert last["complaint"]["complainedRecipients"] == [{"emailAddress": address}]
    with pytest.raises(ses.exceptions.NotFoundException):  # they never enter the list
        ses.get_suppressed_destination(EmailAddress=address)


def test_missing_variable_is_accepted_and_then_told_as_a_rendering_failure(
    ses: Any, folder: Path
) -> None:
    data = {"ReplacementTemplate": {"ReplacementTemplateData": "{}"}}
    entries = [entry("a@example.net", ReplacementEmailContent=data), entry("b@example.net")]
    results = ses.send_bulk_email(**bulk(BulkEmailEntries=entries))["BulkEmailEntryResults"]
    assert [one["Status"] for one in results] == ["SUCCESS", "SUCCESS"]
    failure, send, _ = _events(folder)
    assert failure["eventType"] == "Rendering Failure"
    assert failure["mail"]["messageId"] == results[0]["MessageId"]
    assert failure["failure"] == {
        "errorMessage": "Attribute 'name' is not present in the rendering data.",
        "templateName": "letter",
    }
    assert send["mail"]["tags"]["delivery"] == ["b"]


def test_virus_is_accepted_and_rejected(ses: Any, folder: Path) -> None:
    body = {"Text": {"Data": "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"}}
    _send(ses, "a@example.net", Content={"Simple": {"Subject": {"Data": "s"}, "Body": body}})
    (reject,) = _events(folder)
    assert (reject["eventType"], reject["reject"]) == ("Reject", {"reason": "Bad content"})


def test_suppressed_address_is_accepted_counted_and_bounced(ses: Any, folder: Path) -> None:
    ses.put_suppressed_destination(EmailAddress="Anna@example.net", Reason="COMPLAINT")
    _send(ses, "anna@example.net")
    send, bounce = _events(folder)
    assert send["eventType"] == "Send"
    assert bounce["bounce"]["bounceSubType"] == "OnAccountSuppressionList"
    assert ses.get_account()["SendQuota"]["SentLast24Hours"] == 1


def test_suppression_that_the_set_switched_off_lets_the_letter_through(
    ses: Any, folder: Path
) -> None:
    ses.put_suppressed_destination(EmailAddress="anna@example.net", Reason="BOUNCE")
    ses.create_configuration_set(
        ConfigurationSetName="all", SuppressionOptions={"SuppressedReasons": []}
    )
    topic = {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t"}
    ses.create_configuration_set_event_destination(
        ConfigurationSetName="all",
        EventDestinationName="all",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["BOUNCE", "DELIVERY"],
            "SnsDestination": topic,
        },
    )
    ses.send_email(**simple("anna@example.net", ConfigurationSetName="all"))
    assert _kinds(folder) == ["Delivery"]


def test_steady_share_of_addresses_bounces_and_enters_the_suppression_list(
    start: Any, connect: Any
) -> None:
    sim = start(max_send_rate=1e6, bounce_share=0.1, complaint_share=0.05)
    ses = connect(sim)
    store_template(ses)
    for first in range(0, 1_000, 50):
        ses.send_bulk_email(**bulk(*(f"p{first + n}@example.net" for n in range(50))))
    assert 70 <= sim.state.outcomes["bounced"] <= 130
    assert 30 <= sim.state.outcomes["complained"] <= 75
    listed = {one.reason for one in sim.state.suppressed.values()}
    assert listed == {"BOUNCE", "COMPLAINT"}
    assert len(sim.state.suppressed) == 1_000 - sim.state.outcomes["delivered"]
    again = start(bounce_share=0.1, complaint_share=0.05)
    other = connect(again)
    store_template(other)
    other.send_bulk_email(**bulk(*(f"p{n}@example.net" for n in range(49, -1, -1))))
    ended = {one.to: one.outcome for one in list(sim.state.letters)[:50]}
    assert ended == {one.to: one.outcome for one in again.state.letters}


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[ses_sim.Queue]:
    """Run moto's SQS with one queue."""
    import boto3
    from moto.server import ThreadedMotoServer

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    endpoint = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    sqs = boto3.client("sqs", endpoint_url=endpoint, region_name="us-east-1")
    try:
        yield ses_sim.Queue(sqs.create_queue(QueueName="events")["QueueUrl"], endpoint)
    finally:
        sqs.close()
        server.stop()


def test_events_arrive_in_an_sqs_queue(start: Any, connect: Any, queue: ses_sim.Queue) -> None:
    import boto3

    sim = start(queue=queue)
    client = connect(sim)
    store_template(client)
    client.send_bulk_email(**bulk(*(f"p{n}@example.net" for n in range(12))))
    sim.flush_events()
    sqs = boto3.client("sqs", endpoint_url=queue.endpoint, region_name="us-east-1")
    bodies = []
    while told := sqs.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [json.loads(json.loads(one["Body"])["Message"]) for one in told]
    sqs.close()
    sent = [one["mail"]["tags"]["delivery"][0] for one in bodies if one["eventType"] == "Send"]
    assert sorted(sent) == sorted(f"p{n}" for n in range(12))
    assert len(bodies) == 24


def test_events_that_no_queue_took_are_reported(
    start: Any, connect: Any, queue: ses_sim.Queue
) -> None:
    wrong = ses_sim.Queue(queue.url + "-gone", queue.endpoint)
    sim = start(queue=wrong)
    _send(connect(sim), "anna@example.net")
    with pytest.raises(EventsLostError, match="-gone"):
        sim.flush_events()
