"""The recipe of recommendations: one default for every shop, changed in settings."""

from collections.abc import Mapping

from pismo.errors import SettingsError
from pismo.model.workspace import Settings
from pismo.records import dataclass, fields, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How products are chosen; `[tool.pismo.recommend]` changes any of it.

    The default was chosen on validation splits of one shop's history (docs/explanation/
    recommendations.md says which, and what it reached on splits that nobody tuned on).

    Half-lives are days: after so long, a purchase counts half. What is popular is then halved
    again and again; what speaks for a taste fades as memory does, by the power law: to a third
    after two half-lives, to a tenth after nine. So one default serves shops whose customers
    change their tastes in weeks, and those where they last for years.
    """

    pair_half_life: float = 30.0
    """How long two products in one history speak for each other."""
    own_half_life: float = 120.0
    """How long a person's purchase speaks for what they would like next."""
    popularity_half_life: float = 14.0
    """How long a purchase makes a product popular."""
    popularity_power: float = 0.6
    """How much popularity counts: 0 not at all, 1 in full."""
    rarity_power: float = 0.75
    """How much a common product is held back as a neighbour: 0 not at all."""
    doubt: float = 1.0
    """How much a rare product's pairs are doubted, in average products."""
    breadth_power: float = 0.5
    """How much less those say who take a bit of everything: 0 as much, 1 one vote a person."""
    view_weight: float = 0.2
    """What a look at a product weighs against a purchase."""
    neighbours: int = 20
    """How many similar products are kept for each."""
    history: int = 100
    """How many of a person's latest products are looked at."""
    per_category: int = 2
    """How many picks may share a category; more where there are too few categories."""
    shown_issues: int = 3
    """For how many issues a product that was shown is not shown again."""


_NAMES = tuple(field.name for field in fields(Recipe))


def recipe_from(settings: Settings) -> tuple[Recipe, dict[str, str]]:
    """Read `[tool.pismo.recommend]`: the recipe, and what categories are called in reasons.

    Raises:
        SettingsError: If a name is unknown or a value out of range.
    """
    table = dict(settings.tables.get("recommend", {}))
    labels = table.pop("categories", {})
    if not isinstance(labels, Mapping) or not all(isinstance(one, str) for one in labels.values()):
        raise SettingsError(
            "[tool.pismo.recommend.categories] must give texts to categories",
            ru="[tool.pismo.recommend.categories] даёт категориям тексты",
        )
    default = Recipe()
    values: dict[str, float] = {}
    for name, value in table.items():
        usual = getattr(default, name, None) if name in _NAMES else None
        if usual is None:
            raise SettingsError(
                f"[tool.pismo.recommend] has no '{name}'",
                hint="it has: " + ", ".join(_NAMES),
                ru=f"в [tool.pismo.recommend] нет «{name}»",
                hint_ru="есть: " + ", ".join(_NAMES),
            )
        least = 1 if isinstance(usual, int) else 0.001 if name.endswith("half_life") else 0
        if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
            raise SettingsError(
                f"[tool.pismo.recommend] {name} = {value!r} is out of range",
                ru=f"[tool.pismo.recommend] {name} = {value!r} вне пределов",
            )
        values[name] = type(usual)(value)
    recipe: Recipe = replace(default, **values)  # type: ignore[arg-type]  # names are checked
    return recipe, {str(name): str(label) for name, label in labels.items()}
