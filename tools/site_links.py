"""MkDocs hook: a link that leaves `docs/` works on Git, and is plain text on the site."""

import re

_OUTSIDE = re.compile(
    r"\[([^\]]*)\]\((?:\.\./)+(?:tests|benchmarks|src|newsletters|CONTRIBUTING)[^)]*\)"
)


def on_page_markdown(markdown: str, **_: object) -> str:
    """Keep the text of links that leave `docs/`; drop the check marks that are nothing else."""
    return _OUTSIDE.sub(lambda found: "" if found[1] == "✓" else found[1], markdown)
