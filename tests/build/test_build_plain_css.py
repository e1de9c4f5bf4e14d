"""Plain style is read without cssutils, exactly as cssutils reads it."""

import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pismo.compile.look import BUILT_IN, look_of
from pismo.inline import inline_css
from pismo.model.workspace import Brand
from pismo.plain_css import rules_of, style_of

WORDS = ("solid", "Menlo", "pre-wrap", "RED", "0", "0px", "1px", "14px", "1.25", "1.40", "01px")
ODD_WORDS = (".5", "100%", "-2px", "+1px", "#abc", "#AABBCC", "#aabbcc", "#aAbbcc", "#C2410C")
MORE = ("#ggg", "'a'", "a/b", "url(x)", "!important", "12PX", "0.50em", "10.05px", "{", "/**/")
NAMES = ("margin", "color", "font-family", "mso-hide", "Margin", "-x", "--x", "border-top", "a b")


def declared(style: Any) -> list[Sequence[str]]:  # cssutils has no types
    return [(one.name, one.value, one.propertyValue.cssText, one.priority) for one in style]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.lists(st.sampled_from(WORDS + ODD_WORDS + MORE), min_size=0, max_size=4),
            st.sampled_from((" ", "  ", ", ", ",")),
        ),
        max_size=4,
    ),
    st.sampled_from((";", "; ", ";;", " ;\n")),
)
def test_declarations_are_what_cssutils_reads_or_left_to_it(
    written: list[tuple[str, list[str], str]], between: str
) -> None:
    import cssutils

    cssutils.log.setLevel(logging.CRITICAL)
    css = between.join(f"{name}: {apart.join(values)}" for name, values, apart in written)
    plain = style_of(css)
    if plain is not None:
        assert declared(plain) == declared(cssutils.parseStyle(css, validate=False))


@pytest.mark.parametrize("layout", BUILT_IN)
@pytest.mark.parametrize("accent", ["#a3431f", "#AA4400", "#0000ff", "#FFF"])
def test_the_layouts_style_sheets_are_plain_and_read_as_cssutils_reads_them(
    layout: str, accent: str
) -> None:
    import cssutils

    css = look_of(layout, Brand(name="Игротека", accent=accent)).css
    rules = rules_of(css)
    assert rules is not None
    expected = [
        (rule.selectorText, declared(rule.style.getProperties()))
        for rule in cssutils.parseString(css, validate=False)
    ]
    assert [(rule.selectorText, declared(rule.style)) for rule in rules] == expected


@pytest.mark.parametrize(
    "css",
    [
        "p:hover {color: red}",
        "@media print {p {color: red}}",
        "p{color:red",
        "p{color:red !important}",
    ],
)
def test_a_sheet_that_is_not_plain_is_left_to_cssutils(css: str) -> None:
    assert rules_of(css) is None
    assert "<p" in inline_css("<p>a</p>", css)


def test_style_that_is_not_plain_is_inlined_as_before() -> None:
    html = '<p style="margin:0px;background:url(a.png)">a</p>'
    inlined = '<p style="color:red;margin:0;background:url(a.png)">a</p>'
    assert inline_css(html, "p{color:red}") == inlined


PLAIN = """
import sys
from pismo.inline import inline_css
print(inline_css('<p style="margin:0">a</p>', "p{color:#AABBCC}"))
assert not {"cssutils", "requests"} & set(sys.modules), "imported for nothing"
inline_css("<p>a</p>", "p:hover{color:red}")
assert "cssutils" in sys.modules
"""


def test_plain_style_is_inlined_without_importing_cssutils() -> None:
    done = subprocess.run([sys.executable, "-c", PLAIN], capture_output=True, text=True, check=True)
    assert done.stdout == '<p style="color:#ABC;margin:0">a</p>\n'


CHECKED = """
import sys
from pathlib import Path
from pismo.build.predicates import _wake
from pismo.segments import check_segments
from pismo.workspace import load_workspace
_wake()
assert check_segments(load_workspace(Path(sys.argv[1]))) == ()
assert "_duckdb" in sys.modules
assert not {"duckdb", "importlib.metadata"} & set(sys.modules), "imported for nothing"
"""


def test_segments_are_checked_with_the_engine_alone(small: Path) -> None:
    subprocess.run([sys.executable, "-c", CHECKED, str(small)], check=True)
