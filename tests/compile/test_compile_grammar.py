"""Templates grown from a grammar: staged evaluation equals plain Jinja on all of them."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pismo.render import scope_of
from pismo.render.letter import filled
from tests.compile.battery import PEOPLE
from tests.compile.test_compile_battery import data_of, plain, staged

_NUMBERS = st.sampled_from(
    [
        "recipient.points",
        "recipient.spend",
        "counts.solved",
        "3",
        "7",
        "picks | length",
        "numbers[1]",
    ]
)
_TEXTS = st.sampled_from(
    [
        "recipient.first_name",
        "recipient.city",
        "recipient.tier",
        "occasion.pet",
        "'да'",
        "brand.name",
        "picks[0].title",
    ]
)
_FLAGS = st.sampled_from(["recipient.vip", "true", "false", "picks", "recipient.nobody"])


def _numbers(number: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(number, st.sampled_from(["+", "-", "*"]), number)
    return (
        pair.map(lambda p: f"({p[0]} {p[1]} {p[2]})")
        | number.map(lambda n: f"(-({n}))")
        | number.map(lambda n: f"(({n}) | default(4))")
        | number.map(lambda n: f"(({n}) // 3)")
    )


def _texts(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    words = st.sampled_from(["upper", "lower", "title", "capitalize", "default('нет')", "trim"])
    return (
        st.tuples(text, words).map(lambda p: f"({p[0]} | default('-') | {p[1]})")
        | st.tuples(text, text).map(lambda p: f"({p[0]} ~ {p[1]})")
        | st.tuples(text, text).map(lambda p: f"('%s/%s' | format({p[0]}, {p[1]}))")
        | text.map(lambda t: f"(({t} | default('ab'))[:2])")
    )


NUMBERS = st.recursive(_NUMBERS, _numbers, max_leaves=4)
TEXTS = st.recursive(_TEXTS, _texts, max_leaves=4)


def _conditions(test: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return (
        st.tuples(test, st.sampled_from(["and", "or"]), test).map(lambda p: f"({' '.join(p)})")
        | test.map(lambda t: f"(not {t})")
        | st.tuples(test, test, test).map(lambda p: f"({p[0]} if {p[1]} else {p[2]})")
    )


_COMPARISONS = (
    st.tuples(NUMBERS, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), NUMBERS).map(
        lambda p: f"(({p[0]}) {p[1]} ({p[2]}))"
    )
    | st.tuples(TEXTS, st.sampled_from(["==", "!="]), TEXTS).map(
        lambda p: f"(({p[0]}) {p[1]} ({p[2]}))"
    )
    # Python refuses to look for anything but text in a text, so the reference needs some.
    | st.tuples(TEXTS, st.sampled_from(["in", "not in"]), TEXTS).map(
        lambda p: f"(({p[0]} | default('-')) {p[1]} ({p[2]}))"
    )
    | TEXTS.map(lambda t: f"(({t}) in ['gold', 'да', 'Казань'])")
    | TEXTS.map(lambda t: f"(({t}) is defined)")
    | _FLAGS
)
TESTS = st.recursive(_COMPARISONS, _conditions, max_leaves=3)
PRINTED = (
    NUMBERS.map(lambda n: f"{{{{ {n} }}}}")
    | TEXTS.map(lambda t: f"{{{{ {t} }}}}")
    | st.tuples(TEXTS, TESTS).map(lambda p: f"{{{{ {p[0]} if {p[1]} else 'x' }}}}")
    | TESTS.map(lambda t: f"{{{{ 1 if {t} else 0 }}}}")
    | st.sampled_from([" текст ", "\n", "<b>&</b>"])
)


def _blocks(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bodies = st.lists(body, min_size=1, max_size=3).map("".join)
    loops = st.sampled_from(
        ["picks", "picks[1:3]", "numbers", "picks if p is defined", "[recipient.city, 'a']"]
    )
    return (
        st.tuples(TESTS, bodies).map(lambda p: f"{{% if {p[0]} %}}{p[1]}{{% endif %}}")
        | st.tuples(TESTS, bodies, TESTS, bodies, bodies).map(
            lambda p: (
                f"{{% if {p[0]} %}}{p[1]}{{% elif {p[2]} %}}{p[3]}{{% else %}}{p[4]}{{% endif %}}"
            )
        )
        | st.tuples(loops, bodies, bodies).map(
            lambda p: (
                f"{{% for p in {p[0]} %}}{{{{ loop.index }}}}{p[1]}"
                f"{{% if loop.last %}}.{{% endif %}}{{% else %}}{p[2]}{{% endfor %}}"
            )
        )
        | st.tuples(TEXTS, TESTS, NUMBERS, bodies).map(
            lambda p: (
                f"{{% set v = {p[0]} %}}{{% if {p[1]} %}}{{% set v = {p[2]} %}}{{% endif %}}"
                f"{{{{ v }}}}{p[3]}{{{{ v }}}}"
            )
        )
        | st.tuples(bodies, TEXTS).map(
            lambda p: f"{{% macro m(a) %}}{p[0]}{{{{ a }}}}{{% endmacro %}}{{{{ m({p[1]}) }}}}"
        )
        | bodies.map(lambda b: f"{{% set w %}}{b}{{% endset %}}{{{{ w }}}}{{{{ w }}}}")
        | st.tuples(TEXTS, bodies).map(
            lambda p: f"{{% with v = {p[0]} %}}{{{{ v }}}}{p[1]}{{% endwith %}}"
        )
    )


# Shrinking renders thousands of templates for all people; a failing one is short enough.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
TEMPLATES = st.lists(st.recursive(PRINTED, _blocks, max_leaves=6), min_size=1, max_size=3).map(
    "".join
)


@pytest.mark.slow
@settings(max_examples=120, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(template=TEMPLATES)
def test_any_template_of_the_grammar_means_the_same_in_two_stages(template: str) -> None:
    parts = staged(template)
    for person in PEOPLE:
        assert filled(parts, scope_of(person), "ru") == plain(template, data_of(person))
