"""What people and tests look at: the page of letters, the counts, the switches."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from pismo import ses_sim
from pismo.ses_sim.faults import FaultKind
from pismo.ses_sim.pages import prefers_russian
from tests.ses_sim.calls import bulk, simple, store_template


def _get(sim: ses_sim.RunningSim, path: str, **headers: str) -> tuple[str, Any]:
    request = urllib.request.Request(sim.url + path, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode(), answer.headers


def _post(sim: ses_sim.RunningSim, path: str, body: object = None, **headers: str) -> Any:
    data = b"" if body is None else json.dumps(body).encode()
    request = urllib.request.Request(sim.url + path, data=data, headers=headers, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def _refused(sim: ses_sim.RunningSim, path: str, **options: Any) -> tuple[int, str]:
    request = urllib.request.Request(sim.url + path, **options)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as answer:
        return answer.code, answer.read().decode()


def test_list_shows_each_letter_and_links_to_it(sim: ses_sim.RunningSim, ses: Any) -> None:
    ses.send_email(**simple("anna@example.net"))
    page, _ = _get(sim, "/")
    assert "anna@example.net" in page
    assert "Пятница" in page
    assert f'href="/letters/{sim.state.letters[0].message_id}"' in page


def test_empty_list_says_how_to_send(sim: ses_sim.RunningSim) -> None:
    page, _ = _get(sim, "/")
    assert f"PISMO_SES_ENDPOINT={sim.url} pismo publish" in page


def test_letter_page_shows_facts_text_and_a_sandboxed_frame(
    sim: ses_sim.RunningSim, ses: Any
) -> None:
    store_template(ses, Text="Plain <b> for {{name}}")
    ses.send_bulk_email(**bulk())
    place = f"/letters/{sim.state.letters[0].message_id}"
    page, headers = _get(sim, place)
    assert "Plain &lt;b&gt; for Anna" in page
    assert "delivery=anna" in page
    assert f'<iframe sandbox="allow-popups" src="{place}/html"' in page
    assert "script-src" not in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_html_of_a_letter_can_run_nothing(sim: ses_sim.RunningSim, ses: Any) -> None:
    ses.send_email(**simple())
    html, headers = _get(sim, f"/letters/{sim.state.letters[0].message_id}/html")
    assert html == "<p>Привет</p>"
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy


def test_source_of_a_letter_is_its_mime(sim: ses_sim.RunningSim, ses: Any) -> None:
    ses.send_email(**simple())
    source, _ = _get(sim, f"/letters/{sim.state.letters[0].message_id}/source")
    assert "MIME-Version: 1.0" in source


def test_page_speaks_the_language_that_the_reader_prefers(sim: ses_sim.RunningSim) -> None:
    russian, _ = _get(sim, "/", **{"Accept-Language": "ru,en;q=0.8"})
    english, _ = _get(sim, "/", **{"Accept-Language": "en-GB,ru;q=0.5"})
    assert '<html lang="ru">' in russian
    assert "Писем пока нет" in russian
    assert "No letters yet" in english


@pytest.mark.parametrize(
    ("header", "russian"),
    [
        ("", False),
        ("ru", True),
        ("de,ru;q=0.9,en;q=0.8", True),
        ("en;q=0.3,ru;q=x", True),
        ("fr", False),
    ],
)
def test_language_is_chosen_by_weight(header: str, russian: bool) -> None:
    assert prefers_russian(header) is russian


def test_letters_are_told_as_json_and_filtered_by_tag_and_address(
    sim: ses_sim.RunningSim, ses: Any
) -> None:
    store_template(ses)
    ses.send_bulk_email(**bulk("anna@example.net", "olga@example.net"))
    everything = json.loads(_get(sim, "/_sim/letters")[0])
    by_tag = json.loads(_get(sim, "/_sim/letters?tag=delivery:olga")[0])
    by_address = json.loads(_get(sim, "/_sim/letters?to=anna@")[0])
    assert [one["to"] for one in everything] == [["anna@example.net"], ["olga@example.net"]]
    assert [one["tags"] for one in by_tag] == [{"delivery": "olga"}]
    assert [one["text"] for one in by_address] == ["Hi Anna"]


def test_stats_tell_accepted_by_tag_requests_and_receipts(
    sim: ses_sim.RunningSim, ses: Any
) -> None:
    store_template(ses)
    ses.send_bulk_email(**bulk("anna@example.net"))
    stats = json.loads(_get(sim, "/_sim/stats")[0])
    assert stats["accepted"] == 1
    assert stats["accepted_by_tag"] == {"delivery": {"anna": 1}}
    assert stats["requests"]["SendBulkEmail"] == 1
    assert stats["receipts"][0] == {
        "at_s": 1000.0,
        "operation": "SendBulkEmail",
        "status": 200,
        "accepted": 1,
        "throttled": 0,
    }


def test_reset_forgets_letters_templates_and_counts(sim: ses_sim.RunningSim, ses: Any) -> None:
    store_template(ses)
    ses.send_bulk_email(**bulk())
    _post(sim, "/_sim/reset")
    assert (len(sim.state.letters), sim.state.accepted, sim.state.templates) == (0, 0, {})


def test_fault_plan_can_be_replaced_and_watched_over_http(
    sim: ses_sim.RunningSim, ses: Any
) -> None:
    _post(sim, "/_sim/faults", [{"kind": "throttle", "at": [1]}])
    with pytest.raises(ses.exceptions.TooManyRequestsException):
        ses.send_email(**simple())
    told = json.loads(_get(sim, "/_sim/faults")[0])
    assert told == [{"kind": FaultKind.THROTTLE, "seen": 1, "struck": 1}]
    code, words = _refused(sim, "/_sim/faults", data=b'[{"kind": "no"}]')
    assert (code, "rule 1" in words) == (400, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.test"},
        {"Host": "evil.test:8025"},
        {"Origin": "https://evil.test"},
        {"Host": "["},
    ],
)
def test_page_of_another_site_can_neither_read_nor_write(
    sim: ses_sim.RunningSim, headers: dict[str, str]
) -> None:
    assert _refused(sim, "/_sim/reset", data=b"", headers=headers)[0] == 403
    assert _refused(sim, "/", headers=headers)[0] == 403


@pytest.mark.parametrize("path", ["/nothing", "/letters/none", "/_sim/nothing", "/letters/"])
def test_unknown_page_says_where_the_letters_are(sim: ses_sim.RunningSim, path: str) -> None:
    assert _refused(sim, path)[0] == 404


def test_raw_garbage_on_the_socket_is_answered_and_closed(sim: ses_sim.RunningSim) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", sim.port)) as line:
        line.sendall(b"hello\r\n\r\n")
        line.settimeout(5)
        with line.makefile("rb") as told:
            assert told.read().startswith(b"HTTP/1.1 400 ")  # reads until the connection ends


def test_two_requests_in_one_packet_are_both_answered(sim: ses_sim.RunningSim) -> None:
    import socket

    ask = b"GET /_sim/faults HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", sim.port)) as line:
        line.settimeout(5)
        line.sendall(ask + ask)
        told = b""
        while told.count(b"200 OK") < 2:
            told += line.recv(4096)
    assert told.count(b"HTTP/1.1 200 OK") == 2
