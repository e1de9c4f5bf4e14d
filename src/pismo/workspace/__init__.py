"""Load everything that a build reads, with every problem met on the way."""

from pismo.workspace.load import load_workspace
from pismo.workspace.settings import find_root, load_settings

__all__ = ["find_root", "load_settings", "load_workspace"]
