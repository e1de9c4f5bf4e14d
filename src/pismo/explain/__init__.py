"""Why one person gets the letter that they get: rule, products, choices, holes."""

from pismo.explain.audience import Audience, Found
from pismo.explain.letter import ChoiceTaken, Explanation, HoleFilled, explain_letter
from pismo.explain.person import Case, Superseded, Told, explain_person
from pismo.explain.refusals import Refusal
from pismo.explain.rule import rule_columns, rule_text, rule_values

__all__ = [
    "Audience",
    "Case",
    "ChoiceTaken",
    "Explanation",
    "Found",
    "HoleFilled",
    "Refusal",
    "Superseded",
    "Told",
    "explain_letter",
    "explain_person",
    "rule_columns",
    "rule_text",
    "rule_values",
]
