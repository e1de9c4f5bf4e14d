"""Products as letters show them: a price that fell, and something to buy."""

from collections.abc import Iterator

from pismo.checks.scope import IssueScope
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.model.workspace import Workspace

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
        for picked in item.products:
            product = scope.workspace.catalogue.get(picked.product_id)
            if product is not None and not product.in_stock:
                yield NOT_IN_STOCK.at(item.place_in(picked, "id"), product=product.title)
