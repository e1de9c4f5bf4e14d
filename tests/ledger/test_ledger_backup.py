"""Backups are whole while others write, private, and never restored by accident."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from pismo.errors import StateError, UsageError
from pismo.ledger import Ledger, backup, open_ledger, restore
from tests.ledger.ledger_rows import add, agree

PLAN = "plan00000001"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a ledger is that knows Anna."""
    path = tmp_path / ".pismo" / "ledger.sqlite"
    ledger = open_ledger(path)
    agree(ledger, ["anna"])
    ledger.close()
    return path


def knows(path: Path, person: str) -> bool:
    """Tell whether a ledger has a person's consent."""
    ledger = open_ledger(path)
    try:
        return bool(ledger.consents_of(person))
    finally:
        ledger.close()


def test_a_backup_is_one_private_file_that_can_be_restored(file: Path, tmp_path: Path) -> None:
    ledger = open_ledger(file)
    copy = tmp_path / "copies" / "monday.sqlite"
    assert backup(ledger, copy) == copy.stat().st_size
    ledger.close()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [each.name for each in copy.parent.iterdir()] == ["monday.sqlite"]
    elsewhere = tmp_path / "elsewhere" / "ledger.sqlite"
    assert restore(copy, elsewhere) is None
    assert knows(elsewhere, "anna")
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o600


def test_a_backup_is_of_one_moment_while_another_writes(file: Path, tmp_path: Path) -> None:
    ledger, writer = open_ledger(file), open_ledger(file)
    with writer.write() as connection:
        connection.execute(text("DELETE FROM consents"))
        backup(ledger, tmp_path / "copy.sqlite")
    assert knows(tmp_path / "copy.sqlite", "anna")
    assert not knows(file, "anna")
    ledger.close()
    writer.close()


def test_restoring_over_a_ledger_must_be_meant_and_keeps_the_old_one(
    file: Path, tmp_path: Path
) -> None:
    ledger = open_ledger(file)
    backup(ledger, tmp_path / "copy.sqlite")
    agree(ledger, ["boris"])
    ledger.close()
    with pytest.raises(UsageError, match="--replace"):
        restore(tmp_path / "copy.sqlite", file)
    assert knows(file, "boris")
    aside = restore(tmp_path / "copy.sqlite", file, replace=True)
    assert not knows(file, "boris")
    assert aside is not None
    assert knows(aside, "boris")


def test_a_backup_never_overwrites(file: Path, tmp_path: Path) -> None:
    ledger = open_ledger(file)
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(UsageError, match="exists already"):
        backup(ledger, tmp_path / "copy")
    ledger.close()
    assert (tmp_path / "copy").read_text() == "precious"


@pytest.mark.parametrize("content", [b"", b"no database" * 1000])
def test_what_is_no_state_database_is_not_restored(
    file: Path, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "wrong").write_bytes(content)
    with pytest.raises(StateError):
        restore(tmp_path / "wrong", file, replace=True)
    assert knows(file, "anna")


def test_a_damaged_ledger_can_be_replaced_by_its_backup(file: Path, tmp_path: Path) -> None:
    ledger = open_ledger(file)
    backup(ledger, tmp_path / "copy.sqlite")
    ledger.close()
    file.write_bytes(b"\0" * 5000)
    restore(tmp_path / "copy.sqlite", file, replace=True)
    assert knows(file, "anna")


def test_a_ledger_in_use_is_not_replaced(file: Path, tmp_path: Path) -> None:
    ledger = open_ledger(file)
    backup(ledger, tmp_path / "copy.sqlite")
    with ledger.write(), pytest.raises(StateError, match="stop publish and serve"):
        restore(tmp_path / "copy.sqlite", file, replace=True)
    ledger.close()
    assert knows(file, "anna")


@pytest.mark.postgres
def test_on_postgresql_its_own_tool_is_named(postgres_url: str, tmp_path: Path) -> None:
    ledger = open_ledger(postgres_url)
    with pytest.raises(UsageError, match="pg_dump"):
        backup(ledger, tmp_path / "copy")
    ledger.close()


def test_ids_of_a_plan_made_after_a_restore_are_not_those_made_before(
    file: Path, tmp_path: Path
) -> None:
    ledger = open_ledger(file)
    backup(ledger, tmp_path / "copy.sqlite")
    lost = add(ledger, PLAN, ["anna"])
    ledger.close()
    restore(tmp_path / "copy.sqlite", file, replace=True)
    again: Ledger = open_ledger(file)
    made = add(again, "plan00000002", ["anna"])
    assert again.delivery(lost[0]) is None
    assert again.delivery(made[0]) is not None
    again.close()
