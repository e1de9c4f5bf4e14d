"""`# pismo: ignore rule — reason` in a file takes back one rule's findings in that file.

The comment stands anywhere: in front matter or TOML after `#`, in Markdown inside `<!-- -->` or
`{# #}`. A reason is asked for; without one the comment does nothing.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.model.workspace import Workspace
from pismo.text import guess

_ASKED = re.compile(r"pismo:\s*ignore\s+([\w-]+(?:\s*,\s*[\w-]+)*)")
_IGNORE = re.compile(r"pismo:\s*ignore\s+([\w-]+(?:\s*,\s*[\w-]+)*)\s+(?:—|--|-)\s*([^\s>-].*)")


UNKNOWN = Rule(
    "ignore-unknown",
    Severity.WARNING,
    en="no rule is called '{rule}', so this comment ignores nothing",
    ru="правила «{rule}» нет, и этот комментарий ничего не отменяет",
    hint_en="did you mean '{guess}'?",
    hint_ru="может быть, «{guess}»?",
)
NO_REASON = Rule(
    "ignore-without-reason",
    Severity.WARNING,
    en="pismo: ignore {rule} gives no reason, and does nothing without one",
    ru="pismo: ignore {rule} без причины ничего не отменяет",
    hint_en="pismo: ignore {rule} — why",
    hint_ru="pismo: ignore {rule} — почему",
)


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


def check_comments(workspace: Workspace) -> Iterator[Finding]:
    """Find comments that ask for what no rule is called, or say no reason."""
    known = rule_ids()
    parts = (workspace.items, workspace.issues, workspace.newsletters, workspace.segments)
    for path in sorted({one.source.path for part in parts for one in part.values()}):
        for number, line in enumerate(_text(workspace.root / path).split("\n"), 1):
            for asked in _ASKED.finditer(line):
                place = Source(path, number)
                if not _IGNORE.match(line, asked.start()):
                    yield NO_REASON.at(place, rule=asked[1])
                for name in re.split(r"\s*,\s*", asked[1]):
                    if name not in known:
                        yield UNKNOWN.at(place, rule=name, guess=guess(name, known))


def rule_ids() -> frozenset[str]:
    """Return what the rules are called that a check may have used: all that are imported."""
    modules = [module for name, module in sys.modules.items() if name.startswith("pismo.")]
    values = (value for module in modules for value in tuple(vars(module).values()))
    return frozenset(value.id for value in values if isinstance(value, Rule))


def _rules_ignored(file: Path) -> frozenset[str]:
    found = (match[1] for match in _IGNORE.finditer(_text(file)))
    return frozenset(rule.strip() for rules in found for rule in rules.split(","))


def _text(file: Path) -> str:
    """Return what stands in a file; '' if it cannot be read, which others tell of."""
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""
