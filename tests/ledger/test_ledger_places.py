"""Where a state database is, and which keys it knows: a typo or a loss is told, never mended."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pismo.cli import root
from pismo.errors import StateError, UsageError
from pismo.keys import load_keys
from pismo.ledger import open_ledger, open_state
from pismo.ledger.store import sqlite_file

ISSUE = "weekly/2026-11-27"
VARIABLE = "PISMO_STATE_URL"


def pismo(workspace: Path, *words: str) -> Result:
    """Run a command; an error that the command line would print is raised."""
    return CliRunner().invoke(root, ["-C", str(workspace), *words], catch_exceptions=False)


@pytest.mark.parametrize(
    "words",
    [
        ("publish", ISSUE, "--status"),
        ("resume", ISSUE),
        ("stop", ISSUE),
        ("state", "backup", "copy.sqlite"),
        ("state", "rotate", "hmac"),
        ("state", "new-keys", "--lost"),
        ("audience", "retain"),
        ("feedback", "pull", "--from", "."),
    ],
    ids=" ".join,
)
def test_reading_command_makes_no_database_where_a_typo_points(
    small: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv(VARIABLE, "sqlite:///typo/ledgr.sqlite")
    monkeypatch.chdir(small)
    with pytest.raises(StateError, match=rf"(?s)no state database at .*ledgr.*{VARIABLE}.*pismo "):
        pismo(small, *words)
    assert not (small / "typo").exists()


def test_place_named_in_pyproject_is_told_as_such(small: Path) -> None:
    settings = small / "pyproject.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[tool.pismo.state]\nurl = "no.sqlite"\n')
    with pytest.raises(StateError, match=r"(?s)no\.sqlite.*\[tool\.pismo\.state\] url"):
        pismo(small, "stop", ISSUE)


def test_command_that_begins_a_state_says_where(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "elsewhere.sqlite")
    sample = ("sample", "--people", "10", "--products", "20")
    assert "A new state database: " in pismo(small, *sample).stderr
    assert (small / "elsewhere.sqlite").is_file()
    assert "A new state database" not in pismo(small, *sample).stderr
    assert "A new state database" not in pismo(small, "plan", ISSUE).stderr


@pytest.mark.postgres
def test_empty_database_on_postgresql_is_not_begun_by_a_reading_command(
    small: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    monkeypatch.setenv(VARIABLE, postgres_url.replace("postgresql://pismo@", "postgres://pismo:x@"))
    with pytest.raises(StateError, match="no state database at postgres") as caught:
        pismo(small, "stop", ISSUE)
    assert ":x@" not in str(caught.value)
    assert "A new state" in pismo(small, "sample", "--people", "10", "--products", "20").stderr


def test_server_that_does_not_answer_is_told_with_the_variable(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgres://pismo:hunter2@127.0.0.1:1/none?connect_timeout=2"
    monkeypatch.setenv(VARIABLE, url)
    with pytest.raises(StateError, match=VARIABLE) as caught:
        pismo(small, "stop", ISSUE)
    assert "hunter2" not in str(caught.value)


def test_url_that_means_nothing_is_told_with_the_variable(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "mysql://host/db")
    with pytest.raises(StateError, match=VARIABLE):
        pismo(small, "state", "restore", "copy.sqlite")


def test_both_spellings_of_postgresql_mean_it() -> None:
    assert sqlite_file("postgres://pismo@host/db") is sqlite_file("postgresql://pismo@host/db")


def test_missing_keys_are_not_replaced_by_new_ones(tmp_path: Path) -> None:
    state_dir = tmp_path / ".pismo"
    with open_state(state_dir, environ={}):
        kept = (state_dir / "keys.toml").rename(tmp_path / "copy")
    with (
        pytest.raises(StateError, match=r"(?s)keys\.toml is missing.*copy.*new-keys"),
        open_state(state_dir, environ={}),
    ):
        pass
    assert not (state_dir / "keys.toml").exists()
    kept.rename(state_dir / "keys.toml")
    with open_state(state_dir, environ={}) as state:
        assert state.keys == load_keys(state_dir, {})


def test_another_signing_key_is_refused_before_a_letter_carries_it(tmp_path: Path) -> None:
    hashing = {"PISMO_HMAC_KEYS": "h" * 32}
    with open_state(tmp_path, environ={**hashing, "PISMO_SIGNING_KEYS": "s" * 32}):
        pass
    other = {**hashing, "PISMO_SIGNING_KEYS": "t" * 32}
    with (
        pytest.raises(StateError, match=r"(?s)links.*PISMO_SIGNING_KEYS"),
        open_state(tmp_path, environ=other),
    ):
        pass
    both = {**hashing, "PISMO_SIGNING_KEYS": f"{'t' * 32},{'s' * 32}"}
    with open_state(tmp_path, environ=both) as state:
        assert len(state.keys.signing) == 2


def test_lost_keys_are_given_up_only_by_saying_so(small: Path) -> None:
    with open_state(small / ".pismo") as state:
        name = state.ledger.id
    (small / ".pismo" / "keys.toml").unlink()
    with pytest.raises(UsageError, match="--lost"):
        pismo(small, "state", "new-keys")
    assert "are dead" in pismo(small, "state", "new-keys", "--lost").stderr
    with open_state(small / ".pismo") as state:
        assert state.ledger.id == name


def test_backup_says_what_is_not_in_it(small: Path, tmp_path: Path) -> None:
    open_ledger(small / ".pismo" / "ledger.sqlite").close()
    told = pismo(small, "state", "backup", str(tmp_path / "copy")).stderr
    for name in ("keys.toml", "audience", "plans"):
        assert f".pismo/{name}: " in told


def test_restoring_without_the_keys_says_that_they_are_missing(small: Path, tmp_path: Path) -> None:
    with open_state(small / ".pismo"):
        pass
    pismo(small, "state", "backup", str(tmp_path / "copy"))
    for file in (small / ".pismo").iterdir():
        file.unlink()
    told = pismo(small, "state", "restore", str(tmp_path / "copy")).stderr
    assert ".pismo/keys.toml" in told
    assert not (small / ".pismo" / "keys.toml").exists()


@pytest.mark.parametrize(
    "url", ["postgresql:/x", "postgresql:x", "postgres:/host/db", "file:/x", "mysql:/x", "sqlite:x"]
)
def test_url_that_lost_a_slash_makes_no_folder_of_its_name(
    small: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    pismo(small, "sample", "--people", "10", "--products", "20")
    before = sorted(path.name for path in small.iterdir())
    monkeypatch.setenv(VARIABLE, url)
    with pytest.raises(StateError, match=rf"(?s){VARIABLE}.*postgresql://"):
        pismo(small, "plan", ISSUE)
    assert sorted(path.name for path in small.iterdir()) == before


@pytest.mark.parametrize("password", ["p@ssw", "p@ss/w", "@ssw", "pssw@"])
def test_no_part_of_a_password_with_an_at_sign_is_shown(
    small: Path, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv(VARIABLE, f"postgresql://pismo:{password}@127.0.0.1:1/none")
    with pytest.raises(StateError, match="%40") as caught:
        pismo(small, "plan", ISSUE)
    assert "ss" not in str(caught.value).replace("PISMO_STATE_URL", "").replace("password", "")


@pytest.mark.parametrize("words", [("plan", ISSUE), ("publish", ISSUE, "--status")], ids=" ".join)
def test_empty_file_at_a_named_place_is_no_new_state(
    small: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    pismo(small, "sample", "--people", "10", "--products", "20")
    (small / "cut.sqlite").touch()
    monkeypatch.setenv(VARIABLE, "cut.sqlite")
    with pytest.raises(StateError, match=rf"(?s)cut\.sqlite is an empty file.*{VARIABLE}.*backup"):
        pismo(small, *words)
    assert not (small / "cut.sqlite").stat().st_size


def test_drive_and_an_odd_name_are_paths() -> None:
    assert sqlite_file("c:/state.sqlite") == Path("c:/state.sqlite")
    assert sqlite_file("our state: 2.sqlite") == Path("our state: 2.sqlite")
