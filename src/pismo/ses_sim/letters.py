"""MIME: what the readers' servers would get, made when somebody looks."""

from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from pismo.ses_sim.state import Letter

# A header longer than 78 characters without a space (an unsubscribe link) would be folded into
# encoded words, so headers are written unfolded, as SES writes them.
_WRITTEN = policy.SMTP.clone(max_line_length=998)


def mime(letter: Letter) -> bytes:
    """Return the whole message, with the headers that SES sets itself."""
    if letter.raw is not None:
        return letter.raw
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = letter.sender
    for name, addresses in (("To", letter.to), ("Cc", letter.cc), ("Reply-To", letter.reply_to)):
        if addresses:
            message[name] = ", ".join(addresses)
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(letter.accepted_at)
    message["Message-ID"] = f"<{letter.message_id}@email.amazonses.com>"
    for name, value in letter.headers:
        message[name] = value
    _fill(message, letter.html, letter.text)
    for name, kind, content in letter.attachments:
        main, _, sub = (kind or "application/octet-stream").partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    _name_boundaries(message, letter.message_id)
    return message.as_bytes(policy=_WRITTEN)


def mime_of_template(subject: str, html: str, text: str, at: datetime) -> str:
    """Return what TestRenderEmailTemplate shows: a message to nobody."""
    message = EmailMessage(policy=policy.SMTP)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = "<test-render@email.amazonses.com>"
    message["Subject"] = _one_line(subject)
    _fill(message, html, text)
    _name_boundaries(message, "test-render")
    return message.as_string(policy=_WRITTEN)


def _fill(message: EmailMessage, html: str, text: str) -> None:
    if text or not html:
        message.set_content(text, cte="quoted-printable")
        if html:
            message.add_alternative(html, subtype="html", cte="quoted-printable")
    else:
        message.set_content(html, subtype="html", cte="quoted-printable")


def _name_boundaries(message: EmailMessage, seed: str) -> None:
    """Make the same letter the same bytes each time: boundaries are drawn otherwise."""
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{number}_{seed}")


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))
