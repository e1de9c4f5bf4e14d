"""What fields must hold, in the words of messages: English as written in code, and Russian."""

from collections.abc import Mapping

_DATE_LIKE = "a date like "
ONE_OF = "one of "
"""What a closed set of words begins with."""

EXPECTED: Mapping[str, str] = {
    "a text": "текст",
    "true or false": "true или false",
    "a number, zero or more": "число не меньше нуля",
    "a date like 2026-11-27": "дата, например 2026-11-27",
    "a list of texts": "список строк",
    "a table": "таблица",
    "a list or a table": "список или таблица",
    "a list of [[people]] tables": "список таблиц [[people]]",
    "a table of facts": "таблица фактов",
    "tables with an `id`": "таблицы, в каждой — `id`",
    "a text, number, date or true/false": "текст, число, дата или true/false",
    "a list of products": "список товаров",
    "ids, or tables with `id` and `comment`": "id товаров или таблицы с `id` и `comment`",
    "a zone such as Europe/Moscow": "часовой пояс, например Europe/Moscow",
    "an address that begins with https://": "адрес, который начинается с https://",
    "questions, each with `ask` and `options`": "вопросы, в каждом — `ask` и `options`",
    "result types, each with `title`": "результаты, у каждого — `title`",
}


def in_russian(expected: str) -> str:
    """Say in Russian what a field must hold; examples and numbers stay as they are."""
    if expected.startswith(ONE_OF):
        return f"одно из: {expected.removeprefix(ONE_OF)}"
    if expected.startswith(_DATE_LIKE):
        return f"дата, например {expected.removeprefix(_DATE_LIKE)}"
    return EXPECTED.get(expected, expected)
