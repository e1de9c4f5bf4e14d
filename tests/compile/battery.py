"""Templates and people on whom staged evaluation is compared with plain Jinja."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pismo.model.content import FactValue
from pismo.model.people import Links, Recipient, Recommended

BUILD_TIME: dict[str, Any] = {
    "segment": {"id": "families", "title": "Семьи"},
    "brand": {"name": "Игротека <&>", "url": "https://igroteka.example"},
    "numbers": [3, 1, 2],
    "prices": {"small": 490, "large": 2990},
    "levels": ["base", "silver", "gold"],
}

_PICKS = tuple(
    Recommended(
        id=f"g{number}",
        title=title,
        url=f"https://igroteka.example/games/g{number}",
        price=Decimal(price),
        currency="RUB",
        reason=reason,
        category=category,
        old_price=Decimal(old) if old else None,
    )
    for number, (title, price, reason, category, old) in enumerate(
        [
            ("Шесть соток", "1990", "вы любите <дачу>", "family", ""),
            ("Тётя Роза & чемодан", "2290.50", "", "family", "2590"),
            ("Кто доел оливье", "490", "популярно", "party", ""),
            ("Последняя электричка", "990", "вы играли в «Лото»", "strategy", "1290"),
            ("Хрю", "690", "дети", "kids", ""),
        ]
    )
)


def _person(number: int, picks: tuple[Recommended, ...], **facts: FactValue) -> Recipient:
    links = Links(
        unsubscribe=f"https://links.example/u/{number}",
        preferences=f"https://links.example/p/{number}",
        web="https://letters.example/w",
        items={"poll-1": f"https://links.example/a/{number}"},
    )
    counts = {"solved": number * 7} if number % 2 else {}
    occasion: dict[str, FactValue] = {"pet": "кот"} if number % 3 == 0 else {}
    return Recipient(
        id=f"r{number}",
        segment="families",
        facts={"first_name": None, "city": None, "points": None, "tier": None, **facts},
        picks=picks,
        links=links,
        counts=counts,
        occasion=occasion,
    )


PEOPLE = (
    _person(1, _PICKS, first_name="Анна", city="Казань", points=1205, tier="gold", vip=True),
    _person(2, _PICKS[:1], first_name="игорь", city="Тверь", points=0, tier="base", vip=False),
    _person(3, (), first_name=None, city="", points=None),
    _person(4, _PICKS[1:4], first_name="", city="Пермь", points=21, tier="silver"),
    _person(5, _PICKS, first_name="<script>alert(1)</script>", city="a\"b'c&d", points=-5),
    _person(6, _PICKS[:2], first_name="{{ 7*7 }}", city="{% if %}", points=100, tier="gold"),
    _person(7, (), first_name="Анна\nBcc: x@y.example", city="Москва", points=1),
    _person(8, _PICKS[2:], first_name="😀" * 50, city="Нижний Новгород", points=2, spend=12.5),
    _person(9, _PICKS[:3], first_name="Ё", city="qzx", points=111, birthday=date(1984, 2, 29)),
    # Two blanks at the beginning would be no name once they are cut off: nothing, but not in Jinja.
    _person(10, _PICKS[4:], first_name=" Пробел  ", city="Казань", points=99999, tier="GOLD"),
    _person(11, _PICKS[::-1], first_name="MARIA", city="Berlin", points=5, interests="а,б,в"),
    _person(12, (), first_name="0", city="0", points=100, tier="base", spend=0.0),
)

ACCEPTED = tuple(
    line
    for line in (Path(__file__).parent / "accepted.txt").read_text("utf-8").splitlines()
    if not line.startswith("## ")
)
"""One template a line; `##` begins a heading."""

FILES = {
    "part.md": "город {{ recipient.city | default('?') }}{% if recipient.vip %}!{% endif %}",
    "macros.md": "{% macro greet(who) %}Привет, {{ who | default('друг') }}!{% endmacro %}",
    "base.md": "[{% block body %}основа{% if recipient.vip %}+{% endif %}{% endblock %}]!",
}
