"""The API: which request is which operation, who may call it, and the answer as SES words it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs
from uuid import uuid4

from pismo.ses_sim import sending, sink
from pismo.ses_sim.errors import ApiError, too_many_requests
from pismo.ses_sim.faults import SENDS, Fault, FaultKind
from pismo.ses_sim.reading import Json, decoded
from pismo.ses_sim.routes import CONTROLS, Route
from pismo.ses_sim.state import State

_KEY_ID = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/\d{8}/[^/]+/ses/aws4_request")
_UNSIGNED = "Missing Authentication Token"
_UNKNOWN_KEY = "The security token included in the request is invalid."


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, whole."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Return the path without the query, still percent-encoded."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer."""

    status: int
    body: bytes
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def answer(
    state: State, request: Request, route: Route | None, fault: Fault | None = None
) -> Response:
    """Carry out one call of the API; every refusal is an answer with its type."""
    operation = route.operation if route is not None else ""
    try:
        _check_signature(state, request)
        if not state.rates.allows(operation):
            if operation in SENDS:
                state.receipt(operation, 429)
            raise too_many_requests("Rate exceeded")
        if operation in SENDS:
            told = _send(state, operation, request, fault)
        else:
            told = json.dumps(_control(state, request, route)).encode()
    except ApiError as error:
        return refusal(error)
    return Response(200, told, headers=(("x-amzn-RequestId", str(uuid4())),))


def refusal(error: ApiError) -> Response:
    """Return an error as rest-json has it: type in a header, words in the body."""
    headers = (("x-amzn-ErrorType", error.kind), ("x-amzn-RequestId", str(uuid4())))
    return Response(error.status, json.dumps({"message": error.message}).encode(), headers=headers)


def _check_signature(state: State, request: Request) -> None:
    """Let in what is signed for SES; whether the signature is right only AWS can tell."""
    found = _KEY_ID.match(request.headers.get("authorization", ""))
    if found is None:
        raise ApiError(403, "MissingAuthenticationTokenException", _UNSIGNED)
    keys = state.settings.access_keys
    if keys and found.group(1) not in keys:
        raise ApiError(403, "UnrecognizedClientException", _UNKNOWN_KEY)


def _send(state: State, operation: str, request: Request, fault: Fault | None) -> bytes:
    if state.settings.sink:
        return sink.count(state, operation, request.body)
    body, size = decoded(request.body), len(request.body)
    if operation == "SendEmail":
        told = sending.send_email(state, body, size)
    else:
        told = sending.send_bulk_email(state, body, size, fault)
        told = _partly(told, fault)
    return json.dumps(told).encode()


def _partly(told: Json, fault: Fault | None) -> Json:
    if fault is None or fault.kind is not FaultKind.PARTIAL:
        return told
    results = told["BulkEmailEntryResults"]
    return {"BulkEmailEntryResults": results[: fault.count] if isinstance(results, list) else []}


def _control(state: State, request: Request, route: Route | None) -> Json:
    if route is None:
        what = f"{request.method} {request.path} is not simulated by pismo ses-sim"
        raise ApiError(404, "UnknownOperationException", what)
    query = parse_qs(request.target.partition("?")[2])
    values = {key: ",".join(given) for key, given in query.items()}
    return CONTROLS[route.operation](state, {**values, **route.path}, decoded(request.body))
