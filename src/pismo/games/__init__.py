"""Games: rebuses that solve, quizzes, polls, sealed prizes. Text in, values and drawings out.

A pure layer: reads nothing but its own tables; Pillow is imported only to draw a PNG. What finds
rebuses for a word is imported from `pismo.games.suggest`.
"""

from typing import TYPE_CHECKING

from pismo.games.addresses import poll_folder, quiz_folder, rebus_folder
from pismo.games.block import fenced, parse_rebus, rebus_in
from pismo.games.drawing import (
    DRAWN_PX,
    PICTURE_PX,
    draw_html,
    draw_label,
    draw_text,
    drawn_prefix,
    must_be_drawn,
)
from pismo.games.errors import GameError, QuizError, RebusError, Remark
from pismo.games.normalize import normalize_answer, opener_script, quiz_script
from pismo.games.notation import Rebus
from pismo.games.poll import Poll, parse_poll
from pismo.games.quiz import Quiz, parse_quiz
from pismo.games.quiz_pages import QuestionPage, ResultPage, quiz_pages
from pismo.games.review import review_rebus
from pismo.games.seal import open_prize, open_with, prize_form, prize_key, read_lock, seal_prize
from pismo.games.solver import Readings, solve
from pismo.lazy import lazily

if TYPE_CHECKING:
    from pismo.games.picture import drawn_picture
    from pismo.games.png import draw_png

__all__ = [
    "DRAWN_PX",
    "PICTURE_PX",
    "GameError",
    "Poll",
    "QuestionPage",
    "Quiz",
    "QuizError",
    "Readings",
    "Rebus",
    "RebusError",
    "Remark",
    "ResultPage",
    "draw_html",
    "draw_label",
    "draw_png",
    "draw_text",
    "drawn_picture",
    "drawn_prefix",
    "fenced",
    "must_be_drawn",
    "normalize_answer",
    "open_prize",
    "open_with",
    "opener_script",
    "parse_poll",
    "parse_quiz",
    "parse_rebus",
    "poll_folder",
    "prize_form",
    "prize_key",
    "quiz_folder",
    "quiz_pages",
    "quiz_script",
    "read_lock",
    "rebus_folder",
    "rebus_in",
    "review_rebus",
    "seal_prize",
    "solve",
]

# Few letters have anything to draw.
__getattr__ = lazily(__name__, {"picture": "drawn_picture", "png": "draw_png"})
