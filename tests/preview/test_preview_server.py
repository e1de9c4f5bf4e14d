"""The preview without a browser: who may talk to it, real people, bad input, export."""

import json
import socket
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from pismo.audience import compute_facts, current
from pismo.cli import root
from pismo.workspace import load_workspace
from tests.preview.conftest import ISSUE, OURS, Open, Running, ask


def status(running: Running, segment: str, person: object = None) -> object:
    told = ask(running, "letters", issue=ISSUE, segments=[segment], person=person, source=False)
    return told["letters"][0]["status"]


def test_a_foreign_host_is_refused(small: Path, preview: Open) -> None:
    answer = httpx.get(preview(small).url, headers={"Host": "evil.example"})
    assert answer.status_code == 421


def test_a_foreign_origin_is_refused(small: Path, preview: Open) -> None:
    headers = {**OURS, "Origin": "https://evil.example"}
    answer = httpx.post(f"{preview(small).url}api/workspace", json={}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    ["static/..%2f..%2f..%2fpyproject.toml", "images/..%2f..%2fpyproject.toml", "images/%2e%2e"],
)
def test_no_path_leads_out_of_the_previews_own_files(small: Path, preview: Open, path: str) -> None:
    assert httpx.get(f"{preview(small).url}{path}").status_code == 404


@pytest.mark.parametrize("issue", ["../../etc/passwd", "weekly/../weekly/2026-11-27", ""])
def test_an_issue_that_is_a_path_is_no_issue(small: Path, preview: Open, issue: str) -> None:
    told = ask(preview(small), "difference", issue=issue, segment="x", against="@built")
    assert "no issue" in told["error"]


def test_a_form_of_another_page_is_refused(small: Path, preview: Open) -> None:
    assert httpx.post(f"{preview(small).url}api/workspace", json={}).status_code == 403


def test_on_a_lan_only_the_whole_link_opens(small: Path, preview: Open) -> None:
    url = preview(small, token="secret").url
    assert httpx.get(url).status_code == 403
    assert httpx.get(f"{url}?token=guess").status_code == 403
    with httpx.Client() as phone:
        assert phone.get(f"{url}?token=secret").status_code == 200
        assert phone.post(f"{url}api/workspace", json={}, headers=OURS).status_code == 200


def test_a_call_that_makes_no_sense_is_told_so(small: Path, preview: Open) -> None:
    running = preview(small)
    answer = httpx.post(f"{running.url}api/letters", content=b"{", headers=OURS)
    assert answer.status_code == 400
    assert "not understood" in answer.json()["error"]
    assert "no issue" in ask(running, "eml", issue="weekly/1999-01-01", segment="x")["error"]


def test_without_an_audience_looking_for_people_says_how_to_get_one(
    small: Path, preview: Open
) -> None:
    assert "pismo sample" in ask(preview(small), "find", question="orders = 0")["error"]


def test_a_port_that_is_taken_is_told_with_a_way_out(small: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(root, ["-C", str(small), "preview", "--port", port, "--no-open"])
    assert f"port {port} cannot be used" in str(done.exception)
    assert "choose another, or --port 0" in str(done.exception)


def test_two_thousand_files_are_no_burden(small: Path, preview: Open) -> None:
    story = (small / "content" / "stories" / "rain.md").read_text("utf-8")
    for number in range(2000):
        (small / "content" / "stories" / f"rain-{number}.md").write_text(story, "utf-8")
    running = preview(small)
    assert status(running, "families") == "ok"
    assert running.desk.studio.reload().seconds < 10


def test_a_letter_to_oneself_has_no_live_links(small: Path, preview: Open) -> None:
    from base64 import b64decode

    told = ask(preview(small), "eml", issue=ISSUE, segment="families")
    assert b"https://links.invalid/u/test" in b64decode(told["eml"])


def test_the_export_is_whole_without_a_server(small: Path) -> None:
    from PIL import Image

    Image.new("RGB", (40, 40), "red").save(small / "content" / "stories" / "wet.png")
    story = small / "content" / "stories" / "rain.md"
    story.write_text(story.read_text("utf-8") + "\n![A wet platform](wet.png)\n", "utf-8")
    folder = small / "out"
    done = CliRunner().invoke(root, ["-C", str(small), "preview", "--export", str(folder)])
    assert done.exit_code == 0, done.output
    page = (folder / "weekly-2026-11-27" / "families.html").read_text("utf-8")
    assert "data:image/png;base64," in page
    assert 'href="weekly-2026-11-27/index.html"' in (folder / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        (".", "holds the workspace itself"),
        ("..", "holds the workspace itself"),
        ("content/out", "among the files that letters are made of"),
        ("kept", "is not empty"),
    ],
)
def test_an_export_never_lands_among_other_files(small: Path, folder: str, said: str) -> None:
    (small / "kept").mkdir()
    (small / "kept" / "index.html").write_text("mine", "utf-8")
    before = sorted(small.parent.rglob("*"))
    words = ["-C", str(small), "preview", "--export", str(small / folder)]
    done = CliRunner().invoke(root, words)
    assert said in str(done.exception)
    assert "name a new folder" in str(done.exception)
    assert sorted(small.parent.rglob("*")) == before


def test_an_earlier_export_is_written_over(small: Path) -> None:
    for _ in range(2):
        words = ["-C", str(small), "preview", "--export", str(small.parent / "out")]
        assert CliRunner().invoke(root, words).exit_code == 0


def test_a_tester_who_is_not_there_is_told_before_the_preview_starts(small: Path) -> None:
    (small / ".pismo").mkdir()
    (small / ".pismo" / "testers.toml").write_text('[testers]\nmarina = "m@example.com"\n', "utf-8")
    done = CliRunner().invoke(root, ["-C", str(small), "preview", "--to", "marin", "--no-open"])
    assert "did you mean 'marina'?" in str(done.exception)


def test_real_people_are_found_by_predicate_and_by_id(sampled: Running) -> None:
    found = ask(sampled, "find", question="orders = 0")["people"]
    assert found
    assert all(person["kind"] == "audience" for person in found)
    assert ask(sampled, "find", question=found[0]["id"])["people"][0]["id"] == found[0]["id"]


def test_people_are_found_also_after_others_have_planned_and_sampled(sampled: Running) -> None:
    found = ask(sampled, "find", question="orders = 0")["people"]
    workspace = load_workspace(sampled.root)
    snapshot = current(workspace.state_dir)
    assert snapshot is not None
    for hour in range(11, 16):
        moment = datetime(2026, 11, 27, hour, tzinfo=UTC)
        compute_facts(snapshot, workspace.settings, moment)
    assert ask(sampled, "find", question="orders = 0")["people"] == found
    words = ["-C", str(sampled.root), "sample", "--people", "30", "--products", "20"]
    for seed in "1234":
        assert CliRunner().invoke(root, [*words, "--seed", seed]).exit_code == 0
    assert len(ask(sampled, "find", question="points >= 0 OR points < 0 OR orders = 0")["people"])


def test_nobody_is_found_by_address_and_no_answer_holds_one(sampled: Running) -> None:
    assert "by address" in ask(sampled, "find", question="a@example.com")["error"]
    person = {"kind": "audience", "id": "s0000002"}
    answers = [
        ask(sampled, "find", question="points >= 0"),
        ask(sampled, "people", issue=ISSUE),
        ask(sampled, "why", issue=ISSUE, segment="families", person=person),
    ]
    told = json.dumps(answers, ensure_ascii=False)
    snapshot = current(load_workspace(sampled.root).state_dir)
    assert snapshot is not None
    with snapshot.connect() as engine:
        addresses = engine.sql("SELECT lower(email) FROM subscribers").fetchall()
    assert len(addresses) == 80
    assert not [address for (address,) in addresses if address in told.lower()]


@pytest.mark.parametrize(
    "question",
    ["1; DROP TABLE facts", "orders = (SELECT 1)", "read_csv('/etc/passwd')", "orders ="],
)
def test_a_question_that_is_no_predicate_is_refused(sampled: Running, question: str) -> None:
    assert ask(sampled, "find", question=question)["error"]


def test_segments_say_how_many_people_they_reach(sampled: Running) -> None:
    told = ask(sampled, "review", issue=ISSUE)
    assert told["people"] == sum(told["sizes"].values()) == 80


def test_a_real_person_says_why(sampled: Running) -> None:
    person = {"kind": "audience", "id": "s0000002"}
    why = ask(sampled, "why", issue=ISSUE, segment="everyone", person=person)
    assert why["belongs"] in ("families", "everyone")
    assert len(why["picks"]) == 2
    assert all(pick["reason"] for pick in why["picks"])


def test_planned_people_are_seen_as_the_plan_froze_them(sampled: Running) -> None:
    people = ask(sampled, "people", issue=ISSUE)["people"]
    planned = [person for person in people if person["kind"] == "plan"]
    assert planned
    segment = planned[0]["label"].rpartition(", ")[2]
    asked = {"kind": "plan", "id": planned[0]["id"]}
    assert status(sampled, segment, asked) == "ok"


def test_a_letter_is_compared_with_its_plan(sampled: Running) -> None:
    story = sampled.root / "content" / "stories" / "rain.md"
    story.write_text(story.read_text("utf-8").replace("door", "window"), "utf-8")
    sampled.desk.studio.reload()
    told = ask(
        sampled, "difference", issue=ISSUE, segment="everyone", against="@planned", person=None
    )
    changed = [(one["kind"], one["text"]) for one in told["words"] if one["kind"] != "same"]
    assert ("removed", "door") in changed
    assert ("added", "window") in changed


def test_the_preview_cannot_reach_what_sends() -> None:
    import subprocess

    program = (
        "import sys, pismo.preview, pismo.preview.export, pismo.checks, pismo.explain;"
        "bad = [name for name in sys.modules if name.startswith(('pismo.publish',"
        " 'pismo.transports')) or name == 'boto3']; sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
