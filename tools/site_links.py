"""MkDocs hook: a link from the docs to a test or a benchmark works on Git, and is text on the site."""

import re

_OUTSIDE = re.compile(
    r"\[([^\]]*)\]\((?:\.\./)+(?:tests|benchmarks|src|newsletters|CONTRIBUTING)[^)]*\)"
)


def on_page_markdown(markdown: str, **_: object) -> str:
    """Keep the text of links that leave `docs/`; drop the check marks that are nothing else."""
    return _OUTSIDE.sub(lambda found: "" if found[1] == "✓" else found[1], markdown)
