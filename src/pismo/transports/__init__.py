"""How letters are handed over: a Maildir of files, or Amazon SES; one method each."""

from pismo.transports.base import Halt, Outgoing, Result, Transport
from pismo.transports.outbox import Outbox, outbox_folder

__all__ = ["Halt", "Outbox", "Outgoing", "Result", "Transport", "outbox_folder"]
