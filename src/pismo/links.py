"""A reader's own links: signed, untimed, without an address, each for one purpose only.

    {base}/u/TOKEN  unsubscribe      {base}/p/TOKEN  preferences      {base}/a/TOKEN  answers

A token is base64url(person, issue or newsletter, item) "." HMAC-SHA256 cut to 128 bits. The
purpose is the salt, so that a link that opens preferences cannot be turned into one that
answers a poll. GET on any of them only shows; POST acts (RFC 8058).
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from enum import StrEnum

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode
from itsdangerous.exc import BadData
from itsdangerous.signer import HMACAlgorithm

from pismo.errors import AudienceError
from pismo.keys import Keys
from pismo.model.people import Links
from pismo.records import dataclass

NOWHERE = "https://links.invalid"
"""Base of the links while `links.base_url` is unset (RFC 6761: never resolves)."""

_SEPARATOR = "\x1f"
_LONGEST = 1000


class Purpose(StrEnum):
    """What a link is for; the value is its place in the path."""

    UNSUBSCRIBE = "u"
    PREFERENCES = "p"
    ANSWER = "a"


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """What a link says: who follows it, out of which letter; `item` is what they answer."""

    person: str
    newsletter: str
    issue: str = ""
    item: str = ""


class LinkSigner:
    """Makes and reads links.

    Args:
        keys: The newest key signs, all of them read.
        base_url: Where `pismo serve` is reached, without a slash at the end; '' for nowhere.
    """

    def __init__(self, keys: Keys, base_url: str = "") -> None:
        self.base_url = base_url.rstrip("/") or NOWHERE
        self.key_ids = keys.signing_ids
        self._signers = {purpose: _PurposeSigner(keys, purpose) for purpose in Purpose}
        self._places = {purpose: f"{self.base_url}/{purpose.value}/" for purpose in Purpose}

    def links_for(
        self,
        person: str,
        *,
        newsletter: str,
        web_url: str,
        issue: str = "",
        items: Iterable[str] = (),
    ) -> Links:
        """Return a reader's links for one letter.

        Args:
            person: Their id; never an address.
            newsletter: The series that one click unsubscribes from.
            web_url: The letter on the web, the same for everybody.
            issue: `newsletter/date`, so that a click tells which letter made them leave.
            items: Slugs of polls and quizzes in the letter.

        Raises:
            AudienceError: If the id looks like an address.
        """
        if "@" in person or _SEPARATOR in person:
            raise AudienceError(
                "a subscriber's id looks like an e-mail address, and would show in their links",
                hint="give subscribers ids of their own: the column subscriber_id",
                ru="id подписчика похож на адрес почты и был бы виден в его ссылках",
                hint_ru="дайте подписчикам свои id: колонка subscriber_id",
            )
        origin = f"{person}{_SEPARATOR}{issue or newsletter}"
        return Links(
            unsubscribe=self._url(Purpose.UNSUBSCRIBE, origin),
            preferences=self._url(Purpose.PREFERENCES, origin),
            web=web_url,
            items={
                item: self._url(Purpose.ANSWER, f"{origin}{_SEPARATOR}{item}") for item in items
            },
        )

    def read(self, purpose: Purpose, token: str) -> LinkClaim | None:
        """Return what a token claims; None if it was not made here for this purpose."""
        if len(token) > _LONGEST or not token.isascii():
            return None
        try:
            payload = base64_decode(self._signers[purpose].unsign(token)).decode()
        except (BadSignature, BadData, UnicodeDecodeError):
            return None
        person, origin, item = (payload + _SEPARATOR).split(_SEPARATOR)[:3]
        newsletter, slash, _ = origin.partition("/")
        return LinkClaim(person, newsletter, origin if slash else "", item)

    def token(self, purpose: Purpose, claim: LinkClaim) -> str:
        """Return the token that makes a claim for a purpose: `read` gives the claim back."""
        parts = [claim.person, claim.issue or claim.newsletter, claim.item]
        return self._token(purpose, _SEPARATOR.join(parts).rstrip(_SEPARATOR))

    def _url(self, purpose: Purpose, payload: str) -> str:
        return self._places[purpose] + self._token(purpose, payload)

    def _token(self, purpose: Purpose, payload: str) -> str:
        return self._signers[purpose].token(payload.encode())


def _short_hmac(key: bytes, value: bytes) -> bytes:
    """Return HMAC-SHA256 cut to its left half, as RFC 2104 §5 allows: 22 characters, not 43."""
    return hmac.digest(key, value, "sha256")[:16]


class _ShortHmac(HMACAlgorithm):
    """The same, as itsdangerous asks for it."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return _short_hmac(key, value)


class _PurposeSigner(Signer):
    """A signer that derives its keys once, and signs in one step: a plan has millions of links."""

    def __init__(self, keys: Keys, purpose: Purpose) -> None:
        super().__init__(
            list(reversed(keys.signing)),
            salt=f"pismo.links.{purpose.value}".encode(),
            key_derivation="hmac",
            digest_method=hashlib.sha256,
            algorithm=_ShortHmac(hashlib.sha256),
        )
        self._derived = {key: super(_PurposeSigner, self).derive_key(key) for key in keys.signing}
        self._newest = self._derived[keys.signing[0]]

    def token(self, payload: bytes) -> str:
        """Return what `sign(base64_encode(payload))` returns, in a third of the time."""
        value = _base64(payload)
        return (value + b"." + _base64(_short_hmac(self._newest, value))).decode()

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        key = self.secret_keys[-1] if secret_key is None else secret_key
        return self._derived[key if isinstance(key, bytes) else key.encode()]


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
