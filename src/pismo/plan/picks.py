"""How many picks letters show, and who is shown what: asked of `recommend` for a whole chunk."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pismo.ledger import Ledger
from pismo.model.content import Issue
from pismo.model.edition import (
    Choice,
    Constant,
    Edition,
    Expr,
    Filter,
    Hole,
    Parts,
    Path,
    Repeat,
    operands,
)
from pismo.model.people import Recommended
from pismo.model.workspace import Workspace
from pismo.plan.choose import Picks
from pismo.recommend import Picker, Wishes, recipe_from

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MOST = 12
"""Picks asked for where a letter goes through all of them without saying how many."""


def picks_wanted(edition: Edition) -> int:
    """Return how many picks an edition can show: the highest place it reads, plus one."""
    return max((_wanted(parts) for parts in edition.bodies()), default=0)


def products_in_letters(workspace: Workspace, editions: Sequence[Edition]) -> tuple[str, ...]:
    """Name the products that editors picked for these letters: no need to pick them twice."""
    return workspace.picked_in(item for edition in editions for item in edition.items)


def picks_from(
    engine: "duckdb.DuckDBPyConnection",
    workspace: Workspace,
    issue: Issue,
    count: int,
    ledger: Ledger,
    now: datetime,
    *,
    people: "pa.Table",
    forbidden: Sequence[str] = (),
) -> Picks:
    """Return the question for picks, laid out once and asked of some people at a time.

    Args:
        engine: Of a snapshot that `pismo.recommend.prepare` has made ready.
        workspace: For the recipe and the issues before this one.
        issue: The issue, with its editors' wishes; what the last ones showed is not shown again.
        count: Picks per person.
        ledger: Knows what was shown to whom.
        now: The moment of the plan.
        people: subscriber_id, segment of all that may be asked about.
        forbidden: Products that the letter shows anyhow.
    """
    import pyarrow as pa

    recipe, _ = recipe_from(workspace.settings)
    last = [one.id for one in workspace.before(issue)[: recipe.shown_issues]]
    shown = pa.Table.from_pylist(
        [{"subscriber_id": who, "product_id": what} for who, what in ledger.shown(last)],
        schema=pa.schema([("subscriber_id", pa.string()), ("product_id", pa.string())]),
    )
    picker = Picker(
        engine,
        people=people,
        count=count,
        now=now,
        settings=workspace.settings,
        language=workspace.newsletter_of(issue).language,
        shown=shown,
        wishes=Wishes(
            pinned=issue.pinned, forbidden=(*forbidden, *issue.never), editors=issue.otherwise
        ),
    )
    return lambda ids: _by_person(picker.some(ids))


def _by_person(table: "pa.Table") -> dict[str, list[Recommended]]:
    found: dict[str, list[Recommended]] = {}
    for batch in table.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            found.setdefault(row["subscriber_id"], []).append(
                Recommended(
                    id=row["product_id"],
                    title=row["title"],
                    url=row["url"],
                    price=row["price"],
                    currency=row["currency"],
                    reason=row["reason"] or "",
                    image=row["image"] or "",
                    old_price=row["old_price"],
                    category=row["category"] or "",
                )
            )
    return found


def _wanted(parts: Parts) -> int:
    """Return how many picks these parts can show; `{% if picks %}` asks for no more than one."""
    found = [0]
    for part in parts:
        if isinstance(part, Choice):
            tests = [branch.test for branch in part.branches]
            found += [1 if test == Path("picks") else _reach(test) for test in tests]
            found += [_wanted(branch.parts) for branch in part.branches]
            found.append(_wanted(part.otherwise))
        elif isinstance(part, Repeat):
            found += [_reach(part.over), _wanted(part.body), _wanted(part.otherwise)]
            found += [_reach(part.only)] if part.only is not None else []
        elif isinstance(part, Hole):
            found.append(_reach(part.expr))
    return max(found)


def _reach(expr: Expr) -> int:
    """Return how many picks an expression can read: a slice says so, an index too."""
    match expr:
        case Filter("part", Path("picks", ()), (_, Constant(int(stop)), *_)) if stop > 0:
            return stop
        case Path("picks", (int(place), *_)) if place >= 0:
            return place + 1
        case Path("picks"):
            return MOST
    return max((_reach(operand) for operand in operands(expr)), default=0)
