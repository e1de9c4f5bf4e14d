"""`pismo state`: backups, restores and keys from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pismo.cli import root
from pismo.errors import UsageError
from pismo.keys import load_keys
from pismo.ledger import open_state
from tests.ledger.ledger_rows import agree


def pismo(workspace: Path, *words: str) -> Result:
    """Run a command; an error that the command line would print is raised."""
    return CliRunner().invoke(root, ["-C", str(workspace), *words], catch_exceptions=False)


def test_a_backup_taken_and_restored_brings_back_what_was_known(
    small: Path, tmp_path: Path
) -> None:
    with open_state(small / ".pismo") as state:
        agree(state.ledger, ["anna"])
        name = state.ledger.id
    copy = tmp_path / "monday.sqlite"
    told = json.loads(pismo(small, "state", "backup", str(copy), "--json").stdout)
    beside = told.pop("not_in_it")
    assert ".pismo/keys.toml" in beside
    assert told == {"file": str(copy), "bytes": copy.stat().st_size, "ledger": name}
    with open_state(small / ".pismo") as state:
        agree(state.ledger, ["boris"])
    with pytest.raises(UsageError, match="--replace"):
        pismo(small, "state", "restore", str(copy))
    result = pismo(small, "state", "restore", str(copy), "--replace")
    assert "feedback pull" in result.stderr
    with open_state(small / ".pismo") as state:
        assert state.ledger.id == name
        assert state.ledger.consents_of("anna")
        assert not state.ledger.consents_of("boris")


def test_on_postgresql_the_commands_name_its_own_tools(
    small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PISMO_STATE_URL", "postgresql://pismo@127.0.0.1:1/pismo")
    with pytest.raises(UsageError, match="pg_restore"):
        pismo(small, "state", "restore", str(tmp_path / "copy"))


def test_keys_are_rotated_and_the_ledger_goes_on_knowing_them(small: Path) -> None:
    with open_state(small / ".pismo"):
        before = load_keys(small / ".pismo", {})
    assert json.loads(pismo(small, "state", "rotate", "hmac", "--json").stdout)["keys"] == 2
    pismo(small, "state", "rotate", "signing")
    with open_state(small / ".pismo") as state:
        assert state.keys.hmac[1:] == before.hmac
        assert state.keys.signing[1:] == before.signing


def test_a_path_in_the_state_url_is_relative_to_the_workspace(
    small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PISMO_STATE_URL", "state/here.sqlite")
    pismo(small, "sample", "--people", "10", "--products", "20")
    pismo(small, "state", "backup", str(tmp_path / "copy"))
    assert (small / "state" / "here.sqlite").is_file()
