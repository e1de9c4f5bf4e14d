"""Everything compiled and written to `build/`: letters, site, manifest. All or nothing."""

from typing import TYPE_CHECKING

from pismo.lazy import lazily

if TYPE_CHECKING:
    from pismo.build.assemble import build, load_edition
    from pismo.build.report import BuildReport, BuiltEdition
    from pismo.build.sample import sample_recipient

__all__ = ["BuildReport", "BuiltEdition", "build", "load_edition", "sample_recipient"]

# `early` has work to begin before the builder is imported.
__getattr__ = lazily(
    __name__,
    {
        "assemble": "build load_edition",
        "report": "BuildReport BuiltEdition",
        "sample": "sample_recipient",
    },
)
