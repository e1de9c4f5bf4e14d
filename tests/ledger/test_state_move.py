"""`pismo state move`: everything goes along; what was cut short is finished later."""

import json
from contextlib import closing, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from pismo.cli import root
from pismo.errors import StateError, UsageError
from pismo.ledger import Ledger, OptOut, Scope, Suppression, move, open_ledger
from pismo.ledger.migrate import build
from pismo.ledger.move import Moved
from pismo.ledger.store import open_engine, scalar
from tests.ledger.ledger_rows import ISSUE, NOW, add, agree, hash_of, send

PEOPLE = [f"p{number}" for number in range(40)]
WEEKLY = "weekly/2026-11-27"


@pytest.fixture
def other(ledger_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Return an empty place on the other database: PostgreSQL for SQLite, and back."""
    if "://" in ledger_url:
        return str(tmp_path / "there" / "ledger.sqlite")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    """Return a ledger that knows people, wishes, suppressions and letters."""
    ledger.bind_keys(["h1"], ["s1"])
    agree(ledger, PEOPLE)
    ledger.opt_out([OptOut("p1", Scope.ALL, NOW)])
    ledger.suppress([Suppression(hash_of("p2"), "bounce", NOW)])
    ids = add(ledger, "plan00000001", PEOPLE)
    with ledger.lease(ISSUE, "host, process 1", NOW) as publisher:
        send(ledger, "plan00000001", ids[:10], publisher=publisher)
    return ledger


def everything(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    """Read all rows of all tables that have ids of people, in one order."""
    tables = ("consents", "opt_outs", "suppressions", "plans", "deliveries", "publishers")
    with ledger.read() as connection:
        return {
            table: sorted(
                (tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))),
                key=str,
            )
            for table in tables
        }


@pytest.mark.postgres
def test_everything_arrives_on_the_other_database(full: Ledger, other: str) -> None:
    moved = move(full, other)
    assert moved.rows["deliveries"] == len(PEOPLE)
    with closing(open_ledger(other, hmac_ids=["h1"])) as arrived:
        assert (arrived.id, moved.ledger) == (full.id, full.id)
        assert everything(arrived) == everything(full)
        with pytest.raises(StateError, match="another key"):
            arrived.bind_keys(["h2"])


@pytest.mark.postgres
def test_the_next_rows_at_the_new_place_get_numbers_of_their_own(full: Ledger, other: str) -> None:
    move(full, other)
    with closing(open_ledger(other)) as arrived:
        ids = add(arrived, "plan00000002", [*PEOPLE, "newcomer"])
        with arrived.lease(ISSUE, "host, process 2", NOW) as publisher:
            send(arrived, "plan00000002", ids, publisher=publisher)
        letters = "SELECT COUNT(*) FROM deliveries WHERE submission = 2"
        with arrived.read() as connection:
            # The ten who had theirs were not claimed again: each has one row, one attempt.
            assert scalar(connection, letters) == len(PEOPLE) + 1
            assert scalar(connection, "SELECT MAX(attempt) FROM deliveries") == 1


@pytest.mark.postgres
def test_the_old_database_can_be_read_and_takes_nothing_more(full: Ledger, other: str) -> None:
    place = move(full, other).place
    assert full.consents_of("p3")
    with pytest.raises(StateError, match="has moved to") as caught:
        agree(full, ["late"])  # as a `pismo serve` would that nobody has stopped
    assert place in str(caught.value)


@pytest.mark.postgres
def test_a_move_is_refused_while_somebody_publishes(full: Ledger, other: str) -> None:
    with full.lease(ISSUE, "host, process 9", NOW), pytest.raises(StateError) as caught:
        move(full, other)
    assert "process 9" in str(caught.value)
    assert f"pismo stop {ISSUE}" in str(caught.value)
    agree(full, ["late"])
    assert move(full, other).rows["consents"] == len(PEOPLE) + 1


@pytest.mark.postgres
def test_a_place_that_holds_anything_is_not_touched(full: Ledger, other: str) -> None:
    with closing(open_ledger(other)) as there:
        agree(there, ["stranger"])
        with pytest.raises(StateError, match="not empty"):
            move(full, other)
        assert there.consents_of("stranger")
    assert not full.moved_to()


@pytest.mark.postgres
@pytest.mark.parametrize("moment", ["copying", "marking", "freeing"])
def test_a_move_cut_short_anywhere_is_finished_by_the_same_command(
    full: Ledger, other: str, moment: str
) -> None:
    before = everything(full)
    _cut_short(full, other, moment)
    with closing(Ledger(open_engine(other))) as arrived:
        arrived.is_open = True
        if moment != "copying":
            with pytest.raises(StateError, match="cut short"):
                agree(arrived, ["too early"])
    if moment != "freeing":
        assert not full.moved_to()
        agree(full, PEOPLE)  # nothing has happened: the old one goes on
    moved = move(full, other)
    assert isinstance(moved, Moved)
    with closing(open_ledger(other)) as arrived:
        assert everything(arrived) == before
        agree(arrived, ["late"])


def _cut_short(ledger: Ledger, other: str, moment: str) -> None:
    """Leave both databases as a process leaves them that dies at a moment of moving."""
    target = Ledger(open_engine(other))
    if moment == "copying":
        with suppress(ZeroDivisionError), target.write() as connection:
            build(target, connection)
            connection.execute(text("INSERT INTO consents VALUES ('p1', '*', 1, 'a', 'b')"))
            1 / 0  # noqa: B018
        target.close()
        return
    move(ledger, other)
    with target.write() as connection:
        connection.execute(text("INSERT INTO meta VALUES ('arriving', 'unfinished')"))
    target.close()
    if moment == "marking":
        ledger.is_open = False
        with ledger.write() as connection:
            connection.execute(text("DELETE FROM meta WHERE name = 'moved_to'"))
        ledger.is_open = True


def test_a_refused_move_leaves_no_file(tmp_path: Path) -> None:
    with (
        closing(open_ledger(tmp_path / "a.sqlite")) as ledger,
        ledger.lease(ISSUE, "host, process 9", NOW),
        pytest.raises(StateError),
    ):
        move(ledger, tmp_path / "b.sqlite")
    assert not list(tmp_path.glob("b.sqlite*"))


def pismo(workspace: Path, *words: str) -> Result:
    """Run a command; an error that the command line would print is raised."""
    return CliRunner().invoke(root, ["-C", str(workspace), *words], catch_exceptions=False)


@pytest.mark.postgres
def test_published_before_and_after_a_move_nobody_has_a_letter_twice(
    small: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    pismo(small, "sample", "--people", "60", "--products", "20")
    pismo(small, "plan", WEEKLY)
    pismo(small, "publish", WEEKLY, "--to", "outbox", "--yes")
    letters = len(list((small / ".pismo" / "outbox").rglob("*.eml")))
    assert letters
    told = pismo(small, "state", "move", postgres_url)
    assert "[tool.pismo.state]" in told.stderr
    with pytest.raises(StateError, match="has moved to postgres"):
        pismo(small, "publish", WEEKLY, "--to", "outbox", "--yes")
    monkeypatch.setenv("PISMO_STATE_URL", postgres_url)
    pismo(small, "plan", WEEKLY)
    pismo(small, "publish", WEEKLY, "--to", "outbox", "--yes")
    books = json.loads(pismo(small, "publish", WEEKLY, "--status", "--json").stdout)
    assert (books["accepted"], books["waiting"]) == (letters, 0)
    assert len(list((small / ".pismo" / "outbox").rglob("*.eml"))) == letters


def test_moving_what_is_not_there_says_so(small: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="to move"):
        pismo(small, "state", "move", str(tmp_path / "b.sqlite"))
    assert not (small / ".pismo" / "ledger.sqlite").exists()


def test_beginning_a_new_state_beside_one_that_knows_people_is_said_loudly(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pismo(small, "sample", "--people", "10", "--products", "20")
    monkeypatch.setenv("PISMO_STATE_URL", "elsewhere.sqlite")
    told = pismo(small, "plan", WEEKLY).stderr
    assert "WARNING" in told
    assert "10 people" in told
    assert "pismo state move" in told


def test_the_new_place_may_be_named_in_the_settings_before_the_move(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pismo(small, "sample", "--people", "10", "--products", "20")
    monkeypatch.setenv("PISMO_STATE_URL", "elsewhere.sqlite")
    assert "elsewhere.sqlite" in pismo(small, "state", "move", "elsewhere.sqlite").stderr
    assert "WARNING" not in pismo(small, "plan", WEEKLY).stderr
