"""One recipient as the roots of the template language."""

from pismo.model.people import Recipient, Recommended
from pismo.render.nothing import MISSING, or_missing


def scope_of(recipient: Recipient) -> dict[str, object]:
    """Return the value of every root for one reader: plain values, NULL and '' as `MISSING`.

    `recipient` holds the facts, and `id` and `segment` where no fact is called so.
    """
    links = recipient.links
    return {
        "recipient": {
            "id": recipient.id,
            "segment": recipient.segment,
            **{name: or_missing(value) for name, value in recipient.facts.items()},
        },
        "picks": [_pick(pick) for pick in recipient.picks],
        "links": {
            "unsubscribe": links.unsubscribe,
            "preferences": links.preferences,
            "web": links.web,
            "item": dict(links.items),
        },
        "counts": dict(recipient.counts),
        "occasion": {name: or_missing(value) for name, value in recipient.occasion.items()},
    }


def _pick(pick: Recommended) -> dict[str, object]:
    return {
        "id": pick.id,
        "title": pick.title or MISSING,
        "url": pick.url or MISSING,
        "price": pick.price,
        "currency": pick.currency or MISSING,
        "reason": pick.reason or MISSING,
        "image": pick.image or MISSING,
        "old_price": MISSING if pick.old_price is None else pick.old_price,
        "category": pick.category or MISSING,
    }
