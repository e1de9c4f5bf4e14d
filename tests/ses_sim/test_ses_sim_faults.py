"""Each fault, as boto3 sees it, with what the server received and what it accepted."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pismo import ses_sim
from pismo.ses_sim.faults import Fault, FaultKind, FaultPlan, FaultPlanError, read_plan
from tests.ses_sim.calls import bulk, simple, store_template

Connect = Callable[..., Any]


@pytest.fixture
def struck(sim: ses_sim.RunningSim, connect: Connect) -> Callable[[Fault], Any]:
    """Return a client whose first sending meets the fault."""

    def make(fault: Fault) -> Any:
        client = connect(sim, read_timeout=0.3, connect_timeout=0.3)
        store_template(client)
        sim.set_faults(fault)
        return client

    return make


def _error_of(call: Callable[[], Any]) -> str:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - its name is what is asserted
        call()
    return type(caught.value).__name__


@pytest.mark.parametrize(
    ("fault", "error", "accepted"),
    [
        (Fault(kind=FaultKind.THROTTLE, at=(1,)), "TooManyRequestsException", 0),
        (Fault(kind=FaultKind.ERROR, at=(1,), status=500), "InternalServiceErrorException", 0),
        (Fault(kind=FaultKind.ERROR, at=(1,), status=503), "InternalServiceErrorException", 0),
        (
            Fault(kind=FaultKind.ERROR, at=(1,), status=503, accepted=True),
            "InternalServiceErrorException",
            2,
        ),
        (Fault(kind=FaultKind.HANG, at=(1,)), "ReadTimeoutError", 0),
        (Fault(kind=FaultKind.HANG, at=(1,), accepted=True), "ReadTimeoutError", 2),
        (Fault(kind=FaultKind.RESET, at=(1,)), "ConnectionClosedError", 0),
        (Fault(kind=FaultKind.DROP, at=(1,)), "ConnectionClosedError", 2),
        (Fault(kind=FaultKind.STALL, at=(1,)), "ReadTimeoutError", 2),
    ],
    ids=lambda one: f"{one.kind}-{one.status}-{one.accepted}" if isinstance(one, Fault) else "",
)
def test_fault_is_one_post_one_error_and_a_known_number_of_letters(
    struck: Callable[[Fault], Any],
    sim: ses_sim.RunningSim,
    fault: Fault,
    error: str,
    accepted: int,
) -> None:
    ses = struck(fault)
    assert _error_of(lambda: ses.send_bulk_email(**bulk("a@example.net", "b@example.net"))) == error
    assert sim.state.requests["SendBulkEmail"] == 1
    assert sim.state.accepted == accepted
    ses.send_bulk_email(**bulk("c@example.net"))
    assert sim.state.accepted == accepted + 1


@pytest.mark.parametrize("kind", [FaultKind.GARBAGE, FaultKind.TRUNCATE])
def test_spoilt_answer_after_acceptance_looks_like_success_without_results(
    struck: Callable[[Fault], Any], sim: ses_sim.RunningSim, kind: FaultKind
) -> None:
    answer = struck(Fault(kind=kind, at=(1,))).send_bulk_email(**bulk())
    assert "BulkEmailEntryResults" not in answer
    assert sim.state.accepted == 1


def test_partial_answer_tells_fewer_results_than_were_accepted(
    struck: Callable[[Fault], Any], sim: ses_sim.RunningSim
) -> None:
    ses = struck(Fault(kind=FaultKind.PARTIAL, at=(1,), count=1))
    answer = ses.send_bulk_email(**bulk("a@example.net", "b@example.net", "c@example.net"))
    assert len(answer["BulkEmailEntryResults"]) == 1
    assert sim.state.accepted == 3


def test_single_entries_can_be_failed_with_a_status_of_their_own(
    struck: Callable[[Fault], Any], sim: ses_sim.RunningSim
) -> None:
    statuses = ((0, "TRANSIENT_FAILURE"), (2, "FAILED"))
    ses = struck(Fault(kind=FaultKind.ENTRIES, at=(1,), entries=statuses))
    answer = ses.send_bulk_email(**bulk("a@example.net", "b@example.net", "c@example.net"))
    found = [one["Status"] for one in answer["BulkEmailEntryResults"]]
    assert found == ["TRANSIENT_FAILURE", "SUCCESS", "FAILED"]
    assert [one.to for one in sim.state.letters] == [("b@example.net",)]


def test_refusal_meets_the_next_connection_and_ends_by_itself(
    sim: ses_sim.RunningSim, connect: Connect
) -> None:
    ses = connect(sim)
    ses.send_email(**simple())
    sim.set_faults(Fault(kind=FaultKind.REFUSE, at=(2,), ms=60_000))
    assert _error_of(lambda: ses.send_email(**simple())) == "EndpointConnectionError"
    sim.accept_connections()
    ses.send_email(**simple())
    assert sim.state.requests["SendEmail"] == sim.state.accepted == 2


def test_door_can_be_shut_and_opened_by_hand(sim: ses_sim.RunningSim, connect: Connect) -> None:
    ses = connect(sim)
    ses.send_email(**simple())
    sim.refuse_connections()
    assert _error_of(lambda: ses.send_email(**simple())) == "EndpointConnectionError"
    sim.accept_connections()
    ses.send_email(**simple())


def test_default_boto3_repeats_a_dropped_bulk_and_the_server_accepts_each(
    sim: ses_sim.RunningSim, connect: Connect
) -> None:
    ses = connect(sim, retries={"mode": "standard", "total_max_attempts": 2})
    store_template(ses)
    sim.set_faults(Fault(kind=FaultKind.DROP, at=(1,)))
    ses.send_bulk_email(**bulk("a@example.net"))
    assert sim.state.accepted_by_tag["delivery"] == {"a": 2}


def test_latency_delays_the_answer_and_nothing_else(
    struck: Callable[[Fault], Any], sim: ses_sim.RunningSim
) -> None:
    ses = struck(Fault(kind=FaultKind.LATENCY, at=(1,), ms=5_000))
    assert _error_of(lambda: ses.send_bulk_email(**bulk())) == "ReadTimeoutError"
    assert sim.plan.struck == {0: 1}


def test_faults_strike_only_the_operations_they_name(
    sim: ses_sim.RunningSim, connect: Connect
) -> None:
    ses = connect(sim)
    sim.set_faults(Fault(kind=FaultKind.THROTTLE, every=1, operations=("GetAccount",)))
    ses.send_email(**simple())
    assert _error_of(ses.get_account) == "TooManyRequestsException"


def _picked(plan: FaultPlan, count: int) -> list[int]:
    return [n for n in range(1, count + 1) if plan.next("SendEmail") is not None]


def test_plan_picks_by_number_by_step_and_at_most_so_often() -> None:
    rules = (
        Fault(kind=FaultKind.HANG, at=(2, 3)),
        Fault(kind=FaultKind.DROP, every=5, times=2),
    )
    assert _picked(FaultPlan(rules), 30) == [2, 3, 5, 10]


def test_probability_is_drawn_by_seed_and_number_alone() -> None:
    rule = Fault(kind=FaultKind.DROP, probability=0.3)
    first, again = _picked(FaultPlan((rule,), 7), 1000), _picked(FaultPlan((rule,), 7), 1000)
    assert first == again
    assert 250 < len(first) < 350
    assert _picked(FaultPlan((rule,), 8), 1000) != first


def test_plan_is_read_from_json(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    rules = [
        {"kind": "drop", "at": [3], "operations": "SendEmail"},
        {"kind": "entries", "every": 2, "entries": {"0": "FAILED"}},
    ]
    file.write_text(json.dumps(rules))
    drop, entries = read_plan(file)
    assert (drop.kind, drop.at, drop.operations) == (FaultKind.DROP, (3,), ("SendEmail",))
    assert entries.entries == ((0, "FAILED"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "is a list"),
        ("[1]", "rule 1 is not an object"),
        ('[{"at": [1]}]', "rule 1: kind is missing"),
        ('[{"kind": "explode"}]', "explode"),
        ('[{"kind": "drop", "when": 3}]', "unknown 'when'"),
        ('[{"kind": "drop", "at": ["x"]}]', "rule 1: invalid literal"),
        ("[", r"faults\.json"),
    ],
)
def test_bad_plan_says_which_rule_and_why(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "faults.json"
    file.write_text(text)
    with pytest.raises(FaultPlanError, match=words):
        read_plan(file)
