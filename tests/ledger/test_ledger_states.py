"""Laws of the two axes: submission only moves the allowed way, outcome only moves up."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pismo.ledger import Proof, Publisher, Settled, open_ledger
from pismo.ledger.ids import (
    delivery_id,
    is_plan_id,
    new_plan_id,
    pack,
    read_delivery_id,
    unpack,
)
from pismo.ledger.states import (
    BY_PROOF,
    BY_PUBLISHER,
    CLAIMABLE,
    CODE,
    OUTCOME_CODE,
    OUTCOMES,
    SUBMISSIONS,
)
from pismo.model.people import Delivery, Outcome, Submission
from tests.ledger.ledger_rows import ISSUE, NOW, add

PLAN = "plan00000001"
PLACES = st.lists(st.integers(0, 5), max_size=6, unique=True)


def allowed(old: Submission, new: Submission) -> bool:
    """Tell whether any table allows a move; a person may ask to retry what is in doubt."""
    return old is new or new in BY_PUBLISHER[old] or new in BY_PROOF[old]


class DeliveriesAsTheyLive(RuleBasedStateMachine):
    """Publishers, events and people do what they like to six deliveries, in any order."""

    @initialize()
    def plan(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = open_ledger(Path(self.folder.name) / "ledger.sqlite")
        self.ids = add(self.ledger, PLAN, [f"p{place}" for place in range(6)])
        self.before = dict(self.states())

    def states(self) -> Iterator[tuple[str, Delivery]]:
        for name in self.ids:
            found = self.ledger.delivery(name)
            assert found is not None
            yield name, found

    def names(self, places: list[int]) -> list[str]:
        return [self.ids[place] for place in places]

    @rule(places=PLACES, publisher=st.integers(1, 2))
    def claim(self, places: list[int], publisher: int) -> None:
        claimed = self.ledger.claim(PLAN, self.names(places), NOW, publisher=publisher)
        free = {name for name in self.names(places) if self.before[name].submission in CLAIMABLE}
        assert set(claimed) == free

    @rule(places=PLACES, new=st.sampled_from(SUBMISSIONS), publisher=st.integers(1, 2))
    def settle(self, places: list[int], new: Submission, publisher: int) -> None:
        self.ledger.settle(
            [Settled(name, new) for name in self.names(places)], NOW, publisher=publisher
        )

    @rule(places=PLACES, outcome=st.sampled_from((*OUTCOMES, None)))
    def prove(self, places: list[int], outcome: Outcome | None) -> None:
        self.ledger.record_proofs([Proof(name, outcome) for name in self.names(places)], NOW)

    @rule(places=PLACES)
    def ask_for_a_retry(self, places: list[int]) -> None:
        self.ledger.retry_in_doubt(PLAN, self.names(places), NOW)

    @rule()
    def adopt_orphans(self) -> None:
        self.ledger.adopt_orphans(PLAN, NOW, publisher=Publisher(2, ISSUE, "test"))

    @invariant()
    def states_only_move_the_allowed_way(self) -> None:
        after = dict(self.states())
        for name, now in after.items():
            old = self.before[name]
            assert allowed(old.submission, now.submission), (old.submission, now.submission)
            if old.outcome is not None:
                assert now.outcome is not None
                assert OUTCOME_CODE[now.outcome] >= OUTCOME_CODE[old.outcome]
        assert sum(self.ledger.counts(PLAN).values()) == len(self.ids)
        self.before = after

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()


TestDeliveriesAsTheyLive = DeliveriesAsTheyLive.TestCase
TestDeliveriesAsTheyLive.settings = settings(
    max_examples=25,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_the_numbers_that_are_stored_never_change() -> None:
    assert {state.value: code for state, code in CODE.items()} == {
        "planned": 0,
        "claimed": 1,
        "accepted": 2,
        "refused": 3,
        "throttled": 4,
        "in_doubt": 5,
        "withdrawn": 6,
    }
    assert [outcome.value for outcome in OUTCOMES] == [
        "sent",
        "delayed",
        "delivered",
        "bounced",
        "complained",
    ]


def test_nothing_that_may_have_been_sent_returns_to_be_sent_by_a_publisher() -> None:
    reached = {Submission.ACCEPTED}
    for _ in SUBMISSIONS:
        reached |= {new for old in reached for new in BY_PUBLISHER[old] | BY_PROOF[old]}
    assert not reached & CLAIMABLE
    assert Submission.CLAIMED not in BY_PUBLISHER[Submission.IN_DOUBT]


def test_delivery_ids_are_safe_in_tags_and_read_back() -> None:
    plan = new_plan_id()
    assert is_plan_id(plan)
    for place in (0, 35, 36, 1_000_000, 36**6):
        name = delivery_id(plan, place)
        assert read_delivery_id(name) == (plan, place)
        assert len(name) <= 32
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    "message_id",
    [
        "0100018f0e7b2c3d-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000",
        "0100018F0E7B2C3D-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000",
        "not-one-of-ours",
        "20261127.1.outbox@example.org",
    ],
)
def test_message_ids_come_back_as_they_were(message_id: str) -> None:
    assert unpack(pack(message_id)) == message_id


def test_a_message_id_of_ses_is_stored_in_half_the_room() -> None:
    assert len(pack("0100018f0e7b2c3d-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000")) == 28
