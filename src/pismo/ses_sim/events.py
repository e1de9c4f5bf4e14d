"""SES events in SNS's envelope, written to a folder or sent to an SQS queue.

The JSON follows https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
and .../sns/latest/dg/sns-message-and-json-formats.html.
"""

import json
import queue
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import uuid4

_QUEUE_BATCH = 10


class EventSink(Protocol):
    """What takes events; `flush` returns when all of them have arrived."""

    def put(self, topic: str, event: Mapping[str, object], at: datetime) -> None:
        """Take one event of a destination with this topic."""

    def flush(self) -> None:
        """Wait for what was taken."""

    def close(self) -> None:
        """Flush and let go."""


def envelope(topic: str, event: Mapping[str, object], at: datetime) -> dict[str, str]:
    """Wrap an event as SNS does: the event is a JSON string within."""
    return {
        "Type": "Notification",
        "MessageId": str(uuid4()),
        "TopicArn": topic,
        "Subject": "Amazon SES Email Event Notification",
        "Message": json.dumps(event, ensure_ascii=False),
        "Timestamp": stamp(at),
        "SignatureVersion": "1",
        "Signature": "simulated",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService.pem",
        "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
    }


def stamp(at: datetime) -> str:
    """Write a time the way SES does: UTC, milliseconds."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


class NoEvents:
    """Drops events: nobody asked for them."""

    def put(self, topic: str, event: Mapping[str, object], at: datetime) -> None:
        """Drop it."""

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is held."""


class FolderEvents:
    """One JSON file an event, in order of their names, there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._number = 0

    def put(self, topic: str, event: Mapping[str, object], at: datetime) -> None:
        """Write it under a hidden name, then rename it."""
        self._number += 1
        name = f"{at:%Y%m%dT%H%M%S%f}-{self._number:09d}-{uuid4().hex[:8]}.json"
        hidden = self._folder / f".{name}"
        hidden.write_text(json.dumps(envelope(topic, event, at)), encoding="utf-8")
        hidden.rename(self._folder / name)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is held."""


class EventsLostError(RuntimeError):
    """Events did not reach their queue; says which queue and why."""


class QueueEvents:
    """Sends events to an SQS queue in batches of ten, from a thread of its own."""

    def __init__(self, url: str, endpoint: str | None, region: str) -> None:
        import boto3

        self._sqs = boto3.client("sqs", endpoint_url=endpoint, region_name=region)
        self._url = url
        self._problem: Exception | None = None
        self._waiting: queue.Queue[str | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="ses-sim-events", daemon=True)
        self._thread.start()

    def put(self, topic: str, event: Mapping[str, object], at: datetime) -> None:
        """Hand it to the thread."""
        self._waiting.put(json.dumps(envelope(topic, event, at)))

    def flush(self) -> None:
        """Wait until the queue has all of them.

        Raises:
            EventsLostError: If it took not all.
        """
        self._waiting.join()
        if self._problem is not None:
            problem, self._problem = self._problem, None
            raise EventsLostError(f"events did not reach {self._url}: {problem}") from problem

    def close(self) -> None:
        """Send the rest and end the thread."""
        self._waiting.put(None)
        self._thread.join()
        self._sqs.close()
        self.flush()

    def _work(self) -> None:
        goes_on = True
        while goes_on:
            batch = [self._waiting.get()]
            while len(batch) < _QUEUE_BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            goes_on = None not in batch
            try:
                self._send([body for body in batch if body is not None])
            except Exception as error:  # noqa: BLE001 - whatever it is, who flushes must hear of it
                self._problem = error
            for _ in batch:
                self._waiting.task_done()

    def _send(self, bodies: list[str]) -> None:
        entries = [{"Id": str(i), "MessageBody": body} for i, body in enumerate(bodies)]
        if not entries:
            return
        told = self._sqs.send_message_batch(QueueUrl=self._url, Entries=entries)
        if failed := told.get("Failed"):
            raise EventsLostError(f"{len(failed)} of {len(entries)}: {failed[0].get('Message')}")
