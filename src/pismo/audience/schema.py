"""The columns of an audience snapshot: what they are called, hold and mean."""

import re

from pismo.records import dataclass

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
"""What a column may be called; anything else could not be written in a predicate unquoted."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a snapshot's table; `type` is a portable SQL type.

    `nullable` tells whether a person or product may lack it.
    """

    name: str
    type: str
    en: str
    ru: str
    nullable: bool = True


SUBSCRIBERS = (
    Column("subscriber_id", "VARCHAR", "your id of the person", "ваш номер человека", False),
    Column("email", "VARCHAR", "address, domain in lower case", "адрес, домен строчными", False),
    Column("first_name", "VARCHAR", "first name", "имя"),
    Column("last_name", "VARCHAR", "last name", "фамилия"),
    Column("sex", "VARCHAR", "f or m", "f или m"),
    Column("city", "VARCHAR", "city, as people write it", "город, как его пишут"),
    Column("country", "VARCHAR", "ISO 3166 code: RU", "код страны ISO 3166: RU"),
    Column("language", "VARCHAR", "ISO 639 code: ru", "код языка ISO 639: ru"),
    Column("timezone", "VARCHAR", "IANA zone: Asia/Omsk", "часовой пояс IANA: Asia/Omsk"),
    Column("birthday", "DATE", "date of birth", "дата рождения"),
    Column("signup_date", "DATE", "day they signed up", "день подписки"),
    Column("children_min_age", "INTEGER", "youngest child's age, years", "возраст младшего, лет"),
    Column("children_max_age", "INTEGER", "oldest child's age, years", "возраст старшего, лет"),
    Column("interests", "VARCHAR", "declared: `kids,cards`", "названы самим: `kids,cards`"),
    Column("points", "INTEGER", "points of the loyalty programme", "баллы программы лояльности"),
    Column("tier", "VARCHAR", "level of the loyalty programme", "уровень в программе лояльности"),
)
PRODUCTS = (
    Column("product_id", "VARCHAR", "your id of the product", "ваш номер товара", False),
    Column("title", "VARCHAR", "name, without quotes around it", "название, без кавычек", False),
    Column("url", "VARCHAR", "the product's page", "страница товара", False),
    Column("image", "VARCHAR", "its picture", "картинка"),
    Column("price", "DECIMAL(12,2)", "price now", "цена сейчас", False),
    Column("old_price", "DECIMAL(12,2)", "price before, if crossed out", "зачёркнутая цена"),
    Column("currency", "VARCHAR", "ISO 4217 code: RUB", "код валюты ISO 4217: RUB", False),
    Column("category", "VARCHAR", "one category", "одна категория"),
    Column("in_stock", "BOOLEAN", "can be bought now", "есть в продаже", False),
    Column("published", "BOOLEAN", "may be shown (default true)", "можно показывать"),
    Column("family_id", "VARCHAR", "same for editions of one thing", "общий у изданий одной вещи"),
    Column("added_at", "DATE", "day it came to the shop", "день появления"),
)
PURCHASES = (
    Column("subscriber_id", "VARCHAR", "who", "кто", False),
    Column("product_id", "VARCHAR", "what", "что", False),
    Column("order_id", "VARCHAR", "in which order", "в каком заказе", False),
    Column("ts", "TIMESTAMP", "when, UTC", "когда, UTC", False),
    Column(
        "quantity", "INTEGER", "how many; negative is a return", "сколько; минус — возврат", False
    ),
    Column("price", "DECIMAL(12,2)", "price of one", "цена за штуку"),
)
EVENTS = (
    Column(
        "event_id", "VARCHAR", "id that tells repeats", "номер, по которому узнают повторы", False
    ),
    Column("subscriber_id", "VARCHAR", "who", "кто", False),
    Column(
        "kind",
        "VARCHAR",
        "view, cart, open, click, answer",
        "view, cart, open, click, answer",
        False,
    ),
    Column("ts", "TIMESTAMP", "when, UTC", "когда, UTC", False),
    Column("product_id", "VARCHAR", "of which product", "о каком товаре"),
    Column("item", "VARCHAR", "issue, poll or quiz it is about", "о каком выпуске, опросе, тесте"),
    Column("value", "VARCHAR", "the answer", "ответ"),
)
PRODUCT_DAYS = (
    Column("product_id", "VARCHAR", "which product", "какой товар", False),
    Column("day", "DATE", "day from which this held", "день, с которого это так", False),
    Column("price", "DECIMAL(12,2)", "price from that day on", "цена с этого дня", False),
    Column("in_stock", "BOOLEAN", "in stock from that day on", "наличие с этого дня", False),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "subscribers": SUBSCRIBERS,
    "products": PRODUCTS,
    "purchases": PURCHASES,
    "events": EVENTS,
    "product_days": PRODUCT_DAYS,
}
"""Table -> columns. `subscribers` and `products` may have more, of any scalar type."""

KEYS: dict[str, tuple[str, ...]] = {
    "subscribers": ("subscriber_id",),
    "products": ("product_id",),
    "purchases": ("subscriber_id", "order_id", "product_id", "ts", "quantity"),
    "events": ("event_id",),
    "product_days": ("product_id", "day"),
}
"""Table -> what makes a row the same row when it is imported again."""

OPEN_TABLES = frozenset({"subscribers", "products"})
"""Tables that may carry columns of the shop's own."""
