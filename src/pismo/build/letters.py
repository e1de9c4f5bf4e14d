"""The files of an edition: itself, and a sample letter to look at."""

from collections.abc import Iterator, Mapping

from pismo.build.cache import CompiledIssue
from pismo.build.report import BuiltEdition
from pismo.build.sample import sample_recipient
from pismo.model.edition import Edition
from pismo.model.workspace import Workspace
from pismo.records import dataclass
from pismo.render import render
from pismo.site import issue_url, with_relative_images

LETTERS = "letters"
_TO_SITE = "../../../../../site/"  # from letters/<newsletter>/<issue>/<segment>/<variant>/


@dataclass(frozen=True, slots=True)
class EditionFiles:
    """What is written of one edition, by path relative to `build/`."""

    built: BuiltEdition
    files: Mapping[str, bytes]


def edition_path(issue_id: str, segment: str, variant: str) -> str:
    """Return the folder of an edition, relative to `build/`."""
    return f"{LETTERS}/{issue_id}/{segment}/{variant}"


def letter_files(workspace: Workspace, compiled: CompiledIssue) -> Iterator[EditionFiles]:
    """Yield the files of each edition of an issue."""
    for edition, written in zip(compiled.editions, compiled.written, strict=True):
        yield _edition_files(workspace, edition, written, cached=compiled.cached)


def _edition_files(
    workspace: Workspace, edition: Edition, written: str, *, cached: bool
) -> EditionFiles:
    settings = workspace.settings
    reader = sample_recipient(workspace, edition, web_url=issue_url(settings, edition.issue))
    email = render(edition, reader)
    html, text = email.html.encode(), email.text.encode()
    path = edition_path(edition.issue, edition.segment, edition.variant)
    built = BuiltEdition(
        issue=edition.issue,
        segment=edition.segment,
        variant=edition.variant,
        digest=edition.digest,
        html_bytes=len(html),
        text_bytes=len(text),
        path=f"build/{path}",
        cached=cached,
    )
    files = {
        f"{path}/letter.html": with_relative_images(email.html, settings, _TO_SITE).encode(),
        f"{path}/letter.txt": text,
        f"{path}/edition.json": written.encode(),
    }
    return EditionFiles(built, files)
