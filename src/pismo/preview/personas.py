"""Invented people with edges: the letters of somebody nameless, long-named, new, or loyal."""

from collections.abc import Mapping
from datetime import date

from pismo.model.content import FactValue, Person
from pismo.model.finding import Source

_SEED = 7
_LOCALES = {"ru": "ru_RU", "en": "en_GB"}
_EDGES: tuple[tuple[str, str, Mapping[str, FactValue]], ...] = (
    ("no name at all", "совсем без имени", {"first_name": None, "city": None}),
    ("a very long name", "очень длинное имя", {"first_name": "Константин-Александр Иоаннович"}),
    ("a name with markup", "имя с разметкой", {"first_name": "<b>Ann & Co</b>"}),
    ("bought nothing yet", "ещё ничего не покупал", {"orders": 0, "points": 0, "spend": 0.0}),
    ("buys all the time", "покупает постоянно", {"orders": 48, "points": 5210, "spend": 96000.0}),
    ("has small children", "с маленькими детьми", {"children_min_age": 2, "children_max_age": 5}),
    ("came back after a year", "вернулся через год", {"orders": 3, "days_since_last_order": 380}),
    ("signed up yesterday", "подписался вчера", {"orders": 0, "days_since_signup": 1}),
)


def personas(language: str) -> tuple[Person, ...]:
    """Invent people by Faker, always the same ones; each has one thing that letters trip over."""
    from faker import Faker

    faker = Faker(_LOCALES.get(language, "en_GB"))
    faker.seed_instance(_SEED)
    return tuple(
        Person(
            id=f"persona-{number}",
            about=ru if language == "ru" else en,
            facts=_facts(
                faker.first_name(), faker.city_name() if language == "ru" else faker.city()
            )
            | dict(edge),
            source=Source("segments/people.toml"),
        )
        for number, (en, ru, edge) in enumerate(_EDGES, 1)
    )


def _facts(first_name: str, city: str) -> dict[str, FactValue]:
    return {
        "first_name": first_name,
        "city": city,
        "orders": 2,
        "points": 150,
        "spend": 4200.0,
        "last_order": date(2026, 10, 3),
        "days_since_last_order": 55,
        "days_since_signup": 400,
    }
