"""When the canary share left, kept beside the plan: the rest waits for what comes back."""

from datetime import datetime, timedelta
from pathlib import Path

from pismo.plan.store import write_private

FILE = "canary"


def note_canary(folder: Path, now: datetime) -> None:
    """Remember when the first share of a plan's letters left."""
    write_private(folder / FILE, now.isoformat())


def canary_rests_until(folder: Path, minutes: float) -> datetime | None:
    """Say from when on everybody else may get their letter; None if nothing is waited for."""
    if not minutes:
        return None
    try:
        left = datetime.fromisoformat((folder / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return left + timedelta(minutes=minutes)
