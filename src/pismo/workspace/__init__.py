"""Load everything that a build reads, with every problem met on the way."""

from pismo.workspace.load import current_issue, issue_of, load_workspace, newest_first, newest_issue
from pismo.workspace.settings import find_root, load_settings

__all__ = [
    "current_issue",
    "find_root",
    "issue_of",
    "load_settings",
    "load_workspace",
    "newest_first",
    "newest_issue",
]
