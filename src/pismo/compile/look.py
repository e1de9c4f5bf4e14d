"""What a layout brings along: its MJML, the style of content fragments, widths."""

from functools import cache
from pathlib import Path
from string import Template

from pismo.model.workspace import Brand
from pismo.records import dataclass

BUILT_IN = ("letter", "digest")


@dataclass(frozen=True, slots=True)
class Look:
    """One layout for one newsletter.

    `css` is for content fragments, its colours filled in; `image_width` is the widest place of an
    image, in CSS pixels; `picks` names the template of recommendations.
    """

    layout: str
    css: str
    image_width: int
    picks: str


def look_of(layout: str, brand: Brand) -> Look:
    """Return the look of a layout; a workspace's own is dressed like `letter`."""
    base = layout if layout in BUILT_IN else "letter"
    colours = {"accent": brand.accent, "background": brand.background, "text": brand.text}
    css = Template(own_file(f"{base}.css")).substitute(colours)
    return Look(layout, css, image_width=560 if base == "letter" else 536, picks=f"picks-{base}")


@cache
def own_file(name: str) -> str:
    """Read a file of the package's `layouts` folder."""
    return (Path(__file__).with_name("layouts") / name).read_text("utf-8")
