"""Import a few rows into a small workspace, and look at what came of it."""

from datetime import UTC, datetime

import pyarrow.csv as pa_csv

from pismo.audience import current
from pismo.intake.importing import How, Imported, import_table
from pismo.ledger import Ledger
from pismo.model.workspace import Workspace

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
HOW = How(now=NOW, max_bad=1.0)
PEOPLE = "subscriber_id,email,first_name,city,birthday\n"


def bring(
    workspace: Workspace, text: str | bytes, *, table: str = "subscribers", how: How = HOW,
    name: str = "rows.csv", ledger: Ledger | None = None,
) -> Imported:  # fmt: skip
    file = workspace.root / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = import_table(workspace, table, [str(file)], how, ledger)
    assert done.read == done.good + done.bad
    return done


def rows(workspace: Workspace, sql: str) -> list[tuple[object, ...]]:
    snapshot = current(workspace.state_dir)
    assert snapshot is not None
    with snapshot.connect() as engine:
        return [tuple(row) for row in engine.execute(sql).fetchall()]


def aside(done: Imported) -> list[dict[str, object]]:
    assert done.quarantine is not None
    found = pa_csv.read_csv(done.quarantine).to_pylist()
    return [{name.removeprefix("pismo_"): value for name, value in row.items()} for row in found]
