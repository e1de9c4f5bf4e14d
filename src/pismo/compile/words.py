"""The letter's own words, in the newsletter's language."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "ru": {
        "unsubscribe": "Отписаться",
        "preferences": "Настроить письма",
        "web": "Открыть в браузере",
        "by": "Рассказывает {author}",
        "ad": "Реклама",
        "hint": "Подсказка",
        "answer_by_mail": "Ответ — в следующем письме",
        "shop": "В магазине",
    },
    "en": {
        "unsubscribe": "Unsubscribe",
        "preferences": "Change what you get",
        "web": "Read in a browser",
        "by": "Told by {author}",
        "ad": "Advertisement",
        "hint": "Hint",
        "answer_by_mail": "The answer comes with the next letter",
        "shop": "In the shop",
    },
}


def words_of(language: str) -> Mapping[str, str]:
    """Return the words of a language; English for any but Russian."""
    return WORDS.get(language, WORDS["en"])
