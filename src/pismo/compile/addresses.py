"""Addresses of links: which may stand in a letter, and which get the newsletter's `utm_*`."""

from collections.abc import Collection, Sequence
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from pismo.compile.stage.tokens import holds_token
from pismo.model.content import Newsletter, Product
from pismo.model.edition import Arithmetic, Compare, Conditional, Constant, Expr
from pismo.model.language import URL_SCHEMES
from pismo.records import dataclass


@dataclass(frozen=True, slots=True)
class Marking:
    """The `utm_*` of a newsletter and the hosts of the shop they are for."""

    pairs: Sequence[tuple[str, str]]
    hosts: Collection[str]

    def marked(self, url: str) -> str:
        """Add the pairs to an address of the shop; leave every other one alone."""
        parts = urlsplit(url)
        if not self.pairs or holds_token(parts.netloc) or parts.hostname not in self.hosts:
            return url
        given = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        query = "&".join(part for part in (parts.query, self._query(given)) if part)
        return urlunsplit(parts._replace(query=query))

    def marked_later(self, url: Expr) -> Expr:
        """Add the pairs to a product's address that is known only at send time."""
        if not self.pairs:
            return url
        joint = Conditional(Compare("in", Constant("?"), url), Constant("&"), Constant("?"))
        return Arithmetic("~", Arithmetic("~", url, joint), Constant(self._query(())))

    def _query(self, given: Collection[str]) -> str:
        return "&".join(
            f"{quote(name)}={quote(value)}" for name, value in self.pairs if name not in given
        )


def marking_of(newsletter: Newsletter, brand_url: str, products: Collection[Product]) -> Marking:
    """Return the marking of a newsletter: the shop is where the brand and its products live."""
    addresses = [brand_url, *(product.url for product in products)]
    hosts = {urlsplit(address).hostname for address in addresses}
    return Marking(newsletter.utm, frozenset(host for host in hosts if host))


def is_allowed(url: str) -> bool:
    """Tell whether a written address is one that mail programs open: no script, no file."""
    scheme = urlsplit(url).scheme.lower()
    return url.startswith(("#", "qzx")) or scheme in URL_SCHEMES
