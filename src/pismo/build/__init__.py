"""Everything compiled and written to `build/`: letters, site, manifest. All or nothing."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pismo.build.assemble import build, load_edition
    from pismo.build.report import BuildReport, BuiltEdition
    from pismo.build.sample import sample_recipient

__all__ = ["BuildReport", "BuiltEdition", "build", "load_edition", "sample_recipient"]

_HOMES = {
    "BuildReport": "report",
    "BuiltEdition": "report",
    "build": "assemble",
    "load_edition": "assemble",
    "sample_recipient": "sample",
}


def __getattr__(name: str) -> object:
    """Import a part of the builder when it is asked for: `early` has work to begin before."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
