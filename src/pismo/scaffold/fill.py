"""Fill a packaged template: `<<name>>` is replaced, everything else stays as it is."""

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from pismo.errors import UsageError

_NAME = re.compile(r"<<(\w+)>>")


def template(path: str) -> str:
    """Read a packaged template, e.g. `ru/story.md`."""
    return (files("pismo.scaffold") / "templates" / path).read_text("utf-8")


def filled(text: str, values: Mapping[str, str]) -> str:
    """Replace every `<<name>>`; values stand inside double quotes and are made safe for them.

    Raises:
        KeyError: If the template names something that `values` lacks.
    """
    return _NAME.sub(lambda found: quoted(values[found[1]]), text)


def quoted(value: str) -> str:
    r"""Make a value safe between double quotes of YAML and TOML: `\` and `"` escaped, one line."""
    one_line = " ".join(value.split())
    return one_line.replace("\\", "\\\\").replace('"', '\\"')


def write_new(path: Path, text: str) -> None:
    """Write a file that must not be there yet.

    Raises:
        UsageError: If it is there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(
            f"{path} is there already",
            hint="choose another name, or edit that file",
            ru=f"{path} уже есть",
            hint_ru="выберите другое имя или правьте этот файл",
        ) from error
