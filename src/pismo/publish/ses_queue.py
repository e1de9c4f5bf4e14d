"""Whether SES's events reach the queue that `pismo feedback pull` reads."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pismo.publish.ses_findings import Check, Level
from pismo.records import dataclass

MANY = 100_000
_ASKED = ["QueueArn", "Policy", "ApproximateNumberOfMessages", "RedrivePolicy"]
_SETUP = "pismo ses setup"


@dataclass(frozen=True, slots=True)
class Queues:
    """Control clients of the services that carry events."""

    sns: Any
    sqs: Any


def check_queue(queues: Queues | None, url: str, topics: Sequence[str]) -> Iterator[Check]:
    """Look at the queue, and at the way from the topics of a configuration set into it.

    Args:
        queues: The clients; None if they cannot be had.
        url: `queue_url` of `[tool.pismo.ses]`; '' if events are not read from a queue.
        topics: ARNs of the SNS topics that enabled event destinations name.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    if not url or queues is None:
        yield Check(
            "event queue",
            Level.WARNING,
            "queue_url is not set: bounces are not learnt from, nothing in doubt settles",
            f"{_SETUP}, then write queue_url under [tool.pismo.ses]",
        )
        return
    try:
        answer = queues.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=_ASKED)
        yield from _queue(answer.get("Attributes", {}))
        yield _way(queues.sns, topics, answer["Attributes"]["QueueArn"])
    except (BotoCoreError, ClientError) as error:
        code = getattr(error, "response", {}).get("Error", {}).get("Code") or type(error).__name__
        yield Check("event queue", Level.WARNING, f"cannot be asked: {code}", _SETUP)


def _queue(attributes: Mapping[str, str]) -> Iterator[Check]:
    waiting = int(attributes.get("ApproximateNumberOfMessages", 0))
    yield Check(
        "event queue",
        Level.WARNING if waiting > MANY else Level.OK,
        f"about {waiting:,} events wait in it",
        "pismo feedback pull" if waiting > MANY else "",
    )
    if not _lets_sns_in(attributes.get("Policy", "")):
        yield Check("event queue's policy", Level.WARNING, "SNS may not write to it", _SETUP)


def _lets_sns_in(policy: str) -> bool:
    statements = json.loads(policy).get("Statement", []) if policy else []
    return any(
        one.get("Effect") == "Allow" and "sns.amazonaws.com" in json.dumps(one.get("Principal", ""))
        for one in statements
    )


def _way(sns: Any, topics: Sequence[str], queue: str) -> Check:  # noqa: ANN401  # boto3 has no types
    for topic in topics:
        for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
            for one in page.get("Subscriptions", []):
                if one["Endpoint"] == queue and one["SubscriptionArn"] != "PendingConfirmation":
                    return Check("events' way", Level.OK, "the topic writes to the queue")
    found = "no topic of the configuration set writes to the queue"
    return Check("events' way", Level.WARNING, found, _SETUP)
