"""What cannot wait for the reader is refused: named, with its line and a way out."""

import jinja2
import pytest

from pismo.compile.problem import CompileError
from pismo.compile.stage.environment import StageEnvironment
from pismo.compile.stage.record import Recorder
from pismo.model.finding import Source
from tests.compile.battery import BUILD_TIME, FILES

# template (its mistake on the second line), rule, what the message names
REJECTED = (
    ("{{ recipient.city | safe }}", "send-time-filter", "safe"),
    ("{{ picks | random }}", "send-time-filter", "random"),
    ("{{ recipient.city | urlize }}", "send-time-filter", "urlize"),
    ("{{ recipient.city | forceescape }}", "send-time-filter", "forceescape"),
    ("{{ occasion | dictsort }}", "send-time-filter", "dictsort"),
    ("{{ occasion | items | list }}", "send-time-filter", "items"),
    ("{{ recipient | tojson }}", "send-time-filter", "tojson"),
    ("{{ recipient | pprint }}", "send-time-filter", "pprint"),
    ("{{ occasion | xmlattr }}", "send-time-filter", "xmlattr"),
    ("{{ picks | map('random') | list }}", "send-time-filter", "random"),
    ("{{ picks | select('sameas', 1) | list }}", "send-time-test", "sameas"),
    ("{{ picks | selectattr('price', 'callable') | list }}", "send-time-test", "callable"),
    ("{{ recipient.city is sameas 'x' }}", "send-time-test", "sameas"),
    ("{{ recipient.city is callable }}", "send-time-test", "callable"),
    ("{{ recipient.city is escaped }}", "send-time-test", "escaped"),
    ("{% set b %}{{ recipient.city }}{% endset %}{{ b | upper }}", "rendered-text", "upper"),
    ("{% set b %}{{ recipient.city }}{% endset %}{{ b == 'x' }}", "rendered-text", "=="),
    ("{% set b %}{{ recipient.city }}{% endset %}{{ b is string }}", "rendered-text", "string"),
    ("{% set b %}{{ recipient.city }}{% endset %}{% if b %}x{% endif %}", "rendered-text", "if"),
    ("{% set b %}{{ recipient.city }}{% endset %}{{ not b }}", "rendered-text", "not"),
    ("{% set b %}{{ recipient.city }}{% endset %}{{ b and 1 }}", "rendered-text", "and"),
    (
        "{% set b %}{{ recipient.city }}{% endset %}{% for x in b %}x{% endfor %}",
        "rendered-text",
        "for",
    ),
    ("{% set b %}{{ recipient.city }}{% endset %}{{ recipient.vip == b }}", "rendered-text", "=="),
    (
        "{% macro m() %}{{ recipient.city }}{% endmacro %}{{ m() | length }}",
        "rendered-text",
        "length",
    ),
    ("{% filter upper %}{{ recipient.city }}{% endfilter %}", "rendered-text", "upper"),
    ("{{ recipient.city.upper() }}", "send-time-call", "recipient.city.upper"),
    ("{{ picks.sort() }}", "send-time-call", "picks.sort"),
    ("{{ 'Привет, {}'.format(recipient.city) }}", "send-time-format", "recipient.city"),
    ("{% for n in range(recipient.points) %}x{% endfor %}", "send-time-number", "recipient.points"),
    ("{{ 'abc'[:recipient.points] }}", "send-time-number", "recipient.points"),
    ("{% set a, b = recipient.city %}{{ a }}", "send-time-number", "recipient.city"),
    ("{{ {recipient.city: 1} }}", "send-time-key", "recipient.city"),
    ("{{ recipient.city in {'a': 1} }}", "send-time-constant", "dict"),
    ("{{ recipient.birthday == segment }}", "send-time-constant", "dict"),
    ("{{ {'a': recipient.city} }}", "send-time-constant", "dict"),
    ("{{ '%(a)s' % {'a': recipient.city} }}", "send-time-constant", "dict"),
    ("{{ recipient.city == range }}", "send-time-argument", "=="),
    ("{% include recipient.tier ~ '.md' %}", "send-time-include", "recipient.tier"),
    ("{% extends recipient.tier %}", "send-time-include", "recipient.tier"),
    ("{% import recipient.tier as m %}", "send-time-include", "recipient.tier"),
    ("{% from recipient.tier import greet %}", "send-time-include", "recipient.tier"),
    (
        "{% set ns = namespace(n=0) %}{% if recipient.vip %}{% set ns.n = 1 %}{% endif %}",
        "send-time-namespace",
        "ns.n",
    ),
    (
        "{% set ns = namespace(n=0) %}{% for p in picks %}{% set ns.n = 1 %}{% endfor %}",
        "send-time-namespace",
        "ns.n",
    ),
    (
        "{% for p in picks recursive %}{{ loop(p.more) }}{% endfor %}",
        "send-time-recursion",
        "picks",
    ),
    ("{% for a, (b, c) in picks %}{{ a }}{% endfor %}", "send-time-unpacking", "picks"),
    ("{% for n in numbers if n < recipient.points %}x{% endfor %}", "send-time-loop-filter", "<"),
    ("{% for p in picks %}{{ loop.previtem }}{% endfor %}", "send-time-loop-field", "previtem"),
    ("{% for p in picks %}{{ loop.changed(p.id) }}{% endfor %}", "send-time-loop-field", "changed"),
    (
        "{% set j = joiner(',') %}{% for p in picks %}{{ j() }}{% endfor %}",
        "send-time-state",
        "joiner",
    ),
    (
        "{% set c = cycler(1, 2) %}{% if recipient.vip %}{{ c.next() }}{% endif %}",
        "send-time-state",
        "cycler",
    ),
    (
        "{% if recipient.vip %}{% macro m() %}a{% endmacro %}{% endif %}{{ m() }}",
        "send-time-set",
        "m",
    ),
    ("{% if recipient.vip %}{% extends 'base.md' %}{% endif %}", "send-time-extends", "extends"),
    ("{% autoescape true %}x{% endautoescape %}", "autoescape-tag", "autoescape"),
    (
        "{% for p in picks %}{% block x scoped %}{{ loop.index }}{% endblock %}{% endfor %}",
        "loop-in-block",
        "x",
    ),
    ("{{ recipient.__class__ }}", "private-name", "__class__"),
    ("{{ ''.__class__.__mro__ }}", "private-name", "__class__"),
    ("{{ segment['__class__'] }}", "private-name", "__class__"),
    ("{{ recipint.city }}", "unknown-name", "recipint"),
    ("{{ recipient.city == segmnt }}", "unknown-name", "segmnt"),
    ("{{ recipient.city | uper }}", "unknown-filter", "uper"),
    ("{{ recipient.city is evn }}", "unknown-filter", "evn"),
    ("{% if recipient.vip %}{{ recipient.city | uper }}{% endif %}", "unknown-filter", "uper"),
    ("{% if recipient.vip %}x", "unclosed-block", "if …"),
    ("{{ recipient.city", "template-syntax", "end of"),
    ("{{ recipient.city | default(“Tver”) }}", "typographic-quote", "“"),
    ("{{ recipient.city | default(«Тверь») }}", "typographic-quote", "«"),
    ("{% if recipient.city == ’Tver’ %}x{% endif %}", "typographic-quote", "’"),
    ("{% wen recipient.vip %}", "template-syntax", "wen"),
    ("{% include 'nobody.md' %}", "template-error", "nobody.md"),
    ("{{ 1 / 0 }}", "template-error", "ZeroDivisionError"),
    ("{{ 'a' + 1 }}", "template-error", "TypeError"),
)


def refused(template: str) -> CompileError:
    stage = StageEnvironment("ru", loader=jinja2.DictLoader(FILES))
    with pytest.raises(CompileError) as caught, stage.stage.recording(Recorder("t.md")):
        stage.run(stage.code_of(template, "t.md"), "t.md", BUILD_TIME)
    return caught.value


@pytest.mark.parametrize(("template", "rule", "named"), REJECTED)
def test_a_construct_that_cannot_wait_is_named_with_its_line(
    template: str, rule: str, named: str
) -> None:
    error = refused(f"first line\n{template}")
    assert error.rule.id == rule
    finding = error.finding(Source("nowhere"))
    assert finding.source == Source("t.md", 2)
    for language in ("en", "ru"):
        assert named in finding.message(language)


@pytest.mark.parametrize(
    ("template", "rule"), [(template, rule) for template, rule, _ in REJECTED if "time" in rule]
)
def test_every_refusal_shows_a_way_out_in_both_languages(template: str, rule: str) -> None:
    finding = refused(template).finding(Source("nowhere"))
    assert finding.rule.id == rule
    english, russian = finding.hint("en"), finding.hint("ru")
    assert len(english) > 10
    assert any("а" <= letter <= "я" for letter in russian.lower())


def test_there_are_at_least_thirty_rejected_templates() -> None:
    assert len({template for template, _, _ in REJECTED}) >= 30
