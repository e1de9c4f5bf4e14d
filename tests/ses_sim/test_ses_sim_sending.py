"""Letters are taken, merged and kept the way SES does it."""

import json
from email import policy
from email.parser import BytesParser
from typing import Any

import pytest

from pismo import ses_sim
from pismo.ses_sim.letters import mime
from tests.ses_sim.calls import bulk, entry, simple, store_template


def test_bulk_answers_one_result_for_each_entry_in_their_order(
    sim: ses_sim.RunningSim, ses: Any
) -> None:
    store_template(ses)
    results = ses.send_bulk_email(**bulk("a@example.net", "b@example.net"))["BulkEmailEntryResults"]
    assert [one["Status"] for one in results] == ["SUCCESS", "SUCCESS"]
    told = [(one["MessageId"], to) for one, to in zip(results, ("a", "b"), strict=True)]
    kept = [(one.message_id, one.to[0].partition("@")[0]) for one in sim.state.letters]
    assert told == kept


def test_letter_holds_the_rendered_parts_headers_and_tags(
    sim: ses_sim.RunningSim, ses: Any
) -> None:
    store_template(ses)
    ses.send_bulk_email(**bulk("anna@example.net"))
    (letter,) = sim.state.letters
    assert (letter.subject, letter.html, letter.text) == ("Hi Anna", "<p>Hi Anna</p>", "Hi Anna")
    assert dict(letter.tags) == {"delivery": "anna"}
    assert dict(letter.headers)["List-Unsubscribe"] == "<https://example.com/u/abc>"
    assert sim.state.accepted_by_tag["delivery"] == {"anna": 1}


def test_entry_values_replace_the_defaults_key_by_key(sim: ses_sim.RunningSim, ses: Any) -> None:
    store_template(ses, Text="{{name}} {{city}}")
    template = {"TemplateName": "letter", "TemplateData": '{"name": "nobody", "city": "Perm"}'}
    ses.send_bulk_email(**bulk(DefaultContent={"Template": template}))
    assert sim.state.letters[0].text == "Anna Perm"


def test_entry_headers_replace_the_defaults_by_name_and_add_new_ones(
    sim: ses_sim.RunningSim, ses: Any
) -> None:
    store_template(ses)
    template = {
        "TemplateName": "letter",
        "Headers": [
            {"Name": "X-Issue", "Value": "5"},
            {"Name": "list-unsubscribe", "Value": "<https://example.com/default>"},
        ],
    }
    ses.send_bulk_email(**bulk(DefaultContent={"Template": template}))
    assert sim.state.letters[0].headers == (
        ("X-Issue", "5"),
        ("List-Unsubscribe", "<https://example.com/u/abc>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


def test_default_tags_are_overridden_by_an_entry_of_the_same_name(
    sim: ses_sim.RunningSim, ses: Any
) -> None:
    store_template(ses)
    tags = [{"Name": "issue", "Value": "5"}, {"Name": "delivery", "Value": "none"}]
    ses.send_bulk_email(**bulk(DefaultEmailTags=tags))
    assert dict(sim.state.letters[0].tags) == {"issue": "5", "delivery": "anna"}


def test_inline_template_is_rendered(sim: ses_sim.RunningSim, ses: Any) -> None:
    content = {"Subject": "Hi {{name}}", "Text": "{{{name}}}"}
    ses.send_bulk_email(**bulk(DefaultContent={"Template": {"TemplateContent": content}}))
    assert sim.state.letters[0].text == "Anna"


def test_single_email_with_a_stored_template_is_rendered(sim: ses_sim.RunningSim, ses: Any) -> None:
    store_template(ses)
    template = {"TemplateName": "letter", "TemplateData": '{"name": "Olga"}'}
    answer = ses.send_email(**simple(Content={"Template": template}))
    assert sim.state.letters[0].subject == "Hi Olga"
    assert sim.state.letters[0].message_id == answer["MessageId"]


def test_raw_mail_is_kept_to_the_byte_and_its_own_tags_count(
    sim: ses_sim.RunningSim, ses: Any
) -> None:
    raw = (
        b"From: hello@example.com\r\nTo: anna@example.net\r\nSubject: Hi\r\n"
        b"X-SES-MESSAGE-TAGS: delivery=d1, issue=5\r\nX-SES-CONFIGURATION-SET: pismo\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
    )
    ses.send_email(Content={"Raw": {"Data": raw}})
    (letter,) = sim.state.letters
    assert mime(letter) == raw
    assert dict(letter.tags) == {"delivery": "d1", "issue": "5"}
    assert letter.configuration_set == "pismo"
    assert letter.to == ("anna@example.net",)


def test_tags_of_the_call_replace_those_of_raw_mail(sim: ses_sim.RunningSim, ses: Any) -> None:
    raw = (
        b"From: hello@example.com\r\nTo: a@example.net\r\nX-SES-MESSAGE-TAGS: a=1\r\n\r\nHello\r\n"
    )
    ses.send_email(Content={"Raw": {"Data": raw}}, EmailTags=[{"Name": "b", "Value": "2"}])
    assert dict(sim.state.letters[0].tags) == {"b": "2"}


def test_mime_of_a_letter_can_be_read_back(sim: ses_sim.RunningSim, ses: Any) -> None:
    link = "<https://example.com/u/" + "a" * 200 + ">"
    store_template(ses, Subject="Привет, {{name}}", Html="<p>{{name}}: ёж</p>")
    headers = [{"Name": "List-Unsubscribe", "Value": link}]
    ses.send_bulk_email(
        **bulk(BulkEmailEntries=[entry("a@example.net", ReplacementHeaders=headers)])
    )
    message = BytesParser(policy=policy.default).parsebytes(mime(sim.state.letters[0]))
    html = message.get_body(("html",))
    assert html is not None
    assert message["Subject"] == "Привет, Anna"
    assert message["List-Unsubscribe"] == link
    assert html.get_content().strip() == "<p>Anna: ёж</p>"
    assert b"\n" + b"List-Unsubscribe: <https" in mime(sim.state.letters[0])


def test_letters_are_written_to_the_folder_whole(start: Any, connect: Any, tmp_path: Any) -> None:
    sim = start(letters_dir=tmp_path / "letters")
    ses = connect(sim)
    ses.send_email(**simple())
    (file,) = (tmp_path / "letters").iterdir()
    assert file.name == f"{sim.state.letters[0].message_id}.eml"
    assert file.read_bytes() == mime(sim.state.letters[0])


def test_old_letters_are_forgotten_and_counts_are_not(start: Any, connect: Any) -> None:
    sim = start(keep_letters=2)
    ses = connect(sim)
    store_template(ses)
    ses.send_bulk_email(**bulk(*(f"p{n}@example.net" for n in range(5))))
    assert [one.to[0] for one in sim.state.letters] == ["p3@example.net", "p4@example.net"]
    assert sum(sim.state.accepted_by_tag["delivery"].values()) == sim.state.accepted == 5


@pytest.mark.parametrize("count", [1, 50])
def test_sink_counts_every_entry_of_a_call(start: Any, connect: Any, count: int) -> None:
    sim = start(sink=True)
    # The word Destination inside the values must not be counted.
    values = json.dumps({"Destination": {"a": '"Destination":'}})
    data = {"ReplacementTemplate": {"ReplacementTemplateData": values}}
    entries = [entry(f"p{n}@example.net", ReplacementEmailContent=data) for n in range(count)]
    results = connect(sim).send_bulk_email(**bulk(BulkEmailEntries=entries))[
        "BulkEmailEntryResults"
    ]
    assert len(results) == sim.state.accepted == count
    assert len({one["MessageId"] for one in results}) == count
