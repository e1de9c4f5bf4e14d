"""SES's way: a Handlebars engine prints what `render` prints, letter for letter.

The engine is strict, so a name of the template that a reader's data lacks is an error, as on SES.
"""

import dataclasses
import re
from pathlib import Path

import pytest

from pismo.model.edition import Branch, Choice, Constant, Context, Repeat
from pismo.model.edition import Path as Way
from pismo.render import handlebars, ses_program
from tests.render.handlebars_engine import assert_equal
from tests.render.samples import (
    FIRST_NAME,
    PICKS,
    edition,
    full_edition,
    hole,
    parts,
    readers,
    recipient,
    recipient_path,
)


@pytest.mark.node
@pytest.mark.xdist_group("handlebars")
def test_the_engine_prints_the_rendered_letter_for_fifty_readers(handlebars_engine: Path) -> None:
    people = (readers() * 2)[:50]
    assert len(people) == 50
    assert_equal(handlebars_engine, [(full_edition(), people)])


LINES = ("\n", " \n\t", "x\n", "\r\n", "")
BRACES = ("{", "{{", "{{{", "\\", "\\{{", "{{x}}", "}}", "{\\", "\\\\", "{{{{a}}}}", "{{!-- --}}")


@pytest.mark.node
@pytest.mark.xdist_group("handlebars")
def test_block_tags_on_their_own_lines_and_braces_survive(handlebars_engine: Path) -> None:
    points = recipient_path("points")
    odd = [
        edition(
            html=(
                *(
                    before,
                    Choice((Branch(points, parts((inside, hole(FIRST_NAME)))),), parts(tail)),
                ),
                *(inside, Repeat("p", Way("picks"), parts((before, inside)), parts(tail)), before),
                *(hole(FIRST_NAME), before, inside),
            ),
            text=(before, hole(FIRST_NAME, Context.TEXT), inside),
        )
        for before in (*LINES, *BRACES)
        for inside in (*LINES, *BRACES)
        for tail in ((), ("\n",), (before, inside))
    ]
    people = [
        recipient(first_name="{{ x }}", points=1, picks=PICKS[:2]),
        recipient(first_name="\n", points=0),
    ]
    assert_equal(handlebars_engine, [(letter, people) for letter in odd])


@pytest.mark.node
@pytest.mark.xdist_group("handlebars")
def test_a_chain_of_elifs_and_nested_repeats_survive(handlebars_engine: Path) -> None:
    chain = Choice(
        tuple(
            Branch(
                Way("recipient", (f"is{number}",)), parts((f"branch {number} ", hole(FIRST_NAME)))
            )
            for number in range(4)
        ),
        parts(("else ", hole(FIRST_NAME))),
    )
    inner = Repeat(
        "q", Way("picks"), parts((hole(Way("p", ("id",))), hole(Way("q", ("id",))), chain))
    )
    outer = Repeat("p", Way("picks"), (inner, hole(Way("loop:p", ("index",)))), parts(("nobody",)))
    letter = edition(html=(outer, chain, hole(Constant("end"))), text=(chain,))
    people = [
        dataclasses.replace(
            recipient(picks=PICKS[: number % 3]),
            facts={"first_name": "<Анна>", f"is{number}": True},
        )
        for number in range(6)
    ]
    assert_equal(handlebars_engine, [(letter, people)])


def test_the_template_holds_nothing_personal_and_no_other_tags() -> None:
    template = handlebars(full_edition())
    tags = set(re.findall(r"\{\{\{?[#/]?(\w*)", template.html + template.text))
    assert all(re.fullmatch(r"if|each|else|[htebcs]\d*", tag) for tag in tags)


def test_headers_for_ses_are_ascii_on_one_line() -> None:
    headers = dict(ses_program(full_edition())(recipient(first_name="Анна\r\nBcc: x"))[1])
    assert headers["List-Id"].endswith("<friday.igroteka.example>")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for value in headers.values():
        assert re.fullmatch(r"[ -~]{1,995}", value)
