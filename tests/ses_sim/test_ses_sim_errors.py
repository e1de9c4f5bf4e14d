"""Each error of the model reaches boto3 as the exception of its name."""

import urllib.error
import urllib.request
from typing import Any

import pytest

from pismo import ses_sim
from tests.ses_sim.calls import bulk, simple, store_template


def test_unverified_sender_is_message_rejected(ses: Any) -> None:
    with pytest.raises(
        ses.exceptions.MessageRejected, match=r"not verified.*US-EAST-1: a@shop\.test"
    ):
        ses.send_email(**simple(FromEmailAddress="a@shop.test"))


def test_verified_domain_covers_what_is_below_it_and_nothing_beside_it(
    start: Any, connect: Any
) -> None:
    ses = connect(start(identities=("example.com", "olga@example.org")))
    ses.send_email(**simple(FromEmailAddress="a@mail.example.com"))
    ses.send_email(**simple(FromEmailAddress="olga@example.org"))
    for stranger in ("anna@example.org", "a@notexample.com", "a@example.com.test"):
        with pytest.raises(ses.exceptions.MessageRejected):
            ses.send_email(**simple(FromEmailAddress=stranger))


def test_unknown_template_and_configuration_set_are_not_found(ses: Any) -> None:
    with pytest.raises(ses.exceptions.NotFoundException, match="Template letter"):
        ses.send_bulk_email(**bulk())
    store_template(ses)
    with pytest.raises(ses.exceptions.NotFoundException, match="Configuration set <other>"):
        ses.send_bulk_email(**bulk(ConfigurationSetName="other"))


def test_paused_account_and_paused_set_refuse_to_send(ses: Any) -> None:
    ses.put_account_sending_attributes(SendingEnabled=False)
    with pytest.raises(ses.exceptions.SendingPausedException, match="account"):
        ses.send_email(**simple())
    ses.put_account_sending_attributes(SendingEnabled=True)
    ses.put_configuration_set_sending_options(ConfigurationSetName="pismo", SendingEnabled=False)
    ses.send_email(**simple())
    with pytest.raises(ses.exceptions.SendingPausedException, match="configuration set"):
        ses.send_email(**simple(ConfigurationSetName="pismo"))


def test_account_that_was_shut_down_is_suspended(start: Any, connect: Any) -> None:
    ses = connect(start(enforcement_status="SHUTDOWN"))
    assert ses.get_account()["EnforcementStatus"] == "SHUTDOWN"
    with pytest.raises(ses.exceptions.AccountSuspendedException):
        ses.send_email(**simple())


def test_broken_mail_from_domain_refuses_to_send_only_if_told_to_reject(
    sim: ses_sim.RunningSim, ses: Any
) -> None:
    sim.state.identities["example.com"].mail_from_status = "FAILED"
    ses.send_email(**simple())
    ses.put_email_identity_mail_from_attributes(
        EmailIdentity="example.com",
        MailFromDomain="bounce.example.com",
        BehaviorOnMxFailure="REJECT_MESSAGE",
    )
    with pytest.raises(ses.exceptions.MailFromDomainNotVerifiedException):
        ses.send_email(**simple())


def test_sandbox_sends_to_verified_people_and_the_mailbox_simulator_only(
    start: Any, connect: Any
) -> None:
    ses = connect(start(production=False, identities=("example.com",)))
    assert ses.get_account()["ProductionAccessEnabled"] is False
    ses.send_email(**simple("me@example.com"))
    ses.send_email(**simple("success@simulator.amazonses.com"))
    with pytest.raises(ses.exceptions.MessageRejected, match=r"anna@example\.net"):
        ses.send_email(**simple("anna@example.net"))


def test_sandbox_rejects_a_stranger_in_a_bulk_by_entry(start: Any, connect: Any) -> None:
    ses = connect(start(production=False, identities=("example.com",)))
    store_template(ses)
    results = ses.send_bulk_email(**bulk("me@example.com", "anna@example.net"))
    assert [one["Status"] for one in results["BulkEmailEntryResults"]] == [
        "SUCCESS",
        "MESSAGE_REJECTED",
    ]


def test_unsigned_request_is_forbidden(sim: ses_sim.RunningSim) -> None:
    request = urllib.request.Request(f"{sim.url}/v2/email/account")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as answer:
        assert answer.code == 403
        assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


def test_unknown_key_is_forbidden_when_keys_are_named(start: Any, connect: Any) -> None:
    sim = start(access_keys=("known",))
    connect(sim, key="known").get_account()
    ses = connect(sim, key="other")
    with pytest.raises(ses.exceptions.ClientError, match="UnrecognizedClientException") as caught:
        ses.get_account()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_operation_that_is_not_simulated_says_so(ses: Any) -> None:
    with pytest.raises(
        ses.exceptions.ClientError, match="not simulated by pismo ses-sim"
    ) as caught:
        ses.list_contact_lists()
    assert caught.value.response["Error"]["Code"] == "UnknownOperationException"


def test_every_answer_has_a_request_id(ses: Any) -> None:
    assert ses.get_account()["ResponseMetadata"]["RequestId"]
    with pytest.raises(ses.exceptions.ClientError) as caught:
        ses.get_email_template(TemplateName="none")
    assert caught.value.response["ResponseMetadata"]["RequestId"]
