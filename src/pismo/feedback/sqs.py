"""An SQS queue of SES's events.

ReceiveMessage gives ten at most and SES makes two events per letter, so several calls run at
once (500 letters/s are 100 calls/s). Standard queues deliver at least once and in any order:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues.html
"""

import os
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlsplit

from pismo.errors import StateError

CALLS_AT_ONCE = 8
VISIBILITY_S = 120
"""For so long nobody else is given a message: more than writing a batch down ever takes."""

_MOST = 10
_AWS_HOST = re.compile(r"(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\.com(?:\.cn)?")


class Received(NamedTuple):
    """A message, the receipt with which it is deleted, and its id."""

    body: str
    receipt: str
    name: str


class Queue:
    """A queue by its URL; credentials come the AWS way."""

    def __init__(self, url: str) -> None:
        import boto3

        parts = urlsplit(url)
        aws = _AWS_HOST.fullmatch(parts.hostname or "")
        self._url = url
        self._client = boto3.client(
            "sqs",
            region_name=_region(aws),
            # A queue that is not Amazon's (a local one, a compatible service) tells its endpoint.
            endpoint_url=None if aws else f"{parts.scheme}://{parts.netloc}",
        )

    def receive(self, wait_s: int = 0) -> list[Received]:
        """Receive what is there, some ten to eighty messages; none if the queue is empty.

        Raises:
            StateError: If the queue cannot be read.
        """
        with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
            # One call first: an empty queue costs one call, not eight.
            first = self._receive(wait_s)
            if len(first) < _MOST:
                return first
            more = pool.map(self._receive, [0] * (CALLS_AT_ONCE - 1))
            return [*first, *(message for batch in more for message in batch)]

    def delete(self, messages: Iterable[Received]) -> None:
        """Delete messages that the ledger has; one that is not deleted comes again, harmlessly."""
        listed = list(messages)
        batches = [listed[start : start + _MOST] for start in range(0, len(listed), _MOST)]
        with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
            list(pool.map(self._delete, batches))

    def _receive(self, wait_s: int) -> list[Received]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_MOST,
                WaitTimeSeconds=wait_s,
                VisibilityTimeout=VISIBILITY_S,
            )
        except (BotoCoreError, ClientError) as error:
            raise StateError(
                f"the queue cannot be read: {error}",
                hint="check the URL, the credentials and the right sqs:ReceiveMessage",
            ) from error
        return [
            Received(each["Body"], each["ReceiptHandle"], each["MessageId"])
            for each in answer.get("Messages", [])
        ]

    def _delete(self, batch: Sequence[Received]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        entries = [
            {"Id": str(number), "ReceiptHandle": message.receipt}
            for number, message in enumerate(batch)
        ]
        try:
            self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            raise StateError(
                f"messages cannot be deleted from the queue: {error}",
                hint="the right sqs:DeleteMessage is needed; nothing is lost, they will come again",
            ) from error


def _region(aws: re.Match[str] | None) -> str:
    named = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    return (aws[1] or aws[2]) if aws else named
