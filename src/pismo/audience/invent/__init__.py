"""An invented audience: seeded, with structure that segments and recommendations can find."""

from pismo.audience.invent.invent import Invented, consents, invent, write_invented

__all__ = ["Invented", "consents", "invent", "write_invented"]
