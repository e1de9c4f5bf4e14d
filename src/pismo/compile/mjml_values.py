"""Values in a layout: colours, lengths, addresses, style sheets, and HTML that reaches nobody."""

import re
from collections.abc import Iterator

from pismo.compile.stage.tokens import holds_token

_LENGTH = re.compile(r"\d+(?:\.\d+)?(?:px|%|em)?")
_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{3,4}){1,2}|rgba?\([\d\s.,%/]+\)")
_LENGTHS = frozenset(["width", "height", "font-size", "border-width", "icon-size"])
_SIDES = re.compile(rf"{_LENGTH.pattern}(?: +{_LENGTH.pattern}){{0,3}}")
_CHOICES = {
    "align": frozenset(["left", "center", "right", "justify"]),
    "vertical-align": frozenset(["top", "middle", "bottom"]),
    "direction": frozenset(["ltr", "rtl"]),
    "full-width": frozenset(["full-width", "false"]),
}
_SAFE_ADDRESS = re.compile(r"(?!\s*(?:javascript|vbscript|data|file)\s*:)", re.IGNORECASE)
_ADDRESSES = frozenset(["href", "src", "background-url"])
_DROPPED = frozenset(
    ("applet", "base", "embed", "form", "frame", "frameset", "iframe", "object", "script")
)
_ATTRIBUTE = re.compile(r"""([^\s=/"'<>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")

_COLOUR_WORDS = """
aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet
brown burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan
darkblue darkcyan darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta
darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen darkslateblue
darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey
dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray
green greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush
lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen
lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray lightslategrey
lightsteelblue lightyellow lime limegreen linen magenta maroon mediumaquamarine mediumblue
mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen mediumturquoise
mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive
olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred
papayawhip peachpuff peru pink plum powderblue purple rebeccapurple red rosybrown royalblue
saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue slateblue slategray
slategrey snow springgreen steelblue tan teal thistle tomato turquoise violet wheat white
whitesmoke yellow yellowgreen currentcolor inherit initial none transparent
"""
COLOUR_WORDS = frozenset(_COLOUR_WORDS.split())
"""Words that are a colour. Source: CSS Color Module Level 4, §6.1, and keywords of any property."""


def attributes_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes of a tag, values without their quotation marks."""
    for found in _ATTRIBUTE.finditer(text):
        yield found[1], (found[2] or "").strip("\"'")


def is_fit(attribute: str, value: str) -> bool:
    """Tell whether a value is one for an attribute of MJML."""
    if holds_token(value) or not value:
        return True
    if attribute.endswith("color"):
        return value.lower() in COLOUR_WORDS or _COLOUR.fullmatch(value) is not None
    if attribute in _LENGTHS:
        return value in ("auto", "inherit") or _LENGTH.fullmatch(value) is not None
    if attribute in ("padding", "inner-padding"):
        return _SIDES.fullmatch(value) is not None
    if attribute in _ADDRESSES:
        return is_safe(value)
    return attribute not in _CHOICES or value in _CHOICES[attribute]


def is_safe(address: str) -> bool:
    """Tell whether an address may stand in a letter: no program, no file."""
    return _SAFE_ADDRESS.match(address) is not None


def percent(attributes: str) -> float | None:
    """Return the width of a column, if it is given in per cent."""
    width = dict(attributes_of(attributes)).get("width", "")
    found = re.fullmatch(r"(\d+(?:\.\d+)?)%", width)
    return float(found[1]) if found else None


def html_problem(name: str, attributes: str) -> str:
    """Say why a tag of HTML reaches no reader; '' if it may stand in a letter."""
    name = name.lower()
    if name in _DROPPED:
        return f"<{name}> is dropped by mail programs; link to a page instead"
    for attribute, value in attributes_of(attributes):
        if attribute.lower().startswith("on"):
            return f"{attribute}= of <{name}> is dropped by mail programs"
        if attribute.lower() in _ADDRESSES and not is_safe(value):
            return f'{attribute}="{value}" of <{name}> is no address for a letter'
    return ""


def css_problem(css: str) -> str:
    """Say what of a style sheet is not closed; '' if all is."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    if "/*" in css:
        return "a comment in <mj-style> is not closed"
    depth = 0
    for brace in re.findall(r"[{}]", re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", "", css)):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return "a '}' in <mj-style> closes nothing"
    return "a '{' in <mj-style> is not closed" if depth else ""
