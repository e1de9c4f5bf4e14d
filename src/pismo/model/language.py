"""The words of the template language that are kept for send time: filters, tests, roots.

Data only. `pismo.compile` lets exactly these stand in an expression that waits for the reader;
`pismo.render` holds an implementation of each under the same name; the documentation and
`pismo build --help-language` are printed from here. At build time, over values known then, all
of Jinja's own filters and tests work besides.

Missing values ("nothing"): a path whose value is absent, None or '' is *missing*, and so is the
constant None (what `x if y` without `else` gives inside a larger expression). What an operation
does with nothing:

====================================  ==========================================================
path below nothing (`a.b`, `a[0]`)    missing
filter                                as its `Missing` says, and its missing arguments are '';
                                      what Python would raise for is missing; a result that is
                                      None, or '' made of something that was not '', is missing
`default`                             its fallback as it is: `default("")` prints '' on purpose
test                                  false, except `undefined`
`== != < <= > >= in`                  false if either side is missing, or Python would raise
`+ - * / // % **`, unary `-`          missing if any side is missing, or Python would raise
`~`                                   joins nothing as ''
`not`                                 true
`and`, `or`, inline `if`              nothing is false; values as in Python (`a or "b"`)
`if`                                  the branch is not taken
`for`                                 no rounds: the `else` branch
printing                              prints nothing, and the plan excludes the person
constant ''                           never missing: `x if y` prints '' where `y` is false
====================================  ==========================================================
"""

from collections.abc import Mapping
from enum import StrEnum

from pismo.records import dataclass

SEND_TIME_ROOTS: Mapping[str, tuple[str, str]] = {
    "recipient": (
        "the reader: every column of the audience and every fact",
        "читатель: все столбцы аудитории и все факты",
    ),
    "picks": (
        "products recommended to this reader, each with the fields of PICK_FIELDS",
        "товары, подобранные этому читателю, с полями PICK_FIELDS",
    ),
    "links": (
        "the reader's own links: unsubscribe, preferences, web, item[slug]",
        "личные ссылки читателя: unsubscribe, preferences, web, item[slug]",
    ),
    "counts": (
        "how many people did something, such as solving last week's rebus",
        "сколько человек что-то сделали: например, решили прошлый ребус",
    ),
    "occasion": (
        "what a letter sent by a trigger is about",
        "повод письма, которое отправил триггер",
    ),
}
"""Roots whose values are known only when the letter leaves."""

BUILD_TIME_ROOTS: Mapping[str, tuple[str, str]] = {
    "issue": (
        "this issue: id, date, title, subject, number, preheader",
        "этот выпуск: id, date, title, subject, number, preheader",
    ),
    "newsletter": (
        "the series: name, title, description, language, topic, reason",
        "рассылка: name, title, description, language, topic, reason",
    ),
    "segment": ("the segment: id, title", "сегмент: id, title"),
    "brand": (
        "the shop: name, legal_name, postal_address, url, logo and colours",
        "магазин: name, legal_name, postal_address, url, logo и цвета",
    ),
    "site": ("where the static part lives: base_url", "где лежит статическая часть: base_url"),
}
"""Roots whose values are known when the edition is built."""

PICK_FIELDS = (
    "id",
    "title",
    "url",
    "price",
    "currency",
    "reason",
    "image",
    "old_price",
    "category",
)
LINK_FIELDS = ("unsubscribe", "preferences", "web", "item")
LOOP_FIELDS = ("index", "index0", "first", "last", "length", "revindex", "revindex0")
URL_SCHEMES = ("http", "https", "mailto", "tel")
"""Schemes that a send-time value may begin an address with; anything else prints as `#`."""


class Missing(StrEnum):
    """What a filter makes of a missing operand."""

    STAYS = "stays missing"
    FILLS = "gives its fallback"
    ZERO = "gives 0"
    EMPTY = "gives an empty list"


@dataclass(frozen=True, slots=True)
class Word:
    """One filter or test: how it is called, what it does, one example with its result.

    `example` is a template over `SAMPLE`, `shows` what it prints (no-break spaces as `·`).
    """

    name: str
    signature: str
    en: str
    ru: str
    example: str
    shows: str
    missing: Missing = Missing.STAYS
    same_as: str = ""


SAMPLE: Mapping[str, str | int | float] = {
    "first_name": "анна",
    "city": "Нижний Новгород",
    "points": 1205,
    "spend": 5460.5,
    "birthday": "2026-11-27",
    "interests": "семейные,на двоих",
    "tier": "",
}
"""The recipient that the examples are printed for; `tier` is missing."""

_FILTERS = (
    # Missing values
    Word(
        "default",
        'default(value="", boolean=False)',
        "`value` if there is nothing; with `true`, also instead of 0 and false",
        "`value`, если значения нет; с `true` — ещё и вместо нуля и «нет»",
        '{{ recipient.tier | default("новичок") }}',
        "новичок",
        Missing.FILLS,
    ),
    # Words
    Word("upper", "upper", "CAPITALS", "ПРОПИСНЫЕ", "{{ recipient.first_name | upper }}", "АННА"),
    Word("lower", "lower", "small letters", "строчные", "{{ recipient.city | lower }}",
         "нижний новгород"),
    Word("capitalize", "capitalize", "first letter capital, the rest small",
         "первая буква прописная, остальные строчные", "{{ recipient.first_name | capitalize }}",
         "Анна"),
    Word("title", "title", "every word begins with a capital", "каждое слово с прописной",
         "{{ recipient.city | lower | title }}", "Нижний Новгород"),
    Word("trim", "trim(chars=None)", "without spaces (or `chars`) at both ends",
         "без пробелов (или знаков `chars`) по краям", "{{ recipient.first_name | trim('а') }}",
         "нн"),
    Word("truncate", 'truncate(length=255, killwords=False, end="...", leeway=5)',
         "shortened to `length` characters, at a word's end unless `killwords`",
         "не длиннее `length` знаков; обрезает по слову, если не `killwords`",
         '{{ recipient.city | truncate(10, end="…", leeway=0) }}', "Нижний…"),
    Word("replace", "replace(old, new, count=None)", "with `new` for `old`",
         "`new` вместо `old`", '{{ recipient.city | replace("Нижний", "Великий") }}',
         "Великий Новгород"),
    Word("center", "center(width=80)", "centred among spaces", "по центру строки из пробелов",
         "[{{ recipient.first_name | center(8) }}]", "[  анна  ]"),
    Word("indent", "indent(width=4, first=False, blank=False)", "lines after the first moved right",
         "строки после первой сдвинуты вправо",
         "{{ recipient.first_name | indent(2, first=True) }}",
         "  анна"),
    Word("wordcount", "wordcount", "how many words", "сколько слов",
         "{{ recipient.city | wordcount }}", "2", Missing.ZERO),
    Word("wordwrap", "wordwrap(width=79, break_long_words=True, wrapstring=None)",
         "broken into lines of `width`", "разбито на строки не длиннее `width`",
         '{{ recipient.city | wordwrap(8, wrapstring="/") }}', "Нижний/Новгород"),
    Word("striptags", "striptags", "without HTML tags", "без тегов HTML",
         "{{ recipient.first_name | striptags }}", "анна"),
    Word("string", "string", "as text", "как текст", "{{ recipient.points | string }}", "1205"),
    Word("format", "format(*values)", "`%` formatting of the text on the left",
         "подстановка `%` в текст слева",
         '{{ "%s, %d" | format(recipient.first_name, recipient.points) }}',
         "анна, 1205"),
    Word("urlencode", "urlencode", "as part of an address", "для подстановки в адрес",
         "{{ recipient.interests | urlencode }}",
         "%D1%81%D0%B5%D0%BC%D0%B5%D0%B9%D0%BD%D1%8B%D0%B5%2C%D0%BD%D0%B0%20%D0%B4%D0%B2%D0%BE%D0%B8%D1%85"),
    Word("escape", "escape", "nothing: every hole is escaped by where it stands",
         "ничего: каждое место и так экранируется по тому, где стоит",
         "{{ recipient.first_name | escape }}", "анна"),
    # Numbers
    Word("plural", "plural(one, few, many) or plural(one, many)",
         "the number and the word that agrees with it; three forms: Russian, two: English",
         "число и слово в нужной форме; три формы — русский, две — английский",
         '{{ recipient.points | plural("балл", "балла", "баллов") }}', "1205·баллов"),
    Word("number", "number", "with spaces between thousands from 10 000 on, decimal comma",
         "пробелы между тысячами от 10 000, запятая в дробях",
         "{{ (recipient.points * 10) | number }}",
         "12·050"),
    Word("money", 'money(currency="RUB")', "a price, the way the newsletter's language writes it",
         "цена, как её пишут на языке рассылки", '{{ recipient.spend | money("RUB") }}',
         "5·460,50·₽"),
    Word("round", 'round(precision=0, method="common")', "rounded: common, ceil or floor",
         "округление: common, ceil или floor", "{{ recipient.spend | round }}", "5460.0"),
    Word("abs", "abs", "without its sign", "без знака",
         "{{ (0 - recipient.points) | abs }}", "1205"),
    Word("int", "int(default=0, base=10)", "as a whole number, `default` if it is none",
         "целое число; `default`, если это не число", "{{ recipient.spend | int }}", "5460"),
    Word("float", "float(default=0.0)", "as a number with a point, `default` if it is none",
         "дробное число; `default`, если это не число", "{{ recipient.points | float }}", "1205.0"),
    Word("filesizeformat", "filesizeformat(binary=False)", "as kB, MB …", "в кБ, МБ …",
         "{{ recipient.points | filesizeformat }}", "1.2 kB"),
    # Dates
    Word("date", 'date(pattern="", year=False)',
         "in words; or by a pattern of %d %m %Y %y %H %M; takes dates and ISO text",
         "словами; или по образцу из %d %m %Y %y %H %M; берёт даты и текст ISO",
         "{{ recipient.birthday | date }}", "27·ноября"),
    # Lists
    Word("length", "length", "how many items or characters", "сколько элементов или знаков",
         "{{ recipient.first_name | length }}", "4", Missing.ZERO),
    Word("first", "first", "the first item or character", "первый элемент или знак",
         "{{ recipient.first_name | first }}", "а"),
    Word("last", "last", "the last item or character", "последний элемент или знак",
         "{{ recipient.city | last }}", "д"),
    Word("part", "part(start=None, stop=None, step=None)",
         "the items or characters from `start` to `stop`; the same as x[start:stop]",
         "элементы или знаки от `start` до `stop`; то же, что x[start:stop]",
         "{{ recipient.city[:6] }}", "Нижний"),
    Word("attr", "attr(name)", "one field or item of what an expression gives; the same as x.name",
         "одно поле или элемент того, что дало выражение; то же, что x.name",
         '{{ (picks | first).title | default("") }}', ""),
    Word("join", 'join(d="", attribute=None)', "joined into one text", "соединить в один текст",
         '{{ recipient.first_name | list | join("-") }}', "а-н-н-а"),
    Word("list", "list", "as a list", "списком", "{{ recipient.first_name | list | length }}", "4",
         Missing.EMPTY),
    Word("reverse", "reverse", "backwards", "задом наперёд", "{{ recipient.first_name | reverse }}",
         "анна"),
    Word("sort", "sort(reverse=False, case_sensitive=False, attribute=None)", "in order",
         "по порядку", "{{ recipient.first_name | sort | join }}", "аанн", Missing.EMPTY),
    Word("unique", "unique(case_sensitive=False, attribute=None)", "without repetitions",
         "без повторов", "{{ recipient.first_name | unique | join }}", "ан", Missing.EMPTY),
    Word("sum", "sum(attribute=None, start=0)", "added up", "сумма",
         "{{ [recipient.points, 5] | sum }}", "1210", Missing.ZERO),
    Word("min", "min(case_sensitive=False, attribute=None)", "the smallest", "наименьшее",
         "{{ [recipient.points, 5] | min }}", "5"),
    Word("max", "max(case_sensitive=False, attribute=None)", "the largest", "наибольшее",
         "{{ [recipient.points, 5] | max }}", "1205"),
    Word("map", "map(attribute=…, default=…) or map(filter, …)",
         "one attribute of every item, or a filter over every item",
         "одно поле каждого элемента или фильтр над каждым",
         '{{ recipient.first_name | map("upper") | join }}', "АННА", Missing.EMPTY),
    Word("select", "select(test, …)", "items that pass a test",
         "элементы, которые проходят проверку",
         '{{ [recipient.points, 5] | select("gt", 100) | join }}', "1205", Missing.EMPTY),
    Word("reject", "reject(test, …)", "items that fail a test",
         "элементы, которые не проходят проверку",
         '{{ [recipient.points, 5] | reject("gt", 100) | join }}', "5", Missing.EMPTY),
    Word("selectattr", "selectattr(name, test, …)", "items whose attribute passes a test",
         "элементы, поле которых проходит проверку",
         '{{ picks | selectattr("price", "lt", 1000) | map(attribute="title") | join(", ") }}', "",
         Missing.EMPTY),
    Word("rejectattr", "rejectattr(name, test, …)", "items whose attribute fails a test",
         "элементы, поле которых не проходит проверку",
         '{{ picks | rejectattr("image") | list | length }}', "0", Missing.EMPTY),
    Word("batch", "batch(size, fill_with=None)", "in rows of `size`", "рядами по `size`",
         '{{ recipient.first_name | batch(3) | map("join") | join("|") }}', "анн|а", Missing.EMPTY),
    Word("slice", "slice(count, fill_with=None)", "in `count` columns", "в `count` столбцов",
         '{{ recipient.first_name | slice(2) | map("join") | join("|") }}', "ан|на", Missing.EMPTY),
    Word("groupby", "groupby(attribute, default=None, case_sensitive=False)",
         "pairs of a value and the items that have it", "пары: значение и элементы с ним",
         '{% for category, games in picks | groupby("category") %}{{ category }}{% endfor %}', "",
         Missing.EMPTY),
    Word("d", "d(…)", "default", "default", '{{ recipient.tier | d("новичок") }}', "новичок",
         Missing.FILLS, "default"),
    Word("e", "e", "escape", "escape", "{{ recipient.first_name | e }}", "анна",
         same_as="escape"),
    Word("count", "count", "length", "length", "{{ recipient.first_name | count }}", "4",
         Missing.ZERO, "length"),
)  # fmt: skip

FILTERS: Mapping[str, Word] = {word.name: word for word in _FILTERS}
"""Filters that may wait for send time; `same_as` names the filter an alias stands for."""


def _test(name: str, en: str, ru: str, example: str, *, same_as: str = "") -> Word:
    shown = f"{{{{ 'да' if {example} else 'нет' }}}}"
    return Word(name, name, en, ru, shown, "да", same_as=same_as)


_TESTS = (
    _test("defined", "there is a value", "значение есть", "recipient.city is defined"),
    _test("undefined", "there is none", "значения нет", "recipient.tier is undefined"),
    _test("none", "never true: nothing is undefined here", "никогда: «ничего» здесь — undefined",
          "recipient.tier is not none"),
    _test("number", "a number", "число", "recipient.points is number"),
    _test("integer", "a whole number", "целое число", "recipient.points is integer"),
    _test("float", "a number with a point", "дробное число", "recipient.spend is float"),
    _test("string", "text", "текст", "recipient.city is string"),
    _test("boolean", "true or false", "да или нет", "recipient.city is not boolean"),
    _test("true", "true itself", "само «да»", "recipient.city is not true"),
    _test("false", "false itself", "само «нет»", "recipient.city is not false"),
    _test("iterable", "has items", "есть элементы", "picks is iterable"),
    _test("sequence", "a list or text", "список или текст", "recipient.city is sequence"),
    _test("mapping", "names and values", "имена и значения", "recipient.city is not mapping"),
    _test("even", "even", "чётное", "(recipient.points + 1) is even"),
    _test("odd", "odd", "нечётное", "recipient.points is odd"),
    _test("divisibleby", "divisible by the number given", "делится на данное число",
          "recipient.points is divisibleby 5"),
    _test("lower", "all small letters", "все буквы строчные", "recipient.first_name is lower"),
    _test("upper", "all capitals", "все буквы прописные", "recipient.first_name is not upper"),
    _test("in", "among the items", "среди элементов", 'recipient.first_name is in ["анна"]'),
    _test("eq", "equal", "равно", "recipient.points is eq 1205"),
    _test("ne", "not equal (nothing is neither)", "не равно (к «ничего» не относится)",
          "recipient.points is ne 5"),
    _test("lt", "less", "меньше", "recipient.points is lt 2000"),
    _test("le", "less or equal", "меньше или равно", "recipient.points is le 1205"),
    _test("gt", "greater", "больше", "recipient.points is gt 1000"),
    _test("ge", "greater or equal", "больше или равно", "recipient.points is ge 1205"),
    _test("==", "eq", "eq", "recipient.points is eq 1205", same_as="eq"),
    _test("equalto", "eq", "eq", "recipient.points is equalto 1205", same_as="eq"),
    _test("!=", "ne", "ne", "recipient.points is ne 5", same_as="ne"),
    _test("<", "lt", "lt", "recipient.points is lt 2000", same_as="lt"),
    _test("lessthan", "lt", "lt", "recipient.points is lessthan 2000", same_as="lt"),
    _test("<=", "le", "le", "recipient.points is le 1205", same_as="le"),
    _test(">", "gt", "gt", "recipient.points is gt 1000", same_as="gt"),
    _test("greaterthan", "gt", "gt", "recipient.points is greaterthan 1000", same_as="gt"),
    _test(">=", "ge", "ge", "recipient.points is ge 1205", same_as="ge"),
)  # fmt: skip

TESTS: Mapping[str, Word] = {word.name: word for word in _TESTS}
"""Tests that may wait for send time. Compile stores an alias under the name it stands for."""
