"""Gaps found by remembered answers are exactly those that rendering finds, reader by reader."""

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pismo.model.edition import (
    Branch,
    Choice,
    Compare,
    Constant,
    Context,
    Filter,
    Hole,
    Part,
    Repeat,
    Static,
)
from pismo.model.edition import Path as Where
from pismo.model.people import Links, Recipient, Recommended
from pismo.plan.gaps import GapFinder
from pismo.render import missing
from tests.publish.plans import edition

LINKS = Links(unsubscribe="u", preferences="p", web="w", items={"poll-1": "a"})


def hole(*steps: str, root: str = "recipient") -> Hole:
    return Hole(Where(root, steps), Context.HTML)


def filled(*steps: str) -> Hole:
    return Hole(Filter("default", Where("recipient", steps), (Constant("-"),)), Context.HTML)


def pick(name: str, reason: str = "", image: str = "") -> Recommended:
    return Recommended(
        id=name, title=f"T{name}", url="u", price=Decimal(1), currency="USD", reason=reason,
        image=image,
    )  # fmt: skip


PARTS: tuple[Part, ...] = (
    Static("Hello "),
    filled("first_name"),
    hole("city"),
    Choice(
        (Branch(Compare(">", Where("recipient", ("points",)), Constant(100)), (hole("tier"),)),),
        (filled("tier"),),
    ),
    Repeat(
        "pick",
        Filter("part", Where("picks"), (Constant(None), Constant(4))),
        (hole("title", root="pick"), hole("reason", root="pick")),
    ),
    Repeat("pick", Where("picks"), (hole("image", root="pick"), hole("index", root="loop:pick"))),
    hole("unsubscribe", root="links"),
)


def readers(seed: int) -> list[Recipient]:
    draw = random.Random(seed)
    some = [pick(str(n), draw.choice(["", "why"]), draw.choice(["", "i"])) for n in range(6)]
    return [
        Recipient(
            id=f"p{n}",
            segment="everyone",
            facts={
                "first_name": draw.choice([None, "", "Anna"]),
                "city": draw.choice([None, "", "Omsk", "Perm"]),
                "points": draw.choice([None, 5, 500]),
                "tier": draw.choice([None, "gold"]),
            },
            picks=tuple(draw.sample(some, draw.randint(0, 4))),
            links=LINKS,
        )
        for n in range(400)
    ]


def test_remembered_answers_equal_those_of_rendering() -> None:
    letter = replace(edition(), html=PARTS, text=PARTS[:3])
    finder = GapFinder(letter, LINKS)
    for reader in readers(7):
        expected = list(missing(letter, reader))
        assert list(finder.gaps(reader.id, reader.facts, reader.picks)) == expected


def test_letter_whose_holes_all_have_fallbacks_asks_nothing() -> None:
    letter = replace(edition(), html=(PARTS[0], PARTS[1], PARTS[6]))
    finder = GapFinder(letter, LINKS)
    unknown: dict[str, Any] = {}
    assert finder.gaps("p1", unknown, ()) == ()


def test_reader_by_themselves_are_asked_about_each() -> None:
    letter = replace(edition(), html=(hole("id"),))
    finder = GapFinder(letter, LINKS)
    assert list(finder.gaps("p1", {}, ())) == []
