"""A loaded workspace: its settings and everything that writers committed."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pismo.model.content import Issue, Item, Kind, Newsletter, Person, Product, Segment
from pismo.model.finding import Finding
from pismo.records import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """Who the letters come from, as every layout's head and footer shows it."""

    name: str
    legal_name: str = ""
    postal_address: str = ""
    url: str = ""
    logo: str = ""
    accent: str = "#b5502f"
    background: str = "#f6f2ec"
    text: str = "#2b2622"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loyalty:
    """Bounds of the loyalty scale (DESIGN §5): orders needed, and days until it fades."""

    regular_orders: int = 4
    episodic_orders: int = 2
    quiet_days: int = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`[tool.pismo]` of the workspace's pyproject.toml; further tables stay in `tables`."""

    language: str = "en"
    timezone: str = "UTC"
    site_base_url: str = ""
    links_base_url: str = ""
    state_url: str = ""
    brand: Brand = Brand(name="")
    loyalty: Loyalty = Loyalty()
    tables: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Tables owned by one part each, checked by it: recommend, ses, pace, retention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Everything below `root` that a build reads; `findings` are all problems met on the way."""

    root: Path
    settings: Settings
    newsletters: Mapping[str, Newsletter]
    issues: Mapping[str, Issue]
    items: Mapping[tuple[Kind, str], Item]
    catalogue: Mapping[str, Product]
    segments: Mapping[str, Segment]
    people: tuple[Person, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def state_dir(self) -> Path:
        """Where state lives: snapshots, ledger, plans, keys, outbox, cache; mode 0700."""
        return state_of(self.root)

    def newsletter_of(self, issue: Issue) -> Newsletter:
        """Return the series that an issue belongs to."""
        return self.newsletters[issue.newsletter]

    def picked_in(self, items: Iterable[str]) -> tuple[str, ...]:
        """Name the products that editors picked by hand in these items (`kind/slug`)."""
        used = set(items)
        return tuple(
            product.product_id
            for (kind, slug), item in self.items.items()
            if f"{kind}/{slug}" in used
            for product in item.products
        )

    def before(self, issue: Issue) -> tuple[Issue, ...]:
        """Return the issues of the same newsletter with an earlier date, the latest first."""
        same = (
            one
            for one in self.issues.values()
            if one.newsletter == issue.newsletter and one.date < issue.date
        )
        return tuple(sorted(same, key=lambda one: (one.date, one.id), reverse=True))


def state_of(root: Path) -> Path:
    """Return where the state of the workspace in a folder lives."""
    return root / ".pismo"
