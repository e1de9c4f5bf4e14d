"""Games that are answered: from the link in a letter to the segment that its answer decides."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from markupsafe import Markup

from pismo.audience import current
from pismo.build import build, load_edition
from pismo.cli import root as pismo
from pismo.intake.sample import make_sample
from pismo.ledger import Ledger, open_state
from pismo.ledger.opening import State
from pismo.links import LinkSigner
from pismo.model.people import Recipient
from pismo.model.workspace import Workspace
from pismo.plan.counts import counts_of
from pismo.plan.make import make_plan
from pismo.plan.store import read_people, read_plan
from pismo.render import render
from pismo.serve import Keyring, create_app, house_of, questions_of
from pismo.workspace import load_workspace

pytestmark = pytest.mark.anyio
NOW = datetime.now(UTC)
QUIZ = """---
title: Who are you?
kind: quiz
---
```quiz
question: You win by
options:
  strategist: planning
  gambler: luck
```
"""
POLL = """---
title: Would you tell a friend?
kind: poll
---
```poll
question: How likely?
scale: 0-10
low: never
high: at once
thanks: "Thank you, that helps."
```
"""
REBUS = """---
title: A word
kind: rebus
---
```rebus
answer: столица
line: 100 + 🦊лиса(с=ц)
```
"""
SEGMENT = """title = "Strategists"
where = "quiz_player_type = 'strategist'"
example.in = { quiz_player_type = "strategist" }
example.out = { quiz_player_type = "gambler" }
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def workspace(small: Path) -> Workspace:
    """Return a workspace with an audience, and a letter with one game of each kind."""
    games = small / "content" / "games"
    for name, text in (("player-type", QUIZ), ("friend", POLL), ("fox", REBUS)):
        (games / f"{name}.md").write_text(text, "utf-8")
    (small / "segments" / "strategists.toml").write_text(SEGMENT, "utf-8")
    body = '{{ quiz("player-type") }}\n\n{{ poll("friend") }}\n\n{{ rebus("fox") }}'
    issue = small / "newsletters" / "weekly" / "2026-12-04.md"
    issue.write_text(f"---\nsubject: Play\npreheader: With us\n---\nHello.\n\n{body}\n", "utf-8")
    after = small / "newsletters" / "weekly" / "2026-12-11.md"
    after.write_text(
        "---\nsubject: More\npreheader: Of it\n---\nHi.\n\n{{ last_rebus() }}\n", "utf-8"
    )
    loaded = load_workspace(small)
    make_sample(loaded, people=60, products=20, seed=7, today=date(2026, 11, 20), environ={})
    return load_workspace(small)


@pytest.fixture
def state(workspace: Workspace) -> Iterator[State]:
    with open_state(workspace.state_dir, "") as opened:
        yield opened


@pytest.fixture
def reader(workspace: Workspace, state: State) -> Recipient:
    """Return the first reader of a plan of the letter with games."""
    return planned(workspace, state, "weekly/2026-12-04")[0]


def planned(workspace: Workspace, state: State, issue: str) -> list[Recipient]:
    assert not build(workspace).failed
    folder = workspace.root / "build" / "letters" / issue
    editions = [load_edition(path.parent) for path in sorted(folder.glob("*/a/edition.json"))]
    snapshot = current(workspace.state_dir)
    assert snapshot is not None
    signer = LinkSigner(state.keys, workspace.settings.links_base_url)
    plan = make_plan(
        workspace,
        issue,
        editions,
        snapshot=snapshot,
        ledger=state.ledger,
        keys=state.keys,
        signer=signer,
        now=NOW,
    )
    stored = read_plan(workspace.state_dir, plan.id, issue)
    return [
        each.recipient for shard in stored.shards for each in read_people(stored, shard, signer)
    ]


def letter(workspace: Workspace, issue: str, reader: Recipient) -> str:
    folder = workspace.root / "build" / "letters" / issue / reader.segment / "a"
    return render(load_edition(folder), reader).html


def client(workspace: Workspace, state: State) -> httpx.AsyncClient:
    signer = LinkSigner(state.keys, workspace.settings.links_base_url)
    app = create_app(house_of(workspace), state.ledger, Keyring(signer, state.ledger), lambda: NOW)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://x.example")


def answers(ledger: Ledger) -> list[tuple[str | None, str, str]]:
    return [(each.person, each.item, each.value) for each in ledger.events(kind="answer")]


async def test_a_quiz_in_a_letter_ends_as_a_segment_of_its_reader(
    workspace: Workspace, state: State, reader: Recipient
) -> None:
    html = str(Markup(letter(workspace, "weekly/2026-12-04", reader)).unescape())
    found = re.search(r'/(quiz/player-type/result-strategist\.html)#([^"]+)"', html)
    assert found
    page = (workspace.root / "build" / "site" / found[1]).read_text("utf-8")
    result = re.search(r'data-result="([^"]+)"', page)
    assert result
    # What quiz.js makes of the page's address; the letter has the same link for no JavaScript.
    link = httpx.URL(found[2].replace("%3A", ":")).copy_with(params={"v": result[1]})
    async with client(workspace, state) as desk:
        shown = await desk.get(link)
        assert 'value="strategist" required checked' in shown.text
        assert answers(state.ledger) == []
        assert (await desk.post(link, data={"v": result[1]})).status_code == 200
    assert answers(state.ledger) == [(reader.id, "player-type", "strategist")]
    told = CliRunner().invoke(
        pismo, ["-C", str(workspace.root), "audience", "facts", reader.id, "--json"]
    )
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["facts"]["quiz_player_type"] == "strategist"
    listed = CliRunner().invoke(pismo, ["-C", str(workspace.root), "segments", "--json"])
    sizes = {each["id"]: each["size"] for each in json.loads(listed.stdout)["segments"]}
    assert sizes["strategists"] == 1


async def test_a_scanner_that_opens_every_link_of_a_letter_counts_for_nothing(
    workspace: Workspace, state: State, reader: Recipient
) -> None:
    html = str(Markup(letter(workspace, "weekly/2026-12-04", reader)).unescape())
    own = re.findall(r'href="(https://links.shop[^"]+)"', html)
    assert len(own) >= 14
    async with client(workspace, state) as desk:
        for url in own:
            assert (await desk.get(url)).status_code == 200
            assert (await desk.head(url)).status_code == 200
    assert list(state.ledger.events()) == []


async def test_a_grade_is_confirmed_on_a_page_that_says_what_its_ends_mean(
    workspace: Workspace, state: State, reader: Recipient
) -> None:
    async with client(workspace, state) as desk:
        shown = await desk.get(f"{reader.links.items['friend']}?v=9")
        thanked = await desk.post(reader.links.items["friend"], data={"v": "9"})
    assert 'value="9" required checked' in shown.text
    assert "never" in shown.text
    assert "Thank you, that helps." in thanked.text
    assert answers(state.ledger) == [(reader.id, "friend", "9")]


async def test_only_the_right_word_is_counted_and_the_next_letter_says_how_many(
    workspace: Workspace, state: State, reader: Recipient
) -> None:
    link = reader.links.items["fox"]
    async with client(workspace, state) as desk:
        asked = await desk.get(f"{link}?v=solved")
        wrong = await desk.post(link, data={"v": "solved"})
        right = await desk.post(link, data={"v": " «CTOЛИЦА!» "})
        await desk.post(link, data={"v": "столица"})
    assert "столица" not in (asked.text + wrong.text).lower()
    assert "Not yet" in wrong.text
    assert "You got it" in right.text
    assert answers(state.ledger) == [(reader.id, "fox", "solved")]
    (next_reader, *_) = planned(workspace, state, "weekly/2026-12-11")
    assert next_reader.counts == {"fox": 1}
    html = letter(workspace, "weekly/2026-12-11", next_reader)
    assert "столица" in html
    assert "1\u00a0reader got it." in html or "1 reader got it." in html


async def test_the_count_stays_away_where_nobody_is_known_to_have_solved_it(
    workspace: Workspace, state: State
) -> None:
    (first, *_) = planned(workspace, state, "weekly/2026-12-11")
    assert first.counts == {}
    html = letter(workspace, "weekly/2026-12-11", first)
    assert "столица" in html
    assert "got it" not in html


def test_an_answer_whose_day_has_not_come_is_not_told_in_the_next_letter(small: Path) -> None:
    text = REBUS.replace("answer:", "answer_from: 2026-12-12\nanswer:")
    (small / "content" / "games" / "fox.md").write_text(text, "utf-8")
    folder = small / "newsletters" / "weekly"
    for day, body in (("2026-12-04", '{{ rebus("fox") }}'), ("2026-12-11", "{{ last_rebus() }}")):
        head = "---\nsubject: Play\npreheader: With us\n---\nHello.\n\n"
        (folder / f"{day}.md").write_text(f"{head}{body}\n", "utf-8")
    assert not build(load_workspace(small)).failed
    told = small / "build" / "letters" / "weekly" / "2026-12-11" / "everyone" / "a" / "letter.txt"
    assert "столица" not in told.read_text("utf-8")


def test_every_game_of_the_sample_workspace_can_be_answered(repository: Path) -> None:
    questions = questions_of(load_workspace(repository))
    assert questions["player-type"].options["strategist"] == "Стратег"
    assert questions["friend-or-not"].is_scale
    assert questions["friday-001"].is_right("«Столица!»")
    assert not questions["friday-001"].is_right("")


def test_a_game_that_nobody_answered_has_no_count(state: State) -> None:
    assert counts_of((), state.ledger) == {}
    assert state.ledger.answered(["nothing"]) == {}
