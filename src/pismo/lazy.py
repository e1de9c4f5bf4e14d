"""Names that a package offers and imports only when somebody asks for one (PEP 562)."""

from collections.abc import Callable, Mapping
from importlib import import_module


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
