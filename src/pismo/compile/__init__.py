"""From what writers commit to editions: one issue, one edition per segment, findings."""

from pismo.compile.cache import FragmentCache
from pismo.compile.images import ImageFile
from pismo.compile.issue import NO_SITE, Compilation, compile_issue

__all__ = ["NO_SITE", "Compilation", "FragmentCache", "ImageFile", "compile_issue"]
