"""Games: rebuses that solve, quizzes, polls, sealed prizes. Text in, values and drawings out.

A pure layer: reads nothing but its own tables; Pillow is imported only to draw a PNG.
"""

from pismo.games.block import fenced, parse_rebus
from pismo.games.drawing import draw_html, draw_label, draw_text
from pismo.games.errors import GameError, QuizError, RebusError, Remark
from pismo.games.notation import Rebus
from pismo.games.png import draw_png
from pismo.games.solver import Readings, solve
from pismo.games.suggest import Suggestion, suggest

__all__ = [
    "GameError",
    "QuizError",
    "Readings",
    "Rebus",
    "RebusError",
    "Remark",
    "Suggestion",
    "draw_html",
    "draw_label",
    "draw_png",
    "draw_text",
    "fenced",
    "parse_rebus",
    "solve",
    "suggest",
]
