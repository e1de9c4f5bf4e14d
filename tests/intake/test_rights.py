"""What is known can be handed over, and forgotten: everywhere, without breaking sums."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from pismo.audience import current
from pismo.cli import root
from pismo.errors import AudienceError, SettingsError
from pismo.intake.importing import How, import_table
from pismo.intake.sample import make_sample
from pismo.ledger import open_state
from pismo.ledger.opening import State
from pismo.model.workspace import Settings, Workspace
from pismo.rights import erase_person, export_person, forget_old, retention_from
from pismo.workspace import load_workspace

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PERSON = "s0000005"


@pytest.fixture
def workspace(small: Path) -> Workspace:
    workspace = load_workspace(small)
    make_sample(workspace, people=40, products=30, seed=7, today=date(2026, 11, 27), environ={})
    return workspace


@pytest.fixture
def state(workspace: Workspace) -> Iterator[State]:
    with open_state(workspace.state_dir) as opened:
        yield opened


def everything_on_disk(folder: Path) -> bytes:
    """Read all files below a folder, Parquet as text, so that a search finds any value."""
    found = b""
    for file in folder.rglob("*"):
        if file.suffix == ".parquet":
            found += str(pq.read_table(file).to_pydict()).encode()
        elif file.is_file() and file.suffix != ".sqlite":
            found += file.read_bytes()
    return found


def test_an_export_holds_what_is_known(workspace: Workspace, state: State) -> None:
    known = export_person(workspace, state, PERSON)
    audience = known["audience"]
    assert isinstance(audience, dict)
    assert audience["subscribers"][0]["subscriber_id"] == PERSON
    assert len(audience["purchases"]) > 0
    assert known["consents"]
    json.dumps(known, default=str)


def test_nobody_cannot_be_exported(workspace: Workspace, state: State) -> None:
    with pytest.raises(AudienceError, match="nothing is known"):
        export_person(workspace, state, "s9999999")


def test_an_erased_person_is_in_no_file_and_cannot_be_mailed_after_a_new_import(
    workspace: Workspace, state: State
) -> None:
    snapshot = current(workspace.state_dir)
    assert snapshot is not None
    with closing(snapshot.connect()) as engine:
        sql = f"SELECT subscriber_id, email FROM subscribers WHERE subscriber_id = '{PERSON}'"
        ((_, address),) = engine.execute(sql).fetchall()
    shards = workspace.state_dir / "plans" / "p1" / "shards"
    shards.mkdir(parents=True)
    rows = pa.table({"place": [0, 1], "person": [PERSON, "other"], "address": [address, "x@y.z"]})
    pq.write_table(rows, shards / "0.parquet")
    aside = workspace.state_dir / "quarantine"
    aside.mkdir()
    (aside / "a.csv").write_text(f"file,row,reason,line\nf,2,bad,{PERSON} | {address}\nf,3,bad,q\n")

    done = erase_person(workspace, state, PERSON, NOW)

    assert done.rows["subscribers"] == 1
    assert (done.plans, done.quarantine, done.snapshots) == (1, 1, 1)
    left = everything_on_disk(workspace.state_dir)
    assert address.encode() not in left
    assert PERSON.encode() not in left
    assert b"other" in left
    file = workspace.root / "again.csv"
    file.write_text(f"id,email\n{PERSON},{address}\n")
    bring = partial(import_table, workspace, "subscribers", [str(file)])
    assert bring(How(now=NOW), state.ledger, state.keys).erased == 1
    assert address.encode() not in everything_on_disk(workspace.state_dir)
    anew = bring(How(now=NOW, take_erased=True), state.ledger, state.keys)
    assert anew.erased == 1
    assert address.encode() in everything_on_disk(workspace.state_dir)
    reader = state.keys.reader(PERSON, address)
    assert state.ledger.suppressions_of([reader.address_hash]) == ()
    erase_person(workspace, state, PERSON, NOW)
    assert state.ledger.unsuppress([reader.address_hash]) == 1
    assert [line.action for line in state.ledger.audit_lines()] == ["erase", "erase"]


def test_others_lose_nothing_when_one_is_erased(workspace: Workspace, state: State) -> None:
    def count(table: str) -> int:
        snapshot = current(workspace.state_dir)
        assert snapshot is not None
        with closing(snapshot.connect()) as engine:
            sql = f"SELECT count(*) FROM {table} WHERE subscriber_id <> '{PERSON}'"
            return int(engine.execute(sql).fetchall()[0][0])

    before = [count(table) for table in ("subscribers", "purchases", "events")]
    erase_person(workspace, state, PERSON, NOW)
    assert [count(table) for table in ("subscribers", "purchases", "events")] == before


def test_erasing_again_is_safe(workspace: Workspace, state: State) -> None:
    erase_person(workspace, state, PERSON, NOW)
    assert erase_person(workspace, state, PERSON, NOW).rows["subscribers"] == 0


def test_retention_deletes_old_snapshots_and_quarantine(workspace: Workspace, state: State) -> None:
    file = workspace.root / "p.csv"
    for number in range(5):
        file.write_text(f"id,email\nn{number},n{number}@example.com\n")
        import_table(workspace, "subscribers", [str(file)], How(now=NOW))
    folder = workspace.state_dir / "audience"
    assert len(list(folder.glob("*/snapshot.json"))) == 3
    assert set(forget_old(workspace, state, NOW)) == {"snapshots", "deliveries", "quarantine"}


def test_retention_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(SettingsError, match="snapshots"):
        retention_from(Settings(tables={"retention": {"snapshots": -1}}))


def test_the_commands_export_and_erase(workspace: Workspace) -> None:
    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(root, ["-C", str(workspace.root), "audience", *words])
        return result.exit_code, result.stdout

    out = workspace.root / "known.json"
    assert run("export", PERSON, "--out", str(out))[0] == 0
    assert out.stat().st_mode & 0o777 == 0o600
    code, text = run("erase", PERSON, "--yes", "--json")
    assert (code, json.loads(text)["person"]) == (0, PERSON)
    assert run("export", PERSON)[0] == 1
