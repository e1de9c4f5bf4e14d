"""What somebody may answer who begins a workspace; each answer is looked at by itself."""

import re
from pathlib import Path

from pismo.errors import UsageError

_ADDRESS = re.compile(r"[^@\s<>\",;:]+@[^@\s<>\",;:]+\.[^@\s<>\",;:]+")
_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


def something(text: str) -> str:
    """Return a text that is not empty.

    Raises:
        UsageError: If it is.
    """
    if not text:
        raise UsageError(
            "this is in every letter",
            hint="write a few words",
            ru="это есть в каждом письме",
            hint_ru="напишите хоть пару слов",
        )
    return text


def is_address(text: str) -> bool:
    """Tell whether a text looks like an e-mail address."""
    return _ADDRESS.fullmatch(text) is not None


def address(text: str) -> str:
    """Return an address as given.

    Raises:
        UsageError: If it is none.
    """
    if not is_address(text):
        raise UsageError(
            f"'{text}' is no address",
            hint="like katya@shop.example",
            ru=f"«{text}» — не адрес",
            hint_ru="пишите так: katya@shop.example",
        )
    return text


def colour(text: str) -> str:
    """Return a colour as given: digits, which every mail program reads, and no names.

    Raises:
        UsageError: If it is none.
    """
    if not _COLOUR.fullmatch(text):
        raise UsageError(
            f"'{text}' is no colour",
            hint="like #b5502f",
            ru=f"«{text}» — не цвет",
            hint_ru="пишите так: #b5502f",
        )
    return text


def new_folder(root: Path) -> Path:
    """Return a folder that is empty or not there; a bare `.git` is no content.

    Raises:
        UsageError: If it holds something.
    """
    if root.exists() and any(entry.name != ".git" for entry in root.iterdir()):
        raise UsageError(
            f"{root} is not empty",
            hint="name a folder that does not exist yet",
            ru=f"папка {root} не пуста",
            hint_ru="назовите папку, которой ещё нет",
        )
    return root
