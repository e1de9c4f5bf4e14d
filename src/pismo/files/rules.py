"""What can be wrong with a committed file before anyone looks at what it says."""

from pismo.model.finding import Rule, Severity

UNREADABLE = Rule(
    "unreadable-file",
    Severity.ERROR,
    en="cannot be read: {reason}",
    ru="не читается: {reason}",
    hint_en="save the file as UTF-8",
    hint_ru="сохраните файл в UTF-8",
)
CONTROL_CHARACTER = Rule(
    "control-character",
    Severity.ERROR,
    en="the character {code}, which nobody sees and mail programs may act on",
    ru="символ {code}: его никто не видит, а почтовые программы могут понять по-своему",
    hint_en="delete it; it often comes along when text is pasted",
    hint_ru="удалите его; обычно он попадает в файл, когда текст вставляют",
)
NO_FRONT_MATTER = Rule(
    "no-front-matter",
    Severity.ERROR,
    en="the file does not begin with front matter",
    ru="в начале файла нет заголовка с полями",
    hint_en="begin with a line `---`, then `title: …`, then a line `---`",
    hint_ru="начните со строки `---`, затем `title: …`, затем снова `---`",
)
UNCLOSED_FRONT_MATTER = Rule(
    "unclosed-front-matter",
    Severity.ERROR,
    en="the head is not closed: no second line `---`",
    ru="шапка не закрыта: нет второй строки `---`",
    hint_en="write a line `---` between the fields and the text",
    hint_ru="поставьте строку `---` между полями и текстом",
)
BROKEN_FRONT_MATTER = Rule(
    "broken-front-matter",
    Severity.ERROR,
    en="front matter is not valid YAML: {reason}",
    ru="заголовок — не YAML: {reason}",
    hint_en="quote values that hold a colon, `{{{{`, `#` or a leading `[`",
    hint_ru="возьмите в кавычки значения с двоеточием, `{{{{`, `#` или `[` в начале",
)
BROKEN_TOML = Rule(
    "broken-toml",
    Severity.ERROR,
    en="not valid TOML: {reason}",
    ru="это не TOML: {reason}",
    hint_en="a text stands in straight quotes on one line; with three on either side, on several",
    hint_ru="текст — в прямых кавычках и на одной строке; для нескольких строк — по три кавычки",
)
UNREAD = frozenset(
    rule.id
    for rule in (
        UNREADABLE,
        NO_FRONT_MATTER,
        UNCLOSED_FRONT_MATTER,
        BROKEN_FRONT_MATTER,
        BROKEN_TOML,
    )
)
"""Rules that, broken, leave nothing of a file to be used."""
UNKNOWN_FIELD = Rule(
    "unknown-field",
    Severity.ERROR,
    en="'{field}', in {kind}",
    ru="неизвестное поле «{field}» ({kind})",
    hint_en="did you mean '{guess}'?",
    hint_ru="может быть, «{guess}»?",
)
MISSING_FIELD = Rule(
    "missing-field",
    Severity.ERROR,
    en="'{field}' is missing, in {kind}",
    ru="нет обязательного поля «{field}» ({kind})",
)
WRONG_VALUE = Rule(
    "wrong-value",
    Severity.ERROR,
    en="'{field}' must be {expected}, not {value}",
    ru="в поле «{field}» должно быть: {expected_ru}, а здесь {value}",
)
"""`expected_ru` is `expected` in Russian: `pismo.model.expected`."""
