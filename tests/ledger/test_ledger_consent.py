"""Who may be written to: consent, wishes, suppressions, holdout, cap; asked in one go."""

import dataclasses
from datetime import timedelta

import pytest

from pismo.consent import in_holdout, may_send
from pismo.keys import Reader
from pismo.ledger import Consent, Ledger, OptOut, Scope, Suppression
from pismo.model.content import Newsletter, Sender
from pismo.model.finding import Source
from pismo.model.people import Submission
from tests.ledger.ledger_rows import HOUR, NOW, add, agree, hash_of, send

FRIDAY = Newsletter(
    name="friday",
    title="Friday letter",
    language="en",
    layout="letter",
    segments=(),
    sender=Sender("Kate", "kate@example.com"),
    source=Source("newsletters/friday/newsletter.toml"),
    topic="stories",
)
DAY = timedelta(days=1)


def why(
    ledger: Ledger,
    *people: str,
    newsletter: Newsletter = FRIDAY,
    occasion: str | None = None,
    later: timedelta = timedelta(0),
) -> dict[str, str]:
    """Ask about people."""
    return may_send(
        [(person, hash_of(person)) for person in people],
        newsletter=newsletter,
        occasion=occasion,
        moment=NOW + later,
        ledger=ledger,
    )


def refuse(ledger: Ledger, person: str, scope: Scope, name: str = "") -> None:
    """Record that a person does not want something."""
    ledger.opt_out([OptOut(person, scope, NOW, name)])


def test_without_consent_on_record_nobody_is_written_to(ledger: Ledger) -> None:
    agree(ledger, ["anna"])
    assert why(ledger, "anna", "boris") == {"boris": "no-consent"}


def test_consent_to_one_topic_is_not_consent_to_another(ledger: Ledger) -> None:
    agree(ledger, ["anna"], topic="stories")
    agree(ledger, ["boris"], topic="sales")
    assert why(ledger, "anna", "boris") == {"boris": "no-consent"}


@pytest.mark.parametrize(
    ("scope", "name", "reason"),
    [
        (Scope.ALL, "", "unsubscribed"),
        (Scope.NEWSLETTER, "friday", "unsubscribed"),
        (Scope.TOPIC, "stories", "opted-out-topic"),
        (Scope.NEWSLETTER, "tips", None),
        (Scope.TOPIC, "sales", None),
        (Scope.OCCASION, "mothers-day", None),
    ],
)
def test_a_wish_bars_what_it_is_about_and_nothing_else(
    ledger: Ledger, scope: Scope, name: str, reason: str | None
) -> None:
    agree(ledger, ["anna", "boris"])
    refuse(ledger, "anna", scope, name)
    assert why(ledger, "anna", "boris") == ({} if reason is None else {"anna": reason})


def test_an_occasion_somebody_does_not_want_is_kept_from_them(ledger: Ledger) -> None:
    agree(ledger, ["anna"])
    refuse(ledger, "anna", Scope.OCCASION, "mothers-day")
    assert why(ledger, "anna", occasion="mothers-day") == {"anna": "opted-out-occasion"}
    assert why(ledger, "anna", occasion="birthday") == {}


def test_a_pause_ends_by_itself(ledger: Ledger) -> None:
    agree(ledger, ["anna"])
    ledger.opt_out([OptOut("anna", Scope.PAUSE, NOW, until=NOW + 30 * DAY)])
    assert why(ledger, "anna", later=29 * DAY) == {"anna": "paused"}
    assert why(ledger, "anna", later=30 * DAY) == {}


def test_a_new_pause_replaces_the_old_one(ledger: Ledger) -> None:
    agree(ledger, ["anna"])
    for days in (30, 5):
        ledger.opt_out([OptOut("anna", Scope.PAUSE, NOW, until=NOW + days * DAY)])
    assert why(ledger, "anna", later=6 * DAY) == {}


def test_a_suppressed_address_is_not_written_to_whoever_has_it(ledger: Ledger) -> None:
    agree(ledger, ["anna"])
    ledger.suppress([Suppression(hash_of("anna"), "bounce", NOW)])
    assert why(ledger, "anna") == {"anna": "suppressed"}
    assert ledger.unsuppress([hash_of("anna")]) == 1
    assert why(ledger, "anna") == {}


def test_a_suppression_from_before_a_rotation_of_keys_still_holds(ledger: Ledger) -> None:
    agree(ledger, ["anna"])
    ledger.suppress([Suppression(hash_of("old"), "complaint", NOW)])
    asked = [Reader("anna", hash_of("new"), (hash_of("old"),))]
    answer = may_send(asked, newsletter=FRIDAY, moment=NOW, ledger=ledger)
    assert answer == {"anna": "suppressed"}


def test_a_later_import_of_consents_does_not_lift_an_opt_out(ledger: Ledger) -> None:
    agree(ledger, ["anna"])
    refuse(ledger, "anna", Scope.ALL)
    ledger.record_consents([Consent("anna", NOW + DAY, "crm", "2026-11")])
    assert why(ledger, "anna", later=2 * DAY) == {"anna": "unsubscribed"}


def test_of_two_consents_in_one_import_the_later_stays_whatever_their_order(
    ledger: Ledger,
) -> None:
    late, early = (NOW, "crm", "b"), (NOW - DAY, "site", "c")
    rows = [Consent("anna", *late), Consent("anna", *early), Consent("olga", *early)]
    assert ledger.record_consents([*rows, Consent("olga", *late)]) == 4
    assert ledger.record_consents(iter(rows)) == 3
    for person in ("anna", "olga"):
        assert ledger.consents_of(person) == (Consent(person, *late),)


def test_an_opt_out_is_lifted_by_the_readers_own_hand(ledger: Ledger) -> None:
    agree(ledger, ["anna"])
    refuse(ledger, "anna", Scope.TOPIC, "stories")
    refuse(ledger, "anna", Scope.OCCASION, "birthday")
    ledger.opt_in("anna", [(Scope.TOPIC, "stories")])
    assert why(ledger, "anna") == {}
    assert [each.name for each in ledger.opt_outs_of("anna")] == ["birthday"]


def test_of_several_reasons_the_readers_own_no_is_given(ledger: Ledger) -> None:
    ledger.suppress([Suppression(hash_of("anna"), "bounce", NOW)])
    refuse(ledger, "anna", Scope.TOPIC, "stories")
    assert why(ledger, "anna") == {"anna": "suppressed"}
    refuse(ledger, "anna", Scope.ALL)
    assert why(ledger, "anna") == {"anna": "unsubscribed"}


def test_the_latest_consent_and_its_wording_are_kept(ledger: Ledger) -> None:
    agree(ledger, ["anna"])
    ledger.record_consents([Consent("anna", NOW, "shop", "2026-11")])
    ledger.record_consents([Consent("anna", NOW - DAY, "paper", "2025-01")])
    assert ledger.consents_of("anna") == (Consent("anna", NOW, "shop", "2026-11"),)


def test_a_holdout_is_stable_and_of_the_size_asked_for(ledger: Ledger) -> None:
    people = [f"p{number}" for number in range(2_000)]
    agree(ledger, people)
    tenth = dataclasses.replace(FRIDAY, holdout_percent=10.0)
    first = why(ledger, *people, newsletter=tenth)
    assert set(first.values()) == {"holdout"}
    assert 150 < len(first) < 250
    assert why(ledger, *people, newsletter=tenth) == first
    twentieth = {person for person in people if in_holdout(person, "friday", 5.0)}
    assert twentieth < set(first)


def test_a_cap_counts_letters_of_all_newsletters_in_the_last_week(ledger: Ledger) -> None:
    people = ["anna", "boris", "vera", "gleb"]
    agree(ledger, people)
    tips = add(ledger, "plan00000001", people, issue="tips/2026-11-25")
    send(ledger, "plan00000001", tips[:3], at=NOW)
    other = add(ledger, "plan00000002", people, issue="almanac/2026-11-26")
    send(ledger, "plan00000002", other[:1], Submission.IN_DOUBT)
    send(ledger, "plan00000002", other[1:2], Submission.REFUSED)
    capped = dataclasses.replace(FRIDAY, cap_per_week=2)
    assert why(ledger, *people, newsletter=capped, later=HOUR) == {"anna": "capped"}
    assert why(ledger, *people, newsletter=capped, later=8 * DAY) == {}


def test_asking_about_nobody_is_answered(ledger: Ledger) -> None:
    assert why(ledger) == {}
