"""`pismo test`: letters to testers, marked, inert, unrecorded."""

import email
import json
from collections.abc import Iterator
from email import policy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pismo import ses_sim
from pismo.cli import root
from pismo.cli.common import Call
from pismo.cli.preview import SelfMail
from pismo.errors import SendError, SettingsError, UsageError
from pismo.preview import Desk, Studio

ISSUE = "weekly/2026-11-27"


def run(workspace: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["-C", str(workspace), "test", ISSUE, *words])


@pytest.fixture
def tested(small: Path) -> Path:
    (small / ".pismo").mkdir()
    testers = '[testers]\nmarina = "marina@example.com"\nboris = "boris@example.com"\n'
    (small / ".pismo" / "testers.toml").write_text(testers, "utf-8")
    return small


def letters(workspace: Path, *words: str) -> list[Any]:
    told = json.loads(run(workspace, "--json", *words).stdout)["letters"]
    files = [workspace / one["where"] for one in told]
    return [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def test_every_segment_goes_to_every_tester(tested: Path) -> None:
    found = [(one["to"], one["subject"].partition("]")[0]) for one in letters(tested)]
    assert sorted(found) == [
        ("boris@example.com", "[TEST everyone"),
        ("boris@example.com", "[TEST families"),
        ("marina@example.com", "[TEST everyone"),
        ("marina@example.com", "[TEST families"),
    ]


def test_one_segment_is_seen_by_one_person_and_sent_to_one_tester(tested: Path) -> None:
    (letter,) = letters(tested, "--segment", "families", "--as", "nameless", "--to", "marina")
    assert letter["subject"] == "[TEST families] Friends, it rained"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--segment", "familes"], "did you mean 'families'? there are: families, everyone"),
        (["--segment", "zzz"], "there are: families, everyone"),
        (["--to", "marin"], "did you mean 'marina'? there are: marina, boris"),
        (["--to", "zzz"], "there are: marina, boris"),
        (["--as", "ana"], "did you mean 'anna'? there are: anna, nameless"),
    ],
)
def test_a_mistyped_name_is_answered_with_what_there_is(
    tested: Path, words: list[str], hint: str
) -> None:
    done = run(tested, *words)
    assert isinstance(done.exception, UsageError)
    assert done.exception.hint == hint


def test_links_of_a_test_lead_nowhere(tested: Path) -> None:
    (letter,) = letters(tested, "--segment", "families", "--to", "marina")
    assert letter["list-unsubscribe"] == "<https://links.invalid/u/test>"


def test_a_test_makes_no_state_database(tested: Path) -> None:
    run(tested)
    assert sorted(path.name for path in (tested / ".pismo").iterdir()) == ["self", "testers.toml"]


def test_without_testers_the_way_to_have_some_is_told(small: Path) -> None:
    error = run(small).exception
    assert isinstance(error, SettingsError)
    assert "testers.toml" in error.hint


def test_a_misspelt_tester_is_guessed(tested: Path) -> None:
    error = run(tested, "--to", "marin").exception
    assert isinstance(error, UsageError)
    assert "marina" in error.hint


@pytest.fixture
def sim(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ses_sim.RunningSim]:
    """A strict SES over HTTP, which keeps every letter as a file."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with ses_sim.start(ses_sim.Settings(letters_dir=tmp_path / "letters")) as running:
        monkeypatch.setenv("PISMO_SES_ENDPOINT", running.url)
        yield running


def mailed(folder: Path) -> list[Any]:
    files = sorted((folder / "letters").rglob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


@pytest.mark.usefixtures("sim")
def test_ses_takes_every_segments_letter_to_a_tester(tested: Path, tmp_path: Path) -> None:
    told = json.loads(run(tested, "--via", "ses", "--to", "marina", "--json").stdout)["letters"]
    assert all(one["where"].startswith("SES ") for one in told)
    letters = mailed(tmp_path)
    assert sorted(one["subject"].partition("]")[0] for one in letters) == [
        "[TEST everyone",
        "[TEST families",
    ]
    assert {one["to"] for one in letters} == {"marina@example.com"}


def test_what_ses_refuses_is_told(
    tested: Path, sim: ses_sim.RunningSim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    sim.refuse_connections()
    error = run(tested, "--via", "ses").exception
    assert isinstance(error, SendError)


@pytest.mark.usefixtures("sim")
def test_the_previews_send_to_myself_goes_through_ses(tested: Path, tmp_path: Path) -> None:
    call = Call(tested)
    desk = Desk(Studio(tested), send_to_self=SelfMail(call, "boris"))
    where = desk.send(ISSUE, "families", None)["where"]
    assert str(where).startswith("SES ")
    (letter,) = mailed(tmp_path)
    assert letter["list-unsubscribe"] == "<https://links.invalid/u/test>"


def test_a_tester_without_an_address_is_named(tested: Path) -> None:
    (tested / ".pismo" / "testers.toml").write_text('[testers]\noleg = "oleg@"\n', "utf-8")
    told = CliRunner().invoke(root, ["-C", str(tested), "test", ISSUE, "--to", "oleg"])
    assert isinstance(told.exception, SettingsError)
    assert "'oleg' has no address" in told.exception.message
