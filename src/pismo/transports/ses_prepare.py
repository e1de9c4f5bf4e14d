"""An edition made ready for SES: its template stored there, its senders and readers encoded."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.header import Header

from pismo.model.content import Sender
from pismo.model.edition import Edition, Parts, Static
from pismo.model.people import Links, Recipient
from pismo.render import handlebars, mime_program, ses_program
from pismo.transports.ses import Prepared
from pismo.transports.ses_client import Method
from pismo.transports.ses_templates import TemplateStore, TemplateText

_NOBODY = Recipient(
    id="", segment="", facts={}, picks=(), links=Links(unsubscribe="", preferences="", web="")
)


def preparer(
    store: TemplateStore, *, method: Method, now: Callable[[], datetime]
) -> Callable[[Edition], Prepared]:
    """Return the function that makes editions ready."""

    def prepare(edition: Edition) -> Prepared:
        template = handlebars(edition)
        name = ""
        if method is not Method.RAW:
            name = store.ensure(TemplateText(template.subject, template.html, template.text))
        program = mime_program(edition) if method is Method.RAW else None

        own = replace(edition, headers=tuple(one for one in edition.headers if not _fixed(one[1])))
        fixed = replace(edition, headers=tuple(one for one in edition.headers if _fixed(one[1])))

        def raw(delivery: str, recipient: Recipient) -> bytes:
            assert program is not None
            domain = edition.sender.address.rpartition("@")[2]
            return program(recipient, now(), f"{delivery}@{domain}")

        return Prepared(
            template=name,
            sender=mailbox(edition.sender),
            reply_to=[edition.sender.reply_to] if edition.sender.reply_to else [],
            # `ses_program` gives every name that the template asks for.
            defaults="{}",
            shared=ses_program(fixed)(_NOBODY)[1],
            fill=ses_program(own),
            raw=raw if program else None,
        )

    return prepare


def _fixed(parts: Parts) -> bool:
    return all(isinstance(part, Static) for part in parts)


def mailbox(sender: Sender) -> str:
    """Return `Name <address>` in ASCII, names in other letters as RFC 2047 encoded words."""
    if not sender.name:
        return sender.address
    if sender.name.isascii():
        quoted = sender.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{sender.address}>'
    words = Header(sender.name, "utf-8").encode(linesep="").replace("\n", " ")
    return f"{words} <{sender.address}>"
