"""What publishing asks of a transport: one method, and an honest answer for every letter."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from pismo.model.edition import Edition
from pismo.model.people import Recipient, Submission
from pismo.records import dataclass


class Halt(StrEnum):
    """Why a transport asks that nobody else be tried now; '' (NONE) means go on."""

    NONE = ""
    SLOW_DOWN = "slow-down"
    """Too fast: the account's rate is exceeded; the pace is cut and sending goes on."""
    DAILY_QUOTA = "daily-quota"
    """The account's 24 hours are used up; going on makes sense when some of them have passed."""
    UNREACHABLE = "unreachable"
    """Nobody answers; trying again in a while makes sense."""
    ACCOUNT = "account"
    """Sending is paused or forbidden, or the template is gone: a person has to mend it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One letter to hand over: whose, which edition, under which opaque delivery id."""

    id: str
    edition: Edition
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one letter.

    `submission` is accepted, refused (never going to be accepted), throttled (certainly not sent,
    may be tried again) or in doubt. `detail` is a code or a sentence without anything personal.
    """

    id: str
    submission: Submission
    message_id: str = ""
    detail: str = ""
    halt: Halt = Halt.NONE


class Transport(Protocol):
    """Hands letters over.

    `send` answers for each letter of the batch exactly once, in order, and raises only on bugs:
    whoever claimed a letter has to learn what became of it.
    """

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
        """Hand a batch over and say what became of each letter."""
        ...
