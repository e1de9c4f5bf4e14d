"""Processes begun before the workspace is loaded, when it is certain that they will be needed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pismo.build.beside import Beside, begin_inliner
from pismo.build.cache import CACHE, ISSUES, SEGMENTS, issue_record, record_file
from pismo.build.predicates import begin_checker
from pismo.model.workspace import state_of
from pismo.records import dataclass
from pismo.segments.files import segment_files


@dataclass(frozen=True, slots=True)
class Woken:
    """What is awake beside this process; for None, the build begins one if it needs it."""

    inliner: Beside | None = None
    checker: Beside | None = None


@contextmanager
def woken(root: Path, issues: Sequence[str]) -> Iterator[Woken]:
    """Begin to wake what nothing in the cache can stand for, and yield it.

    A build with no record of what was compiled last compiles, whatever the workspace says. Its
    libraries take as long to import as the workspace takes to load, and there are two cores.

    Args:
        root: The workspace's folder.
        issues: Ids of the issues asked for; none are all.
    """
    state = state_of(root)
    records = [record_file(state, issue_record(one)) for one in issues] or [state / CACHE / ISSUES]
    unchecked = not record_file(state, SEGMENTS).exists() and segment_files(root)
    begun = Woken(
        inliner=None if all(record.exists() for record in records) else begin_inliner(),
        checker=begin_checker() if unchecked else None,
    )
    try:
        yield begun
    finally:
        for one in (begun.inliner, begun.checker):
            if one is not None:
                one.leave()
