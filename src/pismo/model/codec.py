"""Editions as JSON, and their digest.

A node becomes `[tag, field, field, …]` in the order of its dataclass; tuples become lists.
The canonical form (sorted keys, no spaces, UTF-8) is what the digest is taken of.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
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
_NAMES = {node: tag for tag, node in _TAGS.items()}
_SEEN = ("subject", "preheader", "html", "text")


def edition_json(edition: Edition) -> str:
    """Write an edition as JSON: readable, stable, one trailing newline."""
    document = {
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
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


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
    except (KeyError, TypeError, IndexError) as error:
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
    tag = _NAMES.get(type(value))
    if tag is not None:
        fields = dataclasses.fields(value)  # type: ignore[arg-type]  # every tagged type is one
        return [tag, *(_encode(getattr(value, field.name)) for field in fields)]
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return value


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
            HoleUse(_decode(expr), Source(path, line)) for expr, path, line in document["uses"]
        ),
    )


def _parts(encoded: list[Any]) -> Parts:
    return tuple(_decode(part) for part in encoded)


def _decode(encoded: Any) -> Any:  # noqa: ANN401  # JSON comes in, any node goes out
    """Rebuild a node; a list whose head is no tag is a tuple of nodes or scalars."""
    if not isinstance(encoded, list):
        return encoded
    if encoded and isinstance(encoded[0], str) and encoded[0] in _TAGS:
        node = _TAGS[encoded[0]]
        expected = len(dataclasses.fields(node))
        if len(encoded) == expected + 1:
            return _rebuilt(node, encoded[1:])
    return tuple(_decode(item) for item in encoded)


def _rebuilt(node: type, encoded: list[Any]) -> Any:  # noqa: ANN401  # a node
    if node is Constant or node is Static:
        return node(*encoded)
    if node is Path:
        root, steps = encoded
        return Path(root, tuple(steps))
    if node is Hole:
        expr, context = encoded
        return Hole(_decode(expr), Context(context))
    if node in (Filter, Test):
        name, operand, *rest = encoded
        return node(name, _decode(operand), *(_arguments(part) for part in rest))
    return node(*(_decode(part) for part in encoded))


def _arguments(encoded: list[Any]) -> tuple[Any, ...]:
    # Filter options are pairs `[name, expr]`; a pair named like a tag must not read as a node.
    return tuple(
        (item[0], _decode(item[1])) if len(item) == 2 and item[0] not in _TAGS else _decode(item)
        for item in encoded
    )
