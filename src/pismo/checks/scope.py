"""What a rule is shown: the workspace, an issue, or one segment's letter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from pismo.checks.documents import Document, document_of
from pismo.compile import ImageFile
from pismo.model.content import Issue, Item, Kind, Newsletter
from pismo.model.edition import Edition
from pismo.model.people import Email, Recipient
from pismo.model.workspace import Workspace

_BLOCK = re.compile(rf"\b({'|'.join(Kind)})\(\s*[\"']([^\"']+)[\"']")


class People(Protocol):
    """What checks ask of an audience: counts, nobody in particular."""

    def sizes(self, newsletter: str) -> Mapping[str, int]:
        """Count the people of each segment of a newsletter."""

    def empty_values(self, column: str) -> tuple[int, int]:
        """Count the people who lack a column's value, and all people."""


@dataclass(frozen=True)
class IssueScope:
    """One issue and everything that it uses; `people` is the audience, if it is to be counted."""

    workspace: Workspace
    issue: Issue
    editions: tuple[Edition, ...]
    images: tuple[ImageFile, ...] = ()
    people: People | None = None

    @property
    def newsletter(self) -> Newsletter:
        """The series."""
        return self.workspace.newsletter_of(self.issue)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item that some segment's letter holds, in order of first use.

        Blocks that stand in the issue's text count even where no letter came of it.
        """
        written = ("/".join(found) for found in _BLOCK.findall(self.issue.body))
        built = (name for edition in self.editions for name in edition.items)
        return tuple(items_named(self.workspace, dict.fromkeys((*written, *built))))

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """The Markdown of the issue and of its items, by path."""
        written: tuple[Item | Issue, ...] = (self.issue, *self.items)
        return {one.source.path: document_of(one) for one in written}


@dataclass(frozen=True)
class LetterScope:
    """One segment's letter, filled in for the sample reader."""

    inside: IssueScope
    edition: Edition
    recipient: Recipient
    email: Email

    @property
    def workspace(self) -> Workspace:
        """The workspace."""
        return self.inside.workspace

    @property
    def issue(self) -> Issue:
        """The issue."""
        return self.inside.issue

    @cached_property
    def page(self) -> Any:  # noqa: ANN401  # an lxml element; lxml has no types
        """The HTML part, parsed."""
        from lxml import html

        return html.fromstring(self.email.html)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items of this letter."""
        return tuple(items_named(self.workspace, dict.fromkeys(self.edition.items)))


def items_named(workspace: Workspace, names: Mapping[str, None]) -> list[Item]:
    """Find items by their `kind/slug`."""
    found = []
    for name in names:
        kind, _, slug = name.partition("/")
        item = workspace.items.get((Kind(kind), slug))
        if item is not None:
            found.append(item)
    return found


def visible_text(page: Any) -> str:  # noqa: ANN401  # an lxml element
    """Return what a reader sees of a page: no styles, no title, no hidden preheader."""
    hidden = "self::style or self::script or self::title or contains(@style, 'display:none')"
    return " ".join(page.xpath(f"//text()[not(ancestor::*[{hidden}])]"))
