"""Tags beside the marks of lists, headings and tables, as writers put them."""

from pathlib import Path

import pytest
from lxml import html as markup

from pismo.compile import Compilation, compile_issue
from pismo.model.finding import has_errors
from pismo.model.people import Email
from pismo.render import render
from pismo.workspace import load_workspace
from tests.compile.test_compile_issue import FILE, ISSUE, errors, reader


def written(root: Path, body: str) -> Compilation:
    front = "---\nsubject: Hi\npreheader: pre\ndate: 2026-11-27\n---\n"
    (root / FILE).write_text(front + body, "utf-8")
    return compile_issue(load_workspace(root), ISSUE)


def letter(root: Path, body: str, **facts: str | int) -> Email:
    result = written(root, body)
    assert not has_errors(result.findings)
    return render(result.editions[0], reader(**facts))


def texts(email: Email, path: str) -> list[str]:
    return [one.text_content().strip() for one in markup.fromstring(email.html).xpath(path)]


HEADINGS = "{% if recipient.points %}## Rich{% else %}## Poor{% endif %}\n\nText\n"
ITEMS = "- one\n{% if recipient.points %}- two\n{% endif %}- three\n"
NESTED = "- one\n{% if recipient.points %}\n  - inner\n{% endif %}\n- two\n"
ROWS = "| A | B |\n|---|---|\n{% if recipient.points %}| x | y |\n{% endif %}| 3 | 4 |\n"
TABLES = (
    "{% if recipient.points %}\n| A | B |\n|---|---|\n| 1 | 2 |\n"
    "{% else %}\n| C | D |\n|---|---|\n| 3 | 4 |\n{% endif %}\n\nAfter.\n"
)
HEADING = "## {% if recipient.points %}Rich{% else %}Poor{% endif %}\n\nText\n"
AROUND = (
    "{% if recipient.city %}\nLook:\n\n{% for p in [1, 2] %}\n{% if recipient.points %}\n- rich\n"
    "{% else %}\n- poor\n{% endif %}\n{% endfor %}\n{% else %}\nNothing.\n{% endif %}\n"
)


@pytest.mark.parametrize(("points", "shown"), [(5, "Rich"), (0, "Poor")])
@pytest.mark.parametrize("body", [HEADINGS, HEADING])
def test_a_choice_of_headings_shows_a_heading(
    small: Path, body: str, points: int, shown: str
) -> None:
    email = letter(small, body, points=points)
    assert texts(email, "//h3") == [shown]
    assert email.text.startswith(f"{shown}\n\nText\n")


@pytest.mark.parametrize(("points", "shown"), [(5, ["one", "two", "three"]), (0, ["one", "three"])])
def test_a_tag_before_a_list_mark_leaves_one_list(
    small: Path, points: int, shown: list[str]
) -> None:
    email = letter(small, ITEMS, points=points)
    assert texts(email, "//ul/li") == shown
    assert email.text.startswith("".join(f"- {one}\n" for one in shown))


def test_a_tag_at_the_margin_keeps_a_nested_list_nested(small: Path) -> None:
    email = letter(small, NESTED, points=5)
    assert texts(email, "//ul/li/ul/li") == ["inner"]
    assert texts(letter(small, NESTED, points=0), "//ul/li") == ["one", "two"]


def test_a_tag_before_a_table_row_takes_the_whole_row(small: Path) -> None:
    assert texts(letter(small, ROWS, points=5), "//table[@class='rows']//td")[:2] == ["x", "y"]
    assert "x" not in texts(letter(small, ROWS, points=0), "//td")


@pytest.mark.parametrize(("points", "head"), [(5, ["A", "B"]), (0, ["C", "D"])])
def test_a_choice_of_two_tables_shows_one(small: Path, points: int, head: list[str]) -> None:
    email = letter(small, TABLES, points=points)
    assert texts(email, "//th") == head
    assert email.text.partition("After.")[1]


def test_an_empty_table_cell_stays_empty(small: Path) -> None:
    assert "" in texts(letter(small, "| A | B |\n|---|---|\n| 1 | |\n"), "//td")


def test_an_else_of_an_outer_branch_is_no_part_of_the_list(small: Path) -> None:
    assert texts(letter(small, AROUND, city="Tver", points=1), "//li") == ["rich", "rich"]
    assert "Nothing." in letter(small, AROUND).text


def test_tags_in_fenced_code_stay_where_they_are(small: Path) -> None:
    body = "```\n{% if recipient.points %}- x{% endif %}\n```\n"
    assert texts(letter(small, body, points=1), "//pre") == ["- x"]


def test_a_branch_of_a_mark_alone_is_refused_with_its_line(small: Path) -> None:
    body = "Hi\n\n{% if recipient.points %}#{% else %}##{% endif %} Title\n"
    (error,) = errors(written(small, body))
    assert (error.rule.id, error.source.line) == ("crossing-block", 8)


def test_a_link_defined_in_a_branch_is_refused_with_its_line(small: Path) -> None:
    body = "[go][1]\n\n{% if recipient.points %}\n[1]: https://shop.example/a\n{% endif %}\n"
    (error,) = errors(written(small, body))
    assert (error.rule.id, error.source.line) == ("link-definition", 8)
