"""Filters and tests over values of both stages, and pismo's own filters at build time."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2.utils import _PassArg

from pismo.compile.problem import CompileError
from pismo.compile.rules import FAILED, FILTER, RENDERED, TEST
from pismo.compile.stage.operations import Operations
from pismo.compile.stage.symbols import is_symbolic, lift
from pismo.compile.stage.tokens import holds_token
from pismo.model.edition import Expr, Filter, Test
from pismo.model.language import FILTERS, TESTS, Word
from pismo.model.spelling import spelled
from pismo.text import date_text, money, number_text, plural

_KEEPS_TEXT = {"safe", "escape", "e", "string", "default", "d"}
"""Filters that may follow text with a reader's value in it: they change nothing there."""

_BY_NAME = {"map": FILTERS, "select": TESTS, "reject": TESTS}
_BY_SECOND_NAME = {"selectattr": TESTS, "rejectattr": TESTS}

WAYS_OUT: Mapping[str, tuple[str, str]] = {
    "safe": (
        "leave it out: what a reader typed is never printed unescaped",
        "уберите его: то, что ввёл читатель, никогда не печатается без экранирования",
    ),
    "random": (
        "use `first` or `loop.cycle`: the same letter must come out every time",
        "возьмите `first` или `loop.cycle`: письмо должно каждый раз выходить одинаковым",
    ),
    "urlize": (
        "write the link out: <a href=…>",
        "напишите ссылку сами: <a href=…>",
    ),
    "forceescape": (
        "leave it out: every value is escaped anyway",
        "уберите: всё и так экранируется",
    ),
    "xmlattr": ("write the attributes out", "выпишите атрибуты сами"),
    "tojson": ("print the fields one by one", "печатайте поля по одному"),
    "pprint": ("print the fields one by one", "печатайте поля по одному"),
    "dictsort": ("name the entries you want", "назовите нужные записи по имени"),
    "items": ("name the entries you want", "назовите нужные записи по имени"),
    "sameas": ("compare with ==", "сравните через =="),
    "callable": ("leave it out", "уберите"),
    "escaped": ("leave it out", "уберите"),
}


def staged_word(
    name: str, original: Callable[..., Any], operations: Operations, *, test: bool
) -> Callable[..., Any]:
    """Wrap a filter or test: recorded over symbolic values, run over others.

    Args:
        name: The name it is called by in templates.
        original: Jinja's or pismo's own implementation.
        operations: Makes symbols.
        test: Whether it is a test.
    """
    passed = _PassArg.from_obj(original)
    skip = 0 if passed is None else 1

    def word(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401  # any template value
        given = arguments[skip:]
        operand_only = not test and name in ("default", "d") and given
        judged = given[:1] if operand_only else (*given, *options.values())
        if any(is_symbolic(value) for value in judged):
            expr = _recorded(name, given, options, test=test)
            return operations.symbol(expr)
        _refuse_rendered(name, judged, test=test)
        return original(*arguments, **options)

    if passed is not None:
        word.jinja_pass_arg = passed  # type: ignore[attr-defined]  # how Jinja marks it
    return word


def _recorded(
    name: str, given: tuple[object, ...], options: Mapping[str, object], *, test: bool
) -> Expr:
    known: Mapping[str, Word] = TESTS if test else FILTERS
    operand, *arguments = (lift(value, name) for value in given)
    if name not in known:
        ways = WAYS_OUT.get(name, ("", ""))
        rule = TEST if test else FILTER
        raise CompileError(rule, name=name, value=spelled(operand), way_en=ways[0], way_ru=ways[1])
    canonical = known[name].same_as or name
    if test:
        return Test(canonical, operand, tuple(arguments))
    _check_inner_word(name, given, spelled(operand))
    pairs = tuple((key, lift(value, name)) for key, value in sorted(options.items()))
    return Filter(canonical, operand, tuple(arguments), pairs)


def _check_inner_word(name: str, given: tuple[object, ...], value: str) -> None:
    """Check the filter or test that `map`, `select` and the like are told to use."""
    place = 1 if name in _BY_NAME else 2
    words = _BY_NAME.get(name) or _BY_SECOND_NAME.get(name)
    if words is None or len(given) <= place:
        return
    inner = given[place]
    if isinstance(inner, str) and inner not in words:
        ways = WAYS_OUT.get(inner, ("", ""))
        rule = FILTER if words is FILTERS else TEST
        raise CompileError(rule, name=inner, value=value, way_en=ways[0], way_ru=ways[1])


def _refuse_rendered(name: str, values: tuple[object, ...], *, test: bool) -> None:
    if not test and name in _KEEPS_TEXT:
        return
    for value in values:
        if isinstance(value, str) and holds_token(value):
            raise CompileError(RENDERED, construct=f"'is {name}'" if test else f"'| {name}'")


def own_filters(language: str) -> dict[str, Callable[..., Any]]:
    """Return pismo's own filters over values known at build time, in a newsletter's language."""

    def as_money(amount: float | Decimal, currency: str = "RUB") -> str:
        return money(amount, currency, language)

    def as_date(day: date | str, pattern: str = "", *, year: bool = False) -> str:
        try:
            known = datetime.fromisoformat(day) if isinstance(day, str) else day
        except ValueError as error:
            raise CompileError(FAILED, reason=f"'{day}' is no date") from error
        return known.strftime(pattern) if pattern else date_text(known, language, year=year)

    def part(items: Any, *bounds: int | None) -> Any:  # noqa: ANN401  # text or list
        start, stop, step = (*bounds, None, None, None)[:3]
        return items[start:stop:step]

    return {
        "plural": plural,
        "number": number_text,
        "money": as_money,
        "date": as_date,
        "part": part,
    }
