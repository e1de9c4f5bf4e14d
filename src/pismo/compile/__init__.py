"""From what writers commit to editions: one issue, one edition per segment, findings."""

from typing import TYPE_CHECKING

from pismo.lazy import lazily

if TYPE_CHECKING:
    from pismo.compile.cache import FragmentCache
    from pismo.compile.images import ImageFile
    from pismo.compile.issue import NO_SITE, Compilation, compile_issue

__all__ = ["NO_SITE", "Compilation", "FragmentCache", "ImageFile", "compile_issue"]

# Whoever asks how a layout looks needs no compiler.
__getattr__ = lazily(
    __name__,
    {
        "cache": "FragmentCache",
        "images": "ImageFile",
        "issue": "NO_SITE Compilation compile_issue",
    },
)
