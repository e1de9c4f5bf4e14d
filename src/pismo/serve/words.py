"""The words of the public pages, in Russian and English."""

from collections.abc import Mapping

LANGUAGES = ("ru", "en")

WORDS: Mapping[str, Mapping[str, str]] = {
    "ru": {
        "unsubscribe_title": "Отписаться от этих писем?",
        "unsubscribe_text": "Нажмите кнопку, и эти письма больше не придут. Подтверждать не надо.",
        "unsubscribe_button": "Отписаться",
        "unsubscribe_all": "Отписаться от всех писем сразу",
        "unsubscribe_softer": "Или выберите, что получать и о чём не напоминать",
        "unsubscribed_title": "Готово, вы отписаны",
        "unsubscribed_text": "Эти письма больше не придут. Спасибо, что читали.",
        "unsubscribed_all_text": "Мы больше ничего вам не пришлём. Спасибо, что читали.",
        "undo_button": "Нет, верните письма",
        "undone_title": "Вы снова с нами",
        "undone_text": "Письма будут приходить как раньше.",
        "preferences_title": "О чём вам писать",
        "preferences_text": "Отметьте то, что хочется получать. Остальное не придёт.",
        "topics": "Письма",
        "occasions": "Поводы",
        "occasions_text": "Снимите отметку, если об этом дне лучше не напоминать.",
        "silence": "Тишина",
        "pause": "Не писать мне 30 дней",
        "nothing": "Не писать мне больше никогда",
        "save_button": "Сохранить",
        "saved": "Сохранено.",
        "answer_title": "Ваш ответ",
        "answer_text": "Осталось подтвердить: почтовые программы иногда открывают ссылки сами.",
        "answer_button": "Подтвердить",
        "answered_title": "Спасибо, записали",
        "answered_text": "Ваш ответ уже у нас. Это окно можно закрыть.",
        "answer_legend": "Кто у вас получился?",
        "puzzle_title": "Что загадано?",
        "puzzle_label": "Ваш ответ",
        "puzzle_hint": "Подсказка",
        "puzzle_button": "Проверить",
        "puzzle_note": "Регистр, пробелы и ё не важны.",
        "wrong_title": "Пока не то",
        "wrong_text": "Попробуйте ещё раз: запятые отрезают буквы, «С = Ц» меняет одну на другую.",
        "solved_title": "Верно!",
        "solved_text": "Вы разгадали. Мы это посчитали и в следующем письме скажем, сколько вас.",
        "solved_prize": "За этим ответом заперт приз: откройте его",
        "missing_title": "Здесь ничего нет",
        "missing_text": "Ссылка оборвалась или устарела. Откройте её из письма ещё раз.",
        "trouble_title": "Не получилось",
        "trouble_text": "Что-то сломалось у нас. Попробуйте, пожалуйста, через несколько минут.",
    },
    "en": {
        "unsubscribe_title": "Unsubscribe from these letters?",
        "unsubscribe_text": "Press the button and these letters stop. Nothing else to confirm.",
        "unsubscribe_button": "Unsubscribe",
        "unsubscribe_all": "Unsubscribe from all our letters",
        "unsubscribe_softer": "Or choose what you get, and what not to be reminded of",
        "unsubscribed_title": "Done, you are unsubscribed",
        "unsubscribed_text": "These letters will not come any more. Thank you for reading.",
        "unsubscribed_all_text": "We will not write to you any more. Thank you for reading.",
        "undo_button": "I changed my mind, bring them back",
        "undone_title": "You are back",
        "undone_text": "The letters will come as before.",
        "preferences_title": "What shall we write to you about?",
        "preferences_text": "Tick what you like to get. The rest will not come.",
        "topics": "Letters",
        "occasions": "Occasions",
        "occasions_text": "Untick a day that you would rather not be reminded of.",
        "silence": "Silence",
        "pause": "Do not write to me for 30 days",
        "nothing": "Do not write to me ever again",
        "save_button": "Save",
        "saved": "Saved.",
        "answer_title": "Your answer",
        "answer_text": "One more tap: mail programs sometimes open links by themselves.",
        "answer_button": "Confirm",
        "answered_title": "Thank you, noted",
        "answered_text": "We have your answer. You can close this window.",
        "answer_legend": "Who did you turn out to be?",
        "puzzle_title": "What is the word?",
        "puzzle_label": "Your answer",
        "puzzle_hint": "Hint",
        "puzzle_button": "Check",
        "puzzle_note": "Case and spaces don't matter.",
        "wrong_title": "Not yet",
        "wrong_text": "Try again: commas cut letters off, “C = K” turns one into another.",
        "solved_title": "That's it!",
        "solved_text": "You got it. We have counted you; the next letter says how many you are.",
        "solved_prize": "A prize is locked behind this answer: open it",
        "missing_title": "There is nothing here",
        "missing_text": "The link is cut short or out of date. Open it from the letter once more.",
        "trouble_title": "That did not work",
        "trouble_text": "Something broke on our side. Please try again in a few minutes.",
    },
}


def chosen_language(accepted: str, default: str) -> str:
    """Choose a language by the browser's Accept-Language header (RFC 9110 §12.5.4)."""
    weighted: list[tuple[float, str]] = []
    for place, part in enumerate(accepted.split(",")[:20]):
        tag, _, rest = part.strip().partition(";")
        quality = rest.strip().removeprefix("q=") or "1"
        try:
            weight = float(quality)
        except ValueError:
            continue
        # The browser's order breaks ties.
        weighted.append((weight - place * 1e-6, tag.strip().lower().split("-")[0]))
    for weight, language in sorted(weighted, reverse=True):
        if language in LANGUAGES and weight > 0:
            return language
    return default if default in LANGUAGES else "en"
