"""The workspace as it is being looked at: loaded, compiled when asked, reloaded on save."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from pismo.checks import review
from pismo.compile import Compilation, FragmentCache, compile_issue
from pismo.errors import PismoError, UsageError
from pismo.model.edition import Edition
from pismo.model.finding import Finding, Severity
from pismo.model.workspace import Workspace
from pismo.records import dataclass, field
from pismo.workspace import load_workspace


@dataclass(frozen=True, slots=True)
class Change:
    """A reload: its number, and how long it took from noticing to being ready."""

    generation: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to show of one segment's letter: an edition, perhaps an old one, or nothing.

    `problem` is why the workspace as a whole could not be read, '' if it could.
    """

    edition: Edition | None
    stale: bool
    findings: tuple[Finding, ...]
    problem: str = ""


@dataclass(slots=True)
class Studio:
    """Everything the preview knows. Safe to use from several threads.

    Args:
        root: The workspace.
        load: How to load it; the default reads the files.
    """

    root: Path
    load: Callable[[Path], Workspace] = load_workspace
    generation: int = 0
    problem: str = ""
    _workspace: Workspace | None = None
    _latest: str = ""
    _compiled: dict[str, Compilation] = field(default_factory=dict)
    _reviewed: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    _last_good: dict[tuple[str, str], Edition] = field(default_factory=dict)
    _cache: FragmentCache = field(default_factory=FragmentCache)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def workspace(self) -> Workspace:
        """The workspace as last loaded."""
        with self._lock:
            if self._workspace is None:
                self._workspace = self.load(self.root)
            return self._workspace

    def reload(self) -> Change:
        """Read the files again; issues are compiled again when somebody looks at them.

        If the workspace cannot be read at all, the last one stays, and `problem` says why.
        """
        started = time.perf_counter()
        with self._lock:
            try:
                self._take(self.load(self.root))
            except PismoError as error:
                self.problem = str(error)
            self._compiled.clear()
            self._reviewed.clear()
            self.generation += 1
            return Change(self.generation, time.perf_counter() - started)

    def _take(self, loaded: Workspace) -> None:
        """Take a new state, unless a broken file made an issue vanish: then the old one stays."""
        before = self._workspace
        lost: set[str] = set()
        if before is not None:
            for name in before.issues.keys() - loaded.issues.keys():
                issue = before.issues[name]
                lost |= {issue.source.path, before.newsletter_of(issue).source.path}
        broken = [
            one
            for one in loaded.findings
            if one.severity is Severity.ERROR and one.source.path in lost
        ]
        if broken:
            self.problem = f"{broken[0].source} {broken[0].message(loaded.settings.language)}"
        else:
            self._workspace, self.problem = loaded, ""

    def compilation(self, issue: str) -> Compilation:
        """Compile an issue, once per reload.

        Raises:
            UsageError: If there is no such issue (any more).
        """
        with self._lock:
            if issue not in self.workspace.issues:
                raise UsageError(f"no issue '{issue}'")
            if issue not in self._compiled:
                compiled = compile_issue(self.workspace, issue, cache=self._cache)
                self._compiled[issue] = compiled
                for edition in compiled.editions:
                    self._last_good[issue, edition.segment] = edition
            return self._compiled[issue]

    def prepare(self) -> None:
        """Compile what was looked at last, while the page is still asking for it."""
        with self._lock:
            if self._latest in self.workspace.issues:
                self.compilation(self._latest)

    def looked_at(self) -> tuple[str, ...]:
        """Name the issues that somebody has looked at since the start, and that still exist."""
        with self._lock:
            seen = dict.fromkeys(issue for issue, _ in self._last_good)
            return tuple(issue for issue in seen if issue in self.workspace.issues)

    def shown(self, issue: str, segment: str) -> Shown:
        """Return a segment's letter; if it does not compile, the last good one, marked so."""
        with self._lock:
            self._latest = issue
        compiled = self.compilation(issue)
        mine = tuple(finding for finding in compiled.findings if finding.segment in (None, segment))
        for edition in compiled.editions:
            if edition.segment == segment:
                return Shown(edition, bool(self.problem), mine, self.problem)
        # What is missing here may be missing because its own file cannot be read.
        errors = (one for one in self.workspace.findings if one.severity is Severity.ERROR)
        with self._lock:
            last = self._last_good.get((issue, segment))
        return Shown(last, stale=True, findings=(*errors, *mine), problem=self.problem)

    def reviewed(self, issue: str) -> tuple[Finding, ...]:
        """Return what every check says of an issue, once per reload; slower than the letters."""
        with self._lock:
            compiled, workspace, generation = (
                self.compilation(issue),
                self.workspace,
                self.generation,
            )
            if issue in self._reviewed:
                return self._reviewed[issue]
        found = review(workspace, compiled)
        with self._lock:
            if generation == self.generation:
                self._reviewed[issue] = found
        return found
