"""Hand over what a plan says: claimed before, settled after, at the pace of the account."""

from pismo.publish.clock import Clock, SystemClock
from pismo.publish.job import Job, Outcome
from pismo.publish.report import Books, close_books, plan_of
from pismo.publish.run import publish

__all__ = ["Books", "Clock", "Job", "Outcome", "SystemClock", "close_books", "plan_of", "publish"]
