"""The workspace as it is being looked at: loaded, compiled when asked, reloaded on save."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pismo.checks import review
from pismo.compile import Compilation, FragmentCache, compile_issue
from pismo.errors import PismoError, UsageError
from pismo.model.content import Issue
from pismo.model.edition import Edition
from pismo.model.finding import Finding, Severity
from pismo.model.workspace import Workspace
from pismo.preview.last_good import good_parts, stood_in_for, with_last_good
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

    `failure` is why the workspace as a whole could not be read, None if it could.
    """

    edition: Edition | None
    stale: bool
    findings: tuple[Finding, ...]
    failure: PismoError | None = None


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
    failure: PismoError | None = None
    _workspace: Workspace | None = None
    _good: Workspace | None = None
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
                self._workspace = self._good = self.load(self.root)
            return self._workspace

    def reload(self) -> Change:
        """Read the files again; issues are compiled again when somebody looks at them.

        What a file said that cannot be read now stands in for it; if the workspace cannot be
        read at all, the last one stays, and `failure` says why.
        """
        started = time.perf_counter()
        with self._lock:
            try:
                loaded = self.load(self.root)
                self._workspace = with_last_good(loaded, self._good or loaded)
                self._good = good_parts(loaded, self._good or loaded)
                self.failure = None
            except PismoError as error:
                self.failure = error
            except OSError as error:
                # A file went away between being listed and being read: the next save shows more.
                self.failure = UsageError(
                    f"the files could not be read: {error}", ru=f"файлы не читаются: {error}"
                )
            self._compiled.clear()
            self._reviewed.clear()
            self.generation += 1
            return Change(self.generation, time.perf_counter() - started)

    def issue(self, name: str) -> Issue:
        """Return an issue.

        Raises:
            UsageError: If there is no such issue (any more).
        """
        if name not in self.workspace.issues:
            raise UsageError(f"no issue '{name}'", ru=f"нет выпуска «{name}»")
        return self.workspace.issues[name]

    def compilation(self, issue: str) -> Compilation:
        """Compile an issue, once per reload.

        Raises:
            UsageError: If there is no such issue (any more).
        """
        with self._lock:
            self.issue(issue)
            if issue not in self._compiled:
                compiled = compile_issue(self.workspace, issue, cache=self._cache)
                self._compiled[issue] = compiled
                for edition in compiled.editions:
                    self._last_good[issue, edition.segment] = edition
            return self._compiled[issue]

    def prepare(self) -> None:
        """Compile what was looked at last, while the page is still asking for it."""
        # What goes wrong here, the page is told when it asks.
        with self._lock, suppress(PismoError, OSError):
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
            compiled, workspace, failure = self.compilation(issue), self.workspace, self.failure
            last = self._last_good.get((issue, segment))
        old = stood_in_for(workspace, workspace.issues[issue], segment)
        mine = tuple(finding for finding in compiled.findings if finding.segment in (None, segment))
        for edition in compiled.editions:
            if edition.segment == segment:
                return Shown(edition, bool(failure or old), (*old, *mine), failure)
        # What is missing here may be missing because its own file cannot be read.
        errors = (one for one in workspace.findings if one.severity is Severity.ERROR)
        found = tuple(dict.fromkeys((*old, *errors, *mine)))
        return Shown(last, stale=True, findings=found, failure=failure)

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
