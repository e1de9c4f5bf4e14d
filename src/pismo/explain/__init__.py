"""Why one person gets the letter that they get: rule, products, choices, holes."""

from pismo.explain.letter import ChoiceTaken, Explanation, HoleFilled, explain_letter

__all__ = ["ChoiceTaken", "Explanation", "HoleFilled", "explain_letter"]
