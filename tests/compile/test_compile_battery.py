"""Staged evaluation equals plain Jinja with all data at once, exactly, before Markdown."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import jinja2
import pytest

from pismo.compile.holes import Filling, assemble, scan_html, scan_text
from pismo.compile.stage.environment import StageEnvironment
from pismo.compile.stage.record import Recorder
from pismo.model.edition import Context, Parts
from pismo.model.language import FILTERS, SAMPLE, TESTS, Word
from pismo.model.people import Recipient
from pismo.render import scope_of
from pismo.render.letter import filled, one_line
from tests.compile.battery import ACCEPTED, BUILD_TIME, FILES, PEOPLE


# --- The reference: stock Jinja, and nothing of pismo ---------------------------------------------
class Nothing(jinja2.ChainableUndefined):
    def _false(self, _: object) -> bool:
        return False

    def _itself(self, *_: Any, **__: Any) -> Any:
        return self

    __hash__ = object.__hash__
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _false  # type: ignore[assignment]  # all are
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = _itself
    __truediv__ = __floordiv__ = __mod__ = __pow__ = __rmod__ = _itself


def known(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: known(item) for name, item in value.items() if item not in (None, "")}
    return [known(item) for item in value] if isinstance(value, list) else value


def plain(template: str, names: dict[str, Any], *, markup: bool = False) -> str:
    stock = jinja2.Environment(
        undefined=Nothing, loader=jinja2.DictLoader(FILES), autoescape=markup
    )
    return stock.from_string(template).render(known(names))


# --- The same through both stages -----------------------------------------------------------------
def run(template: str, *, markup: bool = False) -> tuple[str, Filling]:
    stage = StageEnvironment("ru", loader=jinja2.DictLoader(FILES), autoescape=markup)
    recorder = Recorder("t.md")
    with stage.stage.recording(recorder):
        text = stage.run(stage.code_of(template, "t.md"), "t.md", BUILD_TIME)
    return text, Filling(recorder.marks, {}, "t.md")


def staged(template: str) -> Parts:
    text, filling = run(template)
    return assemble(scan_text(text, Context.TEXT), filling)


def data_of(person: Recipient) -> dict[str, Any]:
    picks = [
        {name: getattr(pick, name) for name in pick.__dataclass_fields__} for pick in person.picks
    ]
    links = {
        "unsubscribe": person.links.unsubscribe,
        "preferences": person.links.preferences,
        "web": person.links.web,
        "item": dict(person.links.items),
    }
    return {
        **BUILD_TIME,
        "recipient": dict(person.facts),
        "picks": picks,
        "links": links,
        "counts": dict(person.counts),
        "occasion": dict(person.occasion),
    }


@pytest.mark.parametrize("template", ACCEPTED)
def test_both_stages_together_equal_plain_jinja(template: str) -> None:
    parts = staged(template)
    for person in PEOPLE:
        got = filled(parts, scope_of(person), "ru")
        assert got == plain(template, data_of(person)), person.id


@pytest.mark.parametrize("template", ACCEPTED)
def test_both_stages_together_equal_plain_jinja_that_escapes_in_html(template: str) -> None:
    # A sign printed beside a value would make it a tag's name, which is refused.
    template = re.sub(r"<(?=\{)|(?<=\})>", "|", template)
    text, filling = run(template, markup=True)
    parts = assemble(scan_html(f"<p>{text}</p>", filling), filling)
    for person in PEOPLE:
        expected = f"<p>{plain(template, data_of(person), markup=True)}</p>"
        assert unescape(filled(parts, scope_of(person), "ru")) == unescape(expected), person.id


@pytest.mark.parametrize("template", ACCEPTED)
def test_both_stages_together_equal_plain_jinja_on_one_line_in_a_subject(template: str) -> None:
    text, filling = run(template)
    parts = assemble(scan_text(text, Context.HEADER), filling)
    for person in PEOPLE:
        expected = plain(template, data_of(person))
        got = one_line(filled(parts, scope_of(person), "ru"))
        assert re.split(r"[ \n]+", got) == re.split(r"[ \n]+", expected.strip(" \n")), person.id


def test_there_are_at_least_sixty_templates_and_twelve_people() -> None:
    assert len(set(ACCEPTED)) >= 60
    assert len(PEOPLE) == 12


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        # Nothing stays nothing through a filter, so that a fallback behind it still fills.
        ("{{ recipient.tier | upper | default('новичок') }}", "новичок"),
        ("{{ recipient.first_name | trim | default('друг') }}", "друг"),
        ("{{ recipient.tier | default('') | upper }}", ""),
        # Escaping is decided by the place, so asking for it changes nothing.
        ("{{ recipient.city | escape }}", 'a"b'),
        ("{{ recipient.points | plural('балл', 'балла', 'баллов') }}", "21\u00a0балл"),
        ("{{ recipient.spend | money('RUB') }}", "5\u00a0460,50\u00a0₽"),
        ("{{ recipient.birthday | date }}", "29\u00a0февраля"),
        ("{{ recipient.birthday | date('%d.%m.%Y') }}", "29.02.1984"),
        ("{{ 25000 | number }} {{ 3 | plural('балл', 'балла', 'баллов') }}",
         "25\u00a0000 3\u00a0балла"),
    ],
)  # fmt: skip
def test_words_of_our_own(template: str, shown: str) -> None:
    facts = {"first_name": " ", "tier": None, "city": 'a"b', "points": 21, "spend": 5460.5}
    person = replace(PEOPLE[0], facts={**facts, "birthday": date(1984, 2, 29)})
    assert filled(staged(template), scope_of(person), "ru") == shown


@pytest.mark.parametrize("word", [*FILTERS.values(), *TESTS.values()], ids=lambda word: word.name)
def test_every_documented_example_prints_what_the_documentation_says(word: Word) -> None:
    person = replace(PEOPLE[2], facts=dict(SAMPLE))
    got = filled(staged(word.example), scope_of(person), "ru")
    assert got.replace("\u00a0", "·") == word.shows
