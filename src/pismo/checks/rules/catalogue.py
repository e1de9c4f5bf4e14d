"""Products as letters show them: a price that fell, and something to buy."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pismo.checks.documents import Passage
from pismo.checks.scope import IssueScope
from pismo.content.rules import UNKNOWN_PRODUCT
from pismo.model.content import Product
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.model.workspace import Workspace
from pismo.text import guess

NOT_CHEAPER = Rule(
    "product-old-price",
    Severity.WARNING,
    en="'{product}' was {old} and is {price}: that is no discount",
    ru="«{product}» стоил {old}, а стоит {price}: это не скидка",
    hint_en="old_price is the higher one of a discount; leave it empty otherwise",
    hint_ru="old_price — прежняя, более высокая цена; без скидки оставьте пустой",
)
NOT_IN_STOCK = Rule(
    "pick-out-of-stock",
    Severity.WARNING,
    en="'{product}' is out of stock by the catalogue",
    ru="«{product}» по каталогу нет в наличии",
    hint_en="choose another one, or say when it comes back",
    hint_ru="выберите другой или скажите, когда он появится",
)
NO_PRICE = Rule(
    "product-no-price",
    Severity.WARNING,
    en="'{product}' costs nothing",
    ru="«{product}» стоит ноль",
    hint_en="is it a gift? else its price was lost on the way",
    hint_ru="это подарок? если нет, цена потерялась по дороге",
)
TAG_IN_TITLE = Rule(
    "product-title-markup",
    Severity.WARNING,
    en="readers will see «{mark}» in the title «{product}»",
    ru="в названии «{product}» читатели увидят «{mark}»",
    hint_en="titles are plain text",
    hint_ru="названия — простой текст",
)
LOUD_TITLE = Rule(
    "product-title-capitals",
    Severity.WARNING,
    en="the title «{product}» shouts",
    ru="название «{product}» кричит",
    hint_en="write it as in a sentence",
    hint_ru="напишите как в обычной фразе",
)
SAME_PRODUCT = Rule(
    "product-twice",
    Severity.WARNING,
    en="'{product}' has the {name} of line {other}: readers may get both side by side",
    ru="«{product}»: то же ({name}), что в строке {other}; читатель может получить оба рядом",
    hint_en="one product, one line",
    hint_ru="один товар — одна строка",
)
CURRENCY = Rule(
    "product-currency",
    Severity.WARNING,
    en="'{currency}' is no currency by ISO 4217",
    ru="«{currency}» — нет такой валюты в ISO 4217",
    hint_en="RUB, EUR, USD, KZT, BYN …",
    hint_ru="RUB, EUR, USD, KZT, BYN …",
)
OTHER_PRICE = Rule(
    "text-price",
    Severity.WARNING,
    en="«{shown}» beside '{product}', which costs {price} by the catalogue",
    ru="«{shown}» рядом с «{product}», а по каталогу цена {price}",
    hint_en="one of the two is old",
    hint_ru="что-то одно устарело",
)
PICKED_TWICE = Rule(
    "pick-twice",
    Severity.WARNING,
    en="'{product}' stands in this choice already",
    ru="«{product}» в этой подборке уже есть",
)
NONE_WANTED = Rule(
    "recommendations-none",
    Severity.ERROR,
    en="recommendations({count}) shows nothing",
    ru="recommendations({count}) ничего не покажет",
    hint_en="write how many: recommendations(3), or take the block out",
    hint_ru="напишите сколько: recommendations(3), или уберите блок",
)
TOO_MANY = Rule(
    "recommendations-many",
    Severity.WARNING,
    en="recommendations({count}): that is a price list, not a letter",
    ru="recommendations({count}) — это прайс-лист, а не письмо",
    hint_en="two to six are looked at",
    hint_ru="смотрят от двух до шести",
)

_CATALOGUE = "content/catalogue.csv"
_TAG = re.compile(r"</?[a-z][^>]*>|&(?:[a-z]+|#\d+);", re.IGNORECASE)
_PRICE = re.compile(
    r"(?<!\d)(\d[\d \u00a0\u202f]{0,14}(?:[.,]\d{1,2})?)\s*(?:₽|руб\b|руб\.|рубл|RUB\b)"
)
_WANTED = re.compile(r"\{\{-?\s*recommendations\(\s*(?:count\s*=\s*)?(\d+)")
_MOST, _LOUD, _CODE = 12, 12, 3
_NO_CODES = {"RUR", "РУБ", "RUS", "EURO", "DOL", "GRN", "ТГ", "₽", "$", "€"}


def check_products(workspace: Workspace) -> Iterator[Finding]:
    """Check the catalogue's titles, prices and currencies, and that each product is there once."""
    seen: dict[tuple[str, str], int] = {}
    for product in workspace.catalogue.values():
        place, title = Source(_CATALOGUE, product.line), product.title
        if not product.price:
            yield NO_PRICE.at(place, product=title)
        if found := _TAG.search(title):
            yield TAG_IN_TITLE.at(place, product=title, mark=found[0])
        if title.isupper() and len(title) >= _LOUD and " " in title:
            yield LOUD_TITLE.at(place, product=title)
        code = product.currency.upper()
        if code in _NO_CODES or not (code.isascii() and code.isalpha() and len(code) == _CODE):
            yield CURRENCY.at(place, currency=product.currency)
        for name, value in (("title", title.lower()), ("url", product.url)):
            if value and (other := seen.setdefault((name, value), product.line)) != product.line:
                yield SAME_PRODUCT.at(place, product=title, name=name, other=other)


def check_mentions(scope: IssueScope) -> Iterator[Finding]:
    """Check products that running text links to: in stock, and at the price that is said."""
    by_url = {one.url.rstrip("/"): one for one in scope.workspace.catalogue.values() if one.url}
    for document in scope.documents.values():
        mentions = [
            (link.place, product)
            for link in document.links
            if (product := by_url.get(link.href.partition("?")[0].rstrip("/")))
        ]
        for place, product in mentions:
            if not product.in_stock:
                yield NOT_IN_STOCK.at(place, product=product.title)
        for passage in document.passages if mentions else ():
            prices = list(_PRICE.finditer(passage.text))
            if len(prices) == 1:
                yield from _mentioned_at(prices[0], passage, mentions)


def _mentioned_at(
    price: re.Match[str], passage: Passage, mentions: Sequence[tuple[Source, Product]]
) -> Iterator[Finding]:
    """Compare the one price of a passage with that of the one product it links to."""
    first = passage.place.line
    last = passage.place.shifted(passage.text.count("\n")).line
    here = {one.product_id: one for place, one in mentions if first <= place.line <= last}
    if len(here) == 1:
        yield from _price(next(iter(here.values())), passage, price)


def _price(product: Product, passage: Passage, found: re.Match[str]) -> Iterator[Finding]:
    said = Decimal(re.sub(r"[^\d.]", "", found[1].replace(",", ".")))
    if said not in {product.price, product.old_price, product.price.to_integral_value()}:
        shown = " ".join(found[0].split())
        place, price = passage.place_of(found), f"{product.price:f}"
        yield OTHER_PRICE.at(place, shown=shown, product=product.title, price=price)


def check_recommendations(scope: IssueScope) -> Iterator[Finding]:
    """Check how many products a letter asks for, and which ones its editors do."""
    issue = scope.issue
    wishes = {"pin": issue.pinned, "never": issue.never, "otherwise": issue.otherwise}
    for name, products in wishes.items():
        for product in products:
            if product not in scope.workspace.catalogue:
                near = guess(product, scope.workspace.catalogue)
                place = issue.place_of(f"recommend.{name}")
                yield UNKNOWN_PRODUCT.at(place, product=product, guess=near)
    for found in _WANTED.finditer(scope.issue.body):
        count, place = int(found[1]), scope.issue.place_at(found.start())
        if not count:
            yield NONE_WANTED.at(place, count=count)
        elif count > _MOST:
            yield TOO_MANY.at(place, count=count)


def check_prices(workspace: Workspace) -> Iterator[Finding]:
    """Find old prices that are not above the new ones."""
    for product in workspace.catalogue.values():
        old = product.old_price
        if old is not None and old <= product.price:
            place = Source("content/catalogue.csv", product.line)
            yield NOT_CHEAPER.at(
                place, product=product.title, old=str(old), price=str(product.price)
            )


def check_picks(scope: IssueScope) -> Iterator[Finding]:
    """Find hand-made choices that nobody can buy."""
    for item in scope.items:
        seen: set[str] = set()
        for picked in item.products:
            if picked.product_id in seen:
                yield PICKED_TWICE.at(item.place_in(picked, "id"), product=picked.product_id)
            seen.add(picked.product_id)
            product = scope.workspace.catalogue.get(picked.product_id)
            if product is not None and not product.in_stock:
                yield NOT_IN_STOCK.at(item.place_in(picked, "id"), product=product.title)
