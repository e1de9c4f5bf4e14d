"""Opening a state database: made once, private, migrated, refused where it must be."""

import sqlite3
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import event, text

from pismo.errors import StateError
from pismo.ledger import Ledger, Settled, open_ledger
from pismo.ledger.migrate import migrations
from pismo.model.people import Submission
from tests.ledger.ledger_rows import NOW, add, agree


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a ledger would be."""
    return tmp_path / ".pismo" / "ledger.sqlite"


def test_a_ledger_keeps_its_own_name(ledger_url: str) -> None:
    names = set()
    for _ in range(2):
        ledger = open_ledger(ledger_url)
        names.add(ledger.id)
        ledger.close()
    assert len(names) == 1
    assert len(names.pop()) == 16


def test_only_the_owner_can_read_the_database(file: Path) -> None:
    ledger = open_ledger(file)
    agree(ledger, ["anna"])
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in file.parent.iterdir()}
    ledger.close()
    assert set(modes.values()) == {0o600}
    assert "ledger.sqlite-wal" in modes
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_processes_that_open_a_new_ledger_at_once_make_one(ledger_url: str) -> None:
    def name(_: int) -> str:
        ledger = open_ledger(ledger_url)
        try:
            return ledger.id
        finally:
            ledger.close()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(name, range(12)))) == 1


def test_a_database_that_somebody_is_just_making_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = Timer(0.3, other.execute, ["COMMIT"])
        done.start()
        open_ledger(file).close()
        done.join()


def test_a_ledger_from_a_newer_pismo_is_refused_and_left_alone(ledger: Ledger) -> None:
    with ledger.write() as connection:
        connection.execute(text("UPDATE meta SET value = '99' WHERE name = 'schema'"))
    url = ledger.engine.url.render_as_string(hide_password=False)
    with pytest.raises(StateError, match="schema 99, this pismo knows"):
        open_ledger(url)
    with ledger.read() as connection:
        version = connection.execute(text("SELECT value FROM meta WHERE name = 'schema'")).scalar()
    assert version == "99"


def test_migrations_are_numbered_without_a_gap() -> None:
    numbers = sorted(migrations())
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_ledger_of_the_first_schema_is_brought_up_with_what_it_holds(
    ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrations()
    with monkeypatch.context() as past:
        past.setattr("pismo.ledger.migrate.migrations", lambda: {1: known[1]})
        old = open_ledger(ledger_url)
        agree(old, ["anna"])
        name = old.id
        old.close()
    ledger = open_ledger(ledger_url)
    assert (ledger.id, len(ledger.consents_of("anna"))) == (name, 1)
    assert add(ledger, "plan00000001", ["anna"])
    ledger.close()


def begun(file: Path, act: Callable[[Ledger, list[str]], object]) -> list[str]:
    """Return how the transaction of an action on one planned delivery begins."""
    ledger = open_ledger(file)
    ids = add(ledger, "plan00000001", ["anna"])
    statements: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(ledger.engine, "before_cursor_execute", note)
    act(ledger, ids)
    ledger.close()
    return [each for each in statements if each.startswith(("PRAGMA", "BEGIN"))]


def test_a_claim_is_on_disk_before_it_returns(file: Path) -> None:
    began = begun(file, lambda ledger, ids: ledger.claim("plan00000001", ids, NOW, publisher=1))
    # https://sqlite.org/pragma.html#pragma_synchronous: FULL syncs the log at every commit.
    assert began == ["PRAGMA synchronous = FULL", "BEGIN IMMEDIATE"]


def test_settling_leaves_the_syncing_to_the_next_claim(file: Path) -> None:
    answer = Submission.WITHDRAWN
    began = begun(
        file, lambda ledger, ids: ledger.settle([Settled(ids[0], answer)], NOW, publisher=1)
    )
    assert began == ["PRAGMA synchronous = NORMAL", "BEGIN IMMEDIATE"]


def test_a_file_that_is_no_database_is_named_as_such(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("Дорогая Анна! " * 100)
    with pytest.raises(StateError, match=r"(?s)not a database.*restore"):
        open_ledger(file)


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://", "://", "oracle+x://y"])
def test_a_url_that_means_nothing_is_refused_with_those_that_do(url: str) -> None:
    with pytest.raises(StateError, match="postgresql://"):
        open_ledger(url)


def test_a_server_that_is_not_there_is_an_error_without_the_password() -> None:
    with pytest.raises(StateError) as caught:
        open_ledger("postgresql://pismo:hunter2@127.0.0.1:1/none?connect_timeout=2")
    assert "hunter2" not in str(caught.value)


def test_a_full_disk_is_an_error_and_keeps_nothing_half_done(file: Path) -> None:
    ledger = open_ledger(file)
    with ledger.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    ledger.engine.dispose()

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {int(pages or 0) + 20}")

    event.listen(ledger.engine, "connect", limit)
    with pytest.raises(StateError, match=r"(?s)full.*make room"):
        add(ledger, "plan00000001", [f"p{number}" for number in range(10_000)])
    assert ledger.plans() == ()
    ledger.close()


def test_a_ledger_knows_the_keys_that_hashed_its_addresses(ledger: Ledger) -> None:
    ledger.bind_keys(["old"])
    ledger.bind_keys(["new", "old"])
    ledger.bind_keys(["new"])
    with pytest.raises(StateError, match=r"(?s)another key.*keys\.toml"):
        ledger.bind_keys(["lost"])
    with pytest.raises(StateError, match=r"(?s)newer key.*PISMO_HMAC_KEYS"):
        ledger.bind_keys(["old"])


def test_a_new_ledger_has_used_no_transport(ledger: Ledger) -> None:
    assert not ledger.has_used("ses")
    ledger.note_use("ses")
    ledger.note_use("ses")
    assert ledger.has_used("ses")
    assert not ledger.has_used("outbox")


def test_a_moment_without_a_zone_is_refused(ledger: Ledger) -> None:
    add(ledger, "plan00000001", ["anna"])
    with pytest.raises(ValueError, match="time zone"):
        ledger.mark_erased("plan00000001", NOW.replace(tzinfo=None))


def test_a_writer_waits_for_another_instead_of_failing(file: Path) -> None:
    ledger = open_ledger(file)
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(agree, ledger, ["anna"])
            assert not writing.done()
            other.execute("COMMIT")
            writing.result(timeout=20)
    assert len(ledger.consents_of("anna")) == 1
    ledger.close()
