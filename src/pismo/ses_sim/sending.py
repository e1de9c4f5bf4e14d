"""SendEmail and SendBulkEmail: limits first, then quota, then one letter after the other."""

from collections.abc import Mapping
from dataclasses import dataclass

from pismo.ses_sim import limits, reading
from pismo.ses_sim.delivering import deliver
from pismo.ses_sim.errors import ApiError, bad_request, too_many_requests
from pismo.ses_sim.faults import Fault, FaultKind
from pismo.ses_sim.limits import Pairs
from pismo.ses_sim.outgoing import (
    Common,
    Content,
    Destination,
    read_common,
    read_destination,
    read_raw,
    read_simple,
    read_template,
)
from pismo.ses_sim.reading import Json
from pismo.ses_sim.settings import BadEntry, Throttle
from pismo.ses_sim.state import State

_RATE = "Maximum sending rate exceeded."
_DAILY = "Daily message quota exceeded."


def send_email(state: State, body: Json, size: int) -> Json:
    """Answer SendEmail: one message, at most 50 recipients.

    Args:
        state: The account.
        body: The request.
        size: Its bytes, for the limit of inline templates.
    """
    given = reading.record(body, "Content")
    kinds = [kind for kind in ("Simple", "Raw", "Template") if given.get(kind)]
    if len(kinds) != 1:
        raise bad_request("Content must have exactly one of Simple, Raw and Template")
    inner = reading.record(given, kinds[0])
    tags = limits.tags(body, "EmailTags")
    addresses = reading.record(body, "Destination")
    if kinds[0] == "Raw":
        raw = read_raw(inner)
        common = read_common(state, body, raw.sender, raw.configuration_set)
        content, tags = raw.content, tags or raw.tags
        addresses = addresses or raw.destination
    else:
        common = read_common(state, body)
        simple = kinds[0] == "Simple"
        content = read_simple(inner) if simple else read_template(state, inner, size)
    destination = read_destination(state, addresses)
    _take_whole(state, "SendEmail", len(destination.bare()))
    return {"MessageId": deliver(state, "SendEmail", common, destination, content, tags)}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a bulk call: ready to go, or the status that refuses it."""

    destination: Destination | None = None
    content: Content | None = None
    tags: Pairs = ()
    status: str = ""
    problem: str = ""

    @property
    def recipients(self) -> int:
        return len(self.destination.bare()) if self.destination is not None else 0


def send_bulk_email(state: State, body: Json, size: int, fault: Fault | None = None) -> Json:
    """Answer SendBulkEmail: up to 50 entries, one result each, in their order.

    Args:
        state: The account.
        body: The request.
        size: Its bytes, for the limit of inline templates.
        fault: An `entries` fault fails single entries; others are the server's business.
    """
    given = reading.records(body, "BulkEmailEntries")
    if not 1 <= len(given) <= limits.ENTRIES_PER_CALL:
        raise bad_request(f"{len(given)} entries given, 1 to {limits.ENTRIES_PER_CALL} are allowed")
    common = read_common(state, body)
    shared_tags = limits.tags(body, "DefaultEmailTags")
    template = reading.record(reading.record(body, "DefaultContent"), "Template")
    if not template:
        raise bad_request("DefaultContent.Template is required")
    content = read_template(state, template, size)
    entries = [_read_entry(state, one, content, shared_tags) for one in given]
    entries = _struck(entries, fault)
    entries = _throttled(state, entries)
    return {"BulkEmailEntryResults": [_send_entry(state, common, entry) for entry in entries]}


def _read_entry(state: State, given: Json, content: Content, shared_tags: Pairs) -> _Entry:
    # Headers and tags are checked against the model before anything else: they fail the call.
    own_headers = limits.headers(given, "ReplacementHeaders")
    headers = _merged(content.headers, own_headers)
    limits.check_header_count(len(headers))
    tags = tuple((dict(shared_tags) | dict(limits.tags(given, "ReplacementTags"))).items())
    limits.check_tags(tags)
    replaced = reading.record(
        reading.record(given, "ReplacementEmailContent"), "ReplacementTemplate"
    )
    own = reading.text(replaced, "ReplacementTemplateData")
    try:
        destination = read_destination(state, reading.record(given, "Destination"))
        values = {**(content.values or {}), **limits.template_data(own, "ReplacementTemplateData")}
    except ApiError as error:
        if state.settings.bad_entry is BadEntry.CALL:
            raise
        status = "MESSAGE_REJECTED" if error.kind == "MessageRejected" else "INVALID_PARAMETER"
        return _Entry(status=status, problem=error.message)
    mine = Content(
        content.parts, content.ready, headers, content.attachments, content.template, values
    )
    return _Entry(destination, mine, tags)


def _merged(shared: Pairs, own: Pairs) -> Pairs:
    """Merge headers as the model says: the entry's win, new ones are added."""
    names = {name.casefold() for name, _ in own}
    return tuple(pair for pair in shared if pair[0].casefold() not in names) + own


def _struck(entries: list[_Entry], fault: Fault | None) -> list[_Entry]:
    if fault is None or fault.kind is not FaultKind.ENTRIES:
        return entries
    statuses = dict(fault.entries)
    return [
        _Entry(status=statuses[place], problem="a fault of the plan")
        if place in statuses
        else entry
        for place, entry in enumerate(entries)
    ]


def _throttled(state: State, entries: list[_Entry]) -> list[_Entry]:
    """Take the quota for the entries that may go; mark (or refuse whole) what doesn't fit."""
    wanted = sum(entry.recipients for entry in entries)
    if not wanted:
        return entries
    if state.settings.throttle is Throttle.DEBT and state.daily.left() >= wanted:
        _take_whole(state, "SendBulkEmail", wanted)
        return entries
    _check_some_left(state, "SendBulkEmail", wanted)
    daily, rate = state.daily.left(), state.bucket.tokens() + 1e-9
    rate = float("inf") if state.settings.throttle is Throttle.DEBT else rate
    kept: list[_Entry] = []
    taken = refused = 0
    for entry in entries:
        after = taken + entry.recipients
        short = "ACCOUNT_DAILY_QUOTA_EXCEEDED" if after > daily else ""
        short = short or ("ACCOUNT_THROTTLED" if after > rate else "")
        if short and entry.recipients:
            refused += entry.recipients
            kept.append(_Entry(status=short, problem=_DAILY if "DAILY" in short else _RATE))
        else:
            taken = after
            kept.append(entry)
    _take(state, "SendBulkEmail", taken, throttled=refused)
    return kept


def _take_whole(state: State, operation: str, recipients: int) -> None:
    _check_some_left(state, operation, recipients)
    _take(state, operation, recipients)


def _check_some_left(state: State, operation: str, wanted: int) -> None:
    """Refuse the call if nothing is left: of the day, or of the bucket."""
    message = ""
    if state.daily.left() < 1:
        message = _DAILY
    elif not state.bucket.has_one():
        message = _RATE
    if message:
        state.receipt(operation, 429, throttled=wanted)
        raise too_many_requests(message)


def _take(state: State, operation: str, taken: int, *, throttled: int = 0) -> None:
    state.bucket.take(taken)
    state.daily.add(taken)
    state.receipt(operation, 200, accepted=taken, throttled=throttled)


def _send_entry(state: State, common: Common, entry: _Entry) -> Mapping[str, str]:
    if entry.destination is None or entry.content is None:
        return {"Status": entry.status, "Error": entry.problem}
    message_id = deliver(
        state, "SendBulkEmail", common, entry.destination, entry.content, entry.tags
    )
    return {"Status": "SUCCESS", "MessageId": message_id}
