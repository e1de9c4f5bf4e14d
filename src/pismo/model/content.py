"""What writers commit: items, newsletters, issues, segments, products."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pismo.model.finding import Source
from pismo.records import dataclass, field

FactValue = str | int | float | bool | date | None
"""A fact about a person, as TOML and DuckDB know it; lists of interests are comma-joined text."""


class Kind(StrEnum):
    """What a piece of content is; the value is the name of its block function."""

    STORY = "story"
    TIP = "tip"
    REBUS = "rebus"
    QUIZ = "quiz"
    POLL = "poll"
    PICK = "pick"


GAMES = (Kind.REBUS, Kind.QUIZ, Kind.POLL)
"""Kinds that readers answer, each reader by a link of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedProduct:
    """A product an editor chose by hand, and what they say about it.

    `lines` says where `id`, `comment` … stand in the item's file.
    """

    product_id: str
    comment: str = ""
    image: str | None = None
    alt: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One piece of content, written once and used by many issues.

    `body` is Markdown with Jinja; its first line stands at `body_line` of `source.path`.
    `image` is a path relative to the item's own file. `lines` says where the fields stand.
    """

    kind: Kind
    slug: str
    title: str
    body: str
    body_line: int
    source: Source
    language: str
    author: str = ""
    tags: tuple[str, ...] = ()
    live_from: date | None = None
    live_until: date | None = None
    image: str | None = None
    alt: str = ""
    ad: bool = False
    sponsor: str = ""
    erid: str = ""
    draft: bool = False
    show_title: bool = True
    series: str = ""
    hint: str = ""
    prize: str = ""
    products: tuple[PickedProduct, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def place_of(self, name: str) -> Source:
        """Return where front-matter field `name` stands (the file's first line if nowhere)."""
        return Source(self.source.path, self.lines.get(name, 1))

    def place_at(self, position: int) -> Source:
        """Return where the character of `body` at `position` stands."""
        return self.source.shifted(self.body_line - 1 + self.body.count("\n", 0, position))

    def place_in(self, picked: PickedProduct, name: str) -> Source:
        """Return where a field of one of the `products` stands (its id if nowhere)."""
        line = picked.lines.get(name, picked.lines.get("id", 1))
        return Source(self.source.path, line)

    def is_live(self, on: date) -> bool:
        """Tell whether the item may appear in an issue dated `on` (both ends included)."""
        return (self.live_from is None or self.live_from <= on) and (
            self.live_until is None or on <= self.live_until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product that content may name, from `line` of `content/catalogue.csv`; not personal."""

    product_id: str
    title: str
    url: str
    price: Decimal
    currency: str
    category: str
    in_stock: bool
    image: str = ""
    old_price: Decimal | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    line: int = 1


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a newsletter is from; addresses are plain `local@domain`."""

    name: str
    address: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsletter:
    """Settings of a series of issues (`newsletters/<name>/newsletter.toml`)."""

    name: str
    title: str
    language: str
    layout: str
    segments: tuple[str, ...]
    sender: Sender
    source: Source
    description: str = ""
    topic: str = ""
    timezone: str = "UTC"
    send_at: str = "10:00 local"
    reason: str = ""
    list_id: str = ""
    utm: tuple[tuple[str, str], ...] = ()
    holdout_percent: float = 0.0
    cap_per_week: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One dated issue of a newsletter; its text still holds Jinja.

    Of recommended products, `pinned` come first, `never` do not come, `otherwise` come where
    nothing else is left: editors' wishes, as ids. `lines` says where `subject`, `preheader` …
    stand in the file.
    """

    id: str
    newsletter: str
    date: date
    subject: str
    preheader: str
    body: str
    body_line: int
    source: Source
    title: str = ""
    send_at: str = ""
    draft: bool = False
    pinned: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def place_of(self, name: str) -> Source:
        """Return where front-matter field `name` stands (the file's first line if nowhere)."""
        return Source(self.source.path, self.lines.get(name, 1))

    def place_at(self, position: int) -> Source:
        """Return where the character of `body` at `position` stands."""
        return self.source.shifted(self.body_line - 1 + self.body.count("\n", 0, position))


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A named group of readers: an SQL predicate over the facts, with examples.

    `where` may name other segments as `$id`; it starts at `where_line` of `source.path`. `lines`
    says where the fields stand.
    """

    id: str
    title: str
    where: str
    where_line: int
    source: Source
    doc: str = ""
    example_in: tuple[Mapping[str, FactValue], ...] = ()
    example_out: tuple[Mapping[str, FactValue], ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def place_of(self, name: str) -> Source:
        """Return where field `name` stands (the file's first line if nowhere)."""
        return Source(self.source.path, self.lines.get(name, 1))


EVERYONE = "everyone"
"""The segment of whoever fits none of a newsletter's segments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An invented person for previews and tests (`segments/people.toml`)."""

    id: str
    about: str
    facts: Mapping[str, FactValue]
    source: Source
    lines: Mapping[str, int] = field(default_factory=dict)
