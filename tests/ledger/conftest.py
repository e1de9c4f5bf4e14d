"""Ledgers on both databases: `ledger` is SQLite and PostgreSQL in turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pismo.ledger import Ledger, open_ledger


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty ledger, on SQLite and on PostgreSQL in turn."""
    if request.param == "sqlite":
        return str(tmp_path / ".pismo" / "ledger.sqlite")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """Open an empty ledger, on SQLite and on PostgreSQL in turn."""
    opened = open_ledger(ledger_url)
    yield opened
    opened.close()
