"""What can be wrong with a newsletter or an issue before it is compiled."""

from pismo.model.finding import Rule, Severity

NO_SETTINGS = Rule(
    "no-newsletter-toml",
    Severity.ERROR,
    en="folder '{name}' has no newsletter.toml",
    ru="в папке «{name}» нет newsletter.toml",
    hint_en="copy one from another newsletter",
    hint_ru="скопируйте его из соседней рассылки",
)
STRAY_ISSUE = Rule(
    "stray-issue",
    Severity.WARNING,
    en="'{name}' is not an issue: its name is not a date",
    ru="«{name}» — не выпуск: имя файла не дата",
    hint_en="name it like 2026-11-27.md",
    hint_ru="назовите файл так: 2026-11-27.md",
)
DATE_MISMATCH = Rule(
    "date-mismatch",
    Severity.ERROR,
    en="date is {date}, but the file is called {name}",
    ru="дата {date}, а файл называется {name}",
    hint_en="rename the file to {date}.md, or correct the date",
    hint_ru="переименуйте файл в {date}.md или поправьте дату",
)
EMPTY_ISSUE = Rule(
    "empty-issue",
    Severity.ERROR,
    en="the issue is empty",
    ru="выпуск пустой",
    hint_en='begin with a greeting and {{{{ story("…") }}}}',
    hint_ru='начните с приветствия и {{{{ story("…") }}}}',
)
UNKNOWN_SEGMENT = Rule(
    "unknown-segment",
    Severity.ERROR,
    en="no segment '{segment}' in segments/",
    ru="в segments/ нет сегмента «{segment}»",
    hint_en="did you mean '{guess}'?",
    hint_ru="может быть, «{guess}»?",
)
BAD_SENDER = Rule(
    "bad-sender",
    Severity.ERROR,
    en="'{address}' is not an address",
    ru="«{address}» — не адрес",
    hint_en="write it like katya@shop.example",
    hint_ru="напишите так: katya@shop.example",
)
BAD_TIMEZONE = Rule(
    "bad-timezone",
    Severity.ERROR,
    en="no time zone '{zone}'",
    ru="нет часового пояса «{zone}»",
    hint_en="use an IANA name: Europe/Moscow",
    hint_ru="нужно имя из IANA: Europe/Moscow",
)
BAD_SEND_AT = Rule(
    "bad-send-at",
    Severity.ERROR,
    en="send_at '{value}' is no time",
    ru="send_at «{value}» — не время",
    hint_en='write "10:00 local" (the reader\'s own zone) or "10:00"',
    hint_ru='напишите "10:00 local" (по часам читателя) или "10:00"',
)
LISTED_TWICE = Rule(
    "segment-listed-twice",
    Severity.WARNING,
    en="segment '{segment}' is listed twice",
    ru="сегмент «{segment}» указан дважды",
    hint_en="once is enough: the first place counts",
    hint_ru="хватит одного раза: считается первое место",
)
