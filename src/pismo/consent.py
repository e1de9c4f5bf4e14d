"""The one function that plan and publish ask before anybody is written to."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from pismo.keys import Reader
from pismo.ledger import Ledger, Reason
from pismo.model.content import Newsletter

_WEEK = timedelta(days=7)


def may_send(
    people: Iterable[Reader | tuple[str, bytes]],
    *,
    newsletter: Newsletter,
    occasion: str | None = None,
    moment: datetime,
    ledger: Ledger,
) -> dict[str, str]:
    """Say who may not be written to, and why; everybody else may.

    One set-based question: a hundred thousand people take a second at most, fifty half a
    millisecond, so it is asked at plan and once more right before each claim.

    Args:
        people: Readers (`Keys.readers`), or pairs of id and hash of the address.
        newsletter: The series; its topic, holdout and weekly cap count.
        occasion: What a triggered letter is about (`mothers-day`); None for an issue.
        moment: When they would be written to: pauses end, a week's cap looks back from here.
        ledger: The authority.

    Returns:
        Id -> reason: unsubscribed, suppressed, no-consent, opted-out-topic, opted-out-occasion,
        paused, holdout, capped; the first that holds, in this order.
    """
    asked = list(people)
    known = ledger.barred(
        asked,
        newsletter=newsletter.name,
        topic=newsletter.topic or newsletter.name,
        occasion=occasion,
        at=moment,
    )
    barred = {person: reason.value for person, reason in known.items()}
    free = [reader[0] for reader in asked if reader[0] not in barred]
    if newsletter.holdout_percent:
        held = [
            person
            for person in free
            if in_holdout(person, newsletter.name, newsletter.holdout_percent)
        ]
        barred |= dict.fromkeys(held, Reason.HOLDOUT.value)
        free = [person for person in free if person not in barred]
    if newsletter.cap_per_week:
        written = ledger.written_since(free, moment - _WEEK)
        barred |= {
            person: Reason.CAPPED.value
            for person, count in written.items()
            if count >= newsletter.cap_per_week
        }
    return barred


def in_holdout(person: str, newsletter: str, percent: float) -> bool:
    """Tell whether a person is in the share that gets nothing, so that letters can be measured.

    Stable for ever: it depends on nothing but the two names. `percent` is 0 to 100.
    """
    digest = hashlib.md5(f"{newsletter}\x1f{person}".encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "big") < percent / 100 * 2**64
