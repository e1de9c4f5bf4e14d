"""What a letter asks of its reader: every expression with its place, held to what exists."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from pismo.audience import known_columns
from pismo.compile.desk import Draft, marks_of
from pismo.compile.problem import CompileError
from pismo.compile.rules import (
    JOINED_GAP,
    MARKUP_IN_VALUE,
    NEVER_NONE,
    NOT_A_NUMBER,
    NUMBER_AND_TEXT,
    PLURAL_FORMS,
    UNKNOWN_COLUMN,
    UNKNOWN_NAME,
)
from pismo.compile.stage.tokens import TokenKind
from pismo.model.content import Kind
from pismo.model.edition import (
    Arithmetic,
    Compare,
    Constant,
    Expr,
    Filter,
    HoleUse,
    Path,
    Test,
    operands,
    paths,
)
from pismo.model.finding import Source
from pismo.model.language import LINK_FIELDS, PICK_FIELDS
from pismo.model.spelling import spelled
from pismo.segments.columns import MAPPING, OWN_FACTS, answer_columns, columns_of
from pismo.text import guess

_MARKDOWN = re.compile(r"(\*\*|__|~~|`)\S(?:.*?\S)?\1|\[[^\]]+\]\([^)\s]+\)")
_SAME_ITEMS = {"part", "sort", "reverse", "select", "reject", "selectattr", "rejectattr", "unique"}
"""Filters that give some of the items they are given, in some order."""
_OF_NUMBERS = {"plural", "number", "money", "round", "abs", "filesizeformat"}
_MAKE_TEXT = {
    *("upper", "lower", "capitalize", "title", "trim", "truncate", "replace", "string", "format"),
    *("plural", "number", "money", "date", "join", "urlencode", "filesizeformat"),
}
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def uses_of(draft: Draft) -> tuple[HoleUse, ...]:
    """Return every expression recorded for an edition with its place, each pair once.

    What is likely to be meant otherwise goes to the draft's findings.

    Raises:
        CompileError: If a column, a link or a field of a product does not exist.
    """
    marks = [mark for mark in marks_of(draft.recorders) if mark.kind is not TokenKind.SLOT]
    products = {
        (mark.path, mark.variable)
        for mark in marks
        if mark.kind is TokenKind.FOR and _are_products(mark.expr)
    }
    columns = _columns(draft)
    uses = dict.fromkeys(
        HoleUse(expr, Source(mark.path, mark.line))
        for mark in marks
        for expr in (mark.expr, mark.only)
        if expr is not None
    )
    for use in uses:
        for path in paths(use.expr):
            _check(path, use, columns, products, draft)
        for expr in _within(use.expr):
            if isinstance(expr, Filter) and expr.name in _OF_NUMBERS:
                _check_number(expr, use.source)
            if isinstance(expr, Compare) and expr.operator != "in":
                _check_kinds(expr, use.source, draft.desk.workspace.settings.language)
        _warn(draft, use)
    return tuple(uses)


def _columns(draft: Draft) -> set[str]:
    people = draft.desk.workspace.people
    return {*known_columns(), "id", "segment", *(name for one in people for name in one.facts)}


def _own_columns(name: str, draft: Draft) -> set[str]:
    """Return the columns that only this workspace has: answers to its games, facts of its own.

    The file that makes the one called `name` goes to the letter's sources.
    """
    workspace = draft.desk.workspace
    answers = answer_columns(workspace)
    if name in answers:
        kind = Kind(name.partition("_")[0])
        draft.sources.add(workspace.items[kind, answers[name]].source.path)
        return set(answers)
    made = [file for file in (OWN_FACTS, MAPPING) if (workspace.root / file).is_file()]
    if not made:
        return set(answers)
    draft.sources.update(made)
    texts = [(workspace.root / file).read_bytes() for file in made]
    content = b"\0".join([*texts, *(column.encode() for column in answers)])
    return draft.desk.cache.remember("columns", content, lambda: set(columns_of(workspace)))


def _are_products(over: Expr) -> bool:
    while isinstance(over, Filter) and over.name in _SAME_ITEMS:
        over = over.operand
    return over == Path("picks")


def _check(
    path: Path, use: HoleUse, columns: set[str], products: set[tuple[str, str]], draft: Draft
) -> None:
    name = str(path.steps[0]) if path.steps else ""
    if path.root == "recipient" and name and name not in columns | _own_columns(name, draft):
        near = guess(name, sorted(columns | _own_columns(name, draft)))
        raise CompileError(UNKNOWN_COLUMN, use.source, name=name, guess=near)
    if path.root == "links" and name and name not in LINK_FIELDS:
        near = guess(name, LINK_FIELDS)
        raise CompileError(UNKNOWN_NAME, use.source, name=f"links.{name}", guess=near)
    field = _product_field(path, use.source.path, products)
    if field and field not in PICK_FIELDS:
        near = guess(field, PICK_FIELDS)
        raise CompileError(UNKNOWN_NAME, use.source, name=f"{path.root}.{field}", guess=near)


def _product_field(path: Path, file: str, products: set[tuple[str, str]]) -> str:
    """Name the field of a product that a path reads, '' if it reads none."""
    steps = path.steps
    if path.root == "picks":
        steps = steps[1:] if steps and isinstance(steps[0], int) else ()
    elif (file, path.root) not in products:
        steps = ()
    return steps[0] if steps and isinstance(steps[0], str) else ""


def _check_number(expr: Filter, source: Source) -> None:
    text = _text_in(expr.operand)
    if text:
        raise CompileError(NOT_A_NUMBER, source, name=expr.name, value=text)
    forms = [form.value for form in expr.arguments if isinstance(form, Constant)]
    words = ", ".join(str(form) for form in forms)
    if expr.name == "plural" and len(forms) == 2 and _CYRILLIC.search(words):
        raise CompileError(PLURAL_FORMS, source, count=len(forms), forms=words)


def _check_kinds(expr: Compare, source: Source, language: str) -> None:
    """Refuse to compare a column with a constant that it never equals, exceeds or precedes."""
    for column, other in ((expr.left, expr.right), (expr.right, expr.left)):
        kind = _kind_of(column)
        if kind is None or not isinstance(other, Constant) or other.value is None:
            continue
        constant = str if isinstance(other.value, str) else int
        if constant is not kind:
            words = {"ru": ("число", "текст"), "en": ("a number", "text")}[language]
            raise CompileError(
                NUMBER_AND_TEXT, source, value=spelled(column), other=spelled(other),
                kind=words[kind is str],
            )  # fmt: skip


def _kind_of(expr: Expr) -> type | None:
    """Return int for a column of numbers, str for one of text, None for anything else."""
    if isinstance(expr, Path) and expr.root == "recipient" and len(expr.steps) == 1:
        return _kinds().get(str(expr.steps[0]))
    return None


@cache
def _kinds() -> Mapping[str, type]:
    """Name the columns that every audience has and that hold numbers (int) or text (str)."""
    of_numbers = ("INTEGER", "BIGINT", "DOUBLE", "DECIMAL")
    types = {name: column.type for name, column in known_columns().items()}
    numbers = {name: int for name, type_ in types.items() if type_.startswith(of_numbers)}
    return {**numbers, **{name: str for name, type_ in types.items() if type_ == "VARCHAR"}}


def _text_in(expr: Expr) -> str:
    """Spell what is text for sure, '' for what may be a number."""
    match expr:
        case Filter("default" | "d", operand):
            return _text_in(operand)
        case Filter(name) if name in _MAKE_TEXT:
            return spelled(expr)
        case _:
            return spelled(expr) if _kind_of(expr) is str else ""


def _warn(draft: Draft, use: HoleUse) -> None:
    for expr in _within(use.expr):
        match expr:
            case Test("none", operand):
                finding = NEVER_NONE.at(use.source, value=spelled(operand))
            case Arithmetic("~", left, right) if gap := _bare(left) or _bare(right):
                finding = JOINED_GAP.at(use.source, value=gap)
            case Constant(str(text)) if _MARKDOWN.search(text):
                finding = MARKUP_IN_VALUE.at(use.source, text=text)
            case _:
                continue
        if finding.source.path.startswith("pismo/"):
            continue
        draft.findings.append(finding)


def _bare(expr: Expr) -> str:
    """Spell a column of the reader that is joined into text without a fallback."""
    return spelled(expr) if isinstance(expr, Path) and expr.root == "recipient" else ""


def _within(expr: Expr) -> Iterator[Expr]:
    yield expr
    for operand in operands(expr):
        yield from _within(operand)
