"""`pismo ses setup`: make what sending through SES needs, and what tells us what became of it.

    identity -> DKIM records to add    configuration set -> SNS topic -> SQS queue -> feedback pull

Everything is looked for first, shown, and made only if it is missing: running it again is nothing.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from pismo.publish.ses_doctor import NEEDED_EVENTS
from pismo.records import dataclass
from pismo.transports.aws_errors import told_of

DESTINATION = "pismo-events"
TOPIC = "pismo-events"
QUEUE = "pismo-events"
_KEPT_S = 14 * 24 * 3600
_HIDDEN_S = 120


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that should be there: `is_there`, or made by `make`, which returns what to tell.

    `tell` is what has to be known of it where it was there before.
    """

    what: str
    is_there: bool
    make: Callable[[], str]
    tell: str = ""


@dataclass(frozen=True, slots=True)
class Clients:
    """Control clients of the services that take part."""

    ses: Any
    sns: Any
    sqs: Any


def steps(clients: Clients, *, identities: list[str], configuration_set: str) -> Iterator[Step]:
    """Yield what should be there, in the order in which it has to be made.

    Each step is looked at when it is asked for, so that a step finds what the one before made.

    Raises:
        SendError: If a service does not answer.
    """
    for name in identities:
        make = partial(_make_identity, clients.ses, name)
        yield Step(f"identity {name}", _has_identity(clients.ses, name), make)
    yield Step(
        f"configuration set {configuration_set}",
        _has_set(clients.ses, configuration_set),
        lambda: _make_set(clients.ses, configuration_set),
    )
    topic = _topic_arn(clients.sns)
    yield Step(
        f"SNS topic {TOPIC}",
        bool(topic),
        lambda: _told(clients.sns.create_topic(Name=TOPIC)["TopicArn"]),
    )
    queue = _queue_url(clients.sqs)
    yield Step(
        f"SQS queue {QUEUE}",
        bool(queue),
        lambda: _make_queue(clients.sqs),
        _setting(queue),
    )
    topic, queue = _topic_arn(clients.sns), _queue_url(clients.sqs)
    yield Step(
        "the topic's events go to the queue",
        bool(topic and queue) and _is_subscribed(clients, topic, queue),
        lambda: _subscribe(clients),
    )
    yield Step(
        f"events of {configuration_set} go to the topic",
        _has_destination(clients.ses, configuration_set),
        lambda: _make_destination(clients, configuration_set),
    )


def run(steps_: Iterator[Step], clients: Clients, *, dry: bool) -> Iterator[tuple[Step, str]]:
    """Make what is missing (or only look, if `dry`); yield each step and what to tell.

    Raises:
        SendError: Naming the service that does not do it, and the action.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        for step in steps_:
            made = step.make() if not (dry or step.is_there) else ""
            yield step, step.tell if step.is_there else made
    except (BotoCoreError, ClientError) as error:
        again = "what was made before stays; mend it, then run pismo ses setup again"
        raise told_of(_service_of(clients, error), error, hint=again) from error


def _service_of(clients: Clients, error: Exception) -> str:
    """Find whom an error is of: only refusals name their action, and only failures an endpoint."""
    action = getattr(error, "operation_name", "")
    endpoint = str(getattr(error, "kwargs", {}).get("endpoint_url", ""))
    for client in (clients.ses, clients.sns, clients.sqs):
        meta = client.meta
        known = action in meta.service_model.operation_names
        if known or (endpoint and endpoint.startswith(meta.endpoint_url)):
            return str(meta.service_model.service_name)
    return "sesv2"


def _has_identity(ses: Any, name: str) -> bool:  # noqa: ANN401  # boto3 has no types
    return _exists(lambda: ses.get_email_identity(EmailIdentity=name))


def _make_identity(ses: Any, name: str) -> str:  # noqa: ANN401  # boto3 has no types
    answer = ses.create_email_identity(EmailIdentity=name)
    tokens = answer.get("DkimAttributes", {}).get("Tokens", [])
    records = [f"{t}._domainkey.{name} CNAME {t}.dkim.amazonses.com" for t in tokens]
    return "\n".join(["add to DNS:", *records]) if records else "follow the link SES has sent"


def _has_set(ses: Any, name: str) -> bool:  # noqa: ANN401  # boto3 has no types
    return _exists(lambda: ses.get_configuration_set(ConfigurationSetName=name))


def _make_set(ses: Any, name: str) -> str:  # noqa: ANN401  # boto3 has no types
    ses.create_configuration_set(
        ConfigurationSetName=name,
        ReputationOptions={"ReputationMetricsEnabled": True},
        SuppressionOptions={"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
    )
    return ""


def _topic_arn(sns: Any) -> str:  # noqa: ANN401  # boto3 has no types
    for page in sns.get_paginator("list_topics").paginate():
        for topic in page.get("Topics", []):
            if topic["TopicArn"].rpartition(":")[2] == TOPIC:
                return str(topic["TopicArn"])
    return ""


def _queue_url(sqs: Any) -> str:  # noqa: ANN401  # boto3 has no types
    urls = sqs.list_queues(QueueNamePrefix=QUEUE).get("QueueUrls", [])
    return next((str(url) for url in urls if url.rpartition("/")[2] == QUEUE), "")


def _make_queue(sqs: Any) -> str:  # noqa: ANN401  # boto3 has no types
    attributes = {
        "MessageRetentionPeriod": str(_KEPT_S),
        "VisibilityTimeout": str(_HIDDEN_S),
        "ReceiveMessageWaitTimeSeconds": "20",
    }
    return _setting(sqs.create_queue(QueueName=QUEUE, Attributes=attributes)["QueueUrl"])


def _setting(queue_url: str) -> str:
    return f'under [tool.pismo.ses] write: queue_url = "{queue_url}"'


def _queue_arn(sqs: Any, url: str) -> str:  # noqa: ANN401  # boto3 has no types
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(answer["Attributes"]["QueueArn"])


def _is_subscribed(clients: Clients, topic: str, queue: str) -> bool:
    arn = _queue_arn(clients.sqs, queue)
    pages = clients.sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    return any(one["Endpoint"] == arn for page in pages for one in page.get("Subscriptions", []))


def _subscribe(clients: Clients) -> str:
    topic, queue = _topic_arn(clients.sns), _queue_url(clients.sqs)
    arn = _queue_arn(clients.sqs, queue)
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            }
        ],
    }
    clients.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
    clients.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return ""


def _has_destination(ses: Any, name: str) -> bool:  # noqa: ANN401  # boto3 has no types
    if not _has_set(ses, name):
        return False
    answer = ses.get_configuration_set_event_destinations(ConfigurationSetName=name)
    return any(
        one["Name"] == DESTINATION
        and one.get("Enabled")
        and set(NEEDED_EVENTS) <= set(one.get("MatchingEventTypes", []))
        for one in answer.get("EventDestinations", [])
    )


def _make_destination(clients: Clients, name: str) -> str:
    destination = {
        "Enabled": True,
        "MatchingEventTypes": list(NEEDED_EVENTS),
        "SnsDestination": {"TopicArn": _topic_arn(clients.sns)},
    }
    request = {
        "ConfigurationSetName": name,
        "EventDestinationName": DESTINATION,
        "EventDestination": destination,
    }
    there = clients.ses.get_configuration_set_event_destinations(ConfigurationSetName=name)
    if any(one["Name"] == DESTINATION for one in there.get("EventDestinations", [])):
        clients.ses.update_configuration_set_event_destination(**request)
    else:
        clients.ses.create_configuration_set_event_destination(**request)
    return ""


def _exists(ask: Callable[[], object]) -> bool:
    from botocore.exceptions import ClientError

    try:
        ask()
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            return False
        raise
    return True


def _told(arn: str) -> str:
    return f"made: {arn}"
