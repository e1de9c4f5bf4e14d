"""Imports that wait until somebody asks (PEP 562), and libraries without what they never use."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType


def lazily(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Return a package's `__getattr__`.

    A name must not be that of the module it comes from: once imported, the module has it.

    Args:
        package: Its name.
        homes: Module of the package -> names that come from it, separated by blanks.
    """
    home_of = {name: home for home, names in homes.items() for name in names.split()}

    def getattribute(name: str) -> object:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{home_of[name]}"), name)

    return getattribute


@contextmanager
def instead(*modules: ModuleType) -> Iterator[None]:
    """Let modules stand in for those of their names for a while, unless those are loaded."""
    stood = [one for one in modules if sys.modules.setdefault(one.__name__, one) is one]
    try:
        yield
    finally:
        for one in stood:
            del sys.modules[one.__name__]


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Let modules that are not loaded be empty for a while; whoever needs them gets them later.

    For libraries that import much and use little of it. Whatever is imported from an empty module
    meanwhile is a function that returns nothing.
    """
    with instead(*(_Empty(name) for name in names)):
        yield


class _Empty(ModuleType):
    def __getattr__(self, name: str) -> Callable[..., None]:
        return _nothing


def _nothing(*_: object, **__: object) -> None:
    """Stand for a function that is never called."""
