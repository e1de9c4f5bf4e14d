"""Every filter and test of `pismo.model.language`, implemented: what may wait for the reader.

Those that Jinja has are Jinja's own. Around each stands the rule for missing values: what the
table in `pismo.model.language` says of a missing operand, missing arguments as '', and whatever
Python would raise for as missing, so that one odd value never stops a send half-way.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias, cast

from jinja2 import Undefined
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.nodes import EvalContext
from jinja2.runtime import Context as JinjaContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS as JINJA_TESTS

from pismo import text
from pismo.model import language as vocabulary
from pismo.model.language import Missing
from pismo.render.nothing import MISSING, below, or_missing

Filter: TypeAlias = Callable[..., object]
Test: TypeAlias = Callable[..., bool]

# What can go wrong inside a filter or an operator on a reader's value, whatever its type.
VALUE_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@lru_cache(maxsize=4)
def filters_for(language: str) -> dict[str, Filter]:
    """Return every send-time filter by name, speaking `language` (money, dates)."""
    return _environment(language).filters


@lru_cache(maxsize=1)
def all_tests() -> dict[str, Test]:
    """Return every send-time test by name."""
    return cast("dict[str, Test]", _environment("en").tests)


@lru_cache(maxsize=4)
def _environment(language: str) -> ImmutableSandboxedEnvironment:
    """Make the environment whose filters are ours, so that `map("upper")` finds ours too."""
    environment = ImmutableSandboxedEnvironment(undefined=type(MISSING), autoescape=False)
    own = _own_filters(language)
    plain: dict[str, Filter] = {**JINJA_FILTERS, **own}
    checks = cast("dict[str, Filter]", JINJA_TESTS)
    environment.filters = {
        name: _guarded(_bound(plain[word.same_as or name], environment), word.missing)
        for name, word in vocabulary.FILTERS.items()
    }
    environment.tests = {
        name: _guarded_test(name, _bound(checks[name], environment)) for name in vocabulary.TESTS
    }
    return environment


def _bound(function: Filter, environment: ImmutableSandboxedEnvironment) -> Filter:
    """Give one of Jinja's functions the environment or context that it asks for first."""
    wanted = getattr(function, "jinja_pass_arg", None)
    if wanted is None:
        return function
    first: object = {
        "environment": environment,
        "eval_context": EvalContext(environment),
        "context": JinjaContext(environment, {}, None, {}),
    }[wanted.name]
    return lambda *arguments, **options: function(first, *arguments, **options)


def _guarded(function: Filter, missing: Missing) -> Filter:
    """Put the rule for missing values around a filter."""
    if missing is Missing.FILLS:
        return function
    nothing = {Missing.STAYS: MISSING, Missing.ZERO: 0, Missing.EMPTY: ()}[missing]

    def guarded(value: object, *arguments: object, **options: object) -> object:
        if isinstance(value, Undefined):
            return nothing
        try:
            result = function(
                value,
                *(_filled(argument) for argument in arguments),
                **{name: _filled(option) for name, option in options.items()},
            )
            # Generators are read here, so that what they raise is raised here.
            if isinstance(result, Iterator):
                return list(result)
            return result if result == "" == value else or_missing(result)
        except VALUE_ERRORS:
            return MISSING

    return guarded


def _filled(argument: object) -> object:
    return "" if isinstance(argument, Undefined) else argument


def _guarded_test(name: str, function: Filter) -> Test:
    if name == "undefined":
        return lambda value: isinstance(value, Undefined)

    def guarded(value: object, *arguments: object) -> bool:
        if isinstance(value, Undefined) or any(isinstance(a, Undefined) for a in arguments):
            return False
        try:
            return bool(function(value, *arguments))
        except VALUE_ERRORS:
            return False

    return guarded


def _own_filters(language: str) -> dict[str, Filter]:
    return {
        "default": _default,
        "plural": text.plural,
        "number": text.number_text,
        "money": lambda amount, currency="RUB": text.money(
            Decimal(str(amount)), currency, language
        ),
        "date": lambda day, pattern="", year=False: _date(day, pattern, language, year=year),
        "escape": str,
        "string": str,
        "part": _part,
        "attr": below,
    }


def _default(value: object, fallback: object = "", boolean: object = False) -> object:
    if isinstance(value, Undefined) or (boolean and not value):
        return fallback
    return value


def _date(value: object, pattern: str, language: str, *, year: bool) -> str:
    day = value if isinstance(value, date) else datetime.fromisoformat(str(value))
    if pattern:
        return day.strftime(pattern)
    return text.date_text(day, language, year=year)


def _part(value: Any, start: object = "", stop: object = "", step: object = "") -> object:  # noqa: ANN401  # what has no slices raises
    bounds = (None if bound == "" else bound for bound in (start, stop, step))
    return value[slice(*bounds)]
