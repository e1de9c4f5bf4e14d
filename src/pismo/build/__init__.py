"""Everything compiled and written to `build/`: letters, site, manifest. All or nothing."""

from pismo.build.assemble import build, load_edition
from pismo.build.report import BuildReport, BuiltEdition
from pismo.build.sample import sample_recipient

__all__ = ["BuildReport", "BuiltEdition", "build", "load_edition", "sample_recipient"]
