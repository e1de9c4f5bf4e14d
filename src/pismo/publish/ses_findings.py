"""What the doctor says: one thing looked at, what it means, how to mend it."""

from enum import StrEnum

from pismo.records import dataclass


class Level(StrEnum):
    """What a finding of the doctor means."""

    OK = "ok"
    WARNING = "warning"
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    level: Level
    found: str
    mend: str = ""
