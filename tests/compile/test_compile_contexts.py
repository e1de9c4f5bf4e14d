"""Where a value stands decides how it is escaped: hostile values, parsed back."""

from dataclasses import replace
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import default as email_policy

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pismo.compile.holes import Filling, assemble, scan_html, scan_text
from pismo.compile.problem import CompileError
from pismo.compile.stage.record import Mark
from pismo.compile.stage.tokens import TokenKind, token
from pismo.model.content import Sender
from pismo.model.edition import Constant, Context, Edition, Filter, Hole, Parts, Static
from pismo.model.edition import Path as Value
from pismo.render import mime_program
from pismo.render.letter import filled
from tests.compile.battery import PEOPLE

X = token(TokenKind.HOLE, 1)
MARKS = {1: Mark(TokenKind.HOLE, 1, Value("recipient", ("x",)))}
FILLING = Filling(MARKS, {}, "t.md")

HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "' onmouseover='alert(1)",
            "javascript:alert(1)",
            " JaVa\tScRiPt:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            'https://evil.example/"onclick="x',
            "--><script>alert(1)</script><!--",
            "]]><x>",
            "{{ 7*7 }}",
            "{% raw %}",
            "qzxe00001xzq",
            "Анна\r\nBcc: x@y.example",
            "a\u2028b\u202ec",
            "\x00\x0b",
            "</title></style></textarea>",
            "&lt;&#x3c;&amp;",
            "😀" * 500,
        ]
    ),
    st.text(max_size=60),
)


def parts_of(html: str) -> Parts:
    return assemble(scan_html(html, FILLING), FILLING)


def shown(parts: Parts, value: str) -> str:
    return filled(parts, {"recipient": {"x": value}}, "ru")


@given(HOSTILE)
def test_in_text_a_value_makes_no_element(value: str) -> None:
    html = shown(parts_of(f"<div><p>before {X} after</p></div>"), value)
    tree = BeautifulSoup(html, "html5lib")
    assert [tag.name for tag in tree.body.find_all(True)] == ["div", "p"]  # type: ignore[union-attr]


@given(HOSTILE)
def test_in_an_attribute_a_value_makes_no_other_attribute(value: str) -> None:
    html = shown(parts_of(f'<p title="a {X} b" class="c">x</p>'), value)
    (paragraph,) = BeautifulSoup(html, "html5lib").find_all("p")
    assert set(paragraph.attrs) == {"title", "class"}


@given(HOSTILE)
def test_as_an_address_a_value_has_a_harmless_scheme(value: str) -> None:
    html = shown(parts_of(f'<a href="{X}">x</a>'), value)
    (link,) = BeautifulSoup(html, "html5lib").find_all("a")
    address = str(link["href"])
    assert set(link.attrs) == {"href"}
    scheme = address.partition(":")[0].lower()
    assert address in ("", "#") or scheme in ("http", "https", "mailto", "tel")


@given(HOSTILE)
def test_within_an_address_a_value_is_one_component(value: str) -> None:
    html = shown(parts_of(f'<a href="https://shop.example/?q={X}&amp;z=1">x</a>'), value)
    (link,) = BeautifulSoup(html, "html5lib").find_all("a")
    address = str(link["href"])
    assert set(link.attrs) == {"href"}
    assert address.startswith("https://shop.example/?q=")
    assert address.count("&") == 1
    assert address.count("?") == 1
    assert "#" not in address


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(HOSTILE)
def test_in_a_subject_a_value_makes_no_header(value: str) -> None:
    edition = Edition(
        issue="a/2026-11-27",
        newsletter="a",
        segment="everyone",
        language="ru",
        sender=Sender("Катя", "katya@shop.example"),
        subject=(Static("Привет, "), Hole(Value("recipient", ("x",)), Context.HEADER)),
        preheader=(),
        html=(Static("<p>x</p>"),),
        text=(Static("x"), *assemble(scan_text(X, Context.TEXT), FILLING)),
        headers=(("X-Name", (Hole(Value("recipient", ("x",)), Context.HEADER),)),),
        digest="0" * 64,
    )
    person = replace(PEOPLE[0], facts={"x": value}, address="anna@example.org")
    moment = datetime(2026, 11, 27, 7, tzinfo=UTC)
    raw = mime_program(edition)(person, moment, "<1@shop.example>")
    message = BytesParser(policy=email_policy).parsebytes(raw)
    assert message["Bcc"] is None
    assert len(message.get_all("Subject", [])) == 1
    assert message["Subject"].startswith("Привет,")
    assert {"text/plain", "text/html"} == {part.get_content_type() for part in message.iter_parts()}


@pytest.mark.parametrize(
    ("html", "place"),
    [
        (f"<style>a{{color:{X}}}</style>", "<style>"),
        (f"<script>var x = '{X}'</script>", "<script>"),
        (f"<p><!-- {X} -->x</p>", "a comment"),
        (f"<p><!--{X}-->x</p>", "a comment"),
        (f'<p style="color:{X}">x</p>', "style="),
        (f'<img src="a.png" width="{X}">', "width="),
        (f'<img src="a.png" height="{X}">', "height="),
        (f'<img srcset="{X} 2x" src="a">', "srcset="),
        (f'<p onclick="{X}">x</p>', "onclick="),
        (f"<p {X}>x</p>", "a tag"),
        (f'<p {X}="a">x</p>', "a tag"),
        (f"<{X}>x", "a tag"),
        (f'<meta http-equiv="refresh" content="0;url={X}">', "content="),
        (f'<iframe srcdoc="{X}"></iframe>', "srcdoc="),
        (f'<a href="javascript:{X}">x</a>', "javascript:"),
        (f"<a href=java{X}script:alert(1)>x</a>", "javascript:"),
        (f'<a href=" &#106;ava\tscript:{X}">x</a>', "javascript:"),
        (f'<img src="data:image/svg+xml,{X}" alt="">', "data:"),
    ],
)
def test_where_no_value_may_stand_it_is_refused(html: str, place: str) -> None:
    with pytest.raises(CompileError) as caught:
        parts_of(html)
    assert caught.value.rule.id == "hole-place"
    assert "recipient.x" in caught.value.message
    assert place in caught.value.message


@pytest.mark.parametrize(
    ("html", "contexts"),
    [
        (f"<p>{X}</p>", [Context.HTML]),
        (f'<a href="{X}">{X}</a>', [Context.URL, Context.HTML]),
        (f'<img src="{X}" alt="{X}">', [Context.URL, Context.ATTRIBUTE]),
        (f"<title>{X}</title>", [Context.HTML]),
        (f'<!--[if mso]><v:fill src="{X}" /><td>{X}</td><![endif]-->', [Context.URL, Context.HTML]),
        (f"<!--[if !mso]><!--><p>{X}</p><!--<![endif]-->", [Context.HTML]),
        (f"<a href='https://x/{X}'>x</a>", [Context.ATTRIBUTE]),
        (f"<td background={X}>x</td>", [Context.URL]),
        (f'<a href="mailto:{X}">x</a>', [Context.ATTRIBUTE]),
        (f'<a href="/at/12:30/{X}">x</a>', [Context.ATTRIBUTE]),
        (f'<a href="{X}:8080/a">x</a>', [Context.URL]),
    ],
)
def test_the_context_of_a_hole_is_read_off_its_place(html: str, contexts: list[Context]) -> None:
    holes = [part for part in parts_of(html) if isinstance(part, Hole)]
    assert [hole.context for hole in holes] == contexts


def test_a_branch_within_an_address_keeps_its_beginning_whole() -> None:
    one, other = token(TokenKind.HOLE, 2), token(TokenKind.HOLE, 3)
    begin, border, end = (token(kind, 1) for kind in (TokenKind.IF, TokenKind.ELSE, TokenKind.END))
    marks = {
        1: Mark(TokenKind.IF, 1, Constant(value=True)),
        2: Mark(TokenKind.HOLE, 1, Value("a")),
        3: Mark(TokenKind.HOLE, 1, Value("b")),
    }
    filling = Filling(marks, {}, "t.md")
    html = f'<a href="{begin}{one}{border}{other}{end}{one}">x</a>'
    _, choice, tail, _ = assemble(scan_html(html, filling), filling)
    assert "context=<Context.URL" in str(choice)
    assert "urlencode" not in str(choice)
    assert tail == Hole(Filter("urlencode", Value("a")), Context.ATTRIBUTE)


@pytest.mark.parametrize(
    "html",
    [
        "<p><b>{i}x</b>{d}</p>",
        "<p>{i}x</p><p>{d}</p>",
        "<ul><li>{i}</li><li>{o}</li>{d}</ul>",
        "<p>{i}{o}{o}</p>",
        "{i}<p>{d}</p>",
        "<p>{d}</p>",
        "<p>{i}</p>",
        "<!--[if mso]><table>{i}<tr>{d}</tr></table><![endif]-->",
    ],
)
def test_a_branch_that_begins_in_one_element_and_ends_in_another_is_refused(html: str) -> None:
    marks = {1: Mark(TokenKind.IF, 3, Value("recipient", ("x",)))}
    filling = Filling(marks, {}, "t.md")
    names = {"i": TokenKind.IF, "o": TokenKind.ELSE, "d": TokenKind.END}
    text = html.format(**{name: token(kind, 1) for name, kind in names.items()})
    with pytest.raises(CompileError) as caught:
        assemble(scan_html(text, filling), filling)
    assert caught.value.rule.id == "crossing-block"
    assert str(caught.value.where) == "t.md:3"
