"""Checks around mrml: what it swallows in silence is found, with the layout's line."""

from pathlib import Path

import pytest

from pismo.compile import Compilation, compile_issue
from pismo.compile.cache import FragmentCache
from pismo.compile.layout import to_html
from pismo.compile.mjml_check import Place, check_html, check_mjml
from pismo.compile.problem import CompileError
from pismo.model.finding import has_errors
from pismo.workspace import load_workspace

PAGE = "<mjml>\n<mj-head></mj-head>\n<mj-body>\n{}\n</mj-body>\n</mjml>"
SECTION = "<mj-section><mj-column>{}</mj-column></mj-section>"

BARE, HALF = "<mj-column></mj-column>", '<mj-column width="50%"></mj-column>'
IF, END = "<!--qzxi00001xzq-->", "<!--qzxd00001xzq-->"


def refused(mjml: str) -> CompileError:
    with pytest.raises(CompileError) as caught:
        check_mjml(mjml, Place((("layout.mjml.j2", mjml),)))
    return caught.value


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("<mj-foo></mj-foo>", "there is no <mj-foo>"),
        ("<mj-sectoin></mj-sectoin>", "did you mean <mj-section>"),
        (SECTION.format('<mj-text colour="#fff">x</mj-text>'), "no attribute 'colour'"),
        (SECTION.format('<mj-text color="#fffff">x</mj-text>'), 'color="#fffff"'),
        (SECTION.format('<mj-image width="wide" src="a" />'), 'width="wide"'),
        (SECTION.format('<mj-image src="a" inline />'), "no attribute 'inline'"),
        ("<mj-text>x</mj-text>", "<mj-text> may not stand in <mj-body>"),
        ("<mj-column></mj-column>", "<mj-column> may not stand in <mj-body>"),
        (SECTION.format("<mj-section></mj-section>"), "may not stand in <mj-column>"),
        (SECTION.format("<p>x</p>"), "<p> stands where only MJML may"),
        (SECTION.format("<mj-text><p>x</mj-text>"), "</mj-text> where </p> is expected"),
        (SECTION.format("<mj-text>x</mj-txt>"), "</mj-txt> where </mj-text> is expected"),
        (SECTION.format("<mj-text>x"), "</mj-column> where </mj-text> is expected"),
        (SECTION.format("<mj-text>a <b</mj-text>"), "a tag is not closed"),
        ("<mj-raw><!--[if mso]><table><![endif]--><div></mj-raw>", "</mj-raw> where </div>"),
        ("<mj-html-attributes></mj-html-attributes>", "there is no <mj-html-attributes>"),
        ('<mj-include path="a.mjml" />', "there is no <mj-include>"),
        (SECTION.format("<mj-raw>" + "<div>" * 300), "more than 256"),
        (SECTION.format('<mj-text color="red" color="blue">x</mj-text>'), "'color' twice"),
        (SECTION.format('<mj-text padding="big">x</mj-text>'), 'padding="big"'),
        (SECTION.format('<mj-text padding="1px 2px 3px 4px 5px">x</mj-text>'), "no value for it"),
        (SECTION.format('<mj-text align="centre">x</mj-text>'), 'align="centre"'),
        (SECTION.format('<mj-text vertical-align="centre">x</mj-text>'), "vertical-align"),
        (SECTION.format('<mj-text mj-class="nope">x</mj-text>'), 'no <mj-class name="nope">'),
        (SECTION.format('<mj-image alt="" />'), "<mj-image> has no 'src'"),
        (SECTION.format('<mj-button href="javascript:x">x</mj-button>'), "no value for it"),
        (SECTION.format('<mj-image src="file:///x" alt="" />'), "no value for it"),
        ("<mj-section direction='left'></mj-section>", "direction"),
        ("Hello <mj-section></mj-section>", "text between elements would be dropped: Hello"),
        ("<mj-section>Hello</mj-section>", "would be dropped: Hello"),
        (f"<mj-section>{BARE}{IF}{BARE}{END}</mj-section>", "need a width each"),
        (f"<mj-section>{HALF}{HALF}{HALF}</mj-section>", "<mj-section> are 150% wide together"),
        (f"<mj-section><mj-group>{HALF * 3}</mj-group></mj-section>", "<mj-group> are 150% wide"),
        (SECTION.format('<mj-text color="oragne">x</mj-text>'), 'color="oragne"'),
        (SECTION.format("<mj-raw><script>x</script></mj-raw>"), "<script> is dropped by mail"),
        (SECTION.format("<mj-text><IFRAME src='a'></IFRAME></mj-text>"), "<iframe> is dropped"),
        (SECTION.format("<mj-raw><form action='a'></form></mj-raw>"), "<form> is dropped by mail"),
        (SECTION.format("<mj-raw><object></object></mj-raw>"), "<object> is dropped by mail"),
        (SECTION.format("<mj-text><p onclick='a()'>x</p></mj-text>"), "onclick= of <p>"),
        (SECTION.format("<mj-text><img src=a OnError=b></mj-text>"), "OnError= of <img>"),
        (SECTION.format("<mj-text><a href=' JavaScript:x'>x</a></mj-text>"), "no address"),
        (f"<mj-section>{IF}{HALF}{END}{BARE}</mj-section>", "need a width each"),
    ],
)
def test_what_mrml_would_swallow_is_named_with_its_line(body: str, named: str) -> None:
    error = refused(PAGE.format(body))
    assert named in error.message
    assert error.where is not None
    assert (error.where.path, error.where.line) == ("layout.mjml.j2", 4)


@pytest.mark.parametrize(
    ("mjml", "named"),
    [
        ("<mjml></mjml>", "no <mj-body>"),
        ("", "no <mj-body>"),
        ("<mjml><mj-body>", "<mj-body> is not closed"),
        ("<mjml><mj-body></mj-body><mj-body></mj-body></mjml>", "two of <mj-body>"),
        (
            '<mjml><mj-head><mj-style inline="inline">a{}</mj-style></mj-head></mjml>',
            "not applied here",
        ),
    ],
)
def test_a_page_that_is_none_is_refused(mjml: str, named: str) -> None:
    assert named in refused(mjml).message


def test_notes_in_a_layout_reach_nobody_and_hold_what_they_like() -> None:
    mjml = PAGE.format("<!-- later: <mj-foo> --><mj-raw><!--[if mso]>x<![endif]--></mj-raw>")
    html = to_html(mjml, Place((("layout.mjml.j2", mjml),)), FragmentCache())
    assert "later" not in html
    assert "<!--[if mso]>x<![endif]-->" in html


@pytest.mark.parametrize(
    ("css", "named"),
    [
        ("a { color: red", "a '{' in <mj-style> is not closed"),
        ("a { color: red } }", "a '}' in <mj-style> closes nothing"),
        ("@media print { a { color: red }", "a '{' in <mj-style> is not closed"),
        ("a { } /* later", "a comment in <mj-style> is not closed"),
    ],
)
def test_a_style_sheet_that_is_not_closed_is_named_with_its_line(css: str, named: str) -> None:
    head = f"<mj-head>\n<mj-style>\n{css}\n</mj-style></mj-head>"
    error = refused(PAGE.format("").replace("<mj-head></mj-head>", head))
    assert named in error.message
    assert error.where is not None
    assert error.where.line == 3


@pytest.mark.parametrize(
    "body",
    [
        f"<mj-section>{HALF.replace('50', '33.34') * 3}</mj-section>",
        # Of these three a reader sees two.
        f"<mj-section>{HALF}{IF}{HALF}{END}{IF}{HALF}{END}</mj-section>",
        f"<mj-section>{HALF.replace('50%', '400px') * 2}{HALF}</mj-section>",
        SECTION.format('<mj-text color="RebeccaPurple">x</mj-text>'),
        SECTION.format('<mj-text container-background-color="transparent">x</mj-text>'),
        SECTION.format("<mj-text><a href='https://a.example' title='on time'>x</a></mj-text>"),
    ],
)
def test_what_is_well_is_left_alone(body: str) -> None:
    mjml = PAGE.format(body).replace(
        "<mj-head></mj-head>",
        "<mj-head><mj-style>a:after { content: '}' } /* { */ u { }</mj-style></mj-head>",
    )
    check_mjml(mjml, Place((("layout.mjml.j2", mjml),)))


def test_columns_with_widths_may_stand_under_a_condition() -> None:
    body = (
        '<mj-section><!--qzxi00001xzq--><mj-column width="50%"></mj-column><!--qzxd00001xzq-->'
        '<mj-column width="50%"></mj-column></mj-section>'
    )
    mjml = PAGE.format(body)
    check_mjml(mjml, Place((("layout.mjml.j2", mjml),)))


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ("<p></p><mj-section>", "<mj-section was not understood"),
        ("<!--[if mso]><table><!--[if mso]><tr><![endif]-->", "torn"),
        ("<![endif]-->", "torn"),
        ("<!--[if mso]><table>", "not closed"),
        ('<link href="https://fonts.example" rel="stylesheet">', "fetched from elsewhere"),
        ("<style>@import url(https://fonts.example)</style>", "fetched from elsewhere"),
    ],
)
def test_what_mrml_made_is_looked_at_again(html: str, named: str) -> None:
    with pytest.raises(CompileError) as caught:
        check_html(html, "layout.mjml.j2")
    assert named in caught.value.message


def test_an_error_of_mrml_is_placed_by_its_byte_offset() -> None:
    # Cyrillic before the mistake: mrml counts bytes, a writer counts lines.
    mjml = PAGE.format(SECTION.format("<mj-text>Привет\n\nмир <? x ?></mj-text>"))
    with pytest.raises(CompileError) as caught:
        to_html(mjml, Place((("layout.mjml.j2", mjml),)), FragmentCache())
    assert caught.value.where is not None
    assert caught.value.where.line in (4, 6)


# --- A workspace's own layout ---------------------------------------------------------------------

OWN = "newsletters/weekly/layout.mjml.j2"


def with_layout(root: Path, layout: str) -> Compilation:
    (root / OWN).write_text(layout, "utf-8")
    settings = root / "newsletters/weekly/newsletter.toml"
    text = settings.read_text("utf-8").replace('layout = "letter"', 'layout = "layout"')
    settings.write_text(text, "utf-8")
    return compile_issue(load_workspace(root), "weekly/2026-11-27")


def test_a_newsletter_may_extend_a_layout_of_pismo(small: Path) -> None:
    result = with_layout(
        small,
        '{% extends "letter.mjml.j2" %}{% block header %}<mj-text>Hi from {{ brand.name }}, '
        "{{ recipient.city | default('somewhere') }}</mj-text>{% endblock %}",
    )
    assert not has_errors(result.findings)
    assert "Hi from" in str(result.editions[0].html)
    assert OWN in result.editions[0].sources


@pytest.mark.parametrize(
    ("block", "rule", "line"),
    [
        ("\n<mj-txt>x</mj-txt>", "mjml", 3),
        ("<mj-image src='a.png' alt='' width='{{ recipient.points }}px' />", "vanished-value", 2),
        ("\n\n<mj-text>{{ recipient.city", "template-syntax", 4),
        (
            "{% if recipient.vip %}<mj-text>x</mj-text>{% else %}<mj-text>{% endif %}y</mj-text>",
            "crossing-block",
            2,
        ),
    ],
)
def test_a_mistake_in_an_own_layout_is_found_with_its_line(
    small: Path, block: str, rule: str, line: int
) -> None:
    layout = f'{{% extends "letter.mjml.j2" %}}\n{{% block header %}}{block}{{% endblock %}}'
    result = with_layout(small, layout)
    assert result.editions == ()
    finding = next(f for f in result.findings if f.rule.id == rule)
    assert str(finding.source) == f"{OWN}:{line}"


def test_a_layout_that_shows_no_body_loses_values_and_says_so(small: Path) -> None:
    result = with_layout(small, '{% extends "letter.mjml.j2" %}{% block body %}{% endblock %}')
    assert "layout-drops" in {finding.rule.id for finding in result.findings}


def test_a_layout_without_a_way_out_is_refused(small: Path) -> None:
    result = with_layout(small, '{% extends "letter.mjml.j2" %}{% block footer %}{% endblock %}')
    assert "no-way-out" in {finding.rule.id for finding in result.findings}
