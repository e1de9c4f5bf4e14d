"""Notice that somebody saved a file."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

WATCHED = ("content", "newsletters", "segments", "pyproject.toml")
_LOOK_AGAIN_MS = 500
"""So often we look whether what is watched is still there, and still the same."""
_DEBOUNCE_MS = 5
"""Editors write a file in two steps, which are one to us if they are this close; else it is read
twice, which nobody sees."""


class _CommittedFiles(DefaultFilter):
    """What writers edit, without editors' own temporary files."""

    def __call__(self, change: Change, path: str) -> bool:
        """Tell whether a path matters."""
        name = Path(path).name
        hidden = name.startswith((".", "#")) or name.endswith(("~", ".swp", ".tmp"))
        return not hidden and super().__call__(change, path)


async def watch(root: Path, reload: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Call `reload` after each save below the watched folders, until `stop` is set.

    A folder that is made anew, by a change of branch say, is another one to the system, and so is
    a file that an editor puts in the place of the old one: then all are watched from the start.
    """
    while not stop.is_set():
        watched = _there(root)
        changes = awatch(
            *watched,
            watch_filter=_CommittedFiles(),
            debounce=_DEBOUNCE_MS * 4,
            step=_DEBOUNCE_MS,
            stop_event=stop,
            rust_timeout=_LOOK_AGAIN_MS,
            yield_on_timeout=True,
        )
        async with aclosing(changes):
            async for change in changes:
                is_anew = _there(root) != watched
                if change or is_anew:
                    await reload()
                if is_anew:
                    break


def _there(root: Path) -> dict[Path, int]:
    """Return what can be watched, with the number by which the system knows it."""
    found = {}
    for path in (root / name for name in WATCHED):
        with suppress(FileNotFoundError):
            found[path] = path.stat().st_ino
    return found
