"""Where things are on the site."""

import re

from pismo.model.workspace import Settings

SITE = "site"
NOWHERE = "https://site.invalid"
"""Base of the site while `site.base_url` is unset (RFC 6761: never resolves)."""


def base_url(settings: Settings) -> str:
    """Return the site's address, without a slash at the end."""
    return settings.site_base_url or NOWHERE


def image_base(settings: Settings) -> str:
    """Return the address below which pictures lie, with a slash at the end."""
    return f"{base_url(settings)}/images/"


def issue_url(settings: Settings, issue_id: str) -> str:
    """Return the address of an issue's web version, the same for everybody."""
    return f"{base_url(settings)}/{issue_id}/"


def with_relative_images(html: str, settings: Settings, to_site: str) -> str:
    """Make a copy for looking at without a server: pictures by relative path.

    Args:
        html: A letter.
        settings: Say where pictures are on the web.
        to_site: Path from the copy to the site's folder, with a slash at the end.
    """
    return html.replace(image_base(settings), f"{to_site}images/")


def with_relative_games(html: str, settings: Settings, to_site: str) -> str:
    """Make links to the pages of games relative, so that a copy of the site leads into itself."""
    folders = re.compile(
        rf'href="{re.escape(base_url(settings))}/((?:answers|poll|quiz)/[^"#?]*)(#[^"]*)?"'
    )

    def relative(found: re.Match[str]) -> str:
        page = f"{found[1]}index.html" if found[1].endswith("/") else found[1]
        return f'href="{to_site}{page}"'

    return folders.sub(relative, html)
