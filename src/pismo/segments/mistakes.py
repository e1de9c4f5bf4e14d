"""What people who do not write SQL every day write in a condition, and what they meant."""

import re
from typing import TYPE_CHECKING, TypeAlias

from pismo.errors import SegmentError
from pismo.model.finding import Finding, Rule
from pismo.records import replace
from pismo.segments.rules import FAILING_PREDICATE, NOT_A_PREDICATE

if TYPE_CHECKING:
    from duckdb import Error as DuckDBError

_Texts: TypeAlias = tuple[str, str]
"""A sentence in English and in Russian."""

_TEXT = re.compile(r"'(?:[^']|'')*'")
_HYPHENATED = re.compile(r"\$(\w+(?:-\w+)+)")
_SIGNS: tuple[tuple[re.Pattern[str], _Texts], ...] = (
    (
        re.compile(r"=>|=<"),
        ("the sign `=` comes last: >= or <=", "знак `=` пишется вторым: >= или <="),
    ),
    (
        re.compile(r"&&"),
        ("write AND instead of &&", "вместо && пишите AND"),
    ),
    (re.compile(r"\|\|"), ("write OR instead of ||", "вместо || пишите OR")),
    (
        re.compile(r"(?<!\w)(?:и|или|не)(?!\w)", re.IGNORECASE),
        ("the words are English: AND, OR, NOT", "слова здесь английские: AND, OR, NOT"),
    ),
    (
        re.compile(r"^\s*where\b", re.IGNORECASE),
        ("leave out WHERE: only what follows it is written", "уберите WHERE: пишут только условие"),
    ),
    (
        re.compile(r"[«»“”„‘’]"),
        (
            "text stands in straight single quotes: 'Kazan'",
            "текст берут в прямые кавычки: 'Казань'",
        ),
    ),
    (
        re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])"),
        ("a date stands in quotes: '2026-11-27'", "дату берут в кавычки: '2026-11-27'"),
    ),
    (
        re.compile(r"\d,\d"),
        ("a fraction has a point: 1.5", "дробь пишут через точку: 1.5"),
    ),
    (
        re.compile(r"\bis\s+(?:not\s+)?''", re.IGNORECASE),
        ("IS is for NULL alone: write =, or <>", "IS — только для NULL: пишите = или <>"),
    ),
    (
        re.compile(r"\blike\s+[^'\s(]", re.IGNORECASE),
        ("a pattern stands in quotes: LIKE 'Kaz%'", "образец берут в кавычки: LIKE 'Каз%'"),
    ),
    (
        re.compile(r"(?<!')'(?!')"),
        (
            "a quote is not closed; one inside a text is doubled: 'L''Aquila'",
            "кавычка не закрыта; внутри текста её удваивают: 'Кот-д''Ивуар'",
        ),
    ),
)
_REASONS = (
    (
        re.compile(r"convert string|Cannot compare|No function matches|invalid \w+ field"),
        "текст сравнивается с числом или датой",
    ),
    (re.compile(r"field value out of range"), "такого дня нет в календаре"),
    (re.compile(r"Chained comparisons"), "два сравнения подряд, между ними нужно AND или OR"),
)
"""What DuckDB says, in Russian."""


def corrected(rule: Rule, condition: str) -> Rule:
    """Return the rule with what was probably meant as its hint, if that can be seen."""
    bare = _TEXT.sub("''", condition)
    for pattern, (en, ru) in _SIGNS:
        if pattern.search(bare):
            return replace(rule, hint_en=en, hint_ru=ru)
    return rule


def with_hyphen(rule: Rule, condition: str, unknown: str) -> Rule:
    """Return the rule of an unknown name; of `$two-games` SQL reads `$two` minus `games`."""
    for name in _HYPHENATED.findall(condition):
        if unknown in name.split("-"):
            better = name.replace("-", "_")
            return replace(
                rule,
                hint_en=f"after $ a hyphen is a minus: call the file {better}.toml, and write "
                f"${better}; the same in newsletters and issues that name it",
                hint_ru=f"дефис после $ — это минус: назовите файл {better}.toml и пишите "
                f"${better}; так же в рассылках и выпусках, где он назван",
            )
    return rule


def in_quotes(rule: Rule, text: str) -> Rule:
    """Return the rule with the hint that a text was written without its quotes."""
    quoted = "'" + text.strip('«»“”„‘’"').replace("'", "''") + "'"
    quoted = quoted.replace("{", "{{").replace("}", "}}")
    return replace(
        rule,
        hint_en=f"if it is a text, it stands in single quotes: {quoted}",
        hint_ru=f"если это текст, его берут в одинарные кавычки: {quoted}",
    )


def not_one(en: str, ru: str) -> Rule:
    """Return `not-a-predicate` with its reason in both languages."""
    rule = NOT_A_PREDICATE
    return replace(rule, en=rule.en.format(reason=en), ru=rule.ru.format(reason=ru))


def failing(error: "DuckDBError", condition: str = "") -> Rule:
    """Return `failing-predicate` with the reason that DuckDB gives, in plain words where known."""
    said = (str(error).splitlines()[0].partition(": ")[2] or str(error)).split(" when casting")[0]
    rule = corrected(FAILING_PREDICATE, condition)
    said = said.replace("{", "{{").replace("}", "}}")
    ru = next((plain for pattern, plain in _REASONS if pattern.search(said)), said)
    return replace(rule, en=rule.en.format(reason=said), ru=rule.ru.format(reason=ru))


def refused(finding: Finding) -> SegmentError:
    """Return a finding about a condition as an error, in both languages."""
    return SegmentError(
        finding.message("en"), finding.source, hint=finding.hint("en"),
        ru=finding.message("ru"), hint_ru=finding.hint("ru"),
    )  # fmt: skip
