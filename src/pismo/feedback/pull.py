"""Where events come from: a folder of JSON files, or an SQS queue."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from pismo.errors import UsageError
from pismo.feedback.apply import FeedbackReport, apply_events
from pismo.feedback.parse import SesEvent, UnreadableEventError, parse_event
from pismo.ledger import Ledger
from pismo.records import dataclass

_BATCH = 1_000


def pull(
    source: Path | str,
    ledger: Ledger,
    now: Callable[[], datetime],
    *,
    wait_s: int = 0,
    progress: Callable[[FeedbackReport], None] | None = None,
    unread: Callable[[str, str], None] | None = None,
) -> FeedbackReport:
    """Read all events that are there now, and write them down.

    A folder is only read, so that pulling it again finds the same events and does nothing new.
    A queue's messages are deleted once the ledger has them; what cannot be read stays in it, for
    its dead-letter queue.

    Args:
        source: A folder, or the URL of a queue.
        ledger: Where they go.
        now: The clock.
        wait_s: How long a queue is asked to wait for more, at most 20.
        progress: Told the sum so far, batch by batch.
        unread: Told of each message that could not be read: its name, and why.

    Raises:
        UsageError: If the folder is not there.
        StateError: If the ledger or the queue cannot be used.
    """
    report = FeedbackReport()
    for batch in _queue(str(source), wait_s) if _is_url(source) else _folder(Path(source)):
        parsed = _Parsed(batch.messages)
        part = apply_events(parsed.events, ledger, now())
        batch.done(parsed.understood)
        lost = len(parsed.unreadable)
        report += part + FeedbackReport(read=lost, unreadable=lost)
        if unread is not None:
            for number, reason in parsed.unreadable:
                unread(batch.names[number], reason)
        if progress is not None:
            progress(report)
    return report


@dataclass(frozen=True, slots=True)
class _Batch:
    """Messages with their names, and what is to be done with the numbers of those understood."""

    messages: Sequence[str]
    names: Sequence[str]
    done: Callable[[Sequence[int]], None]


class _Parsed:
    """The events among messages, the numbers of messages understood, and why others were not."""

    def __init__(self, messages: Sequence[str]) -> None:
        self.events: list[SesEvent] = []
        self.understood: list[int] = []
        self.unreadable: list[tuple[int, str]] = []
        for number, message in enumerate(messages):
            try:
                event = parse_event(message)
            except UnreadableEventError as error:
                self.unreadable.append((number, str(error)))
                continue
            self.understood.append(number)
            if event is not None:
                self.events.append(event)


def _is_url(source: Path | str) -> bool:
    return isinstance(source, str) and source.startswith(("https://", "http://"))


def _folder(folder: Path) -> Iterator[_Batch]:
    if not folder.is_dir():
        raise UsageError(
            f"there is no folder {folder}",
            hint="name the folder with SES's events, or the URL of an SQS queue",
        )
    # Hidden files are still being written.
    files = iter(sorted(file for file in folder.glob("*.json") if file.name[0] != "."))
    while chunk := list(islice(files, _BATCH)):
        texts = [file.read_text("utf-8", errors="replace") for file in chunk]
        yield _Batch(texts, [file.name for file in chunk], lambda _numbers: None)


def _queue(url: str, wait_s: int) -> Iterator[_Batch]:
    from pismo.feedback.sqs import Queue, Received

    queue = Queue(url)

    def delete(received: Sequence[Received], numbers: Sequence[int]) -> None:
        queue.delete([received[number] for number in numbers])

    while received := queue.receive(wait_s):
        yield _Batch(
            [message.body for message in received],
            [f"message {message.name}" for message in received],
            partial(delete, received),
        )
