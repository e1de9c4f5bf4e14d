"""What pages of the site are written on: templates, and the site's own words in two languages."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from pismo.bytecode import OwnBytecode
from pismo.model.workspace import Settings

WORDS = {
    "ru": {
        "all": "Все письма",
        "none": "Писем пока нет.",
        "feed": "Читать в ленте (Atom)",
        "title": "Письма",
        "hint": "Подсказка",
        "show": "Показать ответ",
        "back": "Письмо, в котором он был",
        "answer": "Ответ на ребус",
        "later": "Ответ будет здесь {day}.",
        "prize": "За ответом заперт приз",
        "prize_note": "Впишите слово — и страница откроет его сама. Регистр и пробелы не важны.",
        "step": "Вопрос {number} из {total}",
        "result": "Ваш результат",
        "remember": "Запомнить мой результат",
        "remember_note": "Тогда мы будем писать вам чуть точнее. Попросим подтвердить.",
        "suits": "Что вам подойдёт",
        "again": "Пройти ещё раз",
        "vote_note": "Голосуют прямо в письме: там у каждого ответа своя, личная кнопка.",
    },
    "en": {
        "all": "All letters",
        "none": "No letters yet.",
        "feed": "Read in a feed reader (Atom)",
        "title": "Letters",
        "hint": "Hint",
        "show": "Show the answer",
        "back": "The letter it was in",
        "answer": "Answer to the rebus",
        "later": "The answer will be here on {day}.",
        "prize": "A prize is locked behind the answer",
        "prize_note": "Type the word, and the page opens it. Case and spaces don't matter.",
        "step": "Question {number} of {total}",
        "result": "Your result",
        "remember": "Remember my result",
        "remember_note": "Then we can write to you a little closer to the mark. We ask to confirm.",
        "suits": "What will suit you",
        "again": "Take it again",
        "vote_note": "Votes are cast in the letter itself: each answer there is your own button.",
    },
}


def page(settings: Settings, template: str, *, language: str, root: str, **values: Any) -> bytes:  # noqa: ANN401  # what the template asks for
    """Fill in a template that extends `base.html.j2`; `root` is the way to the site's root."""
    defaults = {"description": "", "noindex": False, "feed": "", "og_type": "website"}
    given = {**defaults, **values, "language": language, "root": root, "brand": settings.brand}
    given.setdefault("feed_title", given["title"])
    return filled(template, words=WORDS[language], **given)


def filled(template: str, **values: Any) -> bytes:  # noqa: ANN401  # what the template asks for
    """Fill in a template."""
    return _templates().get_template(template).render(values).encode()


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("pismo.site", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        bytecode_cache=OwnBytecode("site"),
    )
