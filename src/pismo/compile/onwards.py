"""What else is wrong: the compiler stops at a problem, and is sent past it to the next one."""

import re
from collections.abc import Callable, Iterator

from pismo.compile.letter_rules import EMPTY_PART, LAYOUT_DROPS, NO_WAY_OUT
from pismo.compile.problem import CompileError
from pismo.compile.stage.opened import left_open, stray_ends
from pismo.model.finding import Source

MOST = 10
"""Problems of one edition that are looked for: whoever has more mends these first."""

_TAG = re.compile(r"\{\{.*?\}\}|\{%[-+]?\s*(if|elif)\b.*?%\}", re.DOTALL)
_ABSENCES = (EMPTY_PART, LAYOUT_DROPS, NO_WAY_OUT)
"""Perhaps it is absent because it was passed over."""


def without(text: str, place: Source, passed: frozenset[Source]) -> str:
    """Take out of a text what is printed, and decide what is asked, at places to be passed over.

    Args:
        text: A template that begins at `place`.
        place: Its file and first line.
        passed: Lines of files; lines of the text stay where they were.
    """
    lines = {one.line - place.line for one in passed if one.path == place.path}
    if not lines:
        return text
    text = _without_stray_ends(text, lines)

    def mended(tag: re.Match[str]) -> str:
        first, breaks = text.count("\n", 0, tag.start()), tag[0].count("\n")
        if lines.isdisjoint(range(first, first + breaks + 1)):
            return tag[0]
        # Something is there, so that nothing is missing for want of it.
        return (f"{{% {tag[1]} true %}}" if tag[1] else "…") + "\n" * breaks

    return _closed(_TAG.sub(mended, text), lines)


def _without_stray_ends(text: str, lines: set[int]) -> str:
    """Take out ends of blocks that were never opened, on the lines to be passed over."""
    for start, end in reversed(list(stray_ends(text))):
        if text.count("\n", 0, start) in lines:
            text = text[:start] + "\n" * text.count("\n", start, end) + text[end:]
    return text


def _closed(text: str, lines: set[int]) -> str:
    """Close each `if` whose end is missing, if it stands on a line to be passed over."""
    for _ in range(MOST):
        opened = left_open(text, "if")
        if opened is None or opened - 1 not in lines:
            break
        text += "{% endif %}"
    return text


def problems_after(
    first: CompileError, compiled: Callable[[frozenset[Source]], object]
) -> Iterator[CompileError]:
    """Yield a problem and those behind it, as far as they do not come from passing over others.

    Args:
        first: What the compiler stopped at.
        compiled: Compiles again, passing over some places.
    """
    yield first
    problem, passed = first, frozenset[Source]()
    while problem.where is not None and len(passed) < MOST - 1:
        passed |= {problem.where}
        try:
            compiled(passed)
        except CompileError as next_one:
            if next_one.where in passed or next_one.rule in _ABSENCES:
                return
            yield next_one
            problem = next_one
        else:
            return
