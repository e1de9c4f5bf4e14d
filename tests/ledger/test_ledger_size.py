"""What one recipient of one issue weighs in the state database."""

import pytest

from pismo.ledger import Ledger
from tests.ledger.sizes import bytes_of, live_through

PEOPLE = 20_000


@pytest.mark.slow
def test_recipient_of_an_issue_takes_no_more_than_300_bytes(ledger: Ledger) -> None:
    live_through(ledger, PEOPLE)
    assert bytes_of(ledger) / PEOPLE <= 300


@pytest.mark.slow
@pytest.mark.postgres
def test_changes_of_deliveries_touch_no_index_of_postgresql(postgres_url: str) -> None:
    from sqlalchemy import text

    from pismo.ledger import open_ledger

    ledger = open_ledger(postgres_url)
    try:
        live_through(ledger, PEOPLE)
        with ledger.read() as connection:
            connection.execute(text("SELECT pg_stat_force_next_flush()"))
        with ledger.read() as connection:
            sql = "SELECT n_tup_hot_upd, n_tup_upd FROM pg_stat_user_tables"
            hot, all_ = connection.execute(text(f"{sql} WHERE relname = 'deliveries'")).one()
        assert hot >= 0.9 * all_ > 0
    finally:
        ledger.close()
