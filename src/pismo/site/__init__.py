"""The static part, for everybody: letters on the web, archive, feed, answers. No person in it."""

from pismo.site.addresses import SITE, image_base, issue_url, with_relative_images
from pismo.site.pages import SiteIssue, SitePages, site_pages, web_gaps

__all__ = [
    "SITE",
    "SiteIssue",
    "SitePages",
    "image_base",
    "issue_url",
    "site_pages",
    "web_gaps",
    "with_relative_images",
]
