"""Colours as readers see them: contrast by WCAG 2.2, and what dark themes make of them."""

import re

Colour = tuple[float, float, float]
"""Red, green, blue in [0, 1]."""

_ANY = re.compile(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)|\b[a-z]{3,}\b", re.IGNORECASE)


def parsed(text: str, behind: Colour = (1.0, 1.0, 1.0)) -> Colour | None:
    """Read any colour of CSS as it shows on what is `behind` it; None for anything else."""
    from PIL import ImageColor

    text, alpha = _opaque(text.strip().lower())
    try:
        red, green, blue, opacity = ImageColor.getcolor(text, "RGBA")  # type: ignore[misc]
    except ValueError:
        return None
    share = alpha * opacity / 255
    mixed = (share * one / 255 + (1 - share) * back
             for one, back in zip((red, green, blue), behind, strict=True))  # fmt: skip
    return next(mixed), next(mixed), next(mixed)


def colour_in(background: str) -> str:
    """Find the colour in a `background` of several values; '' if there is none."""
    found = (one[0] for one in _ANY.finditer(background))
    return next((one for one in found if parsed(one) is not None), "")


def _opaque(text: str) -> tuple[str, float]:
    """Take the opacity out of `rgba(…)` and `hsla(…)`, whose numbers may stand without commas."""
    if not text.startswith(("rgb", "hsl")):
        return text, 1.0
    numbers = re.findall(r"[\d.]+%?", text)
    alpha = 1.0
    if len(numbers) == 4:
        last = numbers.pop()
        alpha = float(last.strip("%")) / (100 if last.endswith("%") else 1)
    return f"{text[:3]}({','.join(numbers)})", min(1.0, alpha)


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio, from 1 (the same) to 21 (black on white).

    Source: WCAG 2.2, "contrast ratio" and "relative luminance".
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def inverted(colour: Colour) -> Colour:
    """Turn a colour over and keep its hue, as programs with a dark theme of their own do.

    The same as the preview's dark view: CSS's `invert(1) hue-rotate(180deg)`. Turning over the
    lightness of HLS instead darkens every blue link, and no program that we know of does that.

    Source: CSS Filter Effects Level 1, "hueRotate", with an angle of 180°.
    """
    red, green, blue = (1 - channel for channel in colour)
    grey = 2 * (0.213 * red + 0.715 * green + 0.072 * blue)
    return _within(grey - red), _within(grey - green), _within(grey - blue)


def _within(channel: float) -> float:
    return min(1.0, max(0.0, channel))


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(channel) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
