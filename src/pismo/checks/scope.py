"""What a rule is shown: the workspace, an issue, or one segment's letter."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Protocol

from pismo.checks.documents import Document, Passage, document_of, without_jinja
from pismo.checks.settings import CheckSettings
from pismo.compile import ImageFile
from pismo.model.content import Issue, Item, Kind, Newsletter
from pismo.model.edition import Edition
from pismo.model.finding import Source
from pismo.model.people import Email, Recipient
from pismo.model.workspace import Workspace
from pismo.records import dataclass, field
from pismo.segments.report import SegmentReport

_TELLING = 4
"""Fewer letters than this stand anywhere."""
_BLOCK = re.compile(rf"\b({'|'.join(Kind)})\(\s*[\"']([^\"']+)[\"']")


class People(Protocol):
    """What checks ask of an audience: counts, nobody in particular."""

    def segment_report(self, newsletter: str) -> SegmentReport:
        """Count who fits each segment of a newsletter, and who gets its letter."""

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
    settings: CheckSettings = field(default_factory=CheckSettings)

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

    @property
    def written(self) -> tuple[Issue | Item, ...]:
        """The issue and its items: all that writers wrote of it."""
        return (self.issue, *self.items)

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """The Markdown of the issue and of its items, by path."""
        return {one.source.path: document_of(one) for one in self.written}

    @cached_property
    def lines(self) -> tuple[Passage, ...]:
        """What readers see of the front matter, besides the subject and the preheader."""
        found = [Passage(item.title, item.place_of("title")) for item in self.items]
        for item in self.items:
            found += [
                Passage(picked.comment, item.place_in(picked, "comment"))
                for picked in item.products
            ]
            found.append(Passage(item.alt, item.place_of("alt")))
        return tuple(line for line in found if line.text)

    def place_of_text(self, text: str) -> Source:
        """Return where a text of the letter was written; the issue's file if nowhere to be found.

        Typesetting changed quotes and spaces on the way, so letters alone are compared.
        """
        wanted = flat(text)
        for document in self.documents.values() if len(wanted) >= _TELLING else ():
            for passage in document.passages:
                if wanted in flat(passage.text):
                    lines = passage.text.split("\n")
                    line = next((i for i, one in enumerate(lines) if wanted in flat(one)), 0)
                    return passage.place.shifted(line)
            for spanned in document.markup.spanned:
                if wanted in flat(spanned.text):
                    return document.place_of(spanned.tag)
        return self.issue.source

    @property
    def envelope(self) -> tuple[Passage, ...]:
        """The subject and the preheader as written, with a word where each hole will be."""
        issue = self.issue
        return tuple(
            Passage(without_jinja(text), issue.place_of(name))
            for name, text in (("subject", issue.subject), ("preheader", issue.preheader))
        )


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


def beginning(text: str, most: int) -> str:
    """Return the first letters of a text, to be shown in a finding."""
    return text if len(text) <= most else text[:most].rstrip() + "…"


def flat(text: str) -> str:
    """Return the letters of a text alone, to compare without what typesetting changes."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def visible_text(page: Any) -> str:  # noqa: ANN401  # an lxml element
    """Return what a reader sees of a page: no styles, no title, no hidden preheader."""
    hidden = "self::style or self::script or self::title or contains(@style, 'display:none')"
    return " ".join(page.xpath(f"//text()[not(ancestor::*[{hidden}])]"))
