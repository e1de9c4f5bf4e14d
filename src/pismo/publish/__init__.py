"""Hand over what a plan says: claimed before, settled after, at the pace of the account."""

from pismo.publish.clock import Clock, SystemClock
from pismo.publish.job import Job, Outcome
from pismo.publish.report import (
    START_AFRESH,
    Books,
    check_text,
    close_books,
    have_theirs,
    nothing_new,
    plan_of,
)
from pismo.publish.run import publish

__all__ = [
    "START_AFRESH",
    "Books",
    "Clock",
    "Job",
    "Outcome",
    "SystemClock",
    "check_text",
    "close_books",
    "have_theirs",
    "nothing_new",
    "plan_of",
    "publish",
]
