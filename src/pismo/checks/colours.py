"""Colours as readers see them: contrast by WCAG 2.2, and what dark themes make of them."""

import re

Colour = tuple[float, float, float]
"""Red, green, blue in [0, 1]."""

_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)")
_NAMED = {"white": "#ffffff", "black": "#000000", "gray": "#808080", "grey": "#808080"}


def parsed(text: str) -> Colour | None:
    """Read `#abc`, `#aabbcc`, `rgb(…)` or a common name; None for anything else."""
    text = _NAMED.get(text.strip().lower(), text.strip())
    if found := _HEX.fullmatch(text):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
        return red, green, blue
    if found := _RGB.match(text):
        red, green, blue = (int(value) / 255 for value in found.groups())
        return red, green, blue
    return None


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio, from 1 (the same) to 21 (black on white).

    Source: WCAG 2.2, "contrast ratio" and "relative luminance".
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def inverted(colour: Colour) -> Colour:
    """Turn a colour's lightness over and keep its hue, as full inversion in Gmail for iOS does."""
    import colorsys

    hue, lightness, saturation = colorsys.rgb_to_hls(*colour)
    return colorsys.hls_to_rgb(hue, 1 - lightness, saturation)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(channel) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
