"""Where a setting, a field or a colour was written, so that a finding names that line."""

from pathlib import Path

from pismo.files.read import read_toml
from pismo.model.finding import Source

_SETTINGS = "pyproject.toml"


def setting_place(root: Path, name: str) -> Source:
    """Return where a setting of `[tool.pismo]` stands, `brand.url`; else its table, if anywhere."""
    return field_place(root, Source(_SETTINGS), f"tool.pismo.{name}")


def field_place(root: Path, file: Source, name: str) -> Source:
    """Return where a dotted name stands in a TOML file; else what it would stand in; else `file`.

    Files are remembered by what they hold, so asking often costs little.
    """
    fields = read_toml(root, file.path, "", [])
    while fields is not None and name:
        if name in fields.lines:
            return Source(file.path, fields.lines[name])
        name = name.rpartition(".")[0]
    return file
