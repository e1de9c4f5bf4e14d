"""To be forgotten: gone everywhere, sums true, never written to again."""

from datetime import timedelta

from sqlalchemy import text

from pismo.ledger import Event, Ledger, OptOut, Proof, Scope, Settled
from pismo.model.people import Outcome, Submission
from tests.ledger.ledger_rows import ISSUE, NOW, add, agree, hash_of, rows_for, send

PLAN = "plan00000001"
TABLES = ("consents", "opt_outs", "deliveries", "events", "publishers", "audit")


def everything(ledger: Ledger) -> str:
    """Return all that is stored, as text, with bytes as hex."""
    with ledger.read() as connection:
        rows = [
            value.hex() if isinstance(value, bytes) else str(value)
            for table in TABLES
            for row in connection.execute(text(f"SELECT * FROM {table}"))
            for value in row
        ]
    return "\n".join(rows)


def test_an_erased_person_is_gone_and_the_sums_stay(ledger: Ledger) -> None:
    agree(ledger, ["anna", "boris"])
    ids = add(ledger, PLAN, ["anna", "boris"])
    send(ledger, PLAN, ids)
    ledger.opt_out([OptOut("anna", Scope.TOPIC, NOW, "sales")])
    ledger.record_events([Event("1", "answer", NOW, "anna", ISSUE, ids[0], "nps", "9")], NOW)
    before = ledger.counts(PLAN)
    changed = ledger.erase_person("anna", [hash_of("anna")], NOW)
    assert changed == {"consents": 1, "opt_outs": 1, "events": 1, "deliveries": 1}
    assert "anna" not in everything(ledger).replace(hash_of("anna").hex(), "(audit)")
    assert ledger.counts(PLAN) == before
    assert [(each.person, each.value) for each in ledger.events()] == [(None, "9")]


def test_what_an_erased_person_wrote_in_their_own_words_is_gone(ledger: Ledger) -> None:
    ledger.record_events([Event("1", "comment", NOW, "anna", value="Я Анна")], NOW)
    ledger.erase_person("anna", [], NOW)
    assert [each.value for each in ledger.events()] == [""]


def test_an_erased_person_cannot_come_back_by_an_import(ledger: Ledger) -> None:
    ledger.erase_person("anna", [hash_of("anna"), hash_of("old")], NOW)
    agree(ledger, ["anna2"])
    barred = ledger.barred(
        [("anna2", hash_of("old"))], newsletter="friday", topic="friday", occasion=None, at=NOW
    )
    assert barred == {"anna2": "suppressed"}


def test_a_letter_planned_for_an_erased_person_is_withdrawn(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna", "boris"])
    ledger.erase_person("anna", [hash_of("anna")], NOW)
    assert ledger.claim(PLAN, ids, NOW, publisher=1) == (ids[1],)
    assert ledger.withdrawn(PLAN) == {"erased": 1}


def test_an_answer_that_comes_after_the_erasure_is_still_settled(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna"])
    ledger.claim(PLAN, ids, NOW, publisher=1)
    ledger.erase_person("anna", [hash_of("anna")], NOW)
    assert ledger.settle([Settled(ids[0], Submission.ACCEPTED)], NOW, publisher=1) == 1
    assert ledger.record_proofs([Proof(ids[0], Outcome.DELIVERED)], NOW) == 1


def test_people_erased_from_one_issue_do_not_collide(ledger: Ledger) -> None:
    send(ledger, PLAN, add(ledger, PLAN, ["anna", "boris"]))
    for person in ("anna", "boris"):
        ledger.erase_person(person, [hash_of(person)], NOW)
    assert ledger.counts(PLAN)[Submission.ACCEPTED] == 2


def test_an_erasure_leaves_an_audit_line_without_a_name(ledger: Ledger) -> None:
    ledger.erase_person("anna", [hash_of("anna")], NOW)
    (line,) = ledger.audit_lines()
    assert (line.at, line.action, line.subject) == (NOW, "erase", hash_of("anna").hex())


def test_old_deliveries_are_forgotten_but_not_what_is_unsettled(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna", "boris", "vera"])
    send(ledger, PLAN, ids[:1])
    send(ledger, PLAN, ids[1:2], Submission.IN_DOUBT)
    ledger.record_events([Event("1", "click", NOW, "anna")], NOW)
    later = NOW + timedelta(days=400)
    assert ledger.forget_old(later, later) == 1
    assert ledger.in_doubt(PLAN) == (ids[1],)
    assert ledger.counts(PLAN)[Submission.PLANNED] == 1
    assert list(ledger.events()) == []
    assert ledger.audit_lines()[-1].detail == "1 deliveries"


def test_plans_whose_people_should_be_erased_by_now_are_listed(ledger: Ledger) -> None:
    import dataclasses

    from tests.ledger.ledger_rows import plan_row

    kept = dataclasses.replace(plan_row(PLAN), expires_at=NOW + timedelta(days=30))
    ledger.add_plan(kept, rows_for(["anna"]))
    assert ledger.expired_plans(NOW) == ()
    (due,) = ledger.expired_plans(NOW + timedelta(days=31))
    ledger.mark_erased(due.id, NOW + timedelta(days=31))
    assert ledger.expired_plans(NOW + timedelta(days=32)) == ()
    assert ledger.plan(PLAN).erased_at == NOW + timedelta(days=31)
