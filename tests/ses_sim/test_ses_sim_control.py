"""Templates, identities, configuration sets and the suppression list."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pismo import ses_sim
from tests.ses_sim.calls import store_template

TOPIC = "arn:aws:sns:us-east-1:123456789012:letters"


def test_stored_template_is_read_back_as_it_was_given(ses: Any) -> None:
    content = {"Subject": "Тема {{x}}", "Html": "<p>\r\n {{{x}}}</p>", "Text": "\ttext"}
    ses.create_email_template(TemplateName="a", TemplateContent=content)
    assert ses.get_email_template(TemplateName="a")["TemplateContent"] == content
    content["Html"] = "new"
    ses.update_email_template(TemplateName="a", TemplateContent=content)
    assert ses.get_email_template(TemplateName="a")["TemplateContent"] == content
    ses.delete_email_template(TemplateName="a")
    with pytest.raises(ses.exceptions.NotFoundException):
        ses.get_email_template(TemplateName="a")


def test_template_name_is_taken_once(ses: Any) -> None:
    store_template(ses)
    with pytest.raises(ses.exceptions.AlreadyExistsException):
        store_template(ses)


@pytest.mark.parametrize("name", ["with space", "имя", "x" * 65, "a.b"])
def test_template_name_outside_ascii_words_is_refused(ses: Any, name: str) -> None:
    content = {"Subject": "s", "Text": "t"}
    with pytest.raises(ses.exceptions.BadRequestException, match="template name"):
        ses.create_email_template(TemplateName=name, TemplateContent=content)


@pytest.mark.parametrize(
    "content",
    [
        {"Text": "t"},
        {"Subject": "s"},
        {"Subject": "{{#if x}}", "Text": "t"},
        {"Subject": "s", "Text": "{{x}}}"},
        {"Subject": "s", "Html": "{{helper x}}"},
    ],
)
def test_template_that_cannot_be_used_is_refused_when_stored(
    ses: Any, content: dict[str, str]
) -> None:
    with pytest.raises(ses.exceptions.BadRequestException):
        ses.create_email_template(TemplateName="a", TemplateContent=content)


def test_templates_are_listed_in_pages(ses: Any) -> None:
    for number in range(5):
        content = {"Subject": "s", "Text": "t"}
        ses.create_email_template(TemplateName=f"t{number}", TemplateContent=content)
    first = ses.list_email_templates(PageSize=3)
    rest = ses.list_email_templates(PageSize=3, NextToken=first["NextToken"])
    listed = [one["TemplateName"] for one in first["TemplatesMetadata"] + rest["TemplatesMetadata"]]
    assert listed == ["t0", "t1", "t2", "t3", "t4"]
    assert "NextToken" not in rest


def test_test_render_shows_the_message_and_says_what_is_missing(ses: Any) -> None:
    store_template(ses)
    shown = ses.test_render_email_template(TemplateName="letter", TemplateData='{"name": "Ая<b>"}')
    assert "Subject: Hi =?utf-8?" in shown["RenderedTemplate"]
    with pytest.raises(ses.exceptions.BadRequestException, match="Attribute 'name' is not present"):
        ses.test_render_email_template(TemplateName="letter", TemplateData="{}")


def test_new_identity_waits_for_its_dns_and_a_verified_one_signs(ses: Any) -> None:
    made = ses.create_email_identity(EmailIdentity="shop.test")
    assert made["IdentityType"] == "DOMAIN"
    assert made["VerifiedForSendingStatus"] is False
    assert len(made["DkimAttributes"]["Tokens"]) == 3
    assert ses.get_email_identity(EmailIdentity="shop.test")["VerificationStatus"] == "PENDING"
    own = ses.get_email_identity(EmailIdentity="example.com")
    assert own["VerifiedForSendingStatus"] is True
    assert own["DkimAttributes"]["Status"] == "SUCCESS"
    with pytest.raises(ses.exceptions.AlreadyExistsException):
        ses.create_email_identity(EmailIdentity="shop.test")
    listed = ses.list_email_identities()["EmailIdentities"]
    assert "shop.test" in [one["IdentityName"] for one in listed]
    ses.delete_email_identity(EmailIdentity="shop.test")
    with pytest.raises(ses.exceptions.NotFoundException):
        ses.get_email_identity(EmailIdentity="shop.test")


def test_mail_from_domain_must_be_below_the_identity(ses: Any) -> None:
    put = ses.put_email_identity_mail_from_attributes
    with pytest.raises(ses.exceptions.BadRequestException, match="must be below"):
        put(EmailIdentity="example.com", MailFromDomain="bounce.other.test")
    put(EmailIdentity="example.com", MailFromDomain="bounce.example.com")
    found = ses.get_email_identity(EmailIdentity="example.com")["MailFromAttributes"]
    assert found["MailFromDomain"] == "bounce.example.com"
    assert found["MailFromDomainStatus"] == "SUCCESS"


def test_dkim_signing_can_be_switched(ses: Any) -> None:
    ses.put_email_identity_dkim_attributes(EmailIdentity="example.com", SigningEnabled=False)
    found = ses.get_email_identity(EmailIdentity="example.com")
    assert found["DkimAttributes"]["SigningEnabled"] is False


def test_configuration_set_gives_back_what_it_was_made_with(ses: Any) -> None:
    ses.create_configuration_set(
        ConfigurationSetName="weekly",
        SendingOptions={"SendingEnabled": False},
        DeliveryOptions={"TlsPolicy": "REQUIRE", "MaxDeliverySeconds": 3600},
        SuppressionOptions={"SuppressedReasons": ["BOUNCE"]},
    )
    found = ses.get_configuration_set(ConfigurationSetName="weekly")
    assert found["SendingOptions"] == {"SendingEnabled": False}
    assert found["DeliveryOptions"] == {"TlsPolicy": "REQUIRE", "MaxDeliverySeconds": 3600}
    assert ses.list_configuration_sets()["ConfigurationSets"] == ["pismo", "weekly"]
    with pytest.raises(ses.exceptions.AlreadyExistsException):
        ses.create_configuration_set(ConfigurationSetName="weekly")
    ses.delete_configuration_set(ConfigurationSetName="weekly")
    with pytest.raises(ses.exceptions.NotFoundException):
        ses.get_configuration_set(ConfigurationSetName="weekly")


def _destination(**changes: Any) -> dict[str, Any]:
    return {
        "Enabled": True,
        "MatchingEventTypes": ["SEND", "BOUNCE"],
        "SnsDestination": {"TopicArn": TOPIC},
        **changes,
    }


def test_event_destination_is_made_changed_and_read_back(ses: Any) -> None:
    place = {"ConfigurationSetName": "pismo", "EventDestinationName": "more"}
    ses.create_configuration_set_event_destination(**place, EventDestination=_destination())
    ses.update_configuration_set_event_destination(
        **place, EventDestination=_destination(Enabled=False)
    )
    found = ses.get_configuration_set_event_destinations(ConfigurationSetName="pismo")
    named = {one["Name"]: one for one in found["EventDestinations"]}
    assert named["more"]["Enabled"] is False
    assert named["more"]["SnsDestination"] == {"TopicArn": TOPIC}
    assert "RENDERING_FAILURE" in named["all"]["MatchingEventTypes"]
    ses.delete_configuration_set_event_destination(**place)
    with pytest.raises(ses.exceptions.NotFoundException):
        ses.delete_configuration_set_event_destination(**place)


def test_configuration_set_has_room_for_ten_event_destinations(ses: Any) -> None:
    make = ses.create_configuration_set_event_destination
    place = {"ConfigurationSetName": "pismo", "EventDestination": _destination()}
    for number in range(9):  # one was made at the start
        make(EventDestinationName=f"d{number}", **place)
    with pytest.raises(ses.exceptions.LimitExceededException):
        make(EventDestinationName="one-more", **place)


@pytest.mark.parametrize(
    "wrong",
    [
        {"MatchingEventTypes": []},
        {"MatchingEventTypes": ["SENT"]},
        {"SnsDestination": {"TopicArn": "letters"}},
        {"EventBridgeDestination": {"EventBusArn": "arn:aws:events:us-east-1:1:event-bus/default"}},
    ],
)
def test_event_destination_that_cannot_work_is_refused(ses: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ses.exceptions.BadRequestException):
        ses.create_configuration_set_event_destination(
            ConfigurationSetName="pismo",
            EventDestinationName="more",
            EventDestination=_destination(**wrong),
        )


def test_eventbridge_takes_the_default_bus_only(ses: Any) -> None:
    def definition(bus: str) -> dict[str, Any]:
        arn = f"arn:aws:events:us-east-1:123456789012:event-bus/{bus}"
        place = {"EventBridgeDestination": {"EventBusArn": arn}}
        return {"Enabled": True, "MatchingEventTypes": ["SEND"], **place}

    make = ses.create_configuration_set_event_destination
    with pytest.raises(ses.exceptions.BadRequestException, match="default bus"):
        make(
            ConfigurationSetName="pismo",
            EventDestinationName="bus",
            EventDestination=definition("mine"),
        )
    make(
        ConfigurationSetName="pismo",
        EventDestinationName="bus",
        EventDestination=definition("default"),
    )


def test_suppressed_address_is_found_in_any_case_and_removed(ses: Any) -> None:
    ses.put_suppressed_destination(EmailAddress="Anna@example.net", Reason="COMPLAINT")
    found = ses.get_suppressed_destination(EmailAddress="anna@example.net")["SuppressedDestination"]
    assert found["Reason"] == "COMPLAINT"
    ses.delete_suppressed_destination(EmailAddress="anna@example.net")
    with pytest.raises(ses.exceptions.NotFoundException):
        ses.get_suppressed_destination(EmailAddress="anna@example.net")


def test_suppression_list_is_filtered_by_reason_and_date_and_paged(
    start: Any, connect: Any, clock: Any
) -> None:
    begun = datetime(2026, 11, 27, tzinfo=UTC)
    ses = connect(start(started_at=begun))
    for number in range(6):
        reason = "BOUNCE" if number % 2 else "COMPLAINT"
        ses.put_suppressed_destination(EmailAddress=f"p{number}@example.net", Reason=reason)
        clock.pass_(3600)
    bounced = ses.list_suppressed_destinations(Reasons=["BOUNCE"], PageSize=2)
    rest = ses.list_suppressed_destinations(
        Reasons=["BOUNCE"], PageSize=2, NextToken=bounced["NextToken"]
    )
    both = bounced["SuppressedDestinationSummaries"] + rest["SuppressedDestinationSummaries"]
    assert [one["EmailAddress"][:2] for one in both] == ["p1", "p3", "p5"]
    late = ses.list_suppressed_destinations(
        StartDate=begun + timedelta(hours=2), EndDate=begun + timedelta(hours=3)
    )["SuppressedDestinationSummaries"]
    assert [one["EmailAddress"][:2] for one in late] == ["p2", "p3"]
    assert late[0]["LastUpdateTime"] == begun + timedelta(hours=2)


def test_unknown_page_token_is_refused(ses: Any) -> None:
    with pytest.raises(ses.exceptions.InvalidNextTokenException):
        ses.list_suppressed_destinations(NextToken="far")
    with pytest.raises(ses.exceptions.BadRequestException):
        ses.list_suppressed_destinations(PageSize=100_000)


def test_account_switches_are_read_back(sim: ses_sim.RunningSim, ses: Any) -> None:
    ses.put_account_suppression_attributes(SuppressedReasons=["COMPLAINT"])
    ses.put_account_sending_attributes(SendingEnabled=False)
    account = ses.get_account()
    assert account["SuppressionAttributes"]["SuppressedReasons"] == ["COMPLAINT"]
    assert account["SendingEnabled"] is False
    sim.reset()
    assert ses.get_account()["SendingEnabled"] is True
