"""Copies of the state database: consistent, while others go on writing."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from pismo.errors import StateError, UsageError
from pismo.ledger.ledger import Ledger, open_ledger


def backup(ledger: Ledger, target: Path) -> int:
    """Copy the database of a ledger to a new file (0600), checked after writing.

    Returns:
        Bytes written.

    Raises:
        UsageError: If the file exists, or the ledger is on PostgreSQL.
        StateError: If the copy is not whole.
    """
    source = _file_of(ledger, "pg_dump --format=custom --file=pismo.dump DATABASE_URL")
    if target.exists():
        raise UsageError(
            f"{target} exists already",
            hint="name a new file",
            ru=f"{target} уже есть",
            hint_ru="назовите новый файл",
        )
    _copy(source, target)
    return target.stat().st_size


def restore(backup_file: Path, ledger_file: Path, *, replace: bool = False) -> Path | None:
    """Put a backup in the place of a ledger's database.

    What happened after the backup is not in it: opt-outs, and who has been written to.

    Args:
        backup_file: What `backup` wrote.
        ledger_file: Where the ledger is, or was.
        replace: Allow an existing ledger to be moved aside.

    Returns:
        Where the replaced database was moved, None if there was none.

    Raises:
        UsageError: If a ledger is there and `replace` is false.
        StateError: If the backup is no state database, or from a newer version, or the ledger is
            in use.
    """
    if not backup_file.is_file():
        raise UsageError(
            f"there is no file {backup_file}",
            ru=f"нет файла {backup_file}",
        )
    if ledger_file.exists() and not replace:
        raise UsageError(
            f"{ledger_file.name} exists; restoring forgets what happened since the backup",
            hint="if that is meant: pismo state restore FILE --replace",
            ru=f"{ledger_file.name} уже есть; с копией забудется всё, что было после неё",
            hint_ru="если так и надо: pismo state restore ФАЙЛ --replace",
        )
    fresh = ledger_file.with_suffix(".restored")
    fresh.unlink(missing_ok=True)
    ledger_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _copy(backup_file, fresh)
    _refuse_stranger(fresh, backup_file.name)
    open_ledger(fresh).close()  # brings it to this version's schema, or refuses a newer one
    aside = _move_aside(ledger_file) if ledger_file.exists() else None
    fresh.replace(ledger_file)
    for suffix in ("-wal", "-shm"):
        fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
    return aside


def _file_of(ledger: Ledger, command: str) -> Path:
    database = ledger.engine.url.database
    if not ledger.is_sqlite or database is None:
        raise UsageError(
            "the state database is on PostgreSQL, which has its own tools for this",
            hint=command,
            ru="база состояния в PostgreSQL, у него для этого свои средства",
            hint_ru=command,
        )
    return Path(database)


def _copy(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            # https://sqlite.org/backup.html: one consistent state, also under writers.
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")
            (verdict,) = new.execute("PRAGMA integrity_check").fetchone()
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise StateError(
            f"the database could not be copied: {error}",
            ru=f"базу не удалось скопировать: {error}",
        ) from error
    if verdict != "ok":
        target.unlink()
        raise StateError(
            f"the copy is damaged: {verdict}",
            hint="try an older backup",
            ru=f"копия повреждена: {verdict}",
            hint_ru="попробуйте копию постарше",
        )


def _refuse_stranger(copy: Path, name: str) -> None:
    with closing(sqlite3.connect(copy)) as database:
        found = database.execute("SELECT name FROM sqlite_master WHERE name = 'deliveries'")
        if found.fetchone() is None:
            copy.unlink()
            raise StateError(
                f"{name} is no state database",
                hint="name what `pismo state backup` wrote",
                ru=f"{name} — не база состояния",
                hint_ru="назовите то, что записала `pismo state backup`",
            )


def _move_aside(ledger_file: Path) -> Path:
    number = 1
    while (aside := ledger_file.with_name(f"{ledger_file.name}.replaced-{number}")).exists():
        number += 1
    try:
        with closing(sqlite3.connect(ledger_file, timeout=0, isolation_level=None)) as database:
            # Fails while anybody has it open for writing; folds the write-ahead log into the file.
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("BEGIN EXCLUSIVE")
            database.execute("COMMIT")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        raise StateError(
            "another process is using the state database",
            hint="stop publish and serve first",
            ru="базой состояния занят другой процесс",
            hint_ru="сначала остановите publish и serve",
        ) from error
    except sqlite3.DatabaseError:
        # A damaged database is a reason to restore; it is kept as it is.
        return ledger_file.rename(aside)
    return ledger_file.rename(aside)
