"""What SES demands of headers, tags and data, checked before a call: botocore checks nothing.

Limits from botocore's model of sesv2 and the SES developer guide (facts/ses.md §1). A value that
breaks them could spoil 50 letters, or, with a line break in a header, add one of its own.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

MOST_HEADERS = 15
MOST_HEADER_CHARACTERS = 996
MOST_DATA_CHARACTERS = 262_144
_HEADER_NAME = re.compile(r"[!-9;-@A-~]{1,126}")
_HEADER_VALUE = re.compile(r"[ -~]{1,995}")
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ITS_OWN = frozenset(
    {
        "from", "to", "cc", "bcc", "subject", "date", "message-id", "return-path", "mime-version",
        "content-type", "content-transfer-encoding", "reply-to", "sender", "dkim-signature",
    }
)  # fmt: skip


def problem_with_headers(headers: Sequence[tuple[str, str]], taken: Collection[str] = ()) -> str:
    """Say why SES would not take these headers beside those whose names are `taken`, or ''."""
    if len(headers) > MOST_HEADERS:
        return f"{len(headers)} headers; SES takes {MOST_HEADERS}"
    seen = set(taken)
    for name, value in headers:
        if not _HEADER_NAME.fullmatch(name):
            return "a header's name has characters that SES does not take"
        if name.lower() in _ITS_OWN:
            return f"SES sets the header {name} itself"
        if name.lower() in seen:
            return f"the header {name} twice"
        seen.add(name.lower())
        if not _HEADER_VALUE.fullmatch(value):
            return f"the header {name} has characters that SES does not take, or too many"
        if len(name) + len(value) > MOST_HEADER_CHARACTERS:
            return f"the header {name} is too long"
    return ""


class HeaderCheck:
    """`problem_with_headers` for many readers: what they share is looked at once."""

    def __init__(self, shared: Sequence[tuple[str, str]]) -> None:
        self._problem = problem_with_headers(shared)
        self._names = frozenset(name.lower() for name, _ in shared)

    def problem(self, own: Sequence[tuple[str, str]]) -> str:
        """Say why SES would not take the shared headers with a reader's own, or ''."""
        if self._problem:
            return self._problem
        if len(self._names) + len(own) > MOST_HEADERS:
            return f"{len(self._names) + len(own)} headers; SES takes {MOST_HEADERS}"
        return problem_with_headers(own, taken=self._names)


def problem_with_tags(tags: Sequence[tuple[str, str]]) -> str:
    """Say why SES would not take these message tags, or ''."""
    for name, value in tags:
        if not _TAG.fullmatch(name) or not _TAG.fullmatch(value):
            return f"the tag {name[:20]!r} has characters other than A-Z a-z 0-9 _ -"
    return ""


def problem_with_data(data: str) -> str:
    """Say why SES would not take a letter's template data, or ''."""
    if len(data) > MOST_DATA_CHARACTERS:
        return f"template data of {len(data)} characters; SES takes {MOST_DATA_CHARACTERS}"
    return ""


@lru_cache(maxsize=64)
def tag_value(text: str) -> str:
    """Make a tag's value of a name: `friday/2026-11-27` becomes `friday_2026-11-27`."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", text)[:256]
