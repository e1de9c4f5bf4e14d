"""Amazon SES (sesv2): up to 50 letters a call from a stored template, or one by one.

Every letter has one address, its own unsubscribe headers, and a tag with its delivery's id, by
which events settle what a lost answer left open. One call is one POST (ses_client); a call that
certainly was not sent because of one bad entry is halved until that entry is found.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from pismo.model.edition import Edition
from pismo.model.people import DELIVERY_TAG, Recipient, Submission
from pismo.plan.addresses import problem_with_address
from pismo.records import dataclass, field
from pismo.transports.base import Halt, Outgoing, Result
from pismo.transports.ses_answers import (
    Answer,
    answer_to_failure,
    answer_to_one,
    answers_to_bulk,
)
from pismo.transports.ses_check import (
    HeaderCheck,
    problem_with_data,
    problem_with_tags,
    tag_value,
)
from pismo.transports.ses_client import BulkCall, Method

ISSUE_TAG = "issue"
MOST_ENTRIES = 50
IDLE_S = 20.0
"""A connection that was idle for longer may be dead: its letters would end in doubt for nothing."""
BULK_RESTS_S = 300.0
"""How long letters go one by one after the account has shown that it throttles bulk calls."""
_PROOFS = 2
_AS_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an edition needs to be sent through SES.

    `defaults` has a value for every variable of the template, since SES drops a letter that
    lacks one; `shared` are the headers that are the same for everybody; `fill` gives a reader's
    template data and own headers; `raw` their whole letter.
    """

    template: str
    sender: str
    reply_to: Sequence[str]
    defaults: str
    shared: Headers
    fill: Callable[[Recipient], tuple[Mapping[str, object], Headers]]
    raw: Callable[[str, Recipient], bytes] | None = None
    header_check: HeaderCheck = field(init=False)

    def __post_init__(self) -> None:
        """Look at the shared headers once."""
        object.__setattr__(self, "header_check", HeaderCheck(self.shared))


@dataclass(frozen=True, slots=True)
class _Ready:
    """One letter that has passed our own checks."""

    id: str
    address: str
    data: str
    headers: list[dict[str, str]]
    tags: list[dict[str, str]]
    letter: Outgoing


@dataclass
class _BulkWatch:
    """Whether the account throttles bulk calls as such, learnt from probes."""

    proofs: int = 0
    rests_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class SesTransport:
    """Hands letters to SES; safe to use from several threads.

    Args:
        client: A sending client: one attempt per call.
        prepare: Makes an edition ready, storing its template if need be; asked once per edition.
        configuration_set: Where events come from; '' sends without events.
        steady: Seconds that only go forward.
        method: How letters are handed over.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401  # boto3 has no types
        prepare: Callable[[Edition], Prepared],
        *,
        configuration_set: str,
        steady: Callable[[], float],
        method: Method = Method.BULK,
    ) -> None:
        self._client = client
        self._bulk = BulkCall(client)
        self._make_ready = prepare
        self._prepared: dict[str, Prepared] = {}
        self._configuration_set = configuration_set
        self._steady = steady
        self._method = method
        self._watch = _BulkWatch()
        self._lock = threading.Lock()
        self._in_flight = 0
        self._used_at = steady()

    def prepare(self, edition: Edition) -> Prepared:
        """Make an edition ready; call it for all editions before the first letter is claimed."""
        with self._lock:
            if edition.digest not in self._prepared:
                self._prepared[edition.digest] = self._make_ready(edition)
            return self._prepared[edition.digest]

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
        """Hand a batch over: one call per edition and 50 letters, or one per letter."""
        answers: dict[str, Answer] = {}
        for _, letters in groupby(batch, key=lambda letter: letter.edition.digest):
            self._send_edition(list(letters), answers)
        return [_result(letter.id, answers[letter.id]) for letter in batch]

    def _send_edition(self, letters: Sequence[Outgoing], answers: dict[str, Answer]) -> None:
        prepared = self.prepare(letters[0].edition)
        ready: list[_Ready] = []
        for letter in letters:
            checked = _checked(letter, prepared)
            if isinstance(checked, Answer):
                answers[letter.id] = checked
            else:
                ready.append(checked)
        for start in range(0, len(ready), MOST_ENTRIES):
            chunk = ready[start : start + MOST_ENTRIES]
            if self._method is Method.BULK and not self._bulk_rests():
                self._send_bulk(chunk, prepared, answers)
            else:
                self._send_singly(chunk, prepared, answers)

    def _send_bulk(
        self, chunk: Sequence[_Ready], prepared: Prepared, answers: dict[str, Answer]
    ) -> None:
        given = self._call_bulk(chunk, prepared)
        if given[0].poison and len(chunk) > 1:
            middle = len(chunk) // 2
            self._send_bulk(chunk[:middle], prepared, answers)
            self._send_bulk(chunk[middle:], prepared, answers)
            return
        answers.update({ready.id: answer for ready, answer in zip(chunk, given, strict=True)})
        if len(chunk) > 1 and all(answer.halt is Halt.SLOW_DOWN for answer in given):
            self._probe(chunk[0], prepared, answers)
        elif any(answer.submission is Submission.ACCEPTED for answer in given):
            self._watch.proofs = 0

    def _call_bulk(self, chunk: Sequence[_Ready], prepared: Prepared) -> Sequence[Answer]:
        request = {
            **self._common(prepared),
            "DefaultContent": {
                "Template": {
                    "TemplateName": prepared.template,
                    "TemplateData": prepared.defaults,
                    "Headers": _named(prepared.shared),
                }
            },
            "BulkEmailEntries": [_entry(ready) for ready in chunk],
        }
        response = self._post(self._bulk, request)
        if isinstance(response, Answer):
            return [response] * len(chunk)
        return answers_to_bulk(response, len(chunk))

    def _probe(self, ready: _Ready, prepared: Prepared, answers: dict[str, Answer]) -> None:
        """Ask whether the account throttles letters or calls: send one of a throttled call alone.

        AWS's documentation lets bulk calls be limited to one a second (facts/ses.md §0.8); then
        single letters pass where bulk calls do not.
        """
        answers[ready.id] = self._call_single(ready, prepared)
        with self._watch.lock:
            if answers[ready.id].submission is not Submission.ACCEPTED:
                self._watch.proofs = 0
                return
            self._watch.proofs += 1
            if self._watch.proofs >= _PROOFS:
                self._watch.proofs = 0
                self._watch.rests_until = self._steady() + BULK_RESTS_S

    def _bulk_rests(self) -> bool:
        return self._steady() < self._watch.rests_until

    def _send_singly(
        self, chunk: Sequence[_Ready], prepared: Prepared, answers: dict[str, Answer]
    ) -> None:
        stopped: Answer | None = None
        for ready in chunk:
            # After a halt nothing more is tried: what was not called was certainly not sent.
            answer = stopped or self._call_single(ready, prepared)
            answers[ready.id] = answer
            if answer.halt is not Halt.NONE and stopped is None:
                stopped = Answer(Submission.THROTTLED, "not tried", halt=answer.halt)

    def _call_single(self, ready: _Ready, prepared: Prepared) -> Answer:
        request = {
            **self._common(prepared),
            "Destination": {"ToAddresses": [ready.address]},
            "EmailTags": ready.tags,
            "Content": self._content(ready, prepared),
        }
        response = self._post(self._client.send_email, request)
        return response if isinstance(response, Answer) else answer_to_one(response)

    def _content(self, ready: _Ready, prepared: Prepared) -> Mapping[str, object]:
        if self._method is Method.RAW and prepared.raw is not None:
            return {"Raw": {"Data": prepared.raw(ready.id, ready.letter.recipient)}}
        # SendEmail has one set of data, so the defaults are merged here.
        data = json.loads(prepared.defaults) | json.loads(ready.data)
        return {
            "Template": {
                "TemplateName": prepared.template,
                "TemplateData": json.dumps(data, ensure_ascii=False),
                "Headers": [*_named(prepared.shared), *ready.headers],
            }
        }

    def _common(self, prepared: Prepared) -> dict[str, object]:
        common: dict[str, object] = {"FromEmailAddress": prepared.sender}
        if prepared.reply_to:
            common["ReplyToAddresses"] = list(prepared.reply_to)
        if self._configuration_set:
            common["ConfigurationSetName"] = self._configuration_set
        return common

    def _post(
        self, call: Callable[..., Mapping[str, Any]], request: Mapping[str, object]
    ) -> Mapping[str, Any] | Answer:
        self._begin()
        try:
            return call(**request)
        except Exception as error:  # noqa: BLE001  # whatever happens to a claimed letter is an answer
            return answer_to_failure(error)
        finally:
            with self._lock:
                self._in_flight -= 1
                self._used_at = self._steady()

    def _begin(self) -> None:
        with self._lock:
            if self._in_flight == 0 and self._steady() - self._used_at > IDLE_S:
                self._client.close()  # drops the pool's connections; the next call opens its own
            self._in_flight += 1


def _checked(letter: Outgoing, prepared: Prepared) -> "_Ready | Answer":
    """Check one letter against SES's limits; whatever fails is refused without a call."""
    address = letter.recipient.address or ""
    data, headers = prepared.fill(letter.recipient)
    text = _AS_JSON(data)
    tags = [(DELIVERY_TAG, letter.id), (ISSUE_TAG, tag_value(letter.edition.issue))]
    problem = (
        problem_with_address(address)
        or prepared.header_check.problem(headers)
        or problem_with_tags(tags)
        or problem_with_data(text)
    )
    if problem:
        return Answer(Submission.REFUSED, problem)
    return _Ready(
        letter.id,
        address,
        text,
        _named(headers),
        _named(tags),
        letter,
    )


def _named(pairs: Headers) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in pairs]


def _entry(ready: _Ready) -> Mapping[str, object]:
    return {
        "Destination": {"ToAddresses": [ready.address]},
        "ReplacementTags": ready.tags,
        "ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": ready.data}},
        "ReplacementHeaders": ready.headers,
    }


def _result(id_: str, answer: Answer) -> Result:
    return Result(id_, answer.submission, answer.message_id, answer.detail, answer.halt)
