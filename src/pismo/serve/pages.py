"""The public pages as HTML: no script, no outside resource, readable without styles."""

import base64
import hashlib
from importlib import resources
from types import SimpleNamespace

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from pismo.serve.house import House
from pismo.serve.words import WORDS, chosen_language


class Pages:
    """Renders pages of one house, with the headers that keep a personal link private."""

    def __init__(self, house: House) -> None:
        self._house = house
        # Autoescape for everything: titles of newsletters and polls are writers' text.
        self._environment = Environment(
            loader=PackageLoader("pismo.serve"), autoescape=True, undefined=StrictUndefined
        )
        self._style = _style(house.brand.accent)
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        self._headers = {
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self';"
                " base-uri 'none'; frame-ancestors 'none'"
            ),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "X-Robots-Tag": "noindex, nofollow",
        }

    def page(
        self,
        name: str,
        title: str,
        accepted: str,
        *,
        text: str = "",
        status: int = 200,
        **values: object,
    ) -> HTMLResponse:
        """Render a page.

        Args:
            name: The template.
            title: Which of `WORDS` is its heading.
            accepted: The browser's Accept-Language.
            text: Which of `WORDS` stands below it, if any.
            status: HTTP's.
            values: What the template shows besides.
        """
        language = chosen_language(accepted, self._house.language)
        words = WORDS[language]
        html = self._environment.get_template(f"{name}.html.j2").render(
            language=language,
            words=SimpleNamespace(**words),
            title=words[title],
            text=words[text] if text else "",
            brand=self._house.brand,
            house=self._house,
            style=Markup(self._style),  # noqa: S704  # our own file and a checked colour
            **values,
        )
        return HTMLResponse(html, status, {**self._headers, "Content-Language": language})


def _style(accent: str) -> str:
    css = (resources.files("pismo.serve") / "templates" / "page.css").read_text("utf-8")
    red, green, blue = _channels(accent)
    # Relative luminance decides whether white or black is read better on the accent (WCAG 2.2).
    luminance = 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)
    ink = "#fff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000"
    colour = f"#{red:02x}{green:02x}{blue:02x}"
    return f":root {{ --accent: {colour}; --on-accent: {ink}; }}\n{css}"


def _channels(colour: str) -> tuple[int, int, int]:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    try:
        red, green, blue = bytes.fromhex(digits)
    except ValueError:
        return 0xB5, 0x50, 0x2F
    return red, green, blue


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
