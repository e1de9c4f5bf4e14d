"""Where games live on the site, by path from its root: letters link to what the site puts there.

Nothing about an address tells an answer: a rebus lives under a hash of its file's place.
"""

from hashlib import blake2b


def rebus_folder(source_path: str) -> str:
    """Return the folder of the page of the rebus whose file is `source_path`."""
    return f"answers/{blake2b(source_path.encode(), digest_size=8).hexdigest()}/"


def quiz_folder(slug: str) -> str:
    """Return the folder of a quiz: its cover, and a page for each that `quiz_pages` gives."""
    return f"quiz/{slug}/"


def poll_folder(slug: str) -> str:
    """Return the folder of a poll's page."""
    return f"poll/{slug}/"
