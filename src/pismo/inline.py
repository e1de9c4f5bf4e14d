"""Style into `style` attributes, one content fragment at a time."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from pismo.lazy import absent, instead
from pismo.plain_css import PlainCss

Inline: TypeAlias = Callable[[str, str], str]
"""Takes a fragment and its rules, and returns the fragment with style in it."""

_WRAPPER = re.compile(r"<body>\s*<div>(.*)</div>\s*</body>", re.DOTALL)


def inline_css(html: str, css: str) -> str:
    """Apply class and element rules to a fragment of HTML, with premailer.

    Tokens travel as plain words and comments; nothing is fetched.

    Args:
        html: A fragment: what may stand inside a `<div>`.
        css: Rules with class and element selectors only.

    Source: https://github.com/peterbe/premailer (3.10); it drops `!important` and loses rules
    whose selectors it cannot parse, so neither is used here.
    """
    if not html.strip():
        return html
    page = _premailer()(
        f"<html><body><div>{html}</div></body></html>",
        css_text=css,
        allow_network=False,
        disable_validation=True,
        disable_basic_attributes=["width", "height", "bgcolor"],
        keep_style_tags=False,
        remove_classes=False,
        include_star_selectors=False,
        # Looking for floats parses, and validates, the style of every picture: 50 ms.
        align_floating_images="float" in css or "float" in html,
    ).transform(pretty_print=False)
    found = _WRAPPER.search(page)
    if found is None:
        raise ValueError("premailer returned a page without the fragment")
    return _without_blanks(found[1])


@cache
def _premailer() -> Any:  # noqa: ANN401  # premailer has no types
    """Import premailer without what fetches style sheets, and with a reader for plain ones only.

    A build is mostly imports: `requests` is touched only to fetch, and nothing may be fetched;
    cssutils is imported when some style is not plain.
    """
    with absent("requests"), instead(PlainCss("cssutils")):
        from premailer import Premailer
    known: dict[tuple[str, int], tuple[list[Any], list[Any]]] = {}

    class RememberingPremailer(Premailer):  # type: ignore[misc]  # has no types
        """Reads a style sheet once, not once a fragment: that is most of inlining one."""

        def _parse_style_rules(self, css_body: str, ruleset_index: int) -> tuple[Any, Any]:
            key = css_body, ruleset_index
            if key not in known:
                known[key] = super()._parse_style_rules(css_body, ruleset_index)
            rules, leftover = known[key]
            return list(rules), list(leftover)

    return RememberingPremailer


def _without_blanks(html: str) -> str:
    """Drop line breaks between block elements: they show nowhere and weigh a kilobyte a letter."""
    blocks = "p|ul|ol|li|h[1-6]|table|tbody|thead|tr|td|th|blockquote|div|pre|hr"
    # Each run of blanks is looked at once, however long: `++` gives nothing back.
    html = re.sub(rf"(?<!\s)()(\s++)(?=</?(?:{blocks})\b)", _without_break, html)
    html = re.sub(rf"(</?(?:{blocks})(?:\s[^>]*)?>)(\s++)", _without_break, html).strip()
    return re.sub(r'(?<= style=")[^"]*', lambda found: found[0].replace("; ", ";"), html)


def _without_break(found: re.Match[str]) -> str:
    return found[1] if "\n" in found[2] else found[0]
