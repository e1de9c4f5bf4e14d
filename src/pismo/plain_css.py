"""Plain CSS, read as cssutils reads it, in a fiftieth of the time that takes to import and parse.

Plain are rules for classes and elements whose values are words, whole measures and hex colours:
pismo's own style sheets, and the style of what it draws. cssutils reads everything else.
"""

import re
from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from pismo.lazy import absent

_RULE = re.compile(r"\s*((?:\.?[a-z][a-z0-9]*)(?:,\s*\.?[a-z][a-z0-9]*)*)\s*\{([^{}]*)\}\s*")
_DECLARATION = re.compile(r"\s*([a-z][a-z-]*)\s*:\s*([^;]+?)\s*")
# Measures that need no rounding: not 0px, 1.40 or .5.
_VALUE = re.compile(
    r"""(?:[A-Za-z][A-Za-z-]*
      | 0 | (?:[1-9][0-9]{0,4}|0(?=\.))(?:\.[0-9]{0,2}[1-9])?(?:px|em|%)?
      | \#(?:[0-9a-f]{6}|[0-9A-F]{6}|[0-9a-f]{3}|[0-9A-F]{3}))""",
    re.VERBOSE,
)
_TWICE = re.compile(r"#(.)\1(.)\2(.)\3")


class Value(NamedTuple):
    """A value as cssutils holds it."""

    cssText: str  # noqa: N815  # as cssutils calls it


class Property(NamedTuple):
    """A declaration as cssutils holds it."""

    name: str
    value: str
    priority: str = ""

    @property
    def propertyValue(self) -> Value:  # noqa: N802  # as cssutils calls it
        """Return the value once more, as an object."""
        return Value(self.value)


class Style(tuple[Property, ...]):
    """Declarations as cssutils holds them."""

    __slots__ = ()

    def getProperties(self) -> Sequence[Property]:  # noqa: N802  # as cssutils calls it
        """Return them all."""
        return self


class Rule(NamedTuple):
    """A rule as cssutils holds it."""

    selectorText: str  # noqa: N815  # as cssutils calls it
    style: Style
    type: int = 1
    STYLE_RULE: int = 1
    MEDIA_RULE: int = 4


class PlainCss(ModuleType):
    """Stands in for cssutils where that is imported, and calls it when something is not plain."""

    def parseString(self, css: str, *, validate: bool) -> Any:  # noqa: ANN401, N802
        """Read a style sheet."""
        rules = rules_of(css)
        return _cssutils().parseString(css, validate=validate) if rules is None else rules

    def parseStyle(self, css: str, *, validate: bool) -> Any:  # noqa: ANN401, N802
        """Read what stands in a `style` attribute."""
        style = style_of(css)
        return _cssutils().parseStyle(css, validate=validate) if style is None else style

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever else cssutils has
        return getattr(_cssutils(), name)


def rules_of(css: str) -> list[Rule] | None:
    """Read a style sheet; None if it is not plain."""
    rules: list[Rule] = []
    end = 0
    while end < len(css):
        found = _RULE.match(css, end)
        style = style_of(found[2]) if found else None
        if found is None or style is None:
            return None
        rules.append(Rule(found[1], style))
        end = found.end()
    return rules


def style_of(css: str) -> Style | None:
    """Read declarations; None if they are not plain."""
    read: dict[str, Property] = {}
    for declaration in css.split(";"):
        if declaration.isspace() or not declaration:
            continue
        found = _DECLARATION.fullmatch(declaration)
        value = _value(found[2]) if found else ""
        if not found or not value or found[1] in read:
            return None
        read[found[1]] = Property(found[1], value)
    return Style(read.values())


def _value(text: str) -> str:
    """Write a value as cssutils does; '' if it is not plain."""
    lists = [one.split() for one in text.split(",")]
    if not all(lists) or not all(_VALUE.fullmatch(word) for words in lists for word in words):
        return ""
    return _TWICE.sub(r"#\1\2\3", ", ".join(" ".join(words) for words in lists))


@cache
def _cssutils() -> Any:  # noqa: ANN401  # has no types
    """Import it without what fetches style sheets, and let it be silent."""
    import logging

    with absent("urllib.request", "cssutils._fetch"):
        import cssutils

    cssutils.log.setLevel(logging.CRITICAL)
    return cssutils
