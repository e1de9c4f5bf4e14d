"""`# pismo: ignore rule — reason` in a file takes back one rule's findings in that file.

The comment stands anywhere: in front matter or TOML after `#`, in Markdown inside `<!-- -->` or
`{# #}`. A reason is asked for; without one the comment does nothing.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pismo.model.finding import Finding

_IGNORE = re.compile(r"pismo:\s*ignore\s+([\w-]+(?:\s*,\s*[\w-]+)*)\s+(?:—|--|-)\s*(\S.*)")


class Ignored:
    """What the files of a workspace ask to be left alone; each file is read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._rules: dict[str, frozenset[str]] = {}

    def left(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield what nobody asked to ignore; what a build needs still fails the build."""
        for finding in findings:
            if finding.rule.id not in self._in(finding.source.path):
                yield finding

    def _in(self, path: str) -> frozenset[str]:
        if path not in self._rules:
            self._rules[path] = _rules_ignored(self._root / path)
        return self._rules[path]


def _rules_ignored(file: Path) -> frozenset[str]:
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return frozenset()
    found = (match[1] for match in _IGNORE.finditer(text))
    return frozenset(rule.strip() for rules in found for rule in rules.split(","))
