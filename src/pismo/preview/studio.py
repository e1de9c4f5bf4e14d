"""The workspace as it is being looked at: loaded, compiled when asked, reloaded on save."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pismo.compile import Compilation, FragmentCache, compile_issue
from pismo.errors import UsageError
from pismo.model.edition import Edition
from pismo.model.finding import Finding
from pismo.model.workspace import Workspace
from pismo.segments import check_segments
from pismo.workspace import load_workspace


@dataclass(frozen=True, slots=True)
class Change:
    """A reload: its number, and how long it took from noticing to being ready."""

    generation: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to show of one segment's letter: an edition, perhaps an old one, or nothing."""

    edition: Edition | None
    stale: bool
    findings: tuple[Finding, ...]


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
    _workspace: Workspace | None = None
    _compiled: dict[str, Compilation] = field(default_factory=dict)
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
        """Read the files again and compile what was being looked at."""
        started = time.perf_counter()
        with self._lock:
            looked_at = tuple(self._compiled)
            self._workspace = self.load(self.root)
            self._compiled.clear()
            self.generation += 1
            for issue in looked_at:
                if issue in self._workspace.issues:
                    self.compilation(issue)
            return Change(self.generation, time.perf_counter() - started)

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

    def shown(self, issue: str, segment: str) -> Shown:
        """Return a segment's letter; if it does not compile, the last good one, marked so."""
        compiled = self.compilation(issue)
        mine = tuple(finding for finding in compiled.findings if finding.segment in (None, segment))
        for edition in compiled.editions:
            if edition.segment == segment:
                return Shown(edition, stale=False, findings=mine)
        with self._lock:
            return Shown(self._last_good.get((issue, segment)), stale=True, findings=mine)

    def findings(self, issue: str) -> tuple[Finding, ...]:
        """Return everything found that concerns an issue, the workspace's own problems first."""
        workspace = self.workspace
        found = [*workspace.findings, *check_segments(workspace)]
        found.extend(self.compilation(issue).findings)
        return tuple(dict.fromkeys(found))
