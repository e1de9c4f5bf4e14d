"""Begin a file, or a whole workspace, that passes `pismo check` at once."""

from pismo.scaffold.files import FileKind, NewFile, new_file, new_issue, told_sentences
from pismo.scaffold.workspace import NewWorkspace, installed_requirement, new_workspace

__all__ = [
    "FileKind",
    "NewFile",
    "NewWorkspace",
    "installed_requirement",
    "new_file",
    "new_issue",
    "new_workspace",
    "told_sentences",
]
