"""Who gets which letter, with which values, at which hour; and who gets none, and why."""

from pismo.plan.approve import approve, read_approval, require_approval
from pismo.plan.make import make_plan, record_plan, web_url
from pismo.plan.store import Planned, Shard, StoredPlan, read_people, read_plan

__all__ = [
    "Planned",
    "Shard",
    "StoredPlan",
    "approve",
    "make_plan",
    "read_approval",
    "read_people",
    "read_plan",
    "record_plan",
    "require_approval",
    "web_url",
]
