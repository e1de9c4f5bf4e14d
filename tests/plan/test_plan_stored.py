"""Stored plans: doubles, the canary, expiry, approvals, and what an amendment shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pismo.errors import ContentError, SendError
from pismo.keys import load_keys
from pismo.model.codec import with_digest
from pismo.model.edition import Constant, Context, Filter, Hole, Repeat, Static
from pismo.model.edition import Path as Where
from pismo.plan.addresses import problem_with_address, wire_address
from pismo.plan.amend import differences
from pismo.plan.approve import read_approval, require_approval
from pismo.plan.choose import Candidate, Choosing, Questions, arrange
from pismo.plan.picks import MOST, picks_wanted
from pismo.plan.state import erase_expired
from pismo.workspace import load_workspace
from tests.publish.plans import ISSUE, NOW, desk, edition


def choosing(folder: Path, people: list[Candidate], **questions: Any) -> Choosing:
    import pyarrow as pa

    asked = Questions(
        **{
            "barred": lambda _: {},
            "picks": None,
            "gaps": None,
            "leaves": lambda _: NOW,
            "keys": load_keys(folder, {}),
            **questions,
        }
    )
    (folder / "chosen").mkdir()
    (folder / "shards").mkdir()
    chosen = Choosing(folder / "chosen", asked, pa.schema([]))
    chosen.add(people)
    return chosen


def person(number: int, address: str = "", segment: str = "everyone") -> Candidate:
    return Candidate(f"p{number}", address or f"r{number}@example.com", "", segment, {})


def arranged(folder: Path, taken: tuple[str, ...] = ()) -> tuple[int, int, int]:
    shards, planned, doubles, canary = arrange(folder / "chosen", folder / "shards", "salt", taken)
    assert sum(shard.size for shard in shards) == sum(planned.values())
    return sum(planned.values()), doubles, canary


def test_one_mailbox_gets_one_letter(tmp_path: Path) -> None:
    people = [person(1, "a@example.com"), person(2, "A@Example.com"), person(3)]
    choosing(tmp_path, people)
    assert arranged(tmp_path)[:2] == (2, 1)


def test_address_written_to_under_another_id_is_left_out(tmp_path: Path) -> None:
    choosing(tmp_path, [person(1), person(2)])
    assert arranged(tmp_path, taken=("p2",))[:2] == (1, 1)


def test_whoever_may_not_be_written_to_does_not_block_their_double(tmp_path: Path) -> None:
    people = [person(1, "a@example.com"), person(2, "a@example.com")]
    chosen = choosing(tmp_path, people, barred=lambda _: {"p1": "unsubscribed"})
    assert chosen.excluded == {"unsubscribed": 1}
    assert arranged(tmp_path)[:2] == (1, 0)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "no-address"),
        ("   ", "no-address"),
        ("nobody", "invalid-address"),
        ("анна@example.com", "invalid-address"),
        ("a b@example.com", "invalid-address"),
        ("a@example.com\r\nBcc: x@y.example", "invalid-address"),
        ("a..b@example.com", "invalid-address"),
        ("a@-bad-.example", "invalid-address"),
        ("a@localhost", "invalid-address"),
        ("a@shop.example-", "invalid-address"),
    ],
)
def test_address_that_mail_services_refuse_is_excluded(
    tmp_path: Path, address: str, reason: str
) -> None:
    candidate = Candidate("p1", wire_address(address), "", "everyone", {})
    assert choosing(tmp_path, [candidate]).excluded == {reason: 1}


def test_domain_in_other_letters_travels_as_punycode() -> None:
    address = wire_address(" katya@игротека.example ")
    assert address.startswith("katya@xn--")
    assert problem_with_address(address) == ""


def test_canary_has_every_edition_in_it(tmp_path: Path) -> None:
    people = [person(n, segment="families" if n < 30 else "everyone") for n in range(300)]
    choosing(tmp_path, people)
    assert arranged(tmp_path)[2] == 1 + 3


def test_nobody_to_write_to_is_an_empty_plan(tmp_path: Path) -> None:
    choosing(tmp_path, [person(1)], barred=lambda _: {"p1": "no-consent"})
    assert arranged(tmp_path) == (0, 0, 0)


def test_stored_people_are_erased_when_their_time_is_over(small: Path) -> None:
    where = desk(small / ".pismo", 10)
    workspace = load_workspace(small)
    assert erase_expired(workspace, where.ledger, NOW + timedelta(days=29)) == 0
    assert erase_expired(workspace, where.ledger, NOW + timedelta(days=31)) == 1
    assert not where.stored.folder.exists()
    assert where.ledger.plan(where.stored.plan.id).erased_at is not None
    assert erase_expired(workspace, where.ledger, NOW + timedelta(days=32)) == 0


def test_broken_approval_says_how_to_write_it_anew(small: Path) -> None:
    path = small / "newsletters" / f"{ISSUE}.approved.toml"
    path.write_text("editions = 3\n")
    with pytest.raises(ContentError, match="--approve"):
        read_approval(small, ISSUE)
    path.write_text("[[[\n")
    with pytest.raises(ContentError, match="not TOML"):
        read_approval(small, ISSUE)


def test_approval_of_some_editions_does_not_cover_the_others(small: Path) -> None:
    moment = datetime(2026, 11, 26, tzinfo=UTC)
    path = small / "newsletters" / f"{ISSUE}.approved.toml"
    path.write_text(f'approved_at = {moment:%Y-%m-%dT%H:%M:%SZ}\n[editions]\nfamilies = "abc"\n')
    require_approval(small, ISSUE, {"families": "abc"}, "ledger")
    with pytest.raises(SendError, match="in: everyone"):
        require_approval(small, ISSUE, {"families": "abc", "everyone": "def"}, "ledger")


def test_differences_are_told_word_by_word() -> None:
    lines = differences(edition(word="Hello dear"), edition(word="Hello my dear"))
    assert "  + my" in lines
    assert not any(line.startswith("  - ") for line in lines)


def test_difference_in_looks_only_is_told_as_such() -> None:
    before = edition()
    after = with_digest(replace(before, html=(*before.html, Static("<hr>"))))
    assert "looks" in differences(before, after)[0]


def test_picks_wanted_are_as_many_as_a_letter_shows() -> None:
    def of(*parts: Any) -> int:
        return picks_wanted(replace(edition(), html=parts))

    picks = Where("picks")
    body = (Hole(Where("pick", ("title",)), Context.HTML),)
    assert of(Static("none")) == 0
    assert of(Hole(Where("picks", (2, "title")), Context.HTML)) == 3
    four = Filter("part", picks, (Constant(None), Constant(4)))
    assert of(Repeat("pick", four, body)) == 4
    assert of(Repeat("pick", picks, body)) == MOST
