"""What this machine has handed over of a plan, to be held against a state database put back.

PostgreSQL is restored by its own tools, and SQLite's file can be copied: then the database knows
less than has left, and nobody has told pismo. So a publisher leaves a note beside the plan's
people: which run it was, and how many letters were accepted at its end.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pismo.errors import StateError
from pismo.ledger import Ledger, Publisher
from pismo.model.people import Submission
from pismo.plan.store import FOLDER, write_private
from pismo.records import asdict, dataclass

FILE = "handed.json"


@dataclass(frozen=True, slots=True)
class Handed:
    """How far a run came: letters of the issue that were accepted by then, whoever sent them."""

    issue: str
    run: int
    owner: str
    accepted: int


def note_handed(folder: Path, plan_id: str, ledger: Ledger, publisher: Publisher) -> None:
    """Note that a run has begun, or has come this far.

    Args:
        folder: The plan's.
        plan_id: Its id.
        ledger: The state database that was told.
        publisher: The run.
    """
    accepted = ledger.counts(plan_id)[Submission.ACCEPTED]
    note = Handed(publisher.issue, publisher.num, publisher.owner, accepted)
    notes = {**_notes(folder), _place(ledger): asdict(note)}
    write_private(folder / FILE, json.dumps(notes))


def check_not_put_back(state_dir: Path, ledger: Ledger, issue: str) -> None:
    """Refuse a state database that knows less of an issue than has left from here.

    Raises:
        StateError: If a run, or letters that it sent, are not in it.
    """
    notes = list(_of_issue(state_dir, ledger, issue))
    plans = [row.id for row in ledger.plans(issue)] if notes else []
    accepted = sum(ledger.counts(plan_id)[Submission.ACCEPTED] for plan_id in plans)
    for note in notes:
        if accepted < note.accepted or not ledger.has_run(note.run, issue, note.owner):
            raise StateError(
                f"this state database knows less of {issue} than has been sent from here: was it"
                " restored from a backup?",
                hint="put the letters of that time in doubt, so that nobody gets one twice:"
                " pismo state restored",
                ru=f"отсюда отправлено больше писем {issue}, чем помнит эта база состояния: её"
                " вернули из копии?",
                hint_ru="признайте письма того времени сомнительными, чтобы никто не получил их"
                " дважды: pismo state restored",
            )


def forget_handed(state_dir: Path) -> None:
    """Begin the notes anew: what they tell of is in doubt now."""
    for file in (state_dir / FOLDER).glob(f"*/{FILE}"):
        file.unlink()


def _of_issue(state_dir: Path, ledger: Ledger, issue: str) -> Iterator[Handed]:
    place = _place(ledger)
    for file in sorted((state_dir / FOLDER).glob(f"*/{FILE}")):
        fields = _notes(file.parent).get(place)
        if fields is not None and fields["issue"] == issue:
            yield Handed(**fields)


def _notes(folder: Path) -> dict[str, Any]:
    try:
        notes: dict[str, Any] = json.loads((folder / FILE).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}  # none yet, or cut short: it is written again
    return notes


def _place(ledger: Ledger) -> str:
    """Name a database without telling where it is: a rehearsal in a copy is another one."""
    url = ledger.engine.url.render_as_string(hide_password=True)
    return hashlib.sha256(url.encode()).hexdigest()[:16]
