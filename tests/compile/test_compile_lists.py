"""Lists, quotes and paragraphs with branches and loops in them, as HTML and as plain text."""

from dataclasses import replace
from pathlib import Path

import pytest

from pismo.model.finding import has_errors
from pismo.model.people import Email
from pismo.render import render
from tests.compile.battery import PEOPLE
from tests.compile.test_compile_branch_lines import texts, written
from tests.compile.test_compile_issue import errors, reader


def letter(root: Path, body: str, picks: int = 0, **facts: str | int) -> Email:
    result = written(root, body)
    assert not has_errors(result.findings)
    person = replace(reader(**facts), picks=PEOPLE[0].picks[:picks])
    return render(result.editions[0], person)


def body_of(email: Email) -> str:
    return email.text.split("\n--\n")[0].rstrip("\n").replace("\u00a0", " ")


LOOP = "1. Begin\n{% for p in picks %}\n1. {{ p.id }}\n{% endfor %}\n1. End\n"
CHOICE = (
    "1. one\n{% if recipient.points %}\n1. two\n"
    "{% else %}\n1. zwei\n1. drei\n{% endif %}\n1. last\n"
)
BOTH = (
    "{% for p in picks %}\n1. {{ p.id }}\n"
    "1. {% if loop.first %}a{% else %}b{% endif %}\n{% endfor %}\n1. z\n"
)
EMPTY_LOOP = "{% for p in picks %}\n1. {{ p.id }}\n{% else %}\n1. none\n{% endfor %}\n1. z\n"
UNEVEN = (
    "{% for p in picks %}\n1. {{ p.id }}\n{% if loop.first %}\n1. x\n{% endif %}\n{% endfor %}\n"
)
CHOSEN = "{% for p in picks if p.reason %}\n1. {{ p.id }}\n{% endfor %}\n1. z\n"
FROM_ZERO = "0. a\n0. b\n"


@pytest.mark.parametrize(
    ("body", "picks", "points", "shown"),
    [
        (LOOP, 0, 0, "1. Begin\n2. End"),
        (LOOP, 2, 0, "1. Begin\n2. g0\n3. g1\n4. End"),
        (CHOICE, 0, 5, "1. one\n2. two\n3. last"),
        (CHOICE, 0, 0, "1. one\n2. zwei\n3. drei\n4. last"),
        (BOTH, 2, 0, "1. g0\n2. a\n3. g1\n4. b\n5. z"),
        (EMPTY_LOOP, 0, 0, "1. none\n2. z"),
        (EMPTY_LOOP, 3, 0, "1. g0\n2. g1\n3. g2\n4. z"),
        (UNEVEN, 2, 0, "- g0\n- x\n- g1"),
        (CHOSEN, 3, 0, "- g0\n- g2\n- z"),
        (FROM_ZERO, 0, 0, "0. a\n1. b"),
    ],
)
def test_plain_text_numbers_what_this_reader_sees(
    small: Path, body: str, picks: int, points: int, shown: str
) -> None:
    assert body_of(letter(small, body, picks, points=points)) == shown


@pytest.mark.parametrize(
    ("body", "points", "shown"),
    [
        (
            "- one\n  {% if recipient.points %}\n  rich\n  {% endif %}\n- two\n",
            3,
            "- one\n  rich\n- two",
        ),
        ("- one\n  {% if recipient.points %}\n  rich\n  {% endif %}\n- two\n", 0, "- one\n- two"),
        (
            "> one\n>\n> {% if recipient.points %}\n> rich\n>\n> more\n> {% endif %}\n> end\n",
            3,
            "> one\n>\n> rich\n>\n> more\n>\n> end",
        ),
        (
            "> one\n>\n> {% if recipient.points %}\n> rich\n>\n> more\n> {% endif %}\n> end\n",
            0,
            "> one\n>\n> end",
        ),
    ],
)
def test_branches_inside_items_and_quotes_leave_whole_lines(
    small: Path, body: str, points: int, shown: str
) -> None:
    text = body_of(letter(small, body, points=points))
    assert text == shown
    assert all(line == line.rstrip() for line in text.split("\n"))


def test_lines_of_a_tight_item_stay_apart_in_html(small: Path) -> None:
    body = "- one\n  {% if recipient.points %}\n  rich\n  {% endif %}\n- two\n"
    assert "one<br>rich" in letter(small, body, points=3).html
    assert "<br>" not in letter(small, body, points=0).html.split("one")[1].split("two")[0]


def test_a_branch_in_a_quote_keeps_one_quote(small: Path) -> None:
    body = "> one\n>\n> {% if recipient.points %}\n> rich\n> {% endif %}\n> end\n"
    assert len(texts(letter(small, body, points=3), "//blockquote")) == 1


@pytest.mark.parametrize(("mark", "prefix"), [("> ", "> "), ("  ", "  ")])
def test_every_line_of_a_block_is_set_in_like_the_text_around_it(
    small: Path, mark: str, prefix: str
) -> None:
    first = "> Look\n" if mark == "> " else "- Look\n"
    text = body_of(letter(small, f'{first}{mark.rstrip()}\n{mark}{{{{ tip("sleeves") }}}}\n'))
    assert f"\n{prefix}Sleeve your cards\n" in text
    assert f"\n{prefix}- [ ] Wash your hands\n{prefix}- [ ] Count the cards" in text


LIST = "Hi\n\n{% for p in picks %}\n- {{ p.id }}\n{% endfor %}\n\nEnd\n"
LINE = "Hi\n\n{% for p in picks %}{{ p.id }}{% endfor %}\n\nEnd\n"
WITH_ELSE = "Hi\n\n{% for p in picks %}\n- {{ p.id }}\n{% else %}\nNone\n{% endfor %}\n\nEnd\n"
TAGS_BESIDE = "Hi\n\n{% for p in picks %}- {{ p.id }}\n{% else %}None{% endfor %}\n\nEnd\n"


@pytest.mark.parametrize("body", [LIST, LINE])
def test_a_repeat_over_nothing_leaves_nothing(small: Path, body: str) -> None:
    email = letter(small, body)
    assert body_of(email) == "Hi\n\nEnd"
    assert not texts(email, "//ul")
    assert texts(email, "//p")[:2] == ["Hi", "End"]
    assert "g0" in body_of(letter(small, body, 1))


def test_a_repeat_over_nothing_after_a_choice_leaves_no_gap(small: Path) -> None:
    choice = "{% if recipient.points %}\n\nRich\n\n{% else %}\n\nHi\n\n{% endif %}"
    email = letter(small, LIST.replace("Hi", choice))
    assert body_of(email) == "Hi\n\nEnd"


@pytest.mark.parametrize("body", [LIST, WITH_ELSE, TAGS_BESIDE])
def test_a_repeat_of_items_is_one_list(small: Path, body: str) -> None:
    email = letter(small, body, 2)
    assert texts(email, "//ul/li") == ["g0", "g1"]
    assert len(texts(email, "//ul")) == 1
    assert body_of(email) == "Hi\n\n- g0\n- g1\n\nEnd"


@pytest.mark.parametrize("body", [WITH_ELSE, TAGS_BESIDE])
def test_the_else_of_a_repeat_of_items_is_a_paragraph(small: Path, body: str) -> None:
    email = letter(small, body)
    assert body_of(email) == "Hi\n\nNone\n\nEnd"
    assert not texts(email, "//ul")


@pytest.mark.parametrize(
    "body",
    [
        "- one\n  - in\n{% if recipient.points %}\n  - two\n- out\n{% endif %}\n- three\n",
        "- one\n{% if recipient.points %}\n  - two\n- out\n{% endif %}\n- three\n",
        "- one\n{% if recipient.points %}\n- out\n{% endif %}\n  - in\n",
        "- one\n{% for p in picks %}\n- out\n{% endfor %}\n  - in\n",
    ],
)
def test_a_branch_that_cuts_an_item_is_refused_with_its_line(small: Path, body: str) -> None:
    result = written(small, body)
    found = errors(result)
    assert {one.rule.id for one in found} == {"crossing-item"}
    assert found[0].source.line == 6 + body.split("{%", maxsplit=1)[0].count("\n")
    assert found[0].hint("ru")
