"""Notes that an author leaves in a file, `<!-- so -->`: no reader gets them."""

import re

from pismo.compile.stage.tokens import holds_token

_NOTE = re.compile(r"<!--(?!>|\s*\[if\b|<!\[endif).*?-->", re.DOTALL)
"""An HTML comment that is none of Outlook's conditions."""


def without_notes(text: str) -> str:
    """Take out comments, but leave those with tokens in them: a value there is an error."""
    return _NOTE.sub(lambda found: found[0] if holds_token(found[0]) else "", text)
