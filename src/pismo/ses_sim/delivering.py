"""What happens to an accepted letter: rendered, kept, delivered or not, and told by events."""

import hashlib
from collections import Counter
from email.utils import format_datetime
from itertools import count
from uuid import uuid4

from pismo.ses_sim import account, limits
from pismo.ses_sim.events import NoEvents, stamp
from pismo.ses_sim.handlebars import MissingValueError
from pismo.ses_sim.letters import mime
from pismo.ses_sim.limits import Pairs
from pismo.ses_sim.outgoing import SIMULATOR, Common, Content, Destination
from pismo.ses_sim.state import Letter, State

# A file that every virus scanner knows; SES documents it as the way to test REJECT.
_EICAR = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_numbers = count(1)
_EVENT_NAMES = {"RENDERING_FAILURE": "Rendering Failure"}


def deliver(
    state: State,
    operation: str,
    common: Common,
    destination: Destination,
    content: Content,
    tags: Pairs,
) -> str:
    """Take one letter that was accepted; return its message id."""
    (subject, html, text), problem = _rendered(content)
    outcome = "rendering-failure"
    if not problem:
        outcome, problem = _outcome(state, common, destination, content, html + text)
    letter = Letter(
        message_id=_message_id(state),
        accepted_at=state.now(),
        operation=operation,
        sender=common.sender,
        to=destination.to,
        cc=destination.cc,
        bcc=destination.bcc,
        reply_to=common.reply_to,
        subject=subject,
        html=html,
        text=text,
        headers=content.headers,
        tags=tags,
        configuration_set=common.configuration_set,
        template=content.template,
        outcome=outcome,
        problem=problem,
        raw=content.raw,
        attachments=content.attachments,
    )
    _keep(state, letter, destination)
    _tell(state, letter, destination)
    return letter.message_id


def _rendered(content: Content) -> tuple[tuple[str, str, str], str]:
    """Render the parts; a missing variable is found after the letter was accepted, as SES does."""
    if content.parts is None:
        return content.ready, ""
    try:
        subject, html, text = (part.render(content.values or {}) for part in content.parts)
    except MissingValueError as error:
        return ("", "", ""), str(error)
    return (subject, html, text), ""


def _outcome(
    state: State, common: Common, destination: Destination, content: Content, said: str
) -> tuple[str, str]:
    attached = any(_EICAR.encode() in data for _, _, data in content.attachments)
    if attached or _EICAR in said or (content.raw is not None and _EICAR.encode() in content.raw):
        return "rejected", "Bad content"
    addresses = destination.bare()
    if _is_suppressed(state, common, addresses):
        return "suppressed", "OnAccountSuppressionList"
    mailboxes = {
        one.partition("@")[0].partition("+")[0]
        for one in addresses
        if one.endswith(f"@{SIMULATOR}")
    }
    if "bounce" in mailboxes:
        return "bounced", "General"
    if "suppressionlist" in mailboxes:
        return "bounced", "Suppressed"
    if "complaint" in mailboxes:
        return "complained", "abuse"
    return _drawn_outcome(state, addresses)


def _drawn_outcome(state: State, addresses: list[str]) -> tuple[str, str]:
    """Let a steady share of the addresses bounce or complain, whatever the order of sending."""
    bounces, complaints = state.settings.bounce_share, state.settings.complaint_share
    if not bounces and not complaints:
        return "delivered", ""
    seed = f"{state.settings.seed}:{addresses[0]}".encode()
    draw = int.from_bytes(hashlib.sha256(seed).digest()[:8]) / 2**64
    if draw < bounces:
        return "bounced", "General"
    return ("complained", "abuse") if draw < bounces + complaints else ("delivered", "")


def _message_id(state: State) -> str:
    milliseconds = int(state.now().timestamp() * 1000)
    return f"{milliseconds:016x}-{uuid4()}-{next(_numbers) % 1_000_000:06d}"


def _keep(state: State, letter: Letter, destination: Destination) -> None:
    state.letters.append(letter)
    state.outcomes[letter.outcome] += 1
    for name, value in letter.tags:
        state.accepted_by_tag.setdefault(name, Counter())[value] += 1
    bare = destination.bare()
    state.accepted_by_address.update(bare)
    listed = letter.outcome in ("bounced", "complained") and SIMULATOR not in bare[0]
    reason = "BOUNCE" if letter.outcome == "bounced" else "COMPLAINT"
    if listed and reason in _reasons(state, letter.configuration_set):
        account.suppress(state, bare[0], reason)
    folder = state.settings.letters_dir
    if folder is not None:
        hidden = folder / f".{letter.message_id}.eml"
        hidden.write_bytes(mime(letter))
        hidden.rename(folder / f"{letter.message_id}.eml")


def _is_suppressed(state: State, common: Common, addresses: list[str]) -> bool:
    found = [account.suppressed(state, one) for one in addresses]
    reasons = _reasons(state, common.configuration_set)
    return any(one is not None and one.reason in reasons for one in found)


def _reasons(state: State, configuration_set: str) -> tuple[str, ...]:
    chosen = state.configuration_sets.get(configuration_set)
    own = chosen.suppressed_reasons if chosen is not None else None
    return state.suppressed_reasons if own is None else own


# --- events ---------------------------------------------------------------------------------------


def _tell(state: State, letter: Letter, destination: Destination) -> None:
    if isinstance(state.sink, NoEvents):
        return
    chosen = state.configuration_sets.get(letter.configuration_set)
    topics = (
        [one for one in chosen.destinations.values() if one.enabled and one.topic] if chosen else []
    )
    if not topics:
        return
    mail = _mail(state, letter, destination)
    for kind, detail in _events(state, letter, destination):
        name = _EVENT_NAMES.get(kind, kind.capitalize())
        key = "failure" if kind == "RENDERING_FAILURE" else kind.lower()
        event = {"eventType": name, "mail": mail, key: detail}
        for one in topics:
            if kind in one.types:
                state.sink.put(one.topic, event, letter.accepted_at)


def _events(
    state: State, letter: Letter, destination: Destination
) -> list[tuple[str, dict[str, object]]]:
    at, bare = stamp(state.now()), destination.bare()
    send: tuple[str, dict[str, object]] = ("SEND", {})
    delivery: dict[str, object] = {
        "timestamp": at,
        "processingTimeMillis": 100,
        "recipients": bare,
        "smtpResponse": "250 2.0.0 OK simulated",
        "reportingMTA": "a8-1.smtp-out.amazonses.com",
        "remoteMtaIp": "127.0.0.1",
    }
    match letter.outcome:
        case "rendering-failure":
            failure = {"errorMessage": letter.problem, "templateName": letter.template}
            return [("RENDERING_FAILURE", dict(failure))]
        case "rejected":
            return [("REJECT", {"reason": letter.problem})]
        case "bounced" | "suppressed":
            return [send, ("BOUNCE", _bounce(letter.problem, bare, at))]
        case "complained":
            return [send, ("DELIVERY", delivery), ("COMPLAINT", _complaint(letter, bare, at))]
        case _:
            return [send, ("DELIVERY", delivery)]


def _bounce(subtype: str, addresses: list[str], at: str) -> dict[str, object]:
    diagnostic = "smtp; 550 5.1.1 user unknown"
    if subtype != "General":
        diagnostic = "Amazon SES did not send the message to this address: it is suppressed"
    return {
        "bounceType": "Permanent",
        "bounceSubType": subtype,
        "bouncedRecipients": [
            {
                "emailAddress": one,
                "action": "failed",
                "status": "5.1.1",
                "diagnosticCode": diagnostic,
            }
            for one in addresses
        ],
        "timestamp": at,
        "feedbackId": f"{uuid4()}-000000",
        "reportingMTA": "dns; a8-1.smtp-out.amazonses.com",
    }


def _complaint(letter: Letter, addresses: list[str], at: str) -> dict[str, object]:
    return {
        "complainedRecipients": [{"emailAddress": one} for one in addresses],
        "timestamp": at,
        "feedbackId": f"{uuid4()}-000000",
        "complaintSubType": None,
        "complaintFeedbackType": letter.problem,
        "userAgent": "pismo ses-sim",
        "arrivalDate": at,
    }


def _mail(state: State, letter: Letter, destination: Destination) -> dict[str, object]:
    settings, bare = state.settings, destination.bare()
    sender = limits.bare_address(letter.sender) or letter.sender
    domain = sender.rpartition("@")[2]
    date = format_datetime(letter.accepted_at)
    shown = [("From", letter.sender), ("To", ", ".join(letter.to)), ("Subject", letter.subject)]
    written = [*shown, ("Date", date), *(letter.headers if letter.raw is None else ())]
    tags: dict[str, list[str]] = {
        "ses:operation": [letter.operation],
        "ses:configuration-set": [letter.configuration_set],
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": [domain],
        "ses:caller-identity": ["ses-sim"],
    }
    return {
        "timestamp": stamp(letter.accepted_at),
        "source": letter.sender,
        "sourceArn": f"arn:aws:ses:{settings.region}:{settings.account_id}:identity/{domain}",
        "sendingAccountId": settings.account_id,
        "messageId": letter.message_id,
        "destination": bare,
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in written],
        "commonHeaders": {
            "from": [letter.sender],
            "to": list(letter.to),
            "messageId": letter.message_id,
            "subject": letter.subject,
            "date": date,
        },
        "tags": tags | {name: [value] for name, value in letter.tags},
    }
