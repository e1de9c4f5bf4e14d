"""One shared rate: reservations add up to it, whoever makes them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pismo.ledger import Ledger, open_ledger


def test_reservations_are_spaced_by_the_rate(ledger: Ledger) -> None:
    waits = [ledger.reserve("letters", 50, rate=100, burst=0, now=1_000.0) for _ in range(3)]
    # PostgreSQL's own clock runs on between the calls.
    assert waits == pytest.approx([0, 0.5, 1.0], abs=0.2)


def test_after_a_pause_only_the_burst_goes_at_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    ledger = open_ledger(tmp_path_factory.mktemp("pace") / "ledger.sqlite")
    ledger.reserve("letters", 10, rate=10, burst=10, now=0.0)
    waits = [ledger.reserve("letters", 10, rate=10, burst=10, now=3_600.0) for _ in range(3)]
    assert waits == pytest.approx([0, 0, 1.0])
    ledger.close()


@settings(max_examples=25)
@given(
    steps=st.lists(st.tuples(st.integers(1, 50), st.floats(0, 3)), min_size=1, max_size=30),
    rate=st.floats(1, 500),
    burst=st.integers(0, 50),
)
def test_no_minute_gets_more_than_its_share(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[int, float]],
    rate: float,
    burst: int,
) -> None:
    ledger = open_ledger(tmp_path_factory.mktemp("pace") / "ledger.sqlite")
    now, sent = 1_000.0, []
    for amount, pause in steps:
        now += pause
        wait = ledger.reserve("letters", amount, rate=rate, burst=burst, now=now)
        assert wait >= 0
        sent.append((now + wait, amount))
    ledger.close()
    for start, _ in sent:
        for window in (1.0, 10.0, 60.0):
            counted = [amount for at, amount in sent if start <= at < start + window - 1e-6]
            # The last call of a window begins inside it and belongs to it with all its letters.
            assert sum(counted) <= burst + rate * window + max(counted) + 1e-3


def test_a_cut_that_one_publisher_tells_is_known_to_all(ledger: Ledger) -> None:
    assert ledger.last_cut().number == 0
    ledger.reserve("letters", 1, rate=14, burst=0, now=0.0)
    assert ledger.last_cut().number == 0
    assert ledger.tell_cut(9.8) == 1
    assert ledger.tell_cut(6.9) == 2
    assert ledger.last_cut() == (2, 6.9)
