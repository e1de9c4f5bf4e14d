"""One test per way a call to SES can fail: how often it is posted, and what it says of letters."""

import json
import socket
from collections.abc import Callable, Iterator

import pytest

from pismo.errors import SettingsError
from pismo.model.content import Sender
from pismo.model.edition import Edition
from pismo.model.people import Links, Recipient, Submission
from pismo.transports.base import Halt, Outgoing, Result
from pismo.transports.ses import Prepared, SesTransport
from pismo.transports.ses_client import (
    Method,
    SesSettings,
    control_client,
    sending_client,
    ses_settings,
)
from tests.transports.faulty import Behaviour, FaultyServer, faulty_servers, http

Start = Callable[[Behaviour], FaultyServer]
TWO = ("d-1", "d-2")


@pytest.fixture
def faulty() -> Iterator[Start]:
    with faulty_servers() as start:
        yield start


@pytest.fixture(autouse=True)
def _hostile_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    # What a machine may have set for other programs must not make us post twice.
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
    monkeypatch.setenv("AWS_RETRY_MODE", "legacy")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def edition() -> Edition:
    return Edition(
        issue="weekly/2026-11-27",
        newsletter="weekly",
        segment="everyone",
        language="en",
        sender=Sender("Kate", "kate@shop.example"),
        subject=(),
        preheader=(),
        html=(),
        text=(),
        headers=(),
        digest="d" * 64,
    )


def letter(id_: str, address: str = "reader@example.com") -> Outgoing:
    links = Links(unsubscribe="u", preferences="p", web="w")
    recipient = Recipient(
        id=id_, segment="everyone", facts={}, picks=(), links=links, address=address
    )
    return Outgoing(id_, edition(), recipient)


def transport(url: str, method: Method = Method.BULK) -> SesTransport:
    prepared = Prepared(
        template="pismo-t",
        sender="Kate <kate@shop.example>",
        reply_to=(),
        defaults="{}",
        shared=(),
        fill=lambda recipient: ({"v": recipient.id}, [("List-Unsubscribe", "<https://x.example>")]),
    )
    settings = SesSettings(endpoint_url=url, region="us-east-1", read_timeout_s=0.3)
    return SesTransport(
        sending_client(settings),
        lambda _: prepared,
        configuration_set="",
        steady=lambda: 0.0,
        method=method,
    )


def send(url: str, method: Method = Method.BULK, ids: tuple[str, ...] = TWO) -> list[Result]:
    return list(transport(url, method).send([letter(id_) for id_ in ids]))


def outcome(results: list[Result]) -> tuple[set[Submission], set[Halt]]:
    return {result.submission for result in results}, {result.halt for result in results}


def error(status: str, code: str, message: str = "no") -> bytes:
    return http(
        status,
        json.dumps({"message": message}),
        f"x-amzn-ErrorType: {code}\r\nConnection: close\r\n",
    )


def bulk(*statuses: str) -> bytes:
    results = [
        {"Status": status, "MessageId": f"m-{n}"} if status == "SUCCESS" else {"Status": status}
        for n, status in enumerate(statuses)
    ]
    return http("200 OK", json.dumps({"BulkEmailEntryResults": results}))


DOUBT = ({Submission.IN_DOUBT}, {Halt.NONE})
OK_ONE = http("200 OK", json.dumps({"MessageId": "m"}))


def test_no_answer_is_posted_once_and_in_doubt(faulty: Start) -> None:
    server = faulty(FaultyServer.stall_for_a_while)
    assert outcome(send(server.url)) == DOUBT
    assert server.posts == 1


def test_headers_then_silence_is_posted_once_and_in_doubt(faulty: Start) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"
    server = faulty(lambda connection: server.stall(connection, head))
    assert outcome(send(server.url)) == DOUBT
    assert server.posts == 1


def test_reset_connection_is_posted_once_and_in_doubt(faulty: Start) -> None:
    server = faulty(FaultyServer.reset)
    assert outcome(send(server.url)) == DOUBT
    assert server.posts == 1


def test_connection_closed_without_an_answer_is_posted_once_and_in_doubt(faulty: Start) -> None:
    server = faulty(lambda _: None)
    assert outcome(send(server.url)) == DOUBT
    assert server.posts == 1


def test_truncated_answer_is_posted_once_and_in_doubt(faulty: Start) -> None:
    whole = bulk("SUCCESS", "SUCCESS")
    server = faulty(lambda connection: connection.sendall(whole[:-20]))
    assert outcome(send(server.url)) == DOUBT
    assert server.posts == 1


def test_garbage_instead_of_http_is_posted_once_and_in_doubt(faulty: Start) -> None:
    server = faulty(lambda connection: connection.sendall(b"\x00\x01 hello\r\n\r\n"))
    assert outcome(send(server.url)) == DOUBT
    assert server.posts == 1


@pytest.mark.parametrize("method", [Method.BULK, Method.SINGLE])
def test_success_with_an_unreadable_body_is_in_doubt(faulty: Start, method: Method) -> None:
    server = faulty(lambda connection: connection.sendall(http("200 OK", "<html>busy</html>")))
    assert outcome(send(server.url, method, ("d-1",))) == DOUBT
    assert server.posts == 1


def test_fewer_results_than_letters_leave_all_in_doubt(faulty: Start) -> None:
    server = faulty(lambda connection: connection.sendall(bulk("SUCCESS")))
    assert outcome(send(server.url)) == DOUBT
    assert server.posts == 1


def test_entry_without_a_message_id_is_in_doubt(faulty: Start) -> None:
    body = {
        "BulkEmailEntryResults": [{"Status": "SUCCESS"}, {"Status": "SUCCESS", "MessageId": "m"}]
    }
    server = faulty(lambda connection: connection.sendall(http("200 OK", json.dumps(body))))
    assert [r.submission for r in send(server.url)] == [Submission.IN_DOUBT, Submission.ACCEPTED]


@pytest.mark.parametrize("status", ["500 x", "502 x", "503 x", "504 x", "509 x", "408 x"])
def test_server_error_is_posted_once_and_in_doubt(faulty: Start, status: str) -> None:
    server = faulty(lambda connection: connection.sendall(error(status, "InternalFailure")))
    assert outcome(send(server.url)) == DOUBT
    assert server.posts == 1


def test_refused_connection_is_certainly_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert outcome(send(f"http://127.0.0.1:{port}")) == ({Submission.THROTTLED}, {Halt.UNREACHABLE})


def test_throttled_single_call_is_posted_once_and_may_be_tried_again(faulty: Start) -> None:
    answer = error("429 x", "TooManyRequestsException", "Maximum sending rate exceeded.")
    server = faulty(lambda connection: connection.sendall(answer))
    results = send(server.url, Method.SINGLE)
    assert outcome(results) == ({Submission.THROTTLED}, {Halt.SLOW_DOWN})
    # The second letter is not even tried.
    assert server.posts == 1


def test_used_up_day_is_told_from_a_used_up_second(faulty: Start) -> None:
    answer = error("429 x", "TooManyRequestsException", "Daily message quota exceeded.")
    server = faulty(lambda connection: connection.sendall(answer))
    assert outcome(send(server.url)) == ({Submission.THROTTLED}, {Halt.DAILY_QUOTA})
    assert server.posts == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("400 x", "AccountSuspendedException"),
        ("400 x", "SendingPausedException"),
        ("400 x", "MailFromDomainNotVerifiedException"),
        ("404 x", "NotFoundException"),
        ("403 x", "InvalidClientTokenId"),
        ("403 x", "ExpiredTokenException"),
        ("403 x", "SignatureDoesNotMatch"),
    ],
)
def test_account_that_may_not_send_halts_and_loses_nobody(
    faulty: Start, status: str, code: str
) -> None:
    server = faulty(lambda connection: connection.sendall(error(status, code)))
    assert outcome(send(server.url)) == ({Submission.THROTTLED}, {Halt.ACCOUNT})
    assert server.posts == 1


def test_unverified_sender_halts_and_names_nobody(faulty: Start) -> None:
    message = "Email address is not verified. The following identities failed: a@b.example"
    server = faulty(lambda c: c.sendall(error("400 x", "MessageRejected", message)))
    results = send(server.url)
    assert outcome(results) == ({Submission.THROTTLED}, {Halt.ACCOUNT})
    assert all("@" not in result.detail for result in results)


def test_missing_credentials_halt_without_a_post(
    faulty: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    server = faulty(lambda _: None)
    monkeypatch.setattr(SesSettings, "is_local", property(lambda _: False))
    assert outcome(send(server.url)) == ({Submission.THROTTLED}, {Halt.ACCOUNT})
    assert server.posts == 0


@pytest.mark.parametrize(
    ("status", "submission", "halt"),
    [
        ("MESSAGE_REJECTED", Submission.REFUSED, Halt.NONE),
        ("INVALID_PARAMETER", Submission.REFUSED, Halt.NONE),
        ("ACCOUNT_THROTTLED", Submission.THROTTLED, Halt.SLOW_DOWN),
        ("ACCOUNT_DAILY_QUOTA_EXCEEDED", Submission.THROTTLED, Halt.DAILY_QUOTA),
        ("TRANSIENT_FAILURE", Submission.THROTTLED, Halt.NONE),
        ("ACCOUNT_SUSPENDED", Submission.THROTTLED, Halt.ACCOUNT),
        ("ACCOUNT_SENDING_PAUSED", Submission.THROTTLED, Halt.ACCOUNT),
        ("CONFIGURATION_SET_SENDING_PAUSED", Submission.THROTTLED, Halt.ACCOUNT),
        ("CONFIGURATION_SET_NOT_FOUND", Submission.THROTTLED, Halt.ACCOUNT),
        ("CONFIGURATION_SET_DOES_NOT_EXIST", Submission.THROTTLED, Halt.ACCOUNT),
        ("TEMPLATE_NOT_FOUND", Submission.THROTTLED, Halt.ACCOUNT),
        ("TEMPLATE_DOES_NOT_EXIST", Submission.THROTTLED, Halt.ACCOUNT),
        ("MAIL_FROM_DOMAIN_NOT_VERIFIED", Submission.THROTTLED, Halt.ACCOUNT),
        ("INVALID_SENDING_POOL_NAME", Submission.THROTTLED, Halt.ACCOUNT),
        ("FAILED", Submission.IN_DOUBT, Halt.NONE),
        ("SOMETHING_NEW", Submission.IN_DOUBT, Halt.NONE),
    ],
)
def test_status_of_an_entry_concerns_that_letter_only(
    faulty: Start, status: str, submission: Submission, halt: Halt
) -> None:
    server = faulty(lambda connection: connection.sendall(bulk(status, "SUCCESS")))
    first, second = send(server.url)
    assert (first.submission, first.halt) == (submission, halt)
    assert (second.submission, second.message_id) == (Submission.ACCEPTED, "m-1")
    assert server.posts == 1


def test_poison_entry_is_found_by_halving_and_spoils_nobody_else(faulty: Start) -> None:
    def behave(connection: socket.socket) -> None:
        entries = json.loads(server.bodies[-1])["BulkEmailEntries"]
        ids = [entry["ReplacementTags"][0]["Value"] for entry in entries]
        connection.sendall(
            error("400 x", "BadRequestException") if "d-7" in ids else bulk(*["SUCCESS"] * len(ids))
        )

    server = faulty(behave)
    results = send(server.url, ids=tuple(f"d-{n}" for n in range(50)))
    refused = [result.id for result in results if result.submission is Submission.REFUSED]
    accepted = [result.id for result in results if result.submission is Submission.ACCEPTED]
    assert (refused, len(accepted)) == (["d-7"], 49)
    assert server.posts <= 13


def test_address_that_ses_does_not_take_is_refused_without_a_post(faulty: Start) -> None:
    server = faulty(lambda connection: connection.sendall(bulk("SUCCESS")))
    good, bad = letter("d-1"), letter("d-2", "анна@example.com")
    results = transport(server.url).send([bad, good])
    assert [r.submission for r in results] == [Submission.REFUSED, Submission.ACCEPTED]
    assert "анна" not in server.bodies[0].decode()


def test_account_that_throttles_bulk_calls_gets_letters_one_by_one(faulty: Start) -> None:
    limit = error("429 x", "TooManyRequestsException", "Maximum sending rate exceeded.")

    def behave(connection: socket.socket) -> None:
        connection.sendall(limit if b"BulkEmailEntries" in server.bodies[-1] else OK_ONE)

    server = faulty(behave)
    sender = transport(server.url)
    for _ in range(2):
        results = sender.send([letter(id_) for id_ in TWO])
        # One letter of the throttled call goes alone, to see whether letters or calls are limited.
        assert [r.submission for r in results] == [Submission.ACCEPTED, Submission.THROTTLED]
    posts = server.posts
    results = sender.send([letter(id_) for id_ in TWO])
    assert [r.submission for r in results] == [Submission.ACCEPTED] * 2
    assert server.posts == posts + 2


def test_account_that_throttles_letters_keeps_getting_bulk_calls(faulty: Start) -> None:
    limit = error("429 x", "TooManyRequestsException", "Maximum sending rate exceeded.")
    server = faulty(lambda connection: connection.sendall(limit))
    sender = transport(server.url)
    for _ in range(5):
        sender.send([letter(id_) for id_ in TWO])
    assert b"BulkEmailEntries" in server.bodies[-2]


def test_idle_connections_are_dropped_before_the_next_call(faulty: Start) -> None:
    kept_alive = http("200 OK", json.dumps({"MessageId": "m"}), "")
    server = faulty(lambda connection: connection.sendall(kept_alive))
    sender = transport(server.url, Method.SINGLE)
    seconds = [0.0]
    sender._steady = lambda: seconds[0]
    assert sender.send([letter("d-1")])[0].submission is Submission.ACCEPTED
    # The server has closed the kept connection meanwhile: without the rule this is in doubt.
    seconds[0] = 60.0
    assert sender.send([letter("d-2")])[0].submission is Submission.ACCEPTED


def test_clients_differ_in_what_they_may_repeat(faulty: Start) -> None:
    server = faulty(lambda connection: connection.sendall(error("500 x", "InternalFailure")))
    settings = SesSettings(endpoint_url=server.url, region="us-east-1")
    assert sending_client(settings).meta.config.retries["total_max_attempts"] == 1
    assert control_client(settings).meta.config.retries["total_max_attempts"] == 5


def test_endpoint_of_the_environment_wins() -> None:
    table: dict[str, object] = {"endpoint_url": "https://postbox.example", "threads": 2}
    assert ses_settings(table, {}).endpoint_url == "https://postbox.example"
    environ = {"PISMO_SES_ENDPOINT": "http://127.0.0.1:8005"}
    assert ses_settings(table, environ).endpoint_url == "http://127.0.0.1:8005"


def test_unknown_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match="regoin"):
        ses_settings({"regoin": "eu-central-1"}, {})


def test_real_ses_needs_a_region(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(SettingsError, match="region"):
        sending_client(SesSettings())
