"""The letters of this repository, for fifty readers: every engine writes the same one."""

from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from pismo.build.sample import sample_picks
from pismo.compile import FragmentCache, compile_issue
from pismo.model.content import FactValue
from pismo.model.edition import Edition
from pismo.model.people import Links, Recipient, Recommended
from pismo.render import mime_program, missing_in, render
from pismo.workspace import load_workspace
from tests.render.handlebars_engine import assert_equal
from tests.render.samples import ODD_NAMES

MOMENT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def letters(repository: Path) -> list[tuple[Edition, list[Recipient]]]:
    """Return every edition of the repository's newest issues, each with fifty readers."""
    workspace = load_workspace(repository)
    cache = FragmentCache()
    newest = {issue.newsletter: issue_id for issue_id, issue in workspace.issues.items()}
    picks = sample_picks(workspace, "ru")
    found = []
    for issue_id in newest.values():
        compilation = compile_issue(workspace, issue_id, cache=cache)
        for edition in compilation.editions:
            people = [reader(number, edition, picks) for number in range(50)]
            found.append((edition, people))
    return found


def reader(number: int, edition: Edition, picks: tuple[Recommended, ...]) -> Recipient:
    facts: dict[str, FactValue] = {
        "first_name": ODD_NAMES[number % len(ODD_NAMES)],
        "city": ODD_NAMES[number * 7 % len(ODD_NAMES)],
        "points": (None, 0, 1, 101, 22222)[number % 5],
        "orders": number % 4,
        "birthday": date(1990, 1 + number % 12, 5) if number % 2 else None,
        "last_category": "family" if number % 3 else None,
    }
    return Recipient(
        id=f"p{number}",
        segment=edition.segment,
        facts=facts,
        picks=picks[: number % 6],
        links=Links(
            unsubscribe=f"https://links.example.com/u/{number}",
            preferences=f"https://links.example.com/p/{number}",
            web="https://letters.example.com/x/",
            items={item.partition("/")[2]: "https://a.example/1" for item in edition.items},
        ),
        address=f"reader{number}@example.com",
        counts={"solved": number} if number % 2 else {},
    )


def test_messages_read_back_as_rendered(letters: list[tuple[Edition, list[Recipient]]]) -> None:
    for edition, people in letters:
        program = mime_program(edition)
        for one in people:
            message = message_from_bytes(program(one, MOMENT, "x@y.example"), policy=policy.default)
            assert isinstance(message, EmailMessage)
            email = render(edition, one)
            assert message["Subject"] == email.subject
            for kind, text in (("html", email.html), ("plain", email.text)):
                part = message.get_body((kind,))
                assert part is not None
                assert part.get_content().replace("\r\n", "\n") == text


@pytest.mark.node
@pytest.mark.xdist_group("handlebars")
def test_a_handlebars_engine_prints_the_rendered_letters(
    letters: list[tuple[Edition, list[Recipient]]], handlebars_engine: Path
) -> None:
    assert_equal(handlebars_engine, letters)


def test_nobody_without_a_name_is_left_out_of_the_sample_letters(
    letters: list[tuple[Edition, list[Recipient]]],
) -> None:
    for edition, people in letters:
        gaps = missing_in(edition)
        for one in people:
            assert not gaps(one), (edition.issue, edition.segment, gaps(one))
