"""Findings that only say again, in an issue, what was found in a file before it was compiled."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from pismo.compile.letter_rules import EMPTY_PART
from pismo.compile.rules import UNKNOWN_ITEM
from pismo.content.items import FOLDERS
from pismo.files.rules import (
    BROKEN_FRONT_MATTER,
    MISSING_FIELD,
    NO_FRONT_MATTER,
    UNCLOSED_FRONT_MATTER,
    UNKNOWN_FIELD,
    UNREADABLE,
)
from pismo.model.finding import Finding

_UNUSABLE = {
    rule.id for rule in (BROKEN_FRONT_MATTER, NO_FRONT_MATTER, UNCLOSED_FRONT_MATTER, UNREADABLE)
}
_FIELDS = {MISSING_FIELD.id: "field", UNKNOWN_FIELD.id: "guess"}


def without_echoes(found: Iterable[Finding], loaded: Iterable[Finding]) -> list[Finding]:
    """Leave out what an error of the workspace explains; that error stays, and stops a build.

    Args:
        found: While compiling.
        loaded: While loading: a story that could not be read is not there for an issue, and a
            subject under a mistyped name is empty.
    """
    errors = tuple(loaded)
    return [one for one in found if not any(_explains(error, one) for error in errors)]


def _explains(error: Finding, finding: Finding) -> bool:
    values, path = dict(finding.values), PurePosixPath(error.source.path)
    if finding.rule.id == UNKNOWN_ITEM.id and error.rule.id in _UNUSABLE:
        kinds = FOLDERS.get(path.parts[1], ()) if path.parts[0] == "content" else ()
        return path.stem == values["slug"] and values["kind"] in kinds
    if finding.rule.id == EMPTY_PART.id and finding.source.path == error.source.path:
        asked = dict(error.values).get(_FIELDS.get(error.rule.id, ""))
        return asked == values["part"]
    return False
