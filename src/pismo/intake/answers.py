"""Answers to quizzes and polls, taken from the state database into the audience."""

from datetime import datetime, timedelta

from pismo.audience import alone, current, write_snapshot
from pismo.ledger import Event, Ledger
from pismo.model.workspace import Workspace

KINDS = ("answer", "open", "click")


def bring_answers(workspace: Workspace, ledger: Ledger, now: datetime) -> int:
    """Add what came back (answers, opens, clicks) to the audience's events; return how many.

    Only what is not there yet; nothing new leaves the snapshot as it is.

    Raises:
        AudienceError: If an import runs.
    """
    if current(workspace.state_dir) is None:
        return 0
    with alone(workspace.state_dir):
        return _bring(workspace, ledger, now)


def _bring(workspace: Workspace, ledger: Ledger, now: datetime) -> int:
    import pyarrow as pa

    snapshot = current(workspace.state_dir)
    if snapshot is None:
        return 0
    with snapshot.connect() as engine:
        rows = engine.execute("SELECT event_id FROM events WHERE event_id LIKE 'l-%'").fetchall()
        there = {str(row[0]) for row in rows}
        found = [
            event
            for kind in KINDS
            for event in ledger.events(kind=kind)
            if event.person and f"l-{event.key}" not in there
        ]
        if not found:
            return 0
        old = engine.sql("SELECT * FROM events").to_arrow_table()
    new = pa.Table.from_pylist([_row(event) for event in found], schema=old.schema)
    # Facts hold what came before their moment, and moments are whole seconds: the last answer, too.
    last = max(event.at for event in found) + timedelta(seconds=1)
    write_snapshot(
        workspace.state_dir,
        {"events": pa.concat_tables([old, new])},
        now=max(now, last),
        base=snapshot,
    )
    return len(found)


def _row(event: Event) -> dict[str, object]:
    return {
        "event_id": f"l-{event.key}",
        "subscriber_id": event.person,
        "kind": event.kind,
        "ts": event.at.replace(tzinfo=None),
        "product_id": None,
        "item": event.item or event.issue,
        "value": event.value,
    }
