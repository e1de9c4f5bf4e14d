"""The reader that a sample letter is written to: invented, the same in every build."""

from collections.abc import Collection

from pismo.model.content import EVERYONE, GAMES, FactValue, Product
from pismo.model.edition import Edition
from pismo.model.people import Links, Recipient, Recommended
from pismo.model.workspace import Workspace

NOWHERE = "https://links.invalid"
"""Base of links that lead nowhere (RFC 6761)."""

_PICKS = 12
_REASONS = {
    "ru": "просто потому, что хорошая вещь",
    "en": "simply because it is a good thing",
}


def sample_recipient(workspace: Workspace, edition: Edition, *, web_url: str = "") -> Recipient:
    """Invent the reader of a segment's sample letter (DESIGN §5).

    The first of `segments/people.toml`, overlaid with the segment's first `example.in`; picks
    are what editors pinned and the first products in stock of the catalogue that no editor picked
    for this letter; links lead nowhere.

    Args:
        workspace: Where people, segments and products come from.
        edition: The letter.
        web_url: The letter on the web, if it is known.
    """
    picked = workspace.picked_in(edition.items)
    issue = workspace.issues.get(edition.issue)
    shut, pinned = (issue.never, issue.pinned) if issue else ((), ())
    return Recipient(
        id="sample",
        segment=edition.segment,
        facts=_facts(workspace, edition.segment),
        picks=sample_picks(workspace, edition.language, (*picked, *shut), pinned),
        links=Links(
            unsubscribe=f"{NOWHERE}/u/sample",
            preferences=f"{NOWHERE}/p/sample",
            web=web_url or f"{NOWHERE}/w/sample",
            items={slug: f"{NOWHERE}/a/{slug}" for kind, slug in workspace.items if kind in GAMES},
        ),
    )


def sample_picks(
    workspace: Workspace,
    language: str,
    picked: Collection[str] = (),
    pinned: Collection[str] = (),
) -> tuple[Recommended, ...]:
    """Return `pinned` and the first products in stock, not `picked`, as if recommended."""
    first = [workspace.catalogue[one] for one in pinned if one in workspace.catalogue]
    every = {product.product_id: product for product in (*first, *workspace.catalogue.values())}
    in_stock = (
        product
        for product in every.values()
        if product.in_stock and product.product_id not in picked
    )
    chosen = [product for product, _ in zip(in_stock, range(_PICKS), strict=False)]
    return tuple(_recommended(product, language) for product in chosen)


def _facts(workspace: Workspace, segment_id: str) -> dict[str, FactValue]:
    first = dict(workspace.people[0].facts) if workspace.people else {}
    segment = None if segment_id == EVERYONE else workspace.segments.get(segment_id)
    example = segment.example_in[0] if segment is not None and segment.example_in else {}
    return {**first, **example}


def _recommended(product: Product, language: str) -> Recommended:
    return Recommended(
        id=product.product_id,
        title=product.title,
        url=product.url,
        price=product.price,
        currency=product.currency,
        reason=_REASONS.get(language, _REASONS["en"]),
        # A picture of the workspace is not on the web: only the shop's own can be shown.
        image=product.image if product.image.startswith(("https://", "http://")) else "",
        old_price=product.old_price,
        category=product.category,
    )
