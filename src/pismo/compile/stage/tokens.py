"""The words that stand for holes while a letter is on its way through Markdown and MJML.

`qzxe00012xzq` is a lower-case ASCII word: it survives Markdown (text, addresses, titles, code),
premailer, mrml and percent-encoding. The letter after `qzx` is its kind, the digits number the
place within its fragment.
"""

import re
from enum import StrEnum


class TokenKind(StrEnum):
    """What a token stands for."""

    HOLE = "e"
    IF = "i"
    FOR = "f"
    ELSE = "o"
    END = "d"
    SLOT = "b"


TOKEN = re.compile(r"qzx([eifodb])(\d{5})xzq")
"""One token: its kind and its number."""

CONTROL = re.compile(r"qzx[ifodb]\d{5}xzq")
"""A token that belongs between elements: branches, loops and whole blocks."""

TAG = re.compile(r"qzx([ifod])(\d{5})xzq")
"""A token of a branch or a loop: its kind and its number."""

ANY_CASE = re.compile(r"qzx[a-z]\d{5}xzq", re.IGNORECASE)
"""What no text of a writer may contain."""


def token(kind: TokenKind, number: int) -> str:
    """Spell a token; numbers go up to 99,999."""
    return f"qzx{kind.value}{number:05d}xzq"


def matching(*kinds: TokenKind) -> str:
    """Return a regular expression, without groups, for tokens of these kinds."""
    return rf"qzx[{''.join(kinds)}]\d{{5}}xzq"


def holds_token(text: str) -> bool:
    """Tell whether a text was printed with a reader's value in it."""
    return "xzq" in text and TOKEN.search(text) is not None


def kind_of(token: str) -> TokenKind:
    """Return the kind of a spelled token."""
    return TokenKind(token[3])


def number_of(token: str) -> int:
    """Return the number of a spelled token."""
    return int(token[4:9])
