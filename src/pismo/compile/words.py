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
        "check": "Проверить ответ",
        "open_prize": "Открыть приз",
        "tell": "Уже прошли? Отметьте, кто вы",
        "last_rebus": "Ответ на прошлый ребус, {line}: **{answer}**.",
        "solved": "Угадали {count}.",
        "people": "человек|человека|человек",
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
        "check": "Check your answer",
        "open_prize": "Open the prize",
        "tell": "Done already? Tell us who you are",
        "last_rebus": "The last rebus, {line}, was **{answer}**.",
        "solved": "{count} got it.",
        "people": "reader|readers",
    },
}


def words_of(language: str) -> Mapping[str, str]:
    """Return the words of a language; English for any but Russian."""
    return WORDS.get(language, WORDS["en"])
