"""A content-addressed cache of what is slow: code, Markdown, inlined fragments, pages, images."""

import hashlib
from collections.abc import Callable
from types import CodeType
from typing import TypeVar

from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache

from pismo.bytecode import OwnBytecode
from pismo.records import dataclass, field

T = TypeVar("T")

MOST_ENTRIES = 4000


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
        self._make_room()
        self.entries[key] = made
        return made

    def _make_room(self) -> None:
        """Forget the oldest, so that a preview left open for a week does not grow for a week."""
        if len(self.entries) >= MOST_ENTRIES:
            for key in list(self.entries)[: MOST_ENTRIES // 4]:
                self.entries.pop(key, None)


class CodeCache(BytecodeCache):
    """Compiled templates of layouts, kept in a `FragmentCache` from one compilation to the next.

    Those that pismo brings along are kept with its modules, too.
    """

    def __init__(self, fragments: FragmentCache, kind: str) -> None:
        self.fragments = fragments
        self.kind = f"template {kind}"
        self._own = OwnBytecode(kind.replace(" ", "-"))
        self._own_keys: set[str] = set()

    def get_bucket(
        self, environment: Environment, name: str, filename: str | None, source: str
    ) -> Bucket:
        """Return the place of a template's code, filled if it was compiled before."""
        bucket = super().get_bucket(environment, name, filename, source)
        if filename and is_own(filename):
            self._own_keys.add(bucket.key)
            if bucket.code is None:
                self._own.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, if its template was compiled before."""
        code = self.fragments.entries.get((self.kind, f"{bucket.key} {bucket.checksum}"))
        bucket.code = code if isinstance(code, CodeType) else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        key = (self.kind, f"{bucket.key} {bucket.checksum}")
        self.fragments.entries[key] = bucket.code
        if bucket.key in self._own_keys:
            self._own.dump_bytecode(bucket)


def is_own(path: str) -> bool:
    """Tell whether a template is one that pismo brings along."""
    return path.startswith("pismo/") and path.endswith(".j2")
