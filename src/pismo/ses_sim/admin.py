"""What is not SES: the page of letters, counts for tests, reset, faults. No signature is asked.

Only this machine may look: the Host must be a local one, and a page of another site cannot write.
"""

import json
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from pismo.ses_sim import pages
from pismo.ses_sim.api import Request, Response
from pismo.ses_sim.events import stamp
from pismo.ses_sim.faults import FaultPlan, FaultPlanError, faults_from
from pismo.ses_sim.letters import mime
from pismo.ses_sim.state import Letter, State

_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "img-src * data:; style-src 'unsafe-inline' *; font-src *"
)


class Controls(Protocol):
    """The part of the server that these pages turn."""

    state: State
    plan: FaultPlan
    address: tuple[str, int]

    def reset(self) -> None:
        """Forget everything but the settings and the plan."""


def answer(controls: Controls, request: Request) -> Response:
    """Answer anything outside /v2/."""
    if not _is_local(request, controls.address[0]):
        return _text(403, "pismo ses-sim answers only to its own address")
    path, state = request.path, controls.state
    if path.startswith("/_sim/"):
        return _control(controls, request)
    if request.method != "GET":
        return _text(405, "only GET here")
    russian = pages.prefers_russian(request.headers.get("accept-language", ""))
    if path == "/":
        url = f"http://{controls.address[0]}:{controls.address[1]}"
        return _html(pages.index(state, url, russian=russian))
    parts = unquote(path).strip("/").split("/")
    letter = _letter(state, parts[1]) if parts[0] == "letters" and len(parts) > 1 else None
    if letter is None:
        return _text(404, "no such page; the letters are at /")
    return _letter_part(letter, parts[2] if len(parts) > 2 else "", russian=russian)


def _letter_part(letter: Letter, part: str, *, russian: bool) -> Response:
    if part == "html":
        policy = (("Content-Security-Policy", _LETTER_POLICY),)
        return Response(200, letter.html.encode(), "text/html; charset=utf-8", policy)
    if part == "source":
        return Response(200, mime(letter), "text/plain; charset=utf-8")
    return _html(pages.letter(letter, russian=russian)) if not part else _text(404, "no such part")


def _control(controls: Controls, request: Request) -> Response:
    query = {key: values[0] for key, values in parse_qs(request.target.partition("?")[2]).items()}
    match (request.method, request.path):
        case ("GET", "/_sim/letters"):
            return _json([letter_json(one) for one in _chosen(controls.state, query)])
        case ("GET", "/_sim/stats"):
            return _json(stats(controls.state, controls.plan))
        case ("POST", "/_sim/reset"):
            controls.reset()
            return _json({})
        case ("GET", "/_sim/faults"):
            return _json(_plan_json(controls.plan))
        case ("POST", "/_sim/faults"):
            return _replace_plan(controls, request.body)
    return _text(404, "known: GET /_sim/letters, stats, faults; POST /_sim/reset, faults")


def _replace_plan(controls: Controls, body: bytes) -> Response:
    try:
        controls.plan = FaultPlan(faults_from(json.loads(body)), controls.state.settings.seed)
    except (FaultPlanError, ValueError) as error:
        return _text(400, str(error))
    return _json(_plan_json(controls.plan))


def _chosen(state: State, query: Mapping[str, str]) -> list[Letter]:
    """Return the letters that carry a tag (`?tag=name:value`) or go to an address (`?to=`)."""
    name, _, value = query.get("tag", "").partition(":")
    found = [one for one in state.letters if not name or (name, value) in one.tags]
    to = query.get("to", "")
    return [one for one in found if not to or any(to in given for given in one.to)]


def letter_json(letter: Letter) -> dict[str, object]:
    """Return a letter as JSON shows it."""
    return {
        "message_id": letter.message_id,
        "accepted_at": stamp(letter.accepted_at),
        "operation": letter.operation,
        "from": letter.sender,
        "to": letter.to,
        "cc": letter.cc,
        "bcc": letter.bcc,
        "reply_to": letter.reply_to,
        "subject": letter.subject,
        "html": letter.html,
        "text": letter.text,
        "headers": letter.headers,
        "tags": dict(letter.tags),
        "configuration_set": letter.configuration_set,
        "template": letter.template,
        "outcome": letter.outcome,
        "problem": letter.problem,
    }


def stats(state: State, plan: FaultPlan) -> dict[str, object]:
    """Return the counts: what was asked, what was accepted under which tag, and when."""
    return {
        "requests": dict(state.requests),
        "accepted": state.accepted,
        "throttled": state.throttled,
        "outcomes": dict(state.outcomes),
        "accepted_by_tag": {name: dict(values) for name, values in state.accepted_by_tag.items()},
        "receipts": [
            {
                "at_s": one.at_s,
                "operation": one.operation,
                "status": one.status,
                "accepted": one.accepted,
                "throttled": one.throttled,
            }
            for one in state.receipts
        ],
        "faults_struck": {plan.rules[index].kind: count for index, count in plan.struck.items()},
        "sent_last_24_hours": state.daily.sent(),
    }


def _plan_json(plan: FaultPlan) -> list[dict[str, object]]:
    return [
        {"kind": rule.kind, "seen": plan.seen.get(i, 0), "struck": plan.struck.get(i, 0)}
        for i, rule in enumerate(plan.rules)
    ]


def _letter(state: State, message_id: str) -> Letter | None:
    return next((one for one in state.letters if one.message_id == message_id), None)


def _is_local(request: Request, bound: str) -> bool:
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname
        origin = urlsplit(request.headers.get("origin", "")).hostname
    except ValueError:
        return False
    return host in _LOCAL_HOSTS | {bound} and origin in (None, host)


def _json(value: object) -> Response:
    return Response(
        200, json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8"
    )


def _html(page: str) -> Response:
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"
    headers = (("Content-Security-Policy", policy), ("Cache-Control", "no-store"))
    return Response(200, page.encode(), "text/html; charset=utf-8", headers)


def _text(status: int, words: str) -> Response:
    return Response(status, f"{words}\n".encode(), "text/plain; charset=utf-8")
