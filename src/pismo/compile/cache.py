"""A content-addressed cache of what is slow: code, Markdown, inlined fragments, pages, images."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class FragmentCache:
    """Results by the content they were made of; keep one while a workspace is being edited.

    `hits` and `misses` count what `remember` found and what it had to make.
    """

    entries: dict[tuple[str, str], object] = field(default_factory=dict)
    hits: int = 0
    misses: int = 0

    def remember(self, kind: str, content: str | bytes, make: Callable[[], T]) -> T:
        """Return what `make` gave for this content before, or make it now.

        Args:
            kind: What is made, such as "html"; the same content makes different things.
            content: Everything that the result depends on.
            make: Makes it; what it raises is not remembered.
        """
        given = content.encode() if isinstance(content, str) else content
        key = (kind, hashlib.blake2b(given, digest_size=16).hexdigest())
        if key in self.entries:
            self.hits += 1
            return self.entries[key]  # type: ignore[return-value]  # one type per kind
        self.misses += 1
        made = make()
        self.entries[key] = made
        return made
