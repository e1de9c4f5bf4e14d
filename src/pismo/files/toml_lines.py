"""Where each name of a TOML file stands: tomllib keeps no lines."""

import re

_TABLE = re.compile(r"^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_NAME = re.compile(
    r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*="""
)


def toml_lines(text: str) -> dict[str, int]:
    """Map dotted names, tables included, to 1-based lines; the first mention wins.

    Names inside multi-line strings are not names. Tables of an array have their numbers, too:
    `people` and `people.0` are the first.
    """
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    tables, fence = [""], ""
    for number, line in enumerate(text.split("\n"), 1):
        if fence:
            fence = "" if line.count(fence) % 2 else fence
            continue
        if header := _TABLE.match(line):
            tables = [_plain(header.group(1)) + "."]
            if line.lstrip().startswith("[["):
                entry = counts[tables[0]] = counts.get(tables[0], -1) + 1
                tables.append(f"{tables[0]}{entry}.")
            for table in tables:
                found.setdefault(table[:-1], number)
            continue
        if name := _NAME.match(line):
            for table in tables:
                found.setdefault(table + _plain(name.group(1)), number)
        fence = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), "")
    return found


def _plain(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))
