"""Text files as committed: any line ends, with or without a BOM, always UTF-8."""

import errno
import os
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from pismo.files.fields import Fields
from pismo.files.rules import (
    BROKEN_FRONT_MATTER,
    BROKEN_TOML,
    CONTROL_CHARACTER,
    NO_FRONT_MATTER,
    UNCLOSED_FRONT_MATTER,
    UNREADABLE,
)
from pismo.files.toml_lines import toml_lines
from pismo.model.finding import Finding, Source

_FENCE = "---"
_NOT_ALLOWED = os.strerror(errno.EACCES)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# libyaml reads ten times faster than Python; PyYAML may be built without it.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_text(root: Path, path: str, findings: list[Finding]) -> str | None:
    """Read a file of the workspace; CRLF and BOM vanish. None, and a finding, if it cannot be.

    A control character is a finding, and left out of what is returned.
    """
    try:
        text = (root / path).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        findings.append(UNREADABLE.at(Source(path), reason=reason))
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for found in _CONTROL.finditer(text):
        place = Source(path, text.count("\n", 0, found.start()) + 1)
        findings.append(CONTROL_CHARACTER.at(place, code=f"U+{ord(found[0]):04X}"))
    return _CONTROL.sub("", text)


def can_list(root: Path, folder: Path, findings: list[Finding]) -> bool:
    """Tell whether a folder can be looked into; a finding, if not: else it would seem empty."""
    if os.access(folder, os.R_OK | os.X_OK):
        return True
    findings.append(UNREADABLE.at(Source(folder.relative_to(root).as_posix()), reason=_NOT_ALLOWED))
    return False


def read_toml(root: Path, path: str, kind: str, findings: list[Finding]) -> Fields | None:
    """Read a TOML file as fields with lines; None, and a finding, if it is broken."""
    text = read_text(root, path, findings)
    if text is None:
        return None
    try:
        values, lines = _parsed_toml(text)
    except tomllib.TOMLDecodeError as error:
        line = getattr(error, "lineno", None) or _line_in(str(error))
        findings.append(BROKEN_TOML.at(Source(path, line), reason=error))
        return None
    return Fields(values, lines, path, kind, findings)


@lru_cache(maxsize=1024)
def _parsed_toml(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Parse TOML with the line of each name; remembered by its text, and never changed."""
    return tomllib.loads(text), toml_lines(text)


def read_markdown(
    root: Path, path: str, kind: str, findings: list[Finding]
) -> tuple[Fields, str, int] | None:
    """Read a Markdown file with front matter.

    Returns:
        The fields, the body, and the body's first line (1-based); None, and a finding, if the
        file cannot be used.
    """
    text = read_text(root, path, findings)
    if text is None:
        return None
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        findings.append(NO_FRONT_MATTER.at(Source(path)))
        return None
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        findings.append(UNCLOSED_FRONT_MATTER.at(Source(path)))
        return None
    fields = _front_matter("\n".join(lines[1:end]), path, kind, findings)
    return None if fields is None else (fields, "\n".join(lines[end + 1 :]), end + 2)


def _front_matter(text: str, path: str, kind: str, findings: list[Finding]) -> Fields | None:
    """Read front matter as fields; None, and a finding, if it is broken."""
    try:
        values, lines = _parsed(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error) or type(error).__name__
        line = mark.line + 2 if mark else 1
        findings.append(BROKEN_FRONT_MATTER.at(Source(path, line), reason=reason))
        return None
    return Fields(dict(values), dict(lines), path, kind, findings)


@lru_cache(maxsize=8192)
def _parsed(text: str) -> tuple[dict[str, object], dict[str, int]]:
    """Parse YAML with the line of each name, `products.0.comment` for a nested one.

    Aliases are refused: they can explode.


    Remembered by its text: the preview reads all files again at each save.
    """
    if "*" in text and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
        raise yaml.YAMLError("aliases (*name) are not used here")
    loader = _LOADER(text)
    node = loader.get_single_node()
    if node is None:
        return {}, {}
    if not isinstance(node, yaml.MappingNode):
        raise yaml.YAMLError("expected lines of the form `name: value`")
    return _mapping(loader, node)


def _mapping(
    loader: yaml.SafeLoader, node: yaml.MappingNode
) -> tuple[dict[str, object], dict[str, int]]:
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in values:
            raise yaml.MarkedYAMLError(
                problem=f"'{key}' is given twice", problem_mark=key_node.start_mark
            )
        values[key] = _value(loader, value_node)
        lines[key] = key_node.start_mark.line + 2
        lines |= _nested_lines(value_node, key)
    return values, lines


def _nested_lines(node: yaml.Node, name: str) -> dict[str, int]:
    """Name the lines of what stands in a list or a table: `products.0`, `products.0.comment`.

    A text below its name (after `|` or `>`) begins on the next line.
    """
    lines: dict[str, int] = {}
    if isinstance(node, yaml.SequenceNode):
        inside = [(str(number), entry, entry) for number, entry in enumerate(node.value)]
    elif isinstance(node, yaml.MappingNode):
        inside = [(str(key.value), key, value) for key, value in node.value]
    else:
        return lines
    for part, begins, value in inside:
        below = isinstance(value, yaml.ScalarNode) and value.style in ("|", ">")
        lines[f"{name}.{part}"] = begins.start_mark.line + 2 + below
        lines |= _nested_lines(value, f"{name}.{part}")
    return lines


def _value(loader: yaml.SafeLoader, node: yaml.Node) -> object:
    try:
        value: object = loader.construct_object(node, deep=True)
    except ValueError:
        # 2026-99-01 looks like a date to YAML; as text, the field that wants a date says so.
        value = node.value
    return value


def _line_in(message: str) -> int:
    """Find the line in tomllib's "… (at line 3, column 5)"."""
    _, _, tail = message.partition("at line ")
    digits = tail.split(",")[0]
    return int(digits) if digits.isdigit() else 1
