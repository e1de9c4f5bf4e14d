"""Recommendations: products for each reader, each with a reason in words."""

from pismo.recommend.prepare import prepare
from pismo.recommend.question import Wishes
from pismo.recommend.recipe import Recipe, recipe_from
from pismo.recommend.recommend import Picker, recommend

__all__ = ["Picker", "Recipe", "Wishes", "prepare", "recipe_from", "recommend"]
