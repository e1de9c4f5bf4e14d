"""Events are kept once, find their person by the delivery's tag, and can be counted by day."""

from datetime import timedelta

from pismo.ledger import Event, Ledger
from tests.ledger.ledger_rows import ISSUE, NOW, add

PLAN = "plan00000001"


def test_recording_an_event_twice_is_recording_it_once(ledger: Ledger) -> None:
    event = Event("sns:1", "click", NOW, person="anna", issue=ISSUE, item="web", value="top")
    assert ledger.record_events([event, event], NOW) == 1
    assert ledger.record_events([event], NOW) == 0
    (kept,) = ledger.events()
    assert (kept.kind, kept.at, kept.person, kept.issue) == ("click", NOW, "anna", ISSUE)
    assert (kept.item, kept.value) == ("web", "top")


def test_an_event_finds_its_person_and_issue_by_the_delivery(ledger: Ledger) -> None:
    ids = add(ledger, PLAN, ["anna", "boris"])
    ledger.record_events([Event("1", "bounce", NOW, delivery=ids[1])], NOW)
    (kept,) = ledger.events(kind="bounce")
    assert (kept.person, kept.issue) == ("boris", ISSUE)


def test_an_event_of_a_delivery_unknown_here_is_kept_without_a_person(ledger: Ledger) -> None:
    strange = ["elsewhere001-0", "no id"]
    ledger.record_events([Event(each, "bounce", NOW, delivery=each) for each in strange], NOW)
    assert [each.person for each in ledger.events()] == [None, None]


def test_events_are_listed_by_kind_and_person_in_order_of_time(ledger: Ledger) -> None:
    days = [timedelta(days=number) for number in range(3)]
    events = [Event(f"a{day}", "click", NOW + day, person="anna") for day in reversed(days)]
    events += [Event("b", "click", NOW, person="boris"), Event("c", "answer", NOW, person="anna")]
    ledger.record_events(events, NOW)
    assert [each.at for each in ledger.events(kind="click", person="anna")] == [
        NOW + day for day in days
    ]
    assert len(list(ledger.events())) == 5


def test_soft_bounces_are_counted_by_day(ledger: Ledger) -> None:
    day = timedelta(days=1)
    ledger.record_events(
        [
            *(Event(f"a{n}", "soft-bounce", NOW + n * day, person="anna") for n in range(3)),
            *(
                Event(f"b{n}", "soft-bounce", NOW + timedelta(minutes=n), person="boris")
                for n in range(3)
            ),
            *(Event(f"c{n}", "soft-bounce", NOW - n * 40 * day, person="vera") for n in range(3)),
        ],
        NOW,
    )
    assert ledger.people_with("soft-bounce", at_least=3, since=NOW - day) == ("anna",)
