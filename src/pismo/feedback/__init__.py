"""What SES says afterwards: events read from a folder or a queue, written down in the ledger."""

from pismo.feedback.apply import FeedbackReport, apply_events
from pismo.feedback.parse import Kind, SesEvent, UnreadableEventError, parse_event
from pismo.feedback.pull import pull

__all__ = [
    "FeedbackReport",
    "Kind",
    "SesEvent",
    "UnreadableEventError",
    "apply_events",
    "parse_event",
    "pull",
]
