"""Why rows were set aside, as a Russian terminal says it."""

import re

import pytest

from pismo.intake.clean import Rule, rules_for
from pismo.intake.reasons import in_words

TABLES = (
    "subscribers", "products", "purchases", "events", "consents", "opt-outs", "suppressions", "ids",
)  # fmt: skip
EVERY = (
    "subscriber_id", "email", "sex", "country", "language", "timezone", "birthday", "points",
    "children_min_age", "product_id", "title", "price", "old_price", "currency", "in_stock",
    "added_at", "ts", "quantity", "kind", "consent_at", "consent_source", "consent_text", "scope",
    "since", "until", "reason",
)  # fmt: skip
EXTRAS = {"own_day": "DATE", "own_truth": "BOOLEAN", "own_number": "BIGINT"}


def rules(table: str) -> list[Rule]:
    given = dict.fromkeys(EVERY, "") | EXTRAS
    return rules_for(table, given, currency="RUB", zone="Europe/Moscow", today="2026-11-27")


@pytest.mark.parametrize("table", TABLES)
def test_every_rule_has_its_reason_in_russian(table: str) -> None:
    for rule in rules(table):
        if rule.reason:
            told = in_words(f"{rule.name}: {rule.reason}", "ru")
            assert "негодное" not in told
            assert re.search("[а-я]", told), rule


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("email: no address; sex: neither f nor m", "email: не адрес; sex: ни f, ни m"),
        ("email: An email address must have an @-sign", "email: негодный адрес"),
        ("kind: none of view, cart", "kind: не одно из: view, cart"),
        (
            "currency: not RUB, and sums know one currency only",
            "currency: не RUB, а складывают в одной валюте",
        ),
        (
            "subscriber_id, product_id: a later row has the same and says otherwise",
            "subscriber_id, product_id: у более поздней строки то же самое, а сказано другое",
        ),
        ("Expected Number of Columns: N Found: N", "строка не читается"),
        ("not a JSON object", "не объект JSON"),
    ],
)
def test_reasons_are_said_in_both_languages(english: str, russian: str) -> None:
    assert in_words(english, "en") == english
    assert in_words(english, "ru") == russian
