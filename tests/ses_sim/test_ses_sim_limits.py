"""Each limit of SES, met through the real boto3 (or past it, where boto3 checks first)."""

import json
from typing import Any

import pytest

from pismo import ses_sim
from tests.ses_sim.calls import SENDER, bulk, entry, simple, store_template

Call = dict[str, Any]


def _headers(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in pairs]


def _with_headers(*pairs: tuple[str, str]) -> Call:
    one = entry("anna@example.net", ReplacementHeaders=_headers(*pairs))
    return bulk(BulkEmailEntries=[one])


def _with_tag(name: str, value: str) -> Call:
    one = entry("anna@example.net", ReplacementTags=[{"Name": name, "Value": value}])
    return bulk(BulkEmailEntries=[one])


@pytest.fixture
def lax(sim: ses_sim.RunningSim, connect: Any) -> Any:
    """Return a client that lets everything through, with the template stored."""
    client = connect(sim, parameter_validation=False)
    store_template(client)
    return client


def _refused(client: Any, sim: ses_sim.RunningSim, call: Call, error: str) -> str:
    operation = client.send_bulk_email if "BulkEmailEntries" in call else client.send_email
    with pytest.raises(getattr(client.exceptions, error)) as caught:
        operation(**call)
    assert sim.state.accepted == 0
    return str(caught.value)


@pytest.mark.parametrize("count", [0, 51])
def test_bulk_call_takes_one_to_fifty_entries(
    lax: Any, sim: ses_sim.RunningSim, count: int
) -> None:
    entries = [entry(f"p{n}@example.net") for n in range(count)]
    said = _refused(lax, sim, bulk(BulkEmailEntries=entries), "BadRequestException")
    assert f"{count} entries given" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Bad:Name", "x"),
        ("Bad Name", "x"),
        ("", "x"),
        ("N" * 127, "x"),
        ("Имя", "x"),
        ("X-A", ""),
        ("X-A", "ё"),
        ("X-A", "v" * 996),
        ("X-A", "a\r\nBcc: victim@example.net"),
        ("X-A", "a\nb"),
        ("X-A", "tab\there"),
        ("N" * 100, "v" * 900),
        ("From", "a@example.com"),
        ("subject", "x"),
        ("Date", "x"),
        ("Message-ID", "x"),
        ("Content-Type", "x"),
        ("Return-Path", "x"),
        ("Reply-To", "x"),
        ("BCC", "x"),
        ("MIME-Version", "1.0"),
    ],
)
def test_header_that_ses_forbids_refuses_the_call(
    lax: Any, sim: ses_sim.RunningSim, name: str, value: str
) -> None:
    _refused(lax, sim, _with_headers((name, value)), "BadRequestException")


def test_longest_header_that_ses_allows_is_taken(lax: Any) -> None:
    assert lax.send_bulk_email(**_with_headers(("A", "v" * 995)))


def test_fifteen_headers_are_taken_and_sixteen_refused(lax: Any, sim: ses_sim.RunningSim) -> None:
    pairs = [(f"X-{n}", "v") for n in range(16)]
    _refused(lax, sim, _with_headers(*pairs), "BadRequestException")
    assert lax.send_bulk_email(**_with_headers(*pairs[:15]))


def test_headers_of_template_and_entry_are_counted_together(
    lax: Any, sim: ses_sim.RunningSim
) -> None:
    shared = _headers(*((f"X-Shared-{n}", "v") for n in range(10)))
    call = _with_headers(*((f"X-{n}", "v") for n in range(6)))
    call["DefaultContent"] = {"Template": {"TemplateName": "letter", "Headers": shared}}
    assert "16 headers" in _refused(lax, sim, call, "BadRequestException")


def test_list_header_may_stand_once_only(lax: Any, sim: ses_sim.RunningSim) -> None:
    call = _with_headers(("List-Unsubscribe", "<a>"), ("LIST-UNSUBSCRIBE", "<b>"))
    assert "once" in _refused(lax, sim, call, "BadRequestException")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("delivery", "a@b"),
        ("delivery", "a.b"),
        ("delivery", ""),
        ("de livery", "a"),
        ("d", "x" * 257),
    ],
)
def test_tag_outside_ascii_words_refuses_the_call(
    lax: Any, sim: ses_sim.RunningSim, name: str, value: str
) -> None:
    _refused(lax, sim, _with_tag(name, value), "BadRequestException")


def test_tag_of_256_characters_is_taken(lax: Any) -> None:
    assert lax.send_bulk_email(**_with_tag("t" * 256, "v" * 256))


@pytest.mark.parametrize(
    "address",
    [
        "анна@example.net",
        "anna@почта.example",
        "anna",
        "anna@",
        "@example.net",
        "an na@example.net",
        "a..b@example.net",
        "anna@example.net, olga@example.net",
        "Анна <anna@example.net>",
        "anna@example.net\r\nBcc: olga@example.net",
        "anna@-example.net",
    ],
)
def test_bad_address_fails_its_own_entry_only(
    lax: Any, sim: ses_sim.RunningSim, address: str
) -> None:
    call = bulk(BulkEmailEntries=[entry("olga@example.net"), entry("x@example.net")])
    call["BulkEmailEntries"][1]["Destination"]["ToAddresses"] = [address]
    good, bad = lax.send_bulk_email(**call)["BulkEmailEntryResults"]
    assert good["Status"] == "SUCCESS"
    assert bad["Status"] == "INVALID_PARAMETER"
    assert "MessageId" not in bad
    assert sim.state.accepted == 1


@pytest.mark.parametrize(
    "address",
    [
        "anna@xn--80a1acny.example",
        "Anna <anna@example.net>",
        "a+b@example.net",
        '"a b"@example.net',
    ],
)
def test_odd_but_valid_address_is_taken(lax: Any, address: str) -> None:
    call = bulk()
    call["BulkEmailEntries"][0]["Destination"]["ToAddresses"] = [address]
    assert lax.send_bulk_email(**call)["BulkEmailEntryResults"][0]["Status"] == "SUCCESS"


def test_bad_entry_can_be_made_to_refuse_the_whole_call(start: Any, connect: Any) -> None:
    sim = start(bad_entry=ses_sim.BadEntry.CALL)
    ses = connect(sim)
    store_template(ses)
    _refused(ses, sim, bulk("good@example.net", "bad"), "BadRequestException")


@pytest.mark.parametrize("values", ["{", "[]", '"x"', "not json"])
def test_replacement_data_that_is_no_json_object_fails_its_entry(lax: Any, values: str) -> None:
    data = {"ReplacementTemplate": {"ReplacementTemplateData": values}}
    call = bulk(BulkEmailEntries=[entry("a@example.net", ReplacementEmailContent=data)])
    assert lax.send_bulk_email(**call)["BulkEmailEntryResults"][0]["Status"] == "INVALID_PARAMETER"


@pytest.mark.parametrize(
    ("length", "status"), [(262_144, "SUCCESS"), (262_145, "INVALID_PARAMETER")]
)
def test_replacement_data_is_limited_to_262144_characters(
    lax: Any, length: int, status: str
) -> None:
    frame = len(json.dumps({"name": ""}))
    values = json.dumps({"name": "x" * (length - frame)})
    data = {"ReplacementTemplate": {"ReplacementTemplateData": values}}
    call = bulk(BulkEmailEntries=[entry("a@example.net", ReplacementEmailContent=data)])
    assert lax.send_bulk_email(**call)["BulkEmailEntryResults"][0]["Status"] == status


def test_entry_without_a_destination_is_invalid(lax: Any) -> None:
    call = bulk(BulkEmailEntries=[entry("a@example.net", Destination={})])
    assert lax.send_bulk_email(**call)["BulkEmailEntryResults"][0]["Status"] == "INVALID_PARAMETER"


def test_message_takes_at_most_fifty_recipients(lax: Any, sim: ses_sim.RunningSim) -> None:
    people = [f"p{n}@example.net" for n in range(51)]
    _refused(lax, sim, simple(Destination={"ToAddresses": people}), "BadRequestException")
    split = {
        "ToAddresses": people[:20],
        "CcAddresses": people[20:40],
        "BccAddresses": people[40:50],
    }
    assert lax.send_email(**simple(Destination=split))
    assert sim.state.accepted == 50


def test_template_over_500_kb_is_refused(ses: Any) -> None:
    content = {"Subject": "s", "Html": "h" * 300 * 1024, "Text": "t" * 200 * 1024}
    with pytest.raises(ses.exceptions.BadRequestException, match="512001 bytes"):
        ses.create_email_template(TemplateName="big", TemplateContent=content)
    content["Subject"], content["Text"] = "s", content["Text"][1:]
    ses.create_email_template(TemplateName="big", TemplateContent=content)


def test_inline_template_makes_a_request_of_at_most_one_megabyte(
    lax: Any, sim: ses_sim.RunningSim
) -> None:
    content = {"Subject": "s", "Html": "h" * 400 * 1024}
    filler = [entry(f"p{n}@example.net", name="n" * 20_000) for n in range(50)]
    call = bulk(DefaultContent={"Template": {"TemplateContent": content}}, BulkEmailEntries=filler)
    assert "inline" in _refused(lax, sim, call, "BadRequestException")
    call["BulkEmailEntries"] = filler[:5]
    assert lax.send_bulk_email(**call)


def test_inline_template_with_a_block_is_refused(lax: Any, sim: ses_sim.RunningSim) -> None:
    content = {"Subject": "s", "Text": "{{#if name}}Hi{{/if}}"}
    call = bulk(DefaultContent={"Template": {"TemplateContent": content}})
    assert "simple substitutions" in _refused(lax, sim, call, "BadRequestException")


@pytest.mark.parametrize(
    "template",
    [{}, {"TemplateName": "letter", "TemplateContent": {"Subject": "s", "Text": "t"}}],
)
def test_template_has_exactly_one_source(lax: Any, sim: ses_sim.RunningSim, template: Call) -> None:
    _refused(lax, sim, bulk(DefaultContent={"Template": template}), "BadRequestException")


@pytest.mark.parametrize(
    "content",
    [
        {},
        {
            "Raw": {"Data": b"From: hello@example.com\r\n\r\n"},
            "Template": {"TemplateName": "letter"},
        },
    ],
)
def test_single_email_has_exactly_one_kind_of_content(
    lax: Any, sim: ses_sim.RunningSim, content: Call
) -> None:
    _refused(lax, sim, simple(Content=content), "BadRequestException")


def _raw(body: bytes) -> Call:
    head = b"From: hello@example.com\r\nTo: a@example.net\r\nMIME-Version: 1.0\r\n\r\n"
    return {"Content": {"Raw": {"Data": head + body}}}


def test_raw_line_may_have_998_characters_and_no_more(lax: Any, sim: ses_sim.RunningSim) -> None:
    _refused(lax, sim, _raw(b"x" * 999 + b"\r\n"), "BadRequestException")
    assert lax.send_email(**_raw(b"x" * 998 + b"\r\n"))


def test_raw_mail_with_bytes_above_127_is_refused(lax: Any, sim: ses_sim.RunningSim) -> None:
    assert "above 127" in _refused(lax, sim, _raw("ё".encode()), "BadRequestException")


def test_raw_mail_over_40_mb_is_refused(lax: Any, sim: ses_sim.RunningSim) -> None:
    line = b"x" * 998 + b"\r\n"
    too_much = line * (40 * 1024 * 1024 // len(line) + 1)
    assert "41943" in _refused(lax, sim, _raw(too_much), "BadRequestException")


def test_raw_mail_without_a_sender_is_refused(lax: Any, sim: ses_sim.RunningSim) -> None:
    call = {"Content": {"Raw": {"Data": b"To: a@example.net\r\n\r\nHi"}}}
    _refused(lax, sim, call, "BadRequestException")


@pytest.mark.parametrize(
    "key", ["ListManagementOptions", "TenantName", "FromEmailAddressIdentityArn"]
)
def test_what_is_not_simulated_is_said_and_not_ignored(
    lax: Any, sim: ses_sim.RunningSim, key: str
) -> None:
    value: Any = {"ContactListName": "all"} if key == "ListManagementOptions" else "x"
    said = _refused(lax, sim, simple(**{key: value}), "BadRequestException")
    assert f"{key} is not simulated" in said


def test_attachment_reaches_the_letter(lax: Any, sim: ses_sim.RunningSim) -> None:
    call = simple()
    call["Content"]["Simple"]["Attachments"] = [{"RawContent": b"%PDF", "FileName": "rules.pdf"}]
    lax.send_email(**call)
    assert sim.state.letters[0].attachments == (("rules.pdf", "", b"%PDF"),)
    call["Content"]["Simple"]["Attachments"][0]["FileName"] = "x" * 256
    with pytest.raises(lax.exceptions.BadRequestException):
        lax.send_email(**call)


def test_sender_with_a_display_name_must_be_ascii(lax: Any, sim: ses_sim.RunningSim) -> None:
    _refused(lax, sim, bulk(FromEmailAddress="Игротека <hello@example.com>"), "BadRequestException")
    encoded = "=?utf-8?B?0JjQs9GA0L7RgtC10LrQsA==?= <hello@example.com>"
    assert lax.send_bulk_email(**bulk(FromEmailAddress=encoded))
    assert sim.state.letters[0].sender != SENDER
