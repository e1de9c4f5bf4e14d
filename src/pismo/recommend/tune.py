"""Choose a recipe on a shop's own past: coordinate by coordinate, on moments before the newest."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pismo.errors import AudienceError
from pismo.model.workspace import Settings
from pismo.recommend.measure import measure
from pismo.recommend.recipe import recipe_from
from pismo.records import asdict, dataclass

if TYPE_CHECKING:
    import duckdb

MOMENTS = (180, 120, 60)
"""Days before the newest snapshot; recommendations are tried there, each on the 60 days after."""
GRID: dict[str, tuple[float, ...]] = {
    "popularity_half_life": (7.0, 14.0, 30.0, 60.0),
    "pair_half_life": (15.0, 30.0, 90.0, 365.0),
    "own_half_life": (60.0, 120.0, 365.0),
    "popularity_power": (0.4, 0.6, 0.8, 1.0),
    "rarity_power": (0.5, 0.75, 1.0),
    "neighbours": (10, 20, 40),
}
"""What is tried, one setting at a time, in this order: the strongest first."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """Mean NDCG@10 over the moments, as settings are and with `changes`."""

    default: float
    best: float
    changes: Mapping[str, float]


def tune(
    engine: "duckdb.DuckDBPyConnection",
    settings: Settings,
    now: datetime,
    *,
    on_step: Callable[[str], None] = lambda _: None,
) -> Tuned:
    """Try one setting after another and keep what is better by more than a hundredth.

    Raises:
        AudienceError: If the history is too short to try anything on.
    """
    moments = [now - timedelta(days=days) for days in MOMENTS]
    start, _ = recipe_from(settings)
    usual = asdict(start)
    labels = {k: v for k, v in settings.tables.get("recommend", {}).items() if k == "categories"}
    changes: dict[str, float] = {}

    def score(extra: Mapping[str, float]) -> float:
        tried = Settings(tables={"recommend": {**usual, **labels, **changes, **extra}})
        results = [measure(engine, tried, moment).ndcg.mean() for moment in moments]
        return float(sum(results) / len(results))

    try:
        default = best = score({})
    except AudienceError as error:
        raise AudienceError(
            "the history is too short to tune on",
            hint="it takes 8 months of purchases, or else of views; the default recipe is used",
            ru="история слишком короткая, чтобы по ней настраивать",
            hint_ru="нужно 8 месяцев покупок или хотя бы просмотров; остаётся обычный рецепт",
        ) from error
    for name, values in GRID.items():
        for value in values:
            if value == changes.get(name, usual[name]):
                continue
            reached = score({name: value})
            on_step(f"{name} = {value}: NDCG@10 {reached:.4f}")
            if reached > best * 1.01:
                best, changes[name] = reached, value
    return Tuned(default, best, changes)


def write_recipe(root: Path, changes: Mapping[str, float]) -> None:
    """Write settings into [tool.pismo.recommend] of pyproject.toml; all else stays as it is."""
    file = root / "pyproject.toml"
    text = file.read_text("utf-8")
    header = "[tool.pismo.recommend]"
    if not re.search(r"^\[tool\.pismo\.recommend\]\s*$", text, re.MULTILINE):
        text = text.rstrip("\n") + f"\n\n{header}\n"
    before, _, after = text.partition(header)
    body, mark, rest = after.partition("\n[")
    for name, value in changes.items():
        body = re.sub(rf"^{name}\s*=.*\n?", "", body, flags=re.MULTILINE)
        body = body.rstrip("\n") + f"\n{name} = {value}"
    end = f"\n{mark}{rest}" if mark else "\n"
    file.write_text(before + header + body + end, "utf-8")
