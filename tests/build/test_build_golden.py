"""Golden letters: what the small workspace and the Friday letter look like, to the byte.

A change of them is read in review: `pytest tests/build/test_build_golden.py --update-golden`.
"""

from pathlib import Path

import pytest

from pismo.build.sample import sample_recipient
from pismo.compile import compile_issue
from pismo.render import render
from pismo.workspace import load_workspace

GOLDEN = Path(__file__).parent.parent / "golden"
LETTERS = (
    ("tests/workspaces/small", "weekly/2026-11-27", "families"),
    ("tests/workspaces/small", "weekly/2026-11-27", "everyone"),
    (".", "friday/2026-11-27", "families"),
    (".", "tips/2026-11-25", "everyone"),
    (".", "almanac/2026-11-26", "everyone"),
)


@pytest.mark.parametrize(("root", "issue", "segment"), LETTERS)
def test_a_letter_is_what_it_was(
    repository: Path, root: str, issue: str, segment: str, request: pytest.FixtureRequest
) -> None:
    workspace = load_workspace(repository / root)
    editions = {edition.segment: edition for edition in compile_issue(workspace, issue).editions}
    recipient = sample_recipient(workspace, editions[segment])
    email = render(editions[segment], recipient)
    headers = "".join(f"{name}: {value}\n" for name, value in email.headers)
    letter = {
        "html": email.html,
        "txt": f"Subject: {email.subject}\n{headers}\n{email.text}",
    }
    for suffix, text in letter.items():
        file = GOLDEN / f"{issue.replace('/', '-')}-{segment}.{suffix}"
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
        assert text == file.read_text("utf-8"), f"{file.name}: read it, then --update-golden"
