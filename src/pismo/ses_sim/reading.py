"""Typed access to decoded JSON: the one place where its shape is checked."""

import json
from collections.abc import Mapping, Sequence

from pismo.ses_sim.errors import bad_request

Json = Mapping[str, object]


def decoded(body: bytes) -> Json:
    """Read the body of a request: an object, or nothing at all.

    Raises:
        ApiError: SerializationException, as SES says, if it is not a JSON object.
    """
    try:
        found = json.loads(body) if body else {}
    except ValueError as error:
        raise bad_request(f"the request body is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise bad_request("the request body is not a JSON object")
    return found


def text(holder: Json, key: str, default: str = "") -> str:
    """Return a string field."""
    value = holder.get(key)
    if value is None:
        return default
    if not isinstance(value, str):
        raise bad_request(f"{key} must be a string")
    return value


def required(holder: Json, key: str) -> str:
    """Return a string field that must be there and not be empty."""
    value = text(holder, key)
    if not value:
        raise bad_request(f"{key} is required")
    return value


def flag(holder: Json, key: str, *, default: bool = False) -> bool:
    """Return a boolean field."""
    value = holder.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise bad_request(f"{key} must be true or false")
    return value


def record(holder: Json, key: str) -> Json:
    """Return a nested object; empty if it isn't there."""
    value = holder.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_request(f"{key} must be an object")
    return value


def records(holder: Json, key: str) -> Sequence[Json]:
    """Return a list of objects; empty if it isn't there."""
    found = _list(holder, key)
    if not all(isinstance(item, dict) for item in found):
        raise bad_request(f"{key} must hold objects")
    return [item for item in found if isinstance(item, dict)]


def texts(holder: Json, key: str) -> Sequence[str]:
    """Return a list of strings; empty if it isn't there."""
    found = _list(holder, key)
    if not all(isinstance(item, str) for item in found):
        raise bad_request(f"{key} must hold strings")
    return [item for item in found if isinstance(item, str)]


def _list(holder: Json, key: str) -> Sequence[object]:
    value = holder.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad_request(f"{key} must be a list")
    return value
