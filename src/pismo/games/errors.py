"""What can be wrong with a game: rules, remarks with a place inside the block, the error."""

from pismo.errors import ContentError
from pismo.model.expected import in_russian
from pismo.model.finding import Finding, Rule, Severity, Source
from pismo.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Remark:
    """One broken rule at a place inside a fenced block.

    `line` counts lines below the block's first line (0 = the first); `column` is 1-based.
    """

    rule: Rule
    values: tuple[tuple[str, str], ...] = ()
    line: int = 0
    column: int = 1

    def message(self, language: str) -> str:
        """Say what is wrong, in `language` ("ru", else English)."""
        return self._plain(Source("")).message(language)

    def hint(self, language: str) -> str:
        """Say what to do about it, or ''."""
        return self._plain(Source("")).hint(language)

    def finding(self, block: Source) -> Finding:
        """Return the same as a finding; `block` is where the block's first line stands.

        A finding knows no columns, so that of a part of a line is put into words.
        """
        if self.column == 1:
            return self._plain(block)
        en = f"{self.rule.en} (column {{column}})"
        ru = f"{self.rule.ru} (столбец {{column}})"
        values = (*self.values, ("column", str(self.column)))
        return Finding(replace(self.rule, en=en, ru=ru), block.shifted(self.line), values)

    def _plain(self, block: Source) -> Finding:
        return Finding(self.rule, block.shifted(self.line), self.values)


_MOST_SHOWN = 80


class GameError(ContentError):
    """A game that cannot be used; `remark` has the rule, the values and the place."""

    def __init__(self, remark: Remark) -> None:
        line, column = remark.line + 1, remark.column
        super().__init__(
            f"line {line}, column {column}: {remark.message('en')}",
            hint=remark.hint("en"),
            ru=f"строка {line}, столбец {column}: {remark.message('ru')}",
            hint_ru=remark.hint("ru"),
        )
        self.remark = remark


class RebusError(GameError):
    """A rebus block that cannot be read or solved."""


class QuizError(GameError):
    """A quiz or poll block that cannot be used."""


def remark(rule: Rule, *, line: int = 0, column: int = 1, **values: object) -> Remark:
    """Return a remark whose values fill the patterns of `rule`."""
    pairs = tuple((name, _short(str(value))) for name, value in values.items())
    return Remark(rule, pairs, line, column)


def wrong_value(key: str, expected: str, line: int) -> Remark:
    """Return the remark that a key holds something else than it takes."""
    russian = in_russian(expected)
    return remark(WRONG_VALUE, line=line, key=key, expected=expected, expected_ru=russian)


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


def _error(rule_id: str, en: str, ru: str, hint_en: str = "", hint_ru: str = "") -> Rule:
    return Rule(rule_id, Severity.ERROR, en, ru, hint_en, hint_ru)


def _warning(rule_id: str, en: str, ru: str, hint_en: str = "", hint_ru: str = "") -> Rule:
    return Rule(rule_id, Severity.WARNING, en, ru, hint_en, hint_ru)


UNKNOWN_KEY = _error(
    "game-unknown-key",
    "unknown key '{key}' in a {kind} block",
    "неизвестное поле «{key}» в блоке {kind}",
    "did you mean '{guess}'?",
    "может быть, «{guess}»?",
)
NOT_A_FIELD = _error(
    "game-not-a-field",
    "expected 'key: value', found '{text}'",
    "ожидалось «поле: значение», а здесь «{text}»",
)
MISSING_KEY = _error(
    "game-missing-key",
    "a {kind} block needs '{key}:'",
    "в блоке {kind} не хватает поля «{key}:»",
)
REPEATED_KEY = _error(
    "game-repeated-key",
    "'{key}' is given twice",
    "поле «{key}» встречается дважды",
)
BAD_DATE = _error(
    "game-bad-date",
    "'{text}' is not a date",
    "«{text}» — не дата",
    "write it like 2026-12-04",
    "пишите так: 2026-12-04",
)
SHORT_ANSWER = _error(
    "rebus-short-answer",
    "the answer '{answer}' has fewer than two letters",
    "в ответе «{answer}» меньше двух букв",
)
EMPTY_ITEM = _error(
    "rebus-empty-item",
    "something is missing next to '{near}'",
    "рядом с «{near}» чего-то не хватает",
    "between two '+' stands one picture, number, note or letters",
    "между двумя «+» стоит картинка, число, нота или буквы",
)
OTHER_SCRIPT = _error(
    "rebus-other-script",
    "'{letter}' in '{word}' is a letter of another alphabet that looks the same",
    "«{letter}» в «{word}» — похожая буква из другого алфавита",
    "type it again in the right keyboard layout, or give its reading: {letter}:word",
    "наберите её в нужной раскладке или подпишите, как читать: {letter}:слово",
)
UNEXPECTED = _error(
    "rebus-unexpected",
    "cannot read '{text}' here",
    "здесь непонятно: «{text}»",
    "join the parts with '+', write live letters in capitals",
    "части соединяйте знаком «+», буквы пишите заглавными",
)
NO_PICTURE = _error(
    "rebus-no-picture",
    "'{name}' has no picture in front of it",
    "перед словом «{name}» нет картинки",
    "put an emoji before the name, or write live letters in capitals: {upper}",
    "поставьте перед словом эмодзи или, если это просто буквы, напишите их заглавными: {upper}",
)
NO_NAME = _error(
    "rebus-no-name",
    "nobody knows what {emoji} is called",
    "неизвестно, как называется {emoji}",
    "write the name after the picture: {emoji}name",
    "напишите название сразу после картинки: {emoji}название",
)
MIXED_PICTURES = _error(
    "rebus-mixed-pictures",
    "different pictures stand together: {emoji}",
    "разные картинки стоят вплотную: {emoji}",
    "join them with '+'",
    "соедините их знаком «+»",
)
UNKNOWN_NOTE = _error(
    "rebus-unknown-note",
    "there is no note '{note}'",
    "нет такой ноты: «{note}»",
    "notes: {known}",
    "ноты: {known}",
)
UNKNOWN_PREPOSITION = _error(
    "rebus-unknown-preposition",
    "'{word}' is no preposition a rebus can show",
    "«{word}» — не предлог, который можно показать в ребусе",
    "known: {known}",
    "можно: {known}",
)
PREPOSITION_PARTS = _error(
    "rebus-preposition-parts",
    "'{word}(…)' needs two parts with ';' between them",
    "в «{word}(…)» нужны две части через «;»",
    "for example {word}(О; ДА)",
    "например, {word}(О; ДА)",
)
TOO_DEEP = _error(
    "rebus-too-deep",
    "prepositions stand one inside another too deeply",
    "слишком много предлогов друг в друге",
)
UNCLOSED = _error(
    "rebus-unclosed",
    "a bracket opened here is never closed",
    "открытая здесь скобка не закрыта",
)
BAD_EDIT = _error(
    "rebus-bad-edit",
    "cannot read the change '({text})'",
    "непонятная правка «({text})»",
    "(a=b) replaces, (2=b) replaces the second letter, (-a) and (-2) strike, (312) reorders",
    "(а=б) заменяет, (2=б) — вторую букву, (-а) и (-2) вычёркивают, (312) переставляет",
)
BAD_NUMBER = _error(
    "rebus-bad-number",
    "cannot read the number {digits} aloud",
    "число {digits} не прочитать вслух",
    "give the reading after a colon: {digits}:word",
    "напишите, как его читать, после двоеточия: {digits}:слово",
)
NO_LETTER = _error(
    "rebus-no-letter",
    "'{name}' has no letter '{letter}'",
    "в «{name}» нет буквы «{letter}»",
)
NO_INDEX = _error(
    "rebus-no-index",
    "'{name}' has no letter number {index}",
    "в «{name}» нет буквы номер {index}",
    "it has {count}",
    "букв в нём {count}",
)
EDITED_TWICE = _error(
    "rebus-edited-twice",
    "letter '{letter}' of '{name}' is changed twice",
    "буква «{letter}» в «{name}» меняется дважды",
)
NOTHING_LEFT = _error(
    "rebus-nothing-left",
    "nothing is left of '{name}'",
    "от «{name}» ничего не осталось",
)
TOO_MANY = _error(
    "rebus-too-many-readings",
    "the line can be read in more than {limit} ways",
    "строку можно прочитать больше чем {limit} способами",
    "name the pictures, and say how numbers are read: 1:one",
    "подпишите картинки, а числам — чтение: 1:кол",
)
UNSOLVED = _error(
    "rebus-unsolved",
    "the rebus reads '{reading}', not '{answer}'",
    "ребус читается как «{reading}», а не «{answer}»",
    "change the line; for others that read so: pismo rebus suggest {answer}",
    "поправьте строку; какие ещё бывают: pismo rebus suggest {answer}",
)
OTHER_WORD = _warning(
    "rebus-other-word",
    "the rebus can also be read as '{word}'",
    "ребус можно прочитать и как «{word}»",
    "a hint with the number of letters helps, or another picture",
    "помогут подсказка с числом букв или другая картинка",
)
SHOWS_ANSWER = _warning(
    "rebus-shows-answer",
    "{shown} shows the answer itself",
    "{shown} — это и есть ответ",
    "choose another picture",
    "возьмите другую картинку",
)
NO_FONT = _error(
    "rebus-no-font",
    "there is no font to draw this rebus with: {font} was not found",
    "ребус нечем нарисовать: не найден шрифт {font}",
    "install it (Debian: apt-get install {package}), or draw the rebus where it is: "
    "pismo rebus draw",
    "поставьте его (Debian: apt-get install {package}) или нарисуйте ребус там, где он есть: "
    "pismo rebus draw",
)
HEAVY = _warning(
    "rebus-heavy",
    "drawn, the rebus takes {size} bytes, more than {limit}",
    "нарисованный ребус занимает {size} байт, больше {limit}",
    "shorten it, or draw it as a picture: pismo rebus draw",
    "сделайте его короче или картинкой: pismo rebus draw",
)
NO_GLYPH = _error(
    "rebus-no-glyph",
    "the emoji font has no picture for {emoji}",
    "в шрифте эмодзи нет картинки {emoji}",
    "choose another picture, or install a newer Noto Color Emoji",
    "возьмите другую картинку или поставьте более новый Noto Color Emoji",
)
NO_PRIZE = _error("prize-empty", "there is no prize to seal", "запечатывать нечего: приз пуст")
NO_ANSWER = _error(
    "prize-no-answer",
    "a prize needs an answer that opens it",
    "призу нужен ответ, который его откроет",
)
NOT_SEALED = _error(
    "prize-not-sealed",
    "this is not a sealed prize",
    "это не запечатанный приз",
    "make it again: pismo rebus seal",
    "сделайте заново: pismo rebus seal",
)
NOT_YAML = _error(
    "quiz-not-yaml",
    "a {kind} block cannot be read: {problem}",
    "блок {kind} не читается: {problem}",
)
WRONG_VALUE = _error(
    "quiz-wrong-value",
    "'{key}' takes {expected}",
    "в поле «{key}» должно быть: {expected_ru}",
)
FEW_OPTIONS = _error(
    "quiz-few-options",
    "a question needs at least two options: '{question}'",
    "вопросу нужно хотя бы два ответа: «{question}»",
)
BAD_ID = _error(
    "quiz-bad-id",
    "'{id}' is no name for an answer: small Latin letters, digits, '-' and '_'",
    "«{id}» не годится в имена ответов: строчные латинские буквы, цифры, «-» и «_»",
)
SAME_ID = _error(
    "quiz-same-id",
    "'{id}' is used twice",
    "имя «{id}» занято дважды",
)
MISSING_RESULT = _error(
    "quiz-missing-result",
    "there is no result type '{result}'",
    "нет типа результата «{result}»",
    "did you mean '{guess}'?",
    "может быть, «{guess}»?",
)
UNREACHED_RESULT = _error(
    "quiz-unreached-result",
    "no way through the quiz ends at '{result}'",
    "ни один путь по тесту не ведёт к результату «{result}»",
    "give it more weight in some option, or take it out",
    "добавьте ему веса в каком-нибудь ответе или уберите его",
)
UNKNOWN_QUESTION = _error(
    "quiz-unknown-question",
    "there is no question '{id}' to go on to",
    "нет вопроса «{id}», к которому перейти",
    "did you mean '{guess}'?",
    "может быть, «{guess}»?",
)
CYCLE = _error(
    "quiz-cycle",
    "the quiz goes in a circle: {path}",
    "тест ходит по кругу: {path}",
    "a question may only lead to a later one",
    "вопрос может вести только к следующим",
)
TOO_MANY_PAGES = _error(
    "quiz-too-many-pages",
    "the quiz would take more than {limit} pages",
    "тест занял бы больше {limit} страниц",
    "ask fewer questions, or use fewer weights",
    "задайте меньше вопросов или упростите веса",
)

REBUS_RULES = (
    UNKNOWN_KEY,
    NOT_A_FIELD,
    MISSING_KEY,
    REPEATED_KEY,
    BAD_DATE,
    SHORT_ANSWER,
    EMPTY_ITEM,
    OTHER_SCRIPT,
    UNEXPECTED,
    NO_PICTURE,
    NO_NAME,
    MIXED_PICTURES,
    UNKNOWN_NOTE,
    UNKNOWN_PREPOSITION,
    PREPOSITION_PARTS,
    TOO_DEEP,
    UNCLOSED,
    BAD_EDIT,
    BAD_NUMBER,
    NO_LETTER,
    NO_INDEX,
    EDITED_TWICE,
    NOTHING_LEFT,
    TOO_MANY,
    UNSOLVED,
    OTHER_WORD,
    SHOWS_ANSWER,
    NO_FONT,
    HEAVY,
    NO_GLYPH,
)
"""Every rule of the rebus notation, for the reference page and its test."""

GAME_RULES = (
    *REBUS_RULES,
    NO_PRIZE,
    NO_ANSWER,
    NOT_SEALED,
    NOT_YAML,
    WRONG_VALUE,
    FEW_OPTIONS,
    BAD_ID,
    SAME_ID,
    MISSING_RESULT,
    UNREACHED_RESULT,
    UNKNOWN_QUESTION,
    CYCLE,
    TOO_MANY_PAGES,
)
"""Every rule of games."""
