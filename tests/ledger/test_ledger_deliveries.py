"""Deliveries: claimed once, settled once, never lost, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pismo.errors import StateError
from pismo.keys import Reader
from pismo.ledger import Ledger, Proof, Settled, delivery_id
from pismo.ledger.states import SUBMISSIONS
from pismo.model.people import Outcome, Submission
from tests.ledger.ledger_rows import (
    DIGEST,
    HOUR,
    ISSUE,
    NOW,
    add,
    hash_of,
    plan_row,
    rows_for,
    send,
)

PLAN = "plan00000001"
OTHER = "plan00000002"
SES_ID = "0100018f0e7b2c3d-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000"


def state(ledger: Ledger, delivery: str) -> Submission:
    """Return a delivery's submission."""
    found = ledger.delivery(delivery)
    assert found is not None
    return found.submission


def test_a_plan_begins_with_everybody_planned(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna", "boris"])
    assert ledger.counts(PLAN) == dict.fromkeys(SUBMISSIONS, 0) | {Submission.PLANNED: 2}
    found = ledger.delivery(ids[1])
    assert found is not None
    assert (found.id, found.person, found.issue, found.plan) == (ids[1], "boris", ISSUE, PLAN)
    assert (found.segment, found.variant, found.digest) == ("everyone", "a", DIGEST[:16])


def test_a_claim_is_given_once(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna", "boris", "vera"])
    assert ledger.claim(PLAN, ids[1:], NOW, publisher=1) == (ids[1], ids[2])
    assert ledger.claim(PLAN, ids, NOW, publisher=2) == (ids[0],)


def test_threads_that_claim_the_same_rows_share_them_out(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, [f"p{number}" for number in range(400)])
    batches = [ids[start : start + 40] for start in range(0, 400, 20)]
    with ThreadPoolExecutor(4) as pool:
        claimed = [
            *pool.map(
                lambda job: ledger.claim(PLAN, job[1], NOW, publisher=job[0]), enumerate(batches)
            )
        ]
    assert sorted(name for batch in claimed for name in batch) == sorted(ids)


def test_what_is_settled_stays_settled(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna"])
    ledger.claim(PLAN, ids, NOW, publisher=1)
    assert ledger.settle([Settled(ids[0], Submission.ACCEPTED, SES_ID)], NOW, publisher=1) == 1
    assert ledger.settle([Settled(ids[0], Submission.THROTTLED)], NOW, publisher=1) == 0
    found = ledger.delivery(ids[0])
    assert found is not None
    assert (found.submission, found.outcome) == (Submission.ACCEPTED, Outcome.SENT)
    assert (found.message_id, found.attempt) == (SES_ID, 1)


def test_a_claim_comes_from_claim_and_from_nothing_else(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna"])
    assert ledger.settle([Settled(ids[0], Submission.CLAIMED)], NOW, publisher=1) == 0
    assert state(ledger, ids[0]) is Submission.PLANNED


def test_a_throttled_delivery_can_be_claimed_again(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna"])
    send(ledger, PLAN, ids, Submission.THROTTLED)
    assert ledger.claimable(PLAN, ids) == set(ids)
    assert ledger.claim(PLAN, ids, NOW, publisher=1) == tuple(ids)
    found = ledger.delivery(ids[0])
    assert found is not None
    assert found.attempt == 2


def test_a_withdrawn_delivery_says_why_and_is_never_claimed(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna", "boris"])
    assert ledger.withdraw({ids[0]: "unsubscribed"}, NOW) == 1
    assert ledger.claim(PLAN, ids, NOW, publisher=1) == (ids[1],)
    assert ledger.withdrawn(PLAN) == {"unsubscribed": 1}


def test_what_is_in_doubt_is_not_claimed_until_a_person_asks(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna", "boris"])
    send(ledger, PLAN, ids, Submission.IN_DOUBT)
    assert ledger.claim(PLAN, ids, NOW, publisher=1) == ()
    assert ledger.in_doubt(PLAN) == tuple(ids)
    assert ledger.retry_in_doubt(PLAN, [ids[1]], NOW) == 1
    assert ledger.claim(PLAN, ids, NOW, publisher=1) == (ids[1],)


def test_another_publisher_cannot_give_a_claim_back(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna"])
    ledger.claim(PLAN, ids, NOW, publisher=1)
    assert ledger.settle([Settled(ids[0], Submission.THROTTLED)], NOW, publisher=2) == 0
    assert ledger.settle([Settled(ids[0], Submission.ACCEPTED)], NOW, publisher=2) == 1


def test_an_event_proves_that_a_letter_in_doubt_went_out(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna"])
    send(ledger, PLAN, ids, Submission.IN_DOUBT)
    assert ledger.record_proofs([Proof(ids[0], Outcome.SENT, SES_ID)], NOW) == 1
    assert state(ledger, ids[0]) is Submission.ACCEPTED


def test_an_event_faster_than_the_answer_keeps_the_message_id(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna"])
    ledger.claim(PLAN, ids, NOW, publisher=1)
    ledger.record_proofs([Proof(ids[0], Outcome.DELIVERED)], NOW)
    assert ledger.settle([Settled(ids[0], Submission.ACCEPTED, SES_ID)], NOW, publisher=1) == 1
    found = ledger.delivery(ids[0])
    assert found is not None
    assert (found.outcome, found.message_id) == (Outcome.DELIVERED, SES_ID)


def test_a_ledger_restored_from_a_backup_learns_from_events_who_was_written_to(
    ledger: Ledger,
) -> None:
    ids = add(ledger, PLAN, ["anna", "boris"])
    ledger.record_proofs([Proof(ids[0], Outcome.SENT)], NOW)
    assert ledger.claim(PLAN, ids, NOW, publisher=1) == (ids[1],)


def test_a_letter_rejected_after_it_was_accepted_is_refused(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna", "boris"])
    send(ledger, PLAN, ids)
    proofs = [Proof(ids[0], None, detail="rejected"), Proof(ids[0], Outcome.SENT)]
    ledger.record_proofs(proofs, NOW)
    ledger.record_proofs([Proof(ids[0], Outcome.SENT)], NOW)
    found = ledger.delivery(ids[0])
    assert found is not None
    assert (found.submission, found.detail) == (Submission.REFUSED, "rejected")


def test_ids_of_another_ledger_are_passed_over(ledger: Ledger) -> None:
    add(ledger, PLAN, ["anna"])
    strange = [delivery_id("elsewhere001", 0), delivery_id(PLAN, 7), "no id", ""]
    assert ledger.record_proofs([Proof(each, Outcome.SENT) for each in strange], NOW) == 0
    assert ledger.delivery(strange[0]) is None


def test_one_person_cannot_be_in_a_plan_twice(ledger: Ledger) -> None:
    with pytest.raises(StateError, match="twice"):
        add(ledger, PLAN, ["anna", "anna"])
    assert ledger.plans() == ()


def test_one_address_cannot_be_in_a_plan_twice(ledger: Ledger) -> None:
    one, two = rows_for(["anna", "boris"])
    with pytest.raises(StateError, match="twice"):
        ledger.add_plan(plan_row(PLAN), [one, two._replace(address_hash=one.address_hash)])


def test_a_new_plan_of_an_issue_takes_over_what_the_old_one_sent(ledger: Ledger) -> None:
    old = add(ledger, PLAN, ["anna", "boris", "vera", "gleb"])
    send(ledger, PLAN, old[:1])
    send(ledger, PLAN, old[1:2], Submission.IN_DOUBT)
    added = ledger.add_plan(plan_row(OTHER), rows_for(["dasha", "vera", "boris", "anna"]))
    assert added == (2, 2)
    counts = ledger.counts(OTHER)
    assert (counts[Submission.ACCEPTED], counts[Submission.IN_DOUBT]) == (1, 1)
    assert counts[Submission.PLANNED] == 2
    assert ledger.in_doubt(OTHER) == (old[1],)
    assert sum(ledger.counts(PLAN).values()) == 0
    assert ledger.plan(PLAN).superseded_by == OTHER


def test_a_letter_in_doubt_of_the_old_plan_can_be_tried_again_by_the_new_one(
    ledger: Ledger,
) -> None:
    (old,) = add(ledger, PLAN, ["anna"])
    send(ledger, PLAN, [old], Submission.IN_DOUBT)
    (_, new) = add(ledger, OTHER, ["boris", "anna"])
    assert ledger.claimable(OTHER, [new]) == set()
    assert ledger.retry_in_doubt(OTHER, None, NOW) == 1
    assert ledger.claimable(OTHER, [new]) == {new}
    assert ledger.claim(OTHER, [new], NOW, publisher=1) == (new,)
    assert ledger.settle([Settled(new, Submission.ACCEPTED, SES_ID)], NOW, publisher=1) == 1
    # Events may come under either tag; both are about one letter.
    ledger.record_proofs([Proof(old, Outcome.BOUNCED), Proof(new, Outcome.DELIVERED)], NOW)
    found = ledger.delivery(new)
    assert found is not None
    assert (found.person, found.attempt, found.outcome) == ("anna", 2, Outcome.BOUNCED)
    assert ledger.delivery(old) == found


def test_rows_of_a_superseded_plan_cannot_be_claimed(ledger: Ledger) -> None:
    old = add(ledger, PLAN, ["anna"])
    new = add(ledger, OTHER, ["anna"])
    assert ledger.claim(PLAN, old, NOW, publisher=1) == ()
    assert ledger.claim(OTHER, old, NOW, publisher=1) == ()
    assert ledger.claim(OTHER, new, NOW, publisher=1) == tuple(new)


def test_an_address_written_to_under_another_id_is_named(ledger: Ledger) -> None:
    send(ledger, PLAN, add(ledger, PLAN, ["anna"]))
    people = [("anna2", hash_of("anna")), ("boris", hash_of("boris")), ("anna", hash_of("anna"))]
    assert ledger.already_written(ISSUE, people) == {"anna2": "anna"}
    assert ledger.already_written("friday/2026-12-04", people) == {}


def test_an_address_written_to_before_a_rotation_of_keys_is_known_after_it(ledger: Ledger) -> None:
    send(ledger, PLAN, add(ledger, PLAN, ["anna"]))
    after = Reader("anna2", hash_of("anna by the new key"), older=(hash_of("anna"),))
    assert ledger.already_written(ISSUE, [after]) == {"anna2": "anna"}


def test_a_triggered_letter_is_sent_once_for_its_occasion(ledger: Ledger) -> None:
    birthday = rows_for(["anna"])[0]._replace(occasion="birthday/2026")
    first, second = (
        plan_row(PLAN, issue="birthday/letter"),
        plan_row(OTHER, issue="birthday/letter"),
    )
    ledger.add_plan(first, [birthday])
    send(ledger, PLAN, [delivery_id(PLAN, 0)])
    later = rows_for(["boris"])[0]._replace(occasion="birthday/2026")
    assert ledger.add_plan(second, [later, birthday]) == (1, 1)
    assert ledger.claim(
        OTHER, [delivery_id(OTHER, place) for place in (0, 1)], NOW, publisher=1
    ) == (delivery_id(OTHER, 0),)


def test_the_next_hour_at_which_something_is_due_is_known(ledger: Ledger) -> None:
    one, two, three = rows_for(["anna", "boris", "vera"])
    rows = [one._replace(send_at=NOW), two._replace(send_at=NOW + 2 * HOUR), three]
    ledger.add_plan(plan_row(PLAN), rows)
    assert ledger.next_due(PLAN, NOW) == NOW + 2 * HOUR
    assert ledger.next_due(PLAN, NOW + 3 * HOUR) is None


def test_everything_planned_for_one_person_can_be_listed(ledger: Ledger) -> None:
    add(ledger, PLAN, ["anna", "boris"])
    add(ledger, OTHER, ["boris"], issue="friday/2026-12-04")
    assert [each.issue for each in ledger.deliveries_of("boris")] == ["friday/2026-12-04", ISSUE]


def test_products_shown_are_remembered_once_the_letter_may_have_gone(ledger: Ledger) -> None:
    rows = [row._replace(shown=("g1", "g2")) for row in rows_for(["anna", "boris"])]
    ledger.add_plan(plan_row(PLAN), rows)
    send(ledger, PLAN, [delivery_id(PLAN, 0)])
    assert list(ledger.shown([ISSUE, "unknown"])) == [("anna", "g1"), ("anna", "g2")]


def test_counting_by_outcome_and_listing_by_state(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna", "boris", "vera"])
    send(ledger, PLAN, ids[:2])
    ledger.record_proofs([Proof(ids[0], Outcome.COMPLAINED), Proof(ids[0], Outcome.DELIVERED)], NOW)
    outcomes = ledger.outcomes(PLAN)
    assert (outcomes[Outcome.COMPLAINED], outcomes[Outcome.SENT]) == (1, 1)
    assert [each.person for each in ledger.who(PLAN, Submission.PLANNED)] == ["vera"]


def test_an_unknown_plan_is_named(ledger: Ledger) -> None:
    with pytest.raises(StateError, match="knows no plan nowhere00000"):
        ledger.claim("nowhere00000", [], NOW, publisher=1)
    with pytest.raises(StateError, match="pismo plan"):
        ledger.plan("nowhere00000")
