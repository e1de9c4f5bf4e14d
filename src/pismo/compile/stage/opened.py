"""Where something was opened that Jinja misses the end of: it names the line where it gave up."""

import re
from collections.abc import Iterator

_TAG = re.compile(r"\{#.*?#\}|\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw|\{%[-+]?\s*(\w+)", re.DOTALL)
_OPENS = re.compile(r"\{\{|\{%|\{#")
_CLOSES = {"{{": "}}", "{%": "%}", "{#": "#}"}
_INNERMOST = re.compile(r"innermost block that needs to be closed is '(\w+)'")


def opening_line(source: str, line: int, message: str) -> int:
    """Return the line of the tag that was never closed, or else the line that Jinja named.

    Args:
        source: The template; its first line is line 1.
        line: Where Jinja stopped reading.
        message: What it said.
    """
    if block := unclosed(message):
        return left_open(source, block) or line
    return _unfinished(source, line) if "expected token 'end of" in message else line


def left_open(source: str, block: str) -> int | None:
    """Return the line of the innermost block of a kind that no end tag closes."""
    stack: list[tuple[str, int]] = []
    for tag in _TAG.finditer(source):
        name = tag[1] or ""
        if name.startswith("end"):
            if stack and stack[-1][0] == name.removeprefix("end"):
                stack.pop()
        elif name == block or f"end{name}" in source:
            stack.append((name, source.count("\n", 0, tag.start()) + 1))
    return next((line for name, line in reversed(stack) if name == block), None)


def stray_ends(source: str) -> Iterator[tuple[int, int]]:
    """Yield where tags stand that end, or divide, what was never opened: start and end offsets."""
    opened: list[str] = []
    for tag in _TAG.finditer(source):
        name = tag[1] or ""
        kind = name.removeprefix("end")
        if kind != name and kind in opened:
            while opened.pop() != kind:
                pass
        elif kind != name or (name == "else" and not opened):
            close = source.find("%}", tag.end())
            yield tag.start(), (close + 2 if close >= 0 else tag.end())
        elif f"end{name}" in source:
            opened.append(name)


def unclosed(message: str) -> str:
    """Return which kind of block Jinja misses the end of, '' if its message is another."""
    innermost = _INNERMOST.search(message)
    return innermost[1] if innermost else ""


def _unfinished(source: str, line: int) -> int:
    """Find the braces that a line stands in."""
    for opened in _OPENS.finditer(source):
        first = source.count("\n", 0, opened.start()) + 1
        end = source.find(_CLOSES[opened[0]], opened.end())
        last = source.count("\n", 0, end) + 1 if end >= 0 else line
        if first <= line <= last:
            return first
    return line
