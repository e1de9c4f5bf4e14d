"""`content/catalogue.csv`: the products that content may name. Nothing personal."""

import csv
import io
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pismo.content.rules import BAD_PRODUCT
from pismo.files.read import read_text
from pismo.model.content import Product
from pismo.model.finding import Finding, Source

PATH = "content/catalogue.csv"
_REQUIRED = ("product_id", "title", "url", "price", "currency", "category", "in_stock")
_KNOWN = {*_REQUIRED, "image", "old_price"}
_TRUE, _FALSE = {"true", "1", "yes", "да"}, {"false", "0", "no", "нет", ""}


def load_catalogue(root: Path, findings: list[Finding]) -> dict[str, Product]:
    """Read the catalogue in file order; an absent file is an empty catalogue."""
    if not (root / PATH).exists():
        return {}
    text = read_text(root, PATH, findings)
    if text is None:
        return {}
    rows = csv.DictReader(io.StringIO(text))
    missing = [name for name in _REQUIRED if name not in (rows.fieldnames or ())]
    if missing:
        reason = "no column " + ", ".join(missing)
        findings.append(BAD_PRODUCT.at(Source(PATH), reason=reason))
        return {}
    products: dict[str, Product] = {}
    for row in rows:
        place = Source(PATH, rows.line_num)
        try:
            product = _product(row, rows.line_num)
        except ValueError as error:
            findings.append(BAD_PRODUCT.at(place, reason=error))
            continue
        if product.product_id in products:
            reason = f"product_id '{product.product_id}' is given twice"
            findings.append(BAD_PRODUCT.at(place, reason=reason))
        products.setdefault(product.product_id, product)
    return products


def _product(row: dict[str, str | None], line: int) -> Product:
    """Read one row.

    Raises:
        ValueError: If a column is empty or of the wrong form.
    """
    cells = {name: (value or "").strip() for name, value in row.items() if name is not None}
    if None in row or any(value is None for value in row.values()):
        raise ValueError("too few or too many columns")
    for name in _REQUIRED:
        if not cells[name]:
            raise ValueError(f"{name} is empty")
    return Product(
        product_id=cells["product_id"],
        title=cells["title"],
        url=cells["url"],
        image=cells.get("image", ""),
        price=_price(cells["price"]),
        old_price=_price(cells["old_price"]) if cells.get("old_price") else None,
        currency=cells["currency"],
        category=cells["category"],
        in_stock=_truth(cells["in_stock"]),
        attributes={name: value for name, value in cells.items() if name not in _KNOWN},
        line=line,
    )


def _price(text: str) -> Decimal:
    try:
        price = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"'{text}' is no price (write 1990.00)") from None
    if not price.is_finite() or price < 0:
        raise ValueError(f"'{text}' is no price")
    return price


def _truth(text: str) -> bool:
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise ValueError(f"in_stock is '{text}', not true or false")
