"""The template engine: what SES documents, held to Handlebars.js itself."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pismo.ses_sim.handlebars import MissingValueError, TemplateSyntaxError, compile_template

Case = tuple[str, Mapping[str, Any]]
Render = Callable[[Sequence[Case]], list[str | None]]

# Values that print alone are strings: Handlebars.js with noEscape adds two numbers that stand side
# by side ('{{a}}{{b}}' of 1 and 2 is 3 there), a slip of its own that SES's engine doesn't share.
VALUES: tuple[Any, ...] = (0, [], {}, "", "0", None, False, True, "x", [0], 1.5)
NUMBERS = (0, -1, 1.5, 1e21, 1e20, 0.1, 1e-7, 1.25e-8, 12345678901, 3.0)
ALIKE: tuple[Case, ...] = (
    ("Hi {{name}}!", {"name": "Аня"}),
    ("{{a.b.c}} {{a/b/c}} {{a.[b].c}} {{[a b]}}", {"a": {"b": {"c": "1"}}, "a b": "2"}),
    ("{{{x}}}|{{x}}|{{&x}}|{{ x }}", {"x": "<b>&\"'`="}),
    *(
        ("{{#if a}}A{{else}}B{{/if}} {{#unless a}}C{{else}}D{{/unless}}", {"a": value})
        for value in VALUES
    ),
    ("{{#if a includeZero=true}}A{{else}}B{{/if}}", {"a": 0}),
    ("{{#if a}}A{{else if b}}B{{else}}C{{/if}}", {"b": True}),
    ("{{#if a}}A{{else if b}}B{{else}}C{{/if}}", {}),
    ("{{#if a}}A{{else if b}}B{{else if c}}C{{/if}}", {"c": True}),
    ("{{#if a}}1{{else with b}}{{c}}{{/if}}", {"b": {"c": "2"}}),
    ("{{#if a}}1{{else each b}}{{this}},{{/if}}", {"b": ["1", "2"]}),
    ("{{#each xs}}{{@index}}:{{this}}{{else}}-{{/each}}", {"xs": "ab"}),
    ("{{#each xs}}{{@index}}:{{this}}{{#unless @last}}, {{/unless}}{{/each}}", {"xs": ["a", "b"]}),
    ("{{#each xs}}{{this}}{{else}}none{{/each}}", {"xs": []}),
    ("{{#each xs}}{{@key}}={{this}} {{@first}} {{@last}};{{/each}}", {"xs": {"a": "1", "b": "2"}}),
    ("{{#each xs}}{{n}} {{../t}} {{@root.t}}{{/each}}", {"t": "T", "xs": [{"n": "1"}, {"n": "2"}]}),
    (
        "{{#each xs}}{{#each y}}{{this}} {{../n}}{{../../t}} {{@../index}},{{/each}}{{/each}}",
        {"t": "T", "xs": [{"n": "1", "y": ["7", "8"]}, {"n": "2", "y": []}]},
    ),
    ("{{#each xs}}{{#if this}}{{../t}}{{else}}-{{/if}}{{/each}}", {"t": "T", "xs": ["", "x"]}),
    ("{{#with a}}{{b}} {{../c}}{{else}}no{{/with}}", {"a": {"b": "1"}, "c": "2"}),
    ("{{#with a}}{{b}}{{else}}no{{/with}}", {"a": None}),
    ("{{#with a}}{{this}}{{/with}}", {"a": "text"}),
    ("{{#a}}{{b}}{{/a}}|{{^a}}none{{/a}}", {"a": [{"b": "1"}, {"b": "2"}]}),
    ("{{#a}}{{b}}{{/a}}", {"a": {"b": "3"}}),
    ("{{#a}}y{{^}}n{{/a}} {{^a}}none{{/a}}", {"a": False}),
    ("{{#each l as |x i|}}{{i}} {{#each ../l as |y|}}{{x}}{{y}}{{/each}}{{/each}}", {"l": ["a"]}),
    ("{{#with a as |b|}}{{b.c}}{{/with}}", {"a": {"c": "1"}}),
    ("{{lookup m k}} {{#if (lookup m 'z')}}y{{/if}}", {"m": {"z": "5"}, "k": "z"}),
    ("{{lookup xs 1}} {{lookup xs 7}}", {"xs": ["a", "b"]}),
    ("{{xs.length}}; {{s.length}}; {{xs.[0]}}", {"xs": ["a", "b"], "s": "abc"}),
    ("{{this.x}} {{./x}} {{this/x}}", {"x": "1"}),
    ("{{x-y}} {{x_y}} {{Имя}}", {"x-y": "1", "x_y": "2", "Имя": "3"}),
    # numbers and other values in text
    *(("{{n}}|", {"n": number}) for number in NUMBERS),
    ("{{t}} {{f}} {{z}}|", {"t": True, "f": False, "z": None}),
    ("{{l}} {{o}}|", {"l": ["1", ["2"]], "o": {"a": "1"}}),
    # lines that hold a block tag or a comment only
    ("a\n{{#if x}}\nyes\n{{else}}\nno\n{{/if}}\nb\n", {"x": True}),
    ("a\n  {{#if x}}  \nyes\n  {{/if}}\t\nb\n", {"x": True}),
    ("a\r\n{{#if x}}\r\nyes\r\n{{/if}}\r\nb", {"x": True}),
    ("{{#if x}}\nyes\n{{/if}}", {"x": True}),
    ("{{#each xs}}\n- {{this}}\n{{/each}}\nend", {"xs": ["1", "2"]}),
    ("{{#if x}}{{#if y}}\nxy\n{{/if}}{{/if}}\nz", {"x": True, "y": True}),
    ("{{#if x}}\n{{#if y}}\nxy\n{{/if}}\n{{/if}}\nz", {"x": True, "y": True}),
    ("{{#if x}}\na\n{{else if y}}\nb\n{{else}}\nc\n{{/if}}\nd", {"y": True}),
    ("{{#if x}}\na\n{{else if y}}\nb\n{{else}}\nc\n{{/if}}\nd", {}),
    ("a{{#if x}}\n{{/if}}b", {"x": True}),
    ("\n{{#if x}}\n\n{{/if}}\n\n", {"x": True}),
    ("{{#if x}}  a  {{/if}}  \n b", {"x": True}),
    ("a\n  {{!-- c --}}  \nb {{! d }} c {{!-- with }} in --}}", {}),
    ("  {{x}}  \n{{y}}\n", {"x": "1", "y": "2"}),
    # whitespace asked away
    ("a {{~x~}} b {{~{x}~}} c", {"x": "1"}),
    ("a {{~#if x~}} b {{~else~}} c {{~/if~}} d", {"x": True}),
    ("a {{#if x}} b {{~else~}} c {{/if}} d {{~! c ~}} e", {}),
    # braces and backslashes in static text
    ("\\{{x}} {{x}}", {"x": "1"}),
    ("\\\\{{x}} {{x}}", {"x": "1"}),
    ("\\\\\\{{x}}", {"x": "1"}),
    ("\\{{x}}\\{{y}}{{x}}", {"x": "1"}),
    ("\\{{x}}\n{{#if x}}\ny\n{{/if}}\n\\\\{{x}}", {"x": "1"}),
    ("a\\b \\n {{x}}\\", {"x": "1"}),
    ("{ {x} } }} {{x}} }", {"x": "1"}),
    ('<a href="{{u}}">{{{t}}}</a>\\n{{#if b}}\\{{q}}{{/if}}', {"u": "?a&b", "t": "{{x}}", "b": 1}),
    # inline partials
    ('{{#*inline "p"}}[{{n}}]{{/inline}}{{> p}}{{> p n="2"}}{{> p o}}', {"n": "1", "o": {"n": 3}}),
    ('{{#each xs}}{{> p}}{{/each}}{{#*inline "p"}}[{{n}}]{{/inline}}', {"xs": [{"n": "1"}]}),
    ('{{#*inline "p"}}\na\nb\n{{/inline}}\n  {{> p}}\nend', {}),
)  # fmt: skip

REFUSED: tuple[Case, ...] = (
    ("{{#if x}}a{{/unless}}", {"x": True}),
    ("{{#if x}}a", {"x": True}),
    ("a{{/if}}", {}),
    ("a{{else}}b", {}),
    ("{{", {}),
    ("{{x", {}),
    ("{{}}", {}),
    ("{{x y}}", {"x": "1", "y": "2"}),
    ("{{x}}}", {"x": "1"}),
    ("{{{x}}", {"x": "1"}),
    ("{{xs.0.}}", {"xs": ["a"]}),
    ("{{#if}}a{{/if}}", {}),
    ("{{#if a b}}a{{/if}}", {}),
    ("{{each}}", {"each": "1"}),
    ("{{#if x}}a{{else}}b{{else}}c{{/if}}", {}),
    ("{{> nobody}}", {}),
    ("{{a.this}}", {}),
    ("{{x =1}}", {}),
)


@pytest.mark.node
def test_every_template_renders_as_handlebars_js_renders_it(handlebars_js: Render) -> None:
    expected = handlebars_js(ALIKE)
    own = [compile_template(source).render(values, strict=False) for source, values in ALIKE]
    for (source, values), theirs, ours in zip(ALIKE, expected, own, strict=True):
        assert ours == theirs, f"{source!r} of {values!r}"


@pytest.mark.node
def test_what_handlebars_js_refuses_is_refused(handlebars_js: Render) -> None:
    assert handlebars_js(REFUSED) == [None] * len(REFUSED)


@pytest.mark.parametrize(("source", "values"), REFUSED)
def test_broken_template_is_refused(source: str, values: Mapping[str, Any]) -> None:
    with pytest.raises((TemplateSyntaxError, MissingValueError)):
        compile_template(source).render(values, strict=False)


@pytest.mark.parametrize(
    "source",
    [
        "{{{{raw}}}}x{{{{/raw}}}}",
        "{{#> layout}}x{{/layout}}",
        "{{* mark}}",
        '{{> (lookup "a" "b")}}',
    ],
)
def test_what_ses_does_not_document_is_refused(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        compile_template(source)


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("{{name}}", "name"),
        ("{{a.b}}", "a.b"),
        ("{{{a.b}}}", "a.b"),
        ("{{#each xs}}{{n}}{{/each}}", "n"),
        ("{{#with a}}{{../b}}{{/with}}", "../b"),
        ("{{@index}}", "@index"),
        ("{{NAME}}", "NAME"),
    ],
)
def test_missing_variable_that_is_printed_fails_the_letter(source: str, path: str) -> None:
    values = {"Name": "Anna", "a": {"c": "1"}, "xs": [{"m": "1"}]}
    with pytest.raises(MissingValueError, match="is not present in the rendering data") as caught:
        compile_template(source).render(values)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "source", ["{{#if x}}a{{/if}}", "{{#unless x}}{{/unless}}", "{{#each x}}a{{/each}}", "{{null}}"]
)
def test_variable_that_only_decides_may_be_missing(source: str) -> None:
    assert compile_template(source).render({"null": None}) == ""


def test_block_that_is_not_taken_may_lack_its_variables() -> None:
    assert compile_template("{{#if x}}{{y}}{{/if}}ok").render({}) == "ok"


def test_partial_that_calls_itself_ends_as_a_failed_letter() -> None:
    template = compile_template('{{#*inline "p"}}{{> p}}{{/inline}}{{> p}}')
    with pytest.raises(MissingValueError, match="calls itself"):
        template.render({})


def test_flat_template_has_substitutions_and_comments_only() -> None:
    assert compile_template("a {{b}} {{{c.d}}} {{! e }}").is_flat
    assert not compile_template("a {{#if b}}c{{/if}}").is_flat


@given(st.text(alphabet=st.characters(exclude_characters="{\\"), max_size=50))
def test_static_text_and_values_come_out_as_they_went_in(text: str) -> None:
    assert compile_template(f"{text} {{{{x}}}}").render({"x": text}) == f"{text} {text}"


PIECES = ("{{", "}}", "\\", "#if x", "/if", "x", "\n", " ", "~", "{", "}", "else", "!", "> p")


@given(st.lists(st.sampled_from(PIECES)))
def test_any_source_is_compiled_or_refused_and_nothing_else(pieces: list[str]) -> None:
    with suppress(TemplateSyntaxError, MissingValueError):
        compile_template("".join(pieces)).render({"x": "1"}, strict=False)


BLANKS_AND_TAGS = (
    "\n", "\n\n", " ", "  \n", "\t", "a", "\r\n", "{{x}}", "{{!c}}", "{{~!c}}", "{{x~}}", "\\{{x}}",
)  # fmt: skip


@pytest.mark.node
def test_random_layouts_of_tags_and_lines_render_as_in_handlebars_js(handlebars_js: Render) -> None:
    chance = random.Random(20_261_127)
    values = {"x": "X", "y": "", "z": None, "xs": ["1", "2"], "o": {"x": "O"}}
    cases = [(_layout(chance, 3), values) for _ in range(1_000)]
    expected = handlebars_js(cases)
    for (source, _), theirs in zip(cases, expected, strict=True):
        assert _rendered(source, values) == theirs, json.dumps(source)


def _layout(chance: random.Random, depth: int) -> str:
    """Return tags, blanks and ends of lines in any order, blocks within blocks."""
    text = ""
    for _ in range(chance.randrange(1, 6)):
        if not depth or chance.random() < 0.65:
            text += chance.choice(BLANKS_AND_TAGS)
            continue
        middle = chance.choice(["", "{{else}}", "{{~else~}}", "{{else if y}}", "{{^}}"])
        inner = _layout(chance, depth - 1) + (middle + _layout(chance, depth - 1) if middle else "")
        left, right = chance.choice(["", "~"]), chance.choice(["", "~"])
        name = chance.choice(["#if x", "#if z", "#each xs", "#unless y", "#with o", "^x", "^z"])
        close = name[1:].split()[0]
        text += f"{{{{{left}{name}}}}}{inner}{{{{/{close}{right}}}}}"
    return text


def _rendered(source: str, values: Mapping[str, Any]) -> str | None:
    try:
        return compile_template(source).render(values, strict=False)
    except TemplateSyntaxError:
        return None
