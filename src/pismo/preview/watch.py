"""Notice that somebody saved a file."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

WATCHED = ("content", "newsletters", "segments", "pyproject.toml")
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
    """Call `reload` after each save below the watched folders, until `stop` is set."""
    paths = [root / name for name in WATCHED if (root / name).exists()]
    changes = awatch(
        *paths,
        watch_filter=_CommittedFiles(),
        debounce=_DEBOUNCE_MS * 4,
        step=_DEBOUNCE_MS,
        stop_event=stop,
    )
    async for _ in changes:
        await reload()
