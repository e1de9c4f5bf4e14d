"""Editions as JSON, and their digest.

A node becomes `[tag, field, field, …]` in the order of its dataclass; tuples become lists.
The canonical form (sorted keys, no spaces, UTF-8) is what the digest is taken of.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from pismo.model.content import Sender
from pismo.model.edition import (
    SCHEMA_VERSION,
    Arithmetic,
    Branch,
    Choice,
    Compare,
    Conditional,
    Constant,
    Context,
    Edition,
    Filter,
    Hole,
    HoleUse,
    ListOf,
    Logic,
    Negative,
    Not,
    Parts,
    Path,
    Repeat,
    Static,
    Test,
)
from pismo.model.finding import Source

_TAGS: dict[str, type] = {
    "text": Static,
    "hole": Hole,
    "choice": Choice,
    "branch": Branch,
    "repeat": Repeat,
    "const": Constant,
    "list": ListOf,
    "path": Path,
    "filter": Filter,
    "test": Test,
    "compare": Compare,
    "arithmetic": Arithmetic,
    "negative": Negative,
    "logic": Logic,
    "not": Not,
    "if": Conditional,
}
_SPELLINGS = {
    node: (tag, tuple(field.name for field in dataclasses.fields(node)))
    for tag, node in _TAGS.items()
}
_written = json.JSONEncoder(ensure_ascii=False).encode
_LEAVES = frozenset((str, bool, int, float, Context, type(None)))
_SEEN = ("subject", "preheader", "html", "text")


def edition_json(edition: Edition) -> str:
    """Write an edition as JSON: stable, a line for each part, one trailing newline."""
    document: dict[str, object] = {
        **_content(edition),
        "issue": edition.issue,
        "newsletter": edition.newsletter,
        "segment": edition.segment,
        "variant": edition.variant,
        "language": edition.language,
        "digest": edition.digest,
        "items": list(edition.items),
        "sources": list(edition.sources),
        "images": [list(pair) for pair in edition.images],
        "uses": [[_encode(use.expr), use.source.path, use.source.line] for use in edition.uses],
    }
    fields = (f' "{name}": {_lines(value)}' for name, value in sorted(document.items()))
    return "{\n" + ",\n".join(fields) + "\n}\n"


def _lines(value: object) -> str:
    """Write a field; `indent` of `json` would do it in Python, ten times as slowly."""
    if not isinstance(value, list) or not value:
        return _written(value)
    items = (_written(item) for item in value)
    return "[\n  " + ",\n  ".join(items) + "\n ]"


def edition_from_json(text: str) -> Edition:
    """Read an edition back.

    Raises:
        ValueError: If it was written by another schema version, or is not an edition.
    """
    try:
        document: dict[str, Any] = json.loads(text)
        schema = document["schema"]
        if schema == SCHEMA_VERSION:
            return _edition(document)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError("this is not an edition: build the issue again") from error
    raise ValueError(f"edition has schema {schema}, this pismo reads {SCHEMA_VERSION}")


def with_digest(edition: Edition) -> Edition:
    """Return the edition with the digest of what it holds."""
    return dataclasses.replace(edition, digest=digest_of(edition))


def digest_of(edition: Edition) -> str:
    """Hash what a reader can see and the expressions: SHA-256 of canonical JSON, as hex."""
    canonical = json.dumps(
        _content(edition), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _content(edition: Edition) -> dict[str, object]:
    seen = {name: _encode(getattr(edition, name)) for name in _SEEN}
    return {
        "schema": SCHEMA_VERSION,
        "sender": dataclasses.astuple(edition.sender),
        "headers": [[name, _encode(parts)] for name, parts in edition.headers],
        **seen,
    }


def _encode(value: object) -> object:
    spelling = _SPELLINGS.get(type(value))
    if spelling is None:
        return [_encode(item) for item in value] if isinstance(value, tuple) else value
    tag, names = spelling
    encoded: list[object] = [tag]
    for name in names:
        field = getattr(value, name)
        encoded.append(field if type(field) in _LEAVES else _encode(field))
    return encoded


def _edition(document: Mapping[str, Any]) -> Edition:
    name, address, reply_to = document["sender"]
    return Edition(
        subject=_parts(document["subject"]),
        preheader=_parts(document["preheader"]),
        html=_parts(document["html"]),
        text=_parts(document["text"]),
        issue=document["issue"],
        newsletter=document["newsletter"],
        segment=document["segment"],
        variant=document["variant"],
        language=document["language"],
        digest=document["digest"],
        sender=Sender(name, address, reply_to),
        headers=tuple((header, _parts(parts)) for header, parts in document["headers"]),
        items=tuple(document["items"]),
        sources=tuple(document["sources"]),
        images=tuple((hashed, path) for hashed, path in document["images"]),
        uses=tuple(
            HoleUse(_node(expr), Source(path, line)) for expr, path, line in document["uses"]
        ),
    )


def _parts(encoded: list[Any]) -> Parts:
    return tuple(_node(part) for part in encoded)


def _node(encoded: list[Any]) -> Any:  # noqa: ANN401  # JSON comes in, any node goes out
    tag, *fields = encoded
    return _READERS[tag](*fields)


def _nodes(encoded: list[Any]) -> tuple[Any, ...]:
    return tuple(_node(item) for item in encoded)


def _filter(name: str, operand: list[Any], arguments: list[Any], options: list[Any]) -> Filter:
    named = tuple((option, _node(value)) for option, value in options)
    return Filter(name, _node(operand), _nodes(arguments), named)


# Each reader takes the fields of its node as they were written; nothing is guessed from shape,
# because any text may be called like a tag.
_READERS: Mapping[str, Callable[..., Any]] = {
    "text": Static,
    "hole": lambda expr, context: Hole(_node(expr), Context(context)),
    "choice": lambda branches, otherwise: Choice(_nodes(branches), _nodes(otherwise)),
    "branch": lambda test, parts: Branch(_node(test), _nodes(parts)),
    "repeat": lambda variable, over, body, otherwise, only: Repeat(
        variable, _node(over), _nodes(body), _nodes(otherwise), only and _node(only)
    ),
    "const": Constant,
    "list": lambda items: ListOf(_nodes(items)),
    "path": lambda root, steps: Path(root, tuple(steps)),
    "filter": _filter,
    "test": lambda name, operand, arguments: Test(name, _node(operand), _nodes(arguments)),
    "compare": lambda operator, left, right: Compare(operator, _node(left), _node(right)),
    "arithmetic": lambda operator, left, right: Arithmetic(operator, _node(left), _node(right)),
    "negative": lambda operand: Negative(_node(operand)),
    "logic": lambda operator, operands: Logic(operator, _nodes(operands)),
    "not": lambda operand: Not(_node(operand)),
    "if": lambda test, then, otherwise: Conditional(_node(test), _node(then), _node(otherwise)),
}
