"""SES's way: a Handlebars engine prints what `render` prints, letter for letter.

The engine is strict, so a name of the template that a reader's data lacks is an error, as on SES.
"""

import dataclasses
import json
import re
import subprocess
from pathlib import Path
from typing import TypeAlias

import pytest

from pismo.model.edition import Branch, Choice, Constant, Context, Edition, Repeat
from pismo.model.edition import Path as Way
from pismo.model.people import Recipient
from pismo.render import handlebars, render, ses_headers, template_data
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

Job: TypeAlias = tuple[Edition, list[Recipient]]
ENGINE = """
const Handlebars = require("handlebars");
const jobs = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const print = ({template, data}) => {
  const made = Object.fromEntries(Object.entries(template).map(
    ([name, source]) => [name, Handlebars.compile(source, {strict: true})]));
  return data.map(values => Object.fromEntries(
    Object.entries(made).map(([name, fill]) => [name, fill(values)])));
};
process.stdout.write(JSON.stringify(jobs.map(print)));
"""


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install npm's handlebars once; where the registry cannot be reached, skip."""
    folder = tmp_path_factory.mktemp("handlebars")
    installed = subprocess.run(
        ["npm", "install", "--prefix", str(folder), "--silent", "handlebars@4"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if installed.returncode:
        pytest.skip(f"npm cannot install handlebars: {installed.stderr[-200:]}")
    (folder / "engine.js").write_text(ENGINE)
    return folder / "engine.js"


def printed(
    engine: Path, jobs: list[tuple[Edition, list[Recipient]]]
) -> list[list[dict[str, str]]]:
    """Return what the engine makes of each edition for each of its readers."""
    document = [
        {
            "template": {
                "subject": handlebars(letter).subject,
                "html": handlebars(letter).html,
                "text": handlebars(letter).text,
            },
            "data": [template_data(letter, reader) for reader in people],
        }
        for letter, people in jobs
    ]
    answer = subprocess.run(
        ["node", str(engine)],
        input=json.dumps(document),
        capture_output=True,
        text=True,
        check=True,
        cwd=engine.parent,
        timeout=120,
    )
    result: list[list[dict[str, str]]] = json.loads(answer.stdout)
    return result


def assert_equal(engine: Path, jobs: list[Job]) -> None:
    for (letter, people), answers in zip(jobs, printed(engine, jobs), strict=True):
        for reader, answer in zip(people, answers, strict=True):
            email = render(letter, reader)
            assert answer == {"subject": email.subject, "html": email.html, "text": email.text}


@pytest.mark.node
@pytest.mark.xdist_group("handlebars")
def test_the_engine_prints_the_rendered_letter_for_fifty_readers(engine: Path) -> None:
    people = (readers() * 2)[:50]
    assert len(people) == 50
    assert_equal(engine, [(full_edition(), people)])


LINES = ("\n", " \n\t", "x\n", "\r\n", "")
BRACES = ("{", "{{", "{{{", "\\", "\\{{", "{{x}}", "}}", "{\\", "\\\\", "{{{{a}}}}", "{{!-- --}}")


@pytest.mark.node
@pytest.mark.xdist_group("handlebars")
def test_block_tags_on_their_own_lines_and_braces_survive(engine: Path) -> None:
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
    assert_equal(engine, [(letter, people) for letter in odd])


@pytest.mark.node
@pytest.mark.xdist_group("handlebars")
def test_a_chain_of_elifs_and_nested_repeats_survive(engine: Path) -> None:
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
    assert_equal(engine, [(letter, people)])


def test_the_template_holds_nothing_personal_and_no_other_tags() -> None:
    template = handlebars(full_edition())
    tags = set(re.findall(r"\{\{\{?[#/]?(\w*)", template.html + template.text))
    assert all(re.fullmatch(r"if|each|else|[htebcs]\d*", tag) for tag in tags)


def test_headers_for_ses_are_ascii_on_one_line() -> None:
    headers = dict(ses_headers(full_edition(), recipient(first_name="Анна\r\nBcc: x")))
    assert headers["List-Id"].endswith("<friday.igroteka.example>")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for value in headers.values():
        assert re.fullmatch(r"[ -~]{1,995}", value)
