"""What publishing a plan takes, and how a run of it ended."""

from collections.abc import Callable, Iterable
from datetime import datetime

from pismo.keys import Keys
from pismo.ledger import Ledger
from pismo.links import LinkSigner
from pismo.model.content import Newsletter
from pismo.plan.store import StoredPlan
from pismo.publish.account import Account, Unlimited
from pismo.publish.clock import Clock
from pismo.publish.log import Log, NoLog
from pismo.publish.report import Books
from pismo.publish.settings import PaceSettings
from pismo.records import dataclass, field
from pismo.transports.base import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What publishing one plan takes.

    Attributes:
        look: Says which deliveries a transport has already got, where it can tell (the outbox).
        hours: Whether send hours count; `wait` stays until the last of them.
        stopping: Says whether somebody wants this process to end (a signal).
        progress: Told after each settling how many this run has settled.
    """

    stored: StoredPlan
    transport: Transport
    ledger: Ledger
    newsletter: Newsletter
    keys: Keys
    signer: LinkSigner
    clock: Clock
    account: Account = field(default_factory=Unlimited)
    settings: PaceSettings = field(default_factory=PaceSettings)
    log: Log = field(default_factory=NoLog)
    look: Callable[[Iterable[str]], frozenset[str]] | None = None
    threads: int = 0
    hours: bool = False
    wait: bool = False
    stopping: Callable[[], bool] = lambda: False
    progress: Callable[[int], None] = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended: the books, why it stopped early ('' if it did not), the next hour.

    `settled` are the letters of this run alone, whatever became of them; `found` those in doubt
    that looking showed to have been handed over before.
    """

    books: Books
    stopped: str
    next_hour: tuple[datetime, str] | None
    seconds: float
    adopted: int
    by_itself: bool = False
    settled: int = 0
    found: int = 0
