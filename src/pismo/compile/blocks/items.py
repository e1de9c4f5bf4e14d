"""Stories, tips, games and picks: what stands around a written text."""

from collections.abc import Mapping, Sequence
from html import escape

from pismo.compile.typeset import typeset
from pismo.compile.words import words_of
from pismo.compile.writing import Scribe, Written
from pismo.model.content import Item, Kind, PickedProduct, Product
from pismo.text import money

_BYLINE = (Kind.STORY, Kind.TIP)


def dressed(
    item: Item, written: Sequence[Written], scribe: Scribe, catalogue: Mapping[str, Product]
) -> Written:
    """Put title, picture, products and the marks of advertising around an item's text.

    Raises:
        CompileError: If a picture is missing or has no description.
    """
    html = [f'<div class="{item.kind.value}">']
    text: list[str] = []
    if item.ad:
        _add(html, text, _ad_line(item), "ad")
    if item.show_title:
        title = typeset(item.title, item.language)
        html.append(f"<h2>{escape(title)}</h2>")
        text.append(f"{title}\n\n")
    if item.image:
        picture, _ = scribe.picture(item.image, item.alt, item.place_of("image"))
        html.append(f'<p class="picture">{picture}</p>')
    for piece in written:
        html.append(f"<!--{piece.control}-->" if piece.control else piece.html)
        text.append(piece.control or piece.text)
    for picked in item.products:
        _add_product(html, text, picked, item, scribe, catalogue)
    html.append("</div>")
    return Written("".join(html), "".join(text))


def _add(html: list[str], text: list[str], line: str, css_class: str) -> None:
    html.append(f'<p class="{css_class}">{escape(line)}</p>')
    text.append(f"{line}\n\n")


def _ad_line(item: Item) -> str:
    words = words_of(item.language)
    erid = f"erid: {item.erid}" if item.erid else ""
    return ". ".join(part for part in (words["ad"], item.sponsor, erid) if part)


def _add_product(  # two outputs, and everything a product is shown with
    html: list[str],
    text: list[str],
    picked: PickedProduct,
    item: Item,
    scribe: Scribe,
    catalogue: Mapping[str, Product],
) -> None:
    product = catalogue.get(picked.product_id)
    if product is None:
        return
    url = scribe.marking.marked(product.url)
    title = typeset(product.title, item.language)
    comment = typeset(picked.comment, item.language)
    price = money(product.price, product.currency, item.language)
    if picked.image:
        picture, _ = scribe.picture(picked.image, picked.alt, item.place_in(picked, "image"))
        html.append(f'<p class="picture">{picture}</p>')
    html.append(f'<p><a href="{escape(url)}"><b>{escape(title)}</b></a> — {price}')
    text.append(f"{title} — {price}\n")
    if comment:
        html.append(f"<br>{escape(comment)}")
        text.append(f"{comment}\n")
    html.append("</p>")
    text.append(f"{url}\n\n")
