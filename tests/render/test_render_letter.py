"""Whole letters: escaping by place, gaps, purity."""

import html as html_module
from collections.abc import Mapping

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pismo.model.edition import (
    Branch,
    Choice,
    Compare,
    Constant,
    Context,
    Logic,
    Path,
    Repeat,
)
from pismo.render import missing, render
from tests.render.samples import (
    FIRST_NAME,
    ODD_NAMES,
    PICKS,
    default,
    edition,
    full_edition,
    hole,
    parts,
    readers,
    recipient,
    recipient_path,
)

NAME_IN_TEXT = edition(html=("<p id='it'>", hole(FIRST_NAME), "</p>"))
NAME_IN_ATTRIBUTE = edition(html=('<p title="', hole(FIRST_NAME, Context.ATTRIBUTE), '">x</p>'))
NAME_IN_HREF = edition(html=('<a href="', hole(FIRST_NAME, Context.URL), '">x</a>'))
HOSTILE = st.one_of(
    st.text(),
    st.sampled_from([name for name in ODD_NAMES if name]),
    st.text("<>&\"'`=/\\{}%\r\n\t javascript:", max_size=40),
)


def parsed(html: str) -> list[Mapping[str, object]]:
    """Return every element below body: its tag, attributes and text."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return [
        {"tag": element.tag, "attributes": dict(element.attrib), "text": element.text}
        for element in tree.find("body").iter()
        if element.tag != "body"
    ]


@given(HOSTILE)
def test_a_name_is_text_in_an_element(name: str) -> None:
    (paragraph,) = parsed(render(NAME_IN_TEXT, recipient(first_name=name)).html)
    assert paragraph["tag"] == "p"
    shown = render(edition(text=(hole(FIRST_NAME, Context.TEXT),)), recipient(first_name=name)).text
    assert (paragraph["text"] or "") == shown


@given(HOSTILE)
def test_a_name_stays_in_its_attribute(name: str) -> None:
    (paragraph,) = parsed(render(NAME_IN_ATTRIBUTE, recipient(first_name=name)).html)
    assert paragraph["attributes"].keys() == {"title"}  # type: ignore[attr-defined]  # a dict
    assert paragraph["text"] == "x"


@given(HOSTILE)
def test_an_address_is_safe_or_harmless(name: str) -> None:
    (link,) = parsed(render(NAME_IN_HREF, recipient(first_name=name)).html)
    address = str(link["attributes"]["href"])  # type: ignore[index]  # a dict
    assert address in ("", "#") or address.lower().startswith(
        ("http:", "https:", "mailto:", "tel:")
    )
    assert not set(address) & set(' \t\r\n<>"\\')


@given(HOSTILE)
def test_a_name_cannot_end_a_header(name: str) -> None:
    letter = edition(subject=("Привет, ", hole(FIRST_NAME, Context.HEADER), "!"))
    subject = render(letter, recipient(first_name=name)).subject
    assert len((subject + "x").splitlines()) == 1


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " java\nscript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "vbscript:x",
        "\x01javascript:alert(1)",
        "nonsense",
    ],
)
def test_an_address_with_another_scheme_is_replaced_by_a_harmless_one(address: str) -> None:
    assert render(NAME_IN_HREF, recipient(first_name=address)).html == '<a href="#">x</a>'


def test_an_honest_address_is_only_escaped_for_its_attribute() -> None:
    letter = render(NAME_IN_HREF, recipient(first_name="https://shop.example/ё?a=1&b=%20"))
    assert letter.html == '<a href="https://shop.example/%D1%91?a=1&amp;b=%20">x</a>'


def test_what_a_subscriber_typed_is_never_evaluated() -> None:
    letter = render(full_edition(), recipient(first_name="{{ 7*7 }}{% raw %}", points=7))
    for shown in (letter.subject, letter.html, letter.text):
        assert "{{ 7*7 }}{% raw %}" in html_module.unescape(shown)
        assert "49" not in shown


def test_missing_values_print_as_nothing() -> None:
    letter = edition(html=("[", hole(FIRST_NAME), "]"))
    assert render(letter, recipient(first_name=None)).html == "[]"


def test_render_is_pure() -> None:
    letter = full_edition()
    for reader in readers():
        assert render(letter, reader) == render(letter, reader)


def test_a_repeat_over_nothing_shows_its_else() -> None:
    letter = edition(html=(Repeat("p", Path("picks"), parts(("x",)), parts(("пусто",))),))
    assert render(letter, recipient()).html == "пусто"
    assert render(letter, recipient(picks=PICKS)).html == "xxxx"


def test_a_repeat_leaves_items_out_before_it_counts() -> None:
    only = Compare(">", Path("p", ("price",)), Constant(1991))
    last = hole(Path("loop:p", ("length",)), Context.TEXT)
    letter = edition(text=(Repeat("p", Path("picks"), (last,), parts(("нет",)), only),))
    assert render(letter, recipient(picks=PICKS)).text == "22"
    assert render(letter, recipient(picks=PICKS[:1])).text == "нет"


def test_loop_knows_its_place() -> None:
    fields = ("index", "index0", "first", "last", "length", "revindex", "revindex0", "nothing")
    body = parts(
        piece for field in fields for piece in (hole(Path("loop:p", (field,)), Context.TEXT), " ")
    )
    letter = edition(text=(Repeat("p", Path("picks"), body),))
    assert render(letter, recipient(picks=PICKS[:2])).text == (
        "1 0 True False 2 2 1  2 1 False True 2 1 0  "
    )


def test_a_hole_without_fallback_names_the_column_it_lacks() -> None:
    letter = edition(html=(hole(FIRST_NAME), hole(recipient_path("city"))))
    assert missing(letter, recipient(first_name="", city=None)) == ("city", "first_name")
    assert missing(letter, recipient(first_name="Анна", city="Тверь")) == ()


def test_a_fallback_an_or_and_a_test_leave_no_gap() -> None:
    letter = edition(
        html=(
            hole(default(FIRST_NAME, "")),
            hole(Logic("or", (FIRST_NAME, Constant("друг")))),
            Choice((Branch(Compare(">", recipient_path("points"), Constant(1)), ()),)),
        )
    )
    assert missing(letter, recipient()) == ()


def test_only_the_branch_that_is_taken_can_leave_a_gap() -> None:
    letter = edition(
        html=(
            Choice(
                (Branch(recipient_path("points"), (hole(recipient_path("city")),)),),
                (hole(FIRST_NAME),),
            ),
        )
    )
    assert missing(letter, recipient(points=5)) == ("city",)
    assert missing(letter, recipient(points=0)) == ("first_name",)


def test_a_gap_below_another_root_is_named_after_it() -> None:
    old_price = hole(Path("p", ("old_price",)))
    letter = edition(
        html=(Repeat("p", Path("picks"), (old_price,)), hole(Path("counts", ("solved",))))
    )
    assert missing(letter, recipient(picks=PICKS)) == ("counts.solved", "picks.old_price")


def test_a_gap_in_a_header_counts() -> None:
    letter = edition(headers=(("X-City", (hole(recipient_path("city"), Context.HEADER),)),))
    assert missing(letter, recipient()) == ("city",)
