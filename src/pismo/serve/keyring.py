"""Reads links with the keys of whoever publishes, as these change."""

from collections.abc import Callable

from pismo.errors import StateError
from pismo.ledger import Ledger
from pismo.links import LinkClaim, LinkSigner, Purpose


class Keyring:
    """A signer that is made anew when it does not know a link and the keys have changed.

    Args:
        signer: Reads links.
        ledger: Knows which key came last, on whichever machine.
        renewed: Makes a signer of the keys as they are now; None if they are the same.
    """

    def __init__(
        self,
        signer: LinkSigner,
        ledger: Ledger,
        renewed: Callable[[], LinkSigner | None] = lambda: None,
    ) -> None:
        self._signer, self._ledger, self._renewed = signer, ledger, renewed

    def read(self, purpose: Purpose, token: str) -> LinkClaim | None:
        """Return what a token claims; None if nobody made it for this purpose.

        Raises:
            StateError: If somebody may have made it with a key that is not here: to say "done" to
                a reader who unsubscribes would be a lie.
        """
        claim = self._signer.read(purpose, token)
        if claim is None:
            self._signer = self._renewed() or self._signer
            claim = self._signer.read(purpose, token)
        if claim is None:
            self.check()
        return claim

    def token(self, purpose: Purpose, claim: LinkClaim) -> str:
        """Return the token that makes a claim for a purpose."""
        return self._signer.token(purpose, claim)

    def check(self) -> None:
        """Make sure that the newest key is here.

        Raises:
            StateError: If letters may have been signed with a key that is not.
        """
        latest = self._ledger.latest_signing_key()
        if latest and latest not in self._signer.key_ids:
            self._signer = self._renewed() or self._signer
        if latest and latest not in self._signer.key_ids:
            raise StateError(
                "letters are signed with a key that this server does not have",
                hint="give it the keys of whoever publishes (keys.toml, or PISMO_SIGNING_KEYS),"
                " and start it again",
            )
