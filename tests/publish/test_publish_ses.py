"""Publishing to the simulated SES through the real boto3: letters, refusals, quotas, doubts."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pismo import ses_sim
from pismo.errors import SendError
from pismo.feedback import pull
from pismo.model.content import Sender
from pismo.model.people import Submission
from pismo.publish import Job, Outcome, SystemClock, publish
from pismo.ses_sim import Fault, FaultKind, Throttle
from pismo.transports.ses import SesTransport
from pismo.transports.ses_account import SesAccount, problem_with_account
from pismo.transports.ses_client import Method, SesSettings, control_client
from pismo.transports.ses_prepare import mailbox
from pismo.transports.ses_templates import TemplateStore, TemplateText
from tests.publish.plans import ISSUE, Desk, HandTime, desk, ses_job

QUICK: Mapping[str, object] = {"max_send_rate": 1e5, "control_calls_per_second": None}


class FastClock(SystemClock):
    """Waits for nothing: what the pace wants is tested on a clock of its own."""

    def wait(self, seconds: float) -> None:
        super().wait(min(seconds, 0.01))


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def events(tmp_path: Path) -> Path:
    return tmp_path / "events"


@pytest.fixture
def sim(events: Path) -> Iterator[ses_sim.RunningSim]:
    with ses_sim.start(ses_sim.Settings(events_dir=events, **QUICK)) as running:  # type: ignore[arg-type]  # fields by name
        yield running


def settings(sim: ses_sim.RunningSim, **changes: object) -> SesSettings:
    base = SesSettings(endpoint_url=sim.url, region="us-east-1", read_timeout_s=30.0)
    return replace(base, **changes)  # type: ignore[arg-type]  # a test names fields


def job(
    where: Desk,
    sim: ses_sim.RunningSim,
    *,
    method: Method = Method.BULK,
    patience_s: float = 30.0,
    **changes: object,
) -> Job:
    """Make a job; `patience_s` is how long it waits for an answer before it is in doubt."""
    base = ses_job(where, sim.url, FastClock(), method=method, patience_s=patience_s)
    return replace(base, **changes)  # type: ignore[arg-type]  # a test names fields of Job


def once_each(sim: ses_sim.RunningSim, count: int) -> None:
    accepted = sim.state.accepted_by_tag["delivery"]
    assert len(accepted) == count
    assert set(accepted.values()) == {1}


def counts(outcome: Outcome) -> tuple[int, int, int]:
    return outcome.books.accepted, outcome.books.refused, outcome.books.in_doubt


@pytest.mark.parametrize("method", list(Method))
def test_everybody_gets_their_own_letter_by_every_method(
    tmp_path: Path, sim: ses_sim.RunningSim, method: Method
) -> None:
    where = desk(tmp_path / "state", 120)
    outcome = publish(job(where, sim, method=method))
    assert counts(outcome) == (120, 0, 0)
    once_each(sim, 120)
    letter = next(one for one in sim.state.letters if one.to == ("reader1@example.com",))
    assert letter.subject == "Hello, Name1"
    headers = dict(letter.headers)
    assert headers["List-Unsubscribe"].startswith("<https://links.shop.example/u/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"] == "Weekly letter <weekly.shop.example>"
    assert "Name1" in letter.html


def test_every_letter_carries_its_delivery_as_a_tag(
    tmp_path: Path, sim: ses_sim.RunningSim
) -> None:
    where = desk(tmp_path / "state", 60)
    publish(job(where, sim))
    ids = {one.id for one in where.ledger.who(where.stored.plan.id, Submission.ACCEPTED)}
    assert set(sim.state.accepted_by_tag["delivery"]) == ids
    assert set(sim.state.accepted_by_tag["issue"]) == {ISSUE.replace("/", "_")}


def test_no_two_readers_share_an_unsubscribe_link(tmp_path: Path, sim: ses_sim.RunningSim) -> None:
    where = desk(tmp_path / "state", 60)
    publish(job(where, sim))
    links = {dict(one.headers)["List-Unsubscribe"] for one in sim.state.letters}
    assert len(links) == 60


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.DROP, at=(2,)),
        Fault(kind=FaultKind.TRUNCATE, at=(2,)),
        Fault(kind=FaultKind.GARBAGE, at=(2,)),
        Fault(kind=FaultKind.HANG, at=(2,), accepted=True),
        Fault(kind=FaultKind.ERROR, at=(2,), accepted=True, status=500),
        Fault(kind=FaultKind.PARTIAL, at=(2,), count=1),
    ],
    ids=lambda fault: fault.kind.value,
)
def test_what_was_accepted_without_an_answer_is_settled_by_events(
    tmp_path: Path, sim: ses_sim.RunningSim, events: Path, fault: Fault
) -> None:
    where = desk(tmp_path / "state", 300)
    sim.set_faults(fault)
    patience_s = 1.0 if fault.kind is FaultKind.HANG else 30.0
    outcome = publish(job(where, sim, patience_s=patience_s))
    assert outcome.books.in_doubt > 0
    assert sum(counts(outcome)) == 300
    sim.flush_events()
    pull(events, where.ledger, lambda: datetime.now(UTC))
    assert counts(publish(job(where, sim))) == (300, 0, 0)
    once_each(sim, 300)


def test_what_was_not_accepted_and_not_answered_is_listed_and_not_repeated(
    tmp_path: Path, sim: ses_sim.RunningSim, events: Path
) -> None:
    where = desk(tmp_path / "state", 300)
    sim.set_faults(Fault(kind=FaultKind.RESET, at=(2,)))
    doubtful = publish(job(where, sim)).books.in_doubt
    sim.flush_events()
    pull(events, where.ledger, lambda: datetime.now(UTC))
    assert publish(job(where, sim)).books.in_doubt == doubtful > 0
    where.ledger.retry_in_doubt(where.stored.plan.id, None, datetime.now(UTC))
    assert counts(publish(job(where, sim))) == (300, 0, 0)
    once_each(sim, 300)


def test_refused_connections_lose_nobody(tmp_path: Path, sim: ses_sim.RunningSim) -> None:
    where = desk(tmp_path / "state", 300)
    started = job(where, sim)
    for edition in where.stored.editions().values():
        assert isinstance(started.transport, SesTransport)
        started.transport.prepare(edition)
    started.account.rate()
    sim.refuse_connections()
    outcome = publish(started)
    assert "does not answer" in outcome.stopped
    assert outcome.books.in_doubt == 0
    sim.accept_connections()
    assert counts(publish(job(where, sim))) == (300, 0, 0)
    once_each(sim, 300)


def test_unverified_sender_stops_and_keeps_everybody(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 100)
    with ses_sim.start(ses_sim.Settings(identities=("other.example",), **QUICK)) as sim:  # type: ignore[arg-type]  # fields by name
        outcome = publish(job(where, sim))
    assert "not verified" in outcome.stopped
    assert outcome.books.waiting + outcome.books.throttled == 100


def test_wrong_credentials_stop_before_anything_is_claimed(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 10)
    strict = ses_sim.Settings(access_keys=("other",), **QUICK)  # type: ignore[arg-type]  # fields by name
    with ses_sim.start(strict) as sim, pytest.raises(SendError, match="ses refuses GetAccount"):
        publish(job(where, sim))
    assert where.ledger.counts(where.stored.plan.id)[Submission.PLANNED] == 10


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"production": False}, "sandbox"),
        ({"sending_enabled": False}, "switched off"),
        ({"enforcement_status": "SHUTDOWN"}, "shut"),
        ({"max_24_hour_send": 50.0}, "24 hours"),
    ],
)
def test_account_that_cannot_take_the_letters_is_told_before_the_first(
    changes: dict[str, object], problem: str
) -> None:
    with ses_sim.start(ses_sim.Settings(**{**QUICK, **changes})) as sim:  # type: ignore[arg-type]  # fields by name
        facts = SesAccount(control_client(settings(sim))).facts()
    assert problem in problem_with_account(facts, 100, over_days=False)[0]


def test_day_that_is_too_small_is_used_up_and_the_rest_waits(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 130)
    with ses_sim.start(ses_sim.Settings(**{**QUICK, "max_24_hour_send": 100.0})) as sim:  # type: ignore[arg-type]  # fields by name
        outcome = publish(job(where, sim))
        assert "24 hours" in outcome.stopped
        assert outcome.books.accepted == 100
        once_each(sim, 100)
    assert outcome.books.waiting + outcome.books.throttled == 30


def test_unknown_configuration_set_stops_and_keeps_everybody(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 20)
    with ses_sim.start(ses_sim.Settings(configuration_sets=(), **QUICK)) as sim:  # type: ignore[arg-type]  # fields by name
        outcome = publish(job(where, sim))
    assert outcome.by_itself
    assert outcome.books.waiting + outcome.books.throttled == 20


def test_template_is_stored_once_and_read_back(sim: ses_sim.RunningSim) -> None:
    client = control_client(settings(sim))
    text = TemplateText("{{{subject}}}", "<p>{{{h1}}}</p>", "{{{t1}}}")
    name = TemplateStore(client, lambda _: None).ensure(text)
    assert TemplateStore(client, lambda _: None).ensure(text) == name
    assert client.get_email_template(TemplateName=name)["TemplateContent"]["Html"] == text.html


def test_template_that_somebody_changed_is_not_used(sim: ses_sim.RunningSim) -> None:
    client = control_client(settings(sim))
    text = TemplateText("s", "<p>one</p>", "t")
    TemplateStore(client, lambda _: None).ensure(text)
    other = {"Subject": "s", "Html": "<p>two</p>", "Text": "t"}
    client.update_email_template(TemplateName=text.name, TemplateContent=other)
    with pytest.raises(SendError, match="another text"):
        TemplateStore(client, lambda _: None).ensure(text)


def test_template_over_500_kb_is_refused_before_a_call(sim: ses_sim.RunningSim) -> None:
    text = TemplateText("s", "x" * 520_000, "t")
    with pytest.raises(SendError, match="500 KB"):
        TemplateStore(control_client(settings(sim)), lambda _: None).ensure(text)


def test_account_that_limits_bulk_calls_gets_single_ones(tmp_path: Path) -> None:
    where = desk(tmp_path / "state", 60)
    limited = ses_sim.Settings(bulk_calls_per_second=0.001, **QUICK)  # type: ignore[arg-type]  # fields by name
    with ses_sim.start(limited) as sim:
        outcome = publish(job(where, sim, threads=1))
        assert counts(outcome) == (60, 0, 0)
        once_each(sim, 60)
        assert any(one.operation == "SendEmail" for one in sim.state.letters)


@pytest.mark.parametrize("bad_entry", list(ses_sim.BadEntry))
def test_poison_address_among_fifty_is_refused_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad_entry: ses_sim.BadEntry
) -> None:
    where = desk(tmp_path / "state", 100, segments=("everyone",))
    poison(where)
    # SES knows of more that is wrong with an address than we do.
    monkeypatch.setattr("pismo.transports.ses.problem_with_address", lambda _: "")
    with ses_sim.start(ses_sim.Settings(bad_entry=bad_entry, **QUICK)) as sim:  # type: ignore[arg-type]  # fields by name
        assert counts(publish(job(where, sim))) == (99, 1, 0)
        once_each(sim, 99)


def poison(where: Desk) -> None:
    """Change one address of a stored plan into one that SES does not take."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = where.stored.folder / "shards" / where.stored.shards[0].file
    table = pq.read_table(path, partitioning=None)
    place = table.schema.get_field_index("address")
    addresses = table["address"].to_pylist()
    addresses[40] = "two@@example.com"
    pq.write_table(table.set_column(place, "address", pa.array(addresses, pa.string())), path)


def test_sender_in_other_letters_travels_as_encoded_words() -> None:
    encoded = mailbox(Sender("Катя из «Игротеки»", "katya@igroteka.example"))
    assert encoded.isascii()
    assert encoded.endswith("<katya@igroteka.example>")
    assert mailbox(Sender('Kate "K"', "k@shop.example")) == '"Kate \\"K\\"" <k@shop.example>'


@pytest.mark.parametrize("throttle", list(Throttle))
@pytest.mark.parametrize("burst", [4.0, 14.0, 70.0])
def test_receipts_show_the_quota_used_and_not_exceeded(
    tmp_path: Path, burst: float, throttle: Throttle
) -> None:
    time = HandTime()
    where = desk(tmp_path / "state", 14 * 66)
    account = ses_sim.Settings(
        max_send_rate=14.0,
        burst=burst,
        throttle=throttle,
        control_calls_per_second=None,
        clock=time.steady,
    )
    with ses_sim.start(account) as sim:
        began = time.seconds
        assert counts(publish(job(where, sim, clock=time, threads=0))) == (14 * 66, 0, 0)
        minute = [one for one in sim.state.receipts if one.at_s < began + 60]
    calls = [one for one in minute if one.operation == "SendBulkEmail"]
    assert 0.90 <= sum(one.accepted for one in calls) / (60 * 14) <= 1.0
    assert sum(one.throttled > 0 for one in calls) <= max(1, len(calls) * 0.01)
