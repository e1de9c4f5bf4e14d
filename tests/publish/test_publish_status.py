"""What `pismo publish` says at its end and with `--status`: sums, outcomes, the next command."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pismo import ses_sim
from pismo.cli import root as pismo
from pismo.cli.books import echo_doubtful
from pismo.errors import PlanError, SendError, UsageError
from pismo.ledger import Proof, open_ledger
from pismo.ledger.ids import delivery_id
from pismo.model.people import Outcome, Submission
from pismo.plan.handed import forget_handed
from pismo.tongue import Tongue

ISSUE = "weekly/2026-11-27"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
RATE: dict[str, Any] = {"max_send_rate": 1e5, "control_calls_per_second": None}


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(pismo, ["-C", str(root), *words])


@pytest.fixture
def planned(small: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("PISMO_STATE_URL", "PISMO_SES_ENDPOINT", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    run(small, "sample", "--people", "60", "--products", "30")
    assert run(small, "plan", ISSUE).exit_code == 0
    return small


def publish(root: Path) -> Result:
    return run(root, "publish", ISSUE, "--to", "outbox", "--yes")


def to_ses(root: Path, monkeypatch: pytest.MonkeyPatch, *words: str, **changes: Any) -> Result:
    run(root, "plan", ISSUE, "--approve")
    with ses_sim.start(ses_sim.Settings(**{**RATE, **changes})) as sim:
        monkeypatch.setenv("PISMO_SES_ENDPOINT", sim.url)
        return run(root, "publish", ISSUE, "--to", "ses", "--yes", "--first-use", *words)


def test_finished_run_names_a_command_that_exists(
    planned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = to_ses(planned, monkeypatch, "--at-once")
    assert done.exit_code == 0, done.output
    assert f"pismo publish {ISSUE} --status" in done.stderr
    assert "pismo report" not in done.stderr


def test_unverified_sender_is_named_before_the_first_letter(
    planned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = to_ses(planned, monkeypatch, "--at-once", identities=("other.example",))
    assert isinstance(refused.exception, SendError)
    assert refused.exception.exit_code == 4
    assert "does not know the sender kate@shop.example" in str(refused.exception)
    books = json.loads(run(planned, "publish", ISSUE, "--status", "--json").stdout)
    assert books["refused"] == books["accepted"] == 0


def test_second_publish_says_that_there_is_nothing_to_do(planned: Path) -> None:
    first, second = publish(planned), publish(planned)
    assert "Nothing to do" not in first.stderr
    assert "settled now: 0" not in first.stderr
    assert "settled now: 0" in second.stderr
    assert "Nothing to do" in second.stderr


def test_stopped_run_repeats_the_options_it_was_given(
    planned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = to_ses(planned, monkeypatch, "--at-once", "--over-days", max_24_hour_send=5)
    assert stopped.exit_code == 3, stopped.output
    assert f"pismo resume {ISSUE} --at-once --over-days" in stopped.stderr


def test_status_tells_outcomes_and_who_they_befell(planned: Path) -> None:
    publish(planned)
    ledger = open_ledger(planned / ".pismo" / "ledger.sqlite")
    plan = ledger.latest_plan(ISSUE)
    assert plan is not None
    sent = [one.id for one in ledger.who(plan.id, Submission.ACCEPTED)]
    found = [Proof(sent[0], Outcome.BOUNCED), Proof(sent[1], Outcome.DELIVERED)]
    ledger.record_proofs(found, NOW)
    ledger.close()
    assert "1 delivered, 1 bounced" in run(planned, "publish", ISSUE, "--status").stdout
    listed = json.loads(run(planned, "publish", ISSUE, "--who", "bounced", "--json").stdout)
    assert [one["id"] for one in listed["who"]] == [sent[0]]


def test_status_says_that_nothing_was_begun_and_exits_zero(planned: Path) -> None:
    told = run(planned, "publish", ISSUE, "--status")
    assert told.exit_code == 0
    assert f"pismo publish {ISSUE} --to outbox" in told.stderr


def test_status_says_that_a_person_stopped_it(planned: Path) -> None:
    run(planned, "stop", ISSUE)
    told = run(planned, "publish", ISSUE, "--status")
    assert told.exit_code == 0
    assert "Stopped until a person goes on" in told.stderr
    assert f"pismo resume {ISSUE}" in told.stderr


def test_stopping_a_finished_issue_says_that_it_is_finished(planned: Path) -> None:
    publish(planned)
    assert "is finished" in run(planned, "stop", ISSUE).stderr


def test_status_names_the_publisher_that_is_at_it(planned: Path) -> None:
    ledger = open_ledger(planned / ".pismo" / "ledger.sqlite")
    with ledger.lease(ISSUE, "mail-1, process 7", NOW):
        told = run(planned, "publish", ISSUE, "--status")
    ledger.close()
    assert "mail-1, process 7" in told.stderr
    assert "mail-1" not in run(planned, "publish", ISSUE, "--status").stderr


def edit(root: Path, old: str = "Hello", new: str = "Good morning") -> None:
    path = root / "newsletters" / f"{ISSUE}.md"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def take_back(root: Path, letters: int) -> None:
    """Let so many people wait again, as if publishing had stopped in the middle."""
    forget_handed(root / ".pismo")
    ledger = open_ledger(root / ".pismo" / "ledger.sqlite")
    with ledger.write() as connection:
        connection.exec_driver_sql(
            "UPDATE deliveries SET submission = 0, outcome = NULL WHERE seq IN"
            f" (SELECT seq FROM deliveries ORDER BY seq LIMIT {letters})"
        )
    ledger.close()


def test_status_tells_letters_in_the_hands_of_a_publisher_that_is_gone(planned: Path) -> None:
    ledger = open_ledger(planned / ".pismo" / "ledger.sqlite")
    plan = ledger.latest_plan(ISSUE)
    assert plan is not None
    batch = [delivery_id(plan.id, place) for place in range(7)]
    with ledger.lease(ISSUE, "gone, process 1", NOW) as publisher:
        held = ledger.claim(plan.id, batch, NOW, publisher=publisher.num)
    ledger.close()
    told = run(planned, "publish", ISSUE, "--status")
    assert (
        f"{len(held)} of the waiting were in the hands of a publisher that is gone" in told.stderr
    )
    shown = json.loads(run(planned, "publish", ISSUE, "--status", "--json").stdout)
    assert (shown["claimed"], shown["publishers"]) == (7, [])


def test_plan_with_another_text_after_some_letters_is_refused_and_names_amend(
    planned: Path,
) -> None:
    publish(planned)
    take_back(planned, 7)
    edit(planned)
    refused = run(planned, "plan", ISSUE)
    assert isinstance(refused.exception, PlanError)
    assert "with another text" in str(refused.exception)
    assert f"pismo plan {ISSUE} --amend" in str(refused.exception)
    assert run(planned, "plan", ISSUE, "--anew").exit_code == 0


def test_plan_with_the_same_text_after_some_letters_says_how_many_have_theirs(
    planned: Path,
) -> None:
    publish(planned)
    take_back(planned, 7)
    assert "have theirs already" in run(planned, "plan", ISSUE).stderr


def test_amending_is_refused_before_the_question(planned: Path) -> None:
    same = run(planned, "plan", ISSUE, "--amend")
    assert "nothing to amend" in str(same.exception)
    publish(planned)
    edit(planned)
    late = run(planned, "plan", ISSUE, "--amend")
    assert "everybody has a letter" in str(late.exception)


def test_publish_says_that_the_text_has_changed_since_the_plan(planned: Path) -> None:
    edit(planned)
    told = publish(planned)
    assert told.exit_code == 0
    assert "has changed since the plan" in told.stderr
    assert f"pismo plan {ISSUE} --amend" in told.stderr


def test_unchanged_text_is_not_said_to_have_changed(planned: Path) -> None:
    assert "has changed" not in publish(planned).stderr


def test_plan_of_a_draft_says_that_publish_refuses_it(planned: Path) -> None:
    edit(planned, "date: 2026-11-27", "date: 2026-11-27\ndraft: true")
    assert "pismo publish refuses it" in run(planned, "plan", ISSUE).stderr


def test_plan_of_what_is_approved_does_not_ask_for_approval(planned: Path) -> None:
    assert "or approve it" in run(planned, "plan", ISSUE).stderr
    run(planned, "plan", ISSUE, "--approve")
    assert "or approve it" not in run(planned, "plan", ISSUE).stderr


def test_long_list_of_people_in_doubt_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    echo_doubtful(ISSUE, [f"d{number}" for number in range(67)], Tongue("en"))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert lines[-1] == f"and 62 more: pismo publish {ISSUE} --who in_doubt"


def test_approving_takes_in_people_who_came_since_the_plan(planned: Path) -> None:
    before = json.loads(run(planned, "plan", ISSUE, "--json").stdout)["plan"]
    same = json.loads(run(planned, "plan", ISSUE, "--approve", "--json").stdout)["plan"]
    assert same == before
    assert (
        run(planned, "sample", "--people", "70", "--products", "30", "--seed", "2").exit_code == 0
    )
    assert "pismo plan" in publish(planned).stderr
    again = json.loads(run(planned, "plan", ISSUE, "--approve", "--json").stdout)
    assert again["plan"] != before
    assert again["audience"] == 70


def test_approving_an_issue_that_is_no_draft_any_more_makes_a_new_plan(planned: Path) -> None:
    edit(planned, "date:", "draft: true\ndate:")
    run(planned, "plan", ISSUE)
    edit(planned, "draft: true\n", "")
    assert run(planned, "plan", ISSUE, "--approve").exit_code == 0
    assert publish(planned).exit_code == 0


def test_an_issue_is_not_planned_while_it_is_being_published(planned: Path) -> None:
    ledger = open_ledger(planned / ".pismo" / "ledger.sqlite")
    with ledger.lease(ISSUE, "mail-1, process 7", NOW):
        for words in (("plan", ISSUE), ("plan", ISSUE, "--amend", "--yes")):
            refused = run(planned, *words)
            assert isinstance(refused.exception, PlanError)
    ledger.close()


def test_status_without_an_issue_lists_all_that_were_planned(planned: Path) -> None:
    publish(planned)
    run(planned, "stop", ISSUE)
    told = run(planned, "publish", "--status")
    assert (told.exit_code, told.stdout.partition(":")[0]) == (0, ISSUE)
    shown = json.loads(run(planned, "publish", "--status", "--json").stdout)["issues"]
    assert [one["issue"] for one in shown] == [ISSUE]
    assert f"accepted {shown[0]['accepted']}" in told.stdout
    refused = run(planned, "publish", "--to", "outbox")
    assert isinstance(refused.exception, UsageError)


def test_people_of_expired_plans_are_erased_by_retention(planned: Path) -> None:
    with (planned / "pyproject.toml").open("a") as file:
        file.write("\n[tool.pismo.plan]\nkeep_days = 0.00001\n")
    made = json.loads(run(planned, "plan", ISSUE, "--json").stdout)["plan"]
    ledger = open_ledger(planned / ".pismo" / "ledger.sqlite")
    with ledger.write() as connection:
        connection.exec_driver_sql("UPDATE plans SET expires_at = 1")
    ledger.close()
    done = json.loads(run(planned, "audience", "retain", "--json").stdout)
    assert done["plans"] >= 1
    assert not (planned / ".pismo" / "plans" / made).exists()


def test_doctor_of_an_issue_that_is_not_there_fails_with_a_guess(planned: Path) -> None:
    told = run(planned, "ses", "doctor", "weekly/2026-11-28")
    assert isinstance(told.exception, UsageError)
    assert ISSUE in told.exception.hint


def test_events_that_cannot_be_read_are_named_with_the_reason(planned: Path) -> None:
    folder = planned / "events"
    folder.mkdir()
    (folder / "a.json").write_text("rubbish", "utf-8")
    (folder / "b.json").write_text("[1]", "utf-8")
    told = run(planned, "feedback", "pull", "--from", str(folder))
    assert "a.json: no JSON\nb.json: JSON, but no object\n" in told.stderr


def test_an_export_says_what_its_words_mean_and_holds_no_python(planned: Path) -> None:
    ledger = open_ledger(planned / ".pismo" / "ledger.sqlite")
    plan = ledger.latest_plan(ISSUE)
    assert plan is not None
    person = next(iter(ledger.who(plan.id, Submission.PLANNED))).person
    ledger.close()
    known = run(planned, "audience", "export", person)
    assert json.loads(known.stdout)["plans"]
    assert "b'" not in known.stdout
    assert json.loads(known.stdout)["words"]["opt_outs"] == "which letters are not wanted"


def test_retention_by_a_clock_that_is_far_ahead_asks_first(planned: Path) -> None:
    ledger = open_ledger(planned / ".pismo" / "ledger.sqlite")
    with ledger.write() as connection:
        connection.exec_driver_sql("UPDATE plans SET created_at = 1000000000")
    ledger.close()
    refused = run(planned, "audience", "retain")
    assert isinstance(refused.exception, UsageError)
    assert run(planned, "audience", "retain", "--after-a-pause").exit_code == 0
