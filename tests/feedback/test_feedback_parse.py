"""Events are read as documented, in whatever envelope; what is none is said to be none."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pismo.feedback import Kind, SesEvent, UnreadableEventError, parse_event

PAYLOADS = Path(__file__).parent / "payloads"


def payload(name: str) -> Any:
    """Return a documented message."""
    return json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))


def read(message: Any) -> SesEvent:
    """Parse a message that is an event."""
    event = parse_event(message)
    assert event is not None
    return event


@pytest.mark.parametrize(
    ("name", "kind", "detail"),
    [
        ("send", Kind.SEND, ""),
        ("delivery", Kind.DELIVERY, ""),
        ("delivery-delay", Kind.DELAY, "TransientCommunicationFailure"),
        ("bounce-permanent", Kind.BOUNCE, "Permanent/General"),
        ("bounce-transient", Kind.BOUNCE, "Transient/MailboxFull"),
        ("complaint", Kind.COMPLAINT, "abuse"),
        ("reject", Kind.REJECT, "rejected/Bad content"),
        ("rendering-failure", Kind.FAILURE, "rendering failure"),
        ("open", Kind.OPEN, ""),
        ("click", Kind.CLICK, ""),
        ("subscription", Kind.SUBSCRIPTION, ""),
        ("envelope-sns", Kind.SEND, ""),
        ("envelope-eventbridge", Kind.DELIVERY, ""),
        ("postbox-click", Kind.CLICK, ""),
    ],
)
def test_every_documented_event_is_read(name: str, kind: Kind, detail: str) -> None:
    event = read(payload(name))
    assert (event.kind, event.detail) == (kind, detail)
    assert event.delivery == "plan00000001-0"
    assert event.at.tzinfo is not None
    assert event.message_id


def test_an_envelope_may_hold_the_event_as_text_or_as_an_object() -> None:
    envelope = payload("envelope-sns")
    unpacked = {**envelope, "Message": json.loads(envelope["Message"])}
    bare = payload("send")
    assert read(envelope) == read(unpacked) == read(bare) == read(json.dumps(bare))


def test_an_event_that_arrives_again_has_the_same_key() -> None:
    first = read(payload("envelope-sns"))
    again = read({**payload("envelope-sns"), "MessageId": "another", "Timestamp": "later"})
    assert first.key == again.key


def test_events_of_one_letter_have_different_keys() -> None:
    names = ["send", "delivery", "delivery-delay", "bounce-permanent", "complaint", "open", "click"]
    assert len({read(payload(name)).key for name in names}) == len(names)


def test_two_opens_of_one_letter_are_two_events() -> None:
    later = payload("open")
    later["open"]["timestamp"] = "2026-11-27T09:00:00.000Z"
    assert read(later).key != read(payload("open")).key


def test_the_time_is_of_the_event_and_not_of_the_letter() -> None:
    assert read(payload("complaint")).at == datetime(2026, 11, 27, 9, 41, 2, 669000, tzinfo=UTC)
    assert read(payload("reject")).at == datetime(2026, 11, 27, 7, 0, 1, 120000, tzinfo=UTC)
    assert read(payload("postbox-click")).at.utcoffset() is not None


def test_a_clicked_link_is_kept_without_what_may_say_who() -> None:
    assert read(payload("click")).link == "https://igroteka.example/games/kubiki"


def test_no_detail_holds_an_address() -> None:
    for file in PAYLOADS.glob("*.json"):
        event = parse_event(file.read_text("utf-8"))
        if event is not None:
            assert "@" not in event.detail + event.link + event.delivery


def test_an_identity_notification_is_read_but_belongs_to_no_delivery() -> None:
    event = read(payload("identity-notification"))
    assert (event.kind, event.delivery, event.is_permanent) == (Kind.BOUNCE, "", True)


@pytest.mark.parametrize(
    "message",
    [
        payload("subscription-confirmation"),
        {
            "Type": "Notification",
            "Message": "Successfully validated SNS topic for Amazon SES event publishing.",
        },
        {"eventType": "SomethingNew", "mail": {}},
    ],
)
def test_what_is_not_about_a_letter_is_passed_over(message: Any) -> None:
    assert parse_event(message) is None


@pytest.mark.parametrize(
    "message",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"eventType": 5}',
        '{"eventType": "Bounce"}',
        '{"eventType": "Send", "mail": {"messageId": "1"}}',
        '{"eventType": "Send", "mail": {"messageId": "1", "timestamp": "yesterday"}}',
        '{"eventType": "Open", "mail": {"messageId": "1", "timestamp": "2026-11-27"}, "open": 5}',
        '{"Type": "Notification", "Message": "half a JSON {"}',
    ],
)
def test_what_is_no_event_is_said_to_be_none_without_quoting_it(message: str) -> None:
    with pytest.raises(UnreadableEventError) as caught:
        parse_event(message)
    assert "yesterday" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(
    name=st.sampled_from(sorted(file.stem for file in PAYLOADS.glob("*.json"))),
    place=st.sampled_from(
        ["mail", "bounce", "complaint", "delivery", "detail", "Message", "click"]
    ),
    other=JSON,
)
def test_a_damaged_event_is_read_or_refused_and_never_a_surprise(
    name: str, place: str, other: Any
) -> None:
    damaged = {**payload(name), place: other}
    try:
        parse_event(json.dumps(damaged))
    except UnreadableEventError as error:
        assert str(error)  # noqa: PT017  # either outcome is right, a crash is not
