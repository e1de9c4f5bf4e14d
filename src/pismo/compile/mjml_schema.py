"""The MJML that mrml draws: elements, where they may stand, their attributes.

Source: https://documentation.mjml.io (4.15), less what mjml-python 1.4 passes over in silence
(`mj-html-attributes`, `mj-include`, `inline` of `mj-style`, `gap` of `mj-wrapper`).
"""

from collections.abc import Mapping

_PADDING = "padding padding-top padding-right padding-bottom padding-left"
_INNER_PADDING = (
    "inner-padding inner-padding-top inner-padding-right inner-padding-bottom inner-padding-left"
)
_BORDER = "border border-top border-right border-bottom border-left border-radius"
_INNER_BORDER = (
    "inner-border inner-border-top inner-border-right inner-border-bottom inner-border-left "
    "inner-border-radius inner-background-color"
)
_FONT = (
    "color font-family font-size font-style font-weight letter-spacing line-height "
    "text-decoration text-transform text-align"
)
_BACKGROUND = (
    "background-color background-url background-repeat background-size background-position "
    "background-position-x background-position-y"
)
_ALL = "css-class mj-class"
_BLOCK = f"{_ALL} container-background-color {_PADDING}"

COLUMNS = frozenset({"mj-column", "mj-group"})
_CONTENT = frozenset(
    {
        "mj-accordion",
        "mj-button",
        "mj-carousel",
        "mj-divider",
        "mj-image",
        "mj-navbar",
        "mj-raw",
        "mj-social",
        "mj-spacer",
        "mj-table",
        "mj-text",
    }
)

CHILDREN: Mapping[str, frozenset[str]] = {
    "mjml": frozenset({"mj-head", "mj-body"}),
    "mj-head": frozenset(
        {
            "mj-attributes",
            "mj-breakpoint",
            "mj-font",
            "mj-preview",
            "mj-raw",
            "mj-style",
            "mj-title",
        }
    ),
    "mj-body": frozenset({"mj-section", "mj-wrapper", "mj-hero", "mj-raw"}),
    "mj-wrapper": frozenset({"mj-section", "mj-hero", "mj-raw"}),
    "mj-section": frozenset({*COLUMNS, "mj-raw"}),
    "mj-group": frozenset({"mj-column", "mj-raw"}),
    "mj-column": _CONTENT,
    "mj-hero": _CONTENT,
    "mj-accordion": frozenset({"mj-accordion-element", "mj-raw"}),
    "mj-accordion-element": frozenset({"mj-accordion-title", "mj-accordion-text", "mj-raw"}),
    "mj-carousel": frozenset({"mj-carousel-image"}),
    "mj-navbar": frozenset({"mj-navbar-link", "mj-raw"}),
    "mj-social": frozenset({"mj-social-element", "mj-raw"}),
}
"""Which elements may stand directly within which; what is not a key holds no MJML."""

HTML_INSIDE = frozenset(
    {
        "mj-accordion-text",
        "mj-accordion-title",
        "mj-button",
        "mj-navbar-link",
        "mj-preview",
        "mj-raw",
        "mj-social-element",
        "mj-style",
        "mj-table",
        "mj-text",
        "mj-title",
    }
)
"""Elements that hold HTML or text."""

_TABLE: Mapping[str, str] = {
    "mjml": "lang dir owa",
    "mj-head": "",
    "mj-attributes": "",
    "mj-breakpoint": "width",
    "mj-font": "name href",
    "mj-preview": "",
    "mj-title": "",
    "mj-style": "",
    "mj-raw": "position",
    "mj-body": f"{_ALL} background-color width id",
    "mj-wrapper": f"{_ALL} {_PADDING} {_BORDER} {_BACKGROUND} direction full-width text-align",
    "mj-section": (
        f"{_ALL} {_PADDING} {_BORDER} {_BACKGROUND} direction full-width text-align text-padding"
    ),
    "mj-group": f"{_ALL} background-color direction vertical-align width",
    "mj-column": (
        f"{_ALL} {_PADDING} {_BORDER} {_INNER_BORDER} background-color direction vertical-align "
        "width"
    ),
    "mj-hero": (
        f"{_BLOCK} {_INNER_PADDING} {_BACKGROUND} align background-height background-width "
        "border-radius height inner-background-color mode vertical-align width"
    ),
    "mj-text": f"{_BLOCK} {_FONT} align height direction vertical-align",
    "mj-button": (
        f"{_BLOCK} {_FONT} {_BORDER} align background-color height href inner-padding name rel "
        "target title vertical-align width"
    ),
    "mj-image": (
        f"{_BLOCK} {_BORDER} align alt fluid-on-mobile font-size height href max-height name rel "
        "sizes src srcset target title usemap width"
    ),
    "mj-divider": f"{_BLOCK} align border-color border-style border-width width",
    "mj-spacer": f"{_BLOCK} height",
    "mj-table": (
        f"{_BLOCK} {_FONT} align border cellpadding cellspacing role table-layout vertical-align "
        "width"
    ),
    "mj-social": (
        f"{_BLOCK} {_FONT} align border-radius icon-height icon-padding icon-size inner-padding "
        "mode table-layout text-padding vertical-align"
    ),
    "mj-social-element": (
        f"{_BLOCK} {_FONT} align alt background-color border-radius href icon-height icon-padding "
        "icon-position icon-size name rel sizes src srcset target text-padding title vertical-align"
    ),
    "mj-navbar": (
        f"{_BLOCK} align base-url hamburger ico-align ico-close ico-color ico-font-family "
        "ico-font-size ico-line-height ico-open ico-padding ico-padding-bottom ico-padding-left "
        "ico-padding-right ico-padding-top ico-text-decoration ico-text-transform"
    ),
    "mj-navbar-link": f"{_ALL} {_PADDING} {_FONT} href name rel target",
    "mj-accordion": (
        f"{_BLOCK} border font-family icon-align icon-height icon-position icon-unwrapped-alt "
        "icon-unwrapped-url icon-width icon-wrapped-alt icon-wrapped-url"
    ),
    "mj-accordion-element": (
        f"{_ALL} background-color border font-family icon-align icon-height icon-position "
        "icon-unwrapped-alt icon-unwrapped-url icon-width icon-wrapped-alt icon-wrapped-url"
    ),
    "mj-accordion-title": f"{_ALL} {_PADDING} {_FONT} background-color",
    "mj-accordion-text": f"{_ALL} {_PADDING} {_FONT} background-color",
    "mj-carousel": (
        f"{_BLOCK} align border-radius icon-width left-icon right-icon tb-border tb-border-radius "
        "tb-hover-border-color tb-selected-border-color tb-width thumbnails"
    ),
    "mj-carousel-image": (
        f"{_ALL} alt border-radius href rel src target tb-border tb-border-radius thumbnails-src "
        "title"
    ),
}

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    name: frozenset(listed.split()) for name, listed in _TABLE.items()
}
"""Attributes of each element."""

ANYWHERE = frozenset(name for names in ATTRIBUTES.values() for name in names)
"""Every attribute of any element: what `mj-all` and `mj-class` may set."""
