"""Predicates: parsed, confined to a whitelist, made safe to run, composed by name."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from pismo.audience.schema import Column
from pismo.errors import SegmentError
from pismo.model.content import Segment
from pismo.model.finding import Finding, Rule, Source
from pismo.records import dataclass, replace
from pismo.segments.mistakes import corrected, in_quotes, not_one, refused, with_hyphen
from pismo.segments.rules import (
    NOT_A_PREDICATE,
    SEGMENT_CYCLE,
    UNKNOWN_COLUMN,
    UNKNOWN_SEGMENT,
    UNSAFE_PREDICATE,
)
from pismo.segments.sampling import share_sql
from pismo.text import guess

if TYPE_CHECKING:
    from sqlglot import exp

DIALECT = "duckdb"
SAMPLE = "sample"
_MAX_LENGTH = 10_000
_MAX_COMPOSED = 20_000
_NEAR = 12
"""So many characters before and after a mistake are shown."""
_FRAME = 150
"""Characters that a segment named in another costs, apart from its own."""
FUNCTIONS = (
    "abs", "ceil", "coalesce", "floor", "greatest", "least", "length", "lower", "nullif",
    "round", "sample", "starts_with", "substr", "trim", "upper", "year", "month", "day",
    "date_diff", "date_trunc", "cast",
)  # fmt: skip
"""What a predicate may call. `sample(10, 'salt')` is true for a stable 10 % of people."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """A segment's own condition, parsed and found harmless; `names` are the segments it uses."""

    segment: Segment
    tree: "exp.Expr"
    names: tuple[str, ...]
    columns: tuple[str, ...]


def parse_predicate(
    segment: Segment, columns: Mapping[str, Column], findings: list[Finding]
) -> Predicate | None:
    """Parse and confine one condition; what is wrong goes to `findings`, and None comes back."""
    from sqlglot import exp

    tree = _parsed(segment, findings)
    if tree is None:
        return None
    before = len(findings)
    for node in _nodes(tree):
        _check_node(node, segment, findings)
    if len(findings) == before:
        for column in tree.find_all(exp.Column):
            _check_column(column, segment, columns, findings)
    if len(findings) > before:
        return None
    return Predicate(
        segment,
        tree,
        tuple(dict.fromkeys(str(node.this) for node in tree.find_all(exp.Placeholder))),
        tuple(dict.fromkeys(column.name.lower() for column in tree.find_all(exp.Column))),
    )


def link_predicates(
    predicates: Mapping[str, Predicate], known: Iterable[str], findings: list[Finding]
) -> dict[str, str]:
    """Compose every predicate whose names resolve; return segment -> SQL, ready to run.

    A segment that leans on a broken one is left out without a finding of its own, so that an
    error is reported once, where it stands.
    """
    every = tuple(known)
    broken: set[str] = set()
    for name, predicate in predicates.items():
        for used in predicate.names:
            if used not in every:
                place = _place_of_name(predicate.segment, used)
                near = guess(used, every)
                rule = with_hyphen(UNKNOWN_SEGMENT, predicate.segment.where, used)
                findings.append(rule.at(place, name=used, guess=near, segment=name))
                broken.add(name)
    for name in predicates:
        if (circle := _circle(name, predicates)) and name == min(circle):
            place = _place_of_name(predicates[name].segment, (*circle, circle[0])[1])
            drawn = " → ".join(f"${step}" for step in (*circle, circle[0]))
            findings.append(SEGMENT_CYCLE.at(place, circle=drawn, segment=name))
    whole = [name for name in predicates if _resolves(name, predicates, broken)]
    sizes: dict[str, int] = {}
    for name in whole:
        if _size(name, predicates, sizes) > _MAX_COMPOSED >= _own_size(predicates[name]):
            place = Source(
                predicates[name].segment.source.path, predicates[name].segment.where_line
            )
            rule = not_one(
                f"with the segments it names, it is longer than {_MAX_COMPOSED} characters",
                f"вместе с названными сегментами оно длиннее {_MAX_COMPOSED} знаков",
            )
            findings.append(rule.at(place, segment=name))
    return {name: _composed(name, predicates) for name in whole if sizes[name] <= _MAX_COMPOSED}


def compose(segment_id: str, segments: Mapping[str, Segment], columns: Mapping[str, Column]) -> str:
    """Return the SQL of one segment, other segments written out in it.

    Raises:
        SegmentError: If it, or a segment it names, is wrong; the first finding says how.
    """
    composed, findings = compose_all(segments, columns)
    if segment_id in composed:
        return composed[segment_id]
    if segment_id not in segments:
        raise SegmentError(f"there is no segment {segment_id}", ru=f"нет сегмента {segment_id}")
    own = [one for one in findings if one.segment == segment_id]
    if first := next(iter(own or findings), None):
        raise refused(first)
    raise SegmentError(
        'the segment has no condition: write `where = "orders = 0"`',
        segments[segment_id].source,
        ru='у сегмента нет условия: напишите `where = "orders = 0"`',
    )


def compose_all(
    segments: Mapping[str, Segment], columns: Mapping[str, Column]
) -> tuple[dict[str, str], list[Finding]]:
    """Parse, confine and compose all segments; return segment -> SQL, and what is wrong."""
    findings: list[Finding] = []
    predicates = parse_all(segments, columns, findings)
    return link_predicates(predicates, segments, findings), findings


def parse_all(
    segments: Mapping[str, Segment], columns: Mapping[str, Column], findings: list[Finding]
) -> dict[str, Predicate]:
    """Parse and confine all segments; what is wrong goes to `findings` and is left out."""
    predicates = {}
    for name, segment in segments.items():
        if not segment.where:
            continue  # the loader has reported it
        predicate = parse_predicate(segment, columns, findings)
        if predicate is not None:
            predicates[name] = predicate
    return predicates


def place_of(node: "exp.Expr", segment: Segment) -> Source:
    """Return the line of the file that a part of a predicate stands on."""
    for part in node.walk():
        if "line" in part.meta:
            line = segment.where_line + int(part.meta["line"]) - 1
            return Source(segment.source.path, line)
    return Source(segment.source.path, segment.where_line)


def _near(details: Mapping[str, str | None]) -> str:
    """Return what stands where sqlglot gave up, '' if it does not say; one line."""
    before, after = details.get("start_context") or "", details.get("end_context") or ""
    around = before[-_NEAR:] + (details.get("highlight") or "") + after[:_NEAR]
    return " ".join(around.split())


def _parsed(segment: Segment, findings: list[Finding]) -> "exp.Expr | None":
    import sqlglot
    from sqlglot.errors import SqlglotError

    place = Source(segment.source.path, segment.where_line)
    if len(segment.where) > _MAX_LENGTH:
        long = f"it is longer than {_MAX_LENGTH} characters", f"оно длиннее {_MAX_LENGTH} знаков"
        findings.append(not_one(*long).at(place, segment=segment.id))
        return None
    try:
        statements = sqlglot.parse(segment.where, dialect=DIALECT)
    except SqlglotError as error:
        details = getattr(error, "errors", None) or [{}]
        place = place.shifted(int(details[0].get("line") or 1) - 1)
        near = _near(details[0]) or segment.where.strip()[-_NEAR:]
        unread = replace(
            corrected(NOT_A_PREDICATE, segment.where),
            en="the condition cannot be read near `{near}`: something there is missing or too much",
            ru="условие не читается около `{near}`: там чего-то не хватает или что-то лишнее",
        )
        findings.append(unread.at(place, near=near, segment=segment.id))
        return None
    except RecursionError:
        deep = not_one("nested too deep", "скобки вложены слишком глубоко")
        findings.append(deep.at(place, segment=segment.id))
        return None
    trees = [tree for tree in statements if tree is not None]
    if len(trees) != 1:
        rule = not_one("it is empty", "оно пустое")
        if trees:
            rule = not_one(f"{len(trees)} statements", f"выражений здесь {len(trees)}")
        findings.append(rule.at(place, segment=segment.id))
        return None
    return trees[0]


def _nodes(tree: "exp.Expr") -> "Iterator[exp.Expr]":
    """Walk the tree, but not into what is refused as a whole."""
    allowed = _allowed()
    return tree.walk(prune=lambda node: type(node) not in allowed)


def _check_node(node: "exp.Expr", segment: Segment, findings: list[Finding]) -> None:
    from sqlglot import exp

    place = place_of(node, segment)
    what = ""
    if isinstance(node, exp.Anonymous):
        what = "" if _is_sample(node) else f"{node.name}()"
    elif type(node) not in _allowed():
        what = _named(node)
    elif isinstance(node, exp.Column) and node.table:
        what = f"{node.table}.{node.name}"
    elif isinstance(node, exp.In) and not node.expressions:
        what = "IN (SELECT …)"
    elif isinstance(node, exp.Placeholder) and not isinstance(node.this, str):
        what = "?"
    elif isinstance(node, exp.DataType) and node.sql(DIALECT).upper() not in _TYPES:
        what = f"CAST AS {node.sql(DIALECT)}"
    if what:
        allowed = ", ".join(sorted(FUNCTIONS))
        rule = corrected(UNSAFE_PREDICATE, segment.where)
        if isinstance(node, exp.Alias):
            # Two words side by side are a name and its alias to SQL.
            what = f"{node.this.sql(DIALECT)} {node.alias}"
            rule = in_quotes(UNSAFE_PREDICATE, f"{_last_word(node.this)} {node.alias}")
        findings.append(rule.at(place, what=what, allowed=allowed, segment=segment.id))
    elif wrong := _never(node):
        findings.append(wrong.at(place, segment=segment.id))


def _never(node: "exp.Expr") -> Rule | None:
    """Return what is wrong with a part that SQL reads otherwise than its writer: `= NULL`, `||`."""
    from sqlglot import exp

    if isinstance(node, exp.EQ | exp.NEQ) and isinstance(node.expression, exp.Null):
        word = "IS NULL" if isinstance(node, exp.EQ) else "IS NOT NULL"
        name = node.this.sql(DIALECT)
        return replace(
            not_one("nothing equals NULL, not even NULL", "NULL не равен ничему, даже NULL"),
            hint_en=f"write {name} {word}",
            hint_ru=f"напишите {name} {word}",
        )
    if isinstance(node, exp.DPipe) and any(
        (isinstance(side, exp.Literal) and not side.is_string) or isinstance(side, exp.Predicate)
        for side in (node.this, node.expression)
    ):
        joined = not_one("|| joins texts", "|| склеивает тексты")
        return corrected(joined, "||")
    return None


def _last_word(node: "exp.Expr") -> str:
    from sqlglot import exp

    columns = list(node.find_all(exp.Column))
    return columns[-1].name if columns else node.sql(DIALECT)


def _named(node: "exp.Expr") -> str:
    from sqlglot import exp

    if isinstance(node, exp.Func):
        return f"{node.sql_name().lower()}()"
    return type(node).__name__.upper()


def _is_sample(node: "exp.Expr") -> bool:
    from sqlglot import exp

    arguments = node.expressions
    return (
        str(node.this).lower() == SAMPLE
        and len(arguments) in (1, 2)
        and isinstance(arguments[0], exp.Literal)
        and not arguments[0].is_string
        and all(isinstance(one, exp.Literal) and one.is_string for one in arguments[1:])
    )


def _check_column(
    column: "exp.Column",
    segment: Segment,
    columns: Mapping[str, Column],
    findings: list[Finding],
) -> None:
    if column.name.lower() in columns:
        return
    near = guess(column.name.lower(), columns)
    place = place_of(column, segment)
    rule = in_quotes(UNKNOWN_COLUMN, column.name) if _is_value(column) else UNKNOWN_COLUMN
    rule = with_hyphen(rule, segment.where, column.name)
    findings.append(rule.at(place, column=column.name, guess=near, segment=segment.id))


def _is_value(column: "exp.Column") -> bool:
    """Tell whether a name stands where a text would: `city = Казань`, `city IN ("Казань")`."""
    from sqlglot import exp

    parent = column.parent
    compared = isinstance(parent, exp.EQ | exp.NEQ | exp.In | exp.Like | exp.ILike)
    return compared and parent is not None and parent.this is not column


def _place_of_name(segment: Segment, name: str) -> Source:
    found = re.search(rf"\${re.escape(name)}\b", segment.where)
    lines = segment.where.count("\n", 0, found.start()) if found else 0
    return Source(segment.source.path, segment.where_line + lines)


def _circle(name: str, predicates: Mapping[str, Predicate]) -> tuple[str, ...]:
    """Return a way from a segment back to itself, or ()."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen = {name}
    while ways:
        way = ways.pop(0)
        for step in predicates[way[-1]].names:
            if step == name:
                return way
            if step in predicates and step not in seen:
                seen.add(step)
                ways.append((*way, step))
    return ()


def _resolves(name: str, predicates: Mapping[str, Predicate], broken: set[str]) -> bool:
    """Tell whether everything that a segment leans on is whole and goes in no circle."""
    todo, seen = [name], set[str]()
    while todo:
        step = todo.pop()
        if step in broken or step not in predicates:
            return False
        for used in predicates[step].names:
            if used == name:
                return False
            if used not in seen:
                seen.add(used)
                todo.append(used)
    return not any(_circle(step, predicates) for step in seen)


def _size(name: str, predicates: Mapping[str, Predicate], sizes: dict[str, int]) -> int:
    """Return how long a predicate is with all others written out; what is in no circle ends.

    Segments that name one another twice double at each step, so this is asked before writing.
    """
    todo = [name]
    while todo:
        step = todo[-1]
        if missing := [used for used in predicates[step].names if used not in sizes]:
            todo += missing
            continue
        counts = Counter(str(one.this) for one in _placeholders(predicates[step]))
        inner = sum((sizes[used] + _FRAME) * count for used, count in counts.items())
        sizes[step] = _own_size(predicates[step]) + inner
        todo.pop()
    return sizes[name]


def _own_size(predicate: Predicate) -> int:
    return len(predicate.segment.where)


def _placeholders(predicate: Predicate) -> "Iterator[exp.Expr]":
    from sqlglot import exp

    return predicate.tree.find_all(exp.Placeholder)


def _composed(name: str, predicates: Mapping[str, Predicate]) -> str:
    return _tree(name, predicates).sql(dialect=DIALECT, comments=False)


def _tree(name: str, predicates: Mapping[str, Predicate]) -> "exp.Expr":
    """Return a predicate that cannot fail on any person's data, others written out in it."""
    from sqlglot import exp, parse_one

    def safe(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Placeholder):
            # "In the segment" is yes or no, so that NOT $families is everybody else.
            inner = exp.paren(_tree(str(node.this), predicates))
            return exp.paren(exp.Coalesce(this=inner, expressions=[exp.false()]))
        if isinstance(node, exp.Anonymous):
            salt = node.expressions[1].name if len(node.expressions) > 1 else name
            return exp.paren(
                parse_one(share_sql(float(node.expressions[0].name), salt), dialect=DIALECT)
            )
        if isinstance(node, exp.Div | exp.Mod | exp.IntDiv):
            divisor = node.expression.copy()
            node.set("expression", exp.Nullif(this=divisor, expression=exp.Literal.number(0)))
            return node
        if type(node) is exp.Mul and not node.find(exp.Interval):
            # Whole numbers overflow where these do not.
            node.set("this", exp.cast(node.this.copy(), "DOUBLE", dialect=DIALECT))
            return node
        if type(node) is exp.Cast and not isinstance(node.this, exp.Literal):
            return exp.TryCast(this=node.this, to=node.args["to"])
        return node

    return predicates[name].tree.copy().transform(safe, copy=False)


_TYPES = frozenset(
    {"INT", "INTEGER", "BIGINT", "DOUBLE", "TEXT", "VARCHAR", "DATE", "TIMESTAMP", "BOOLEAN"}
)


@cache
def _allowed() -> "frozenset[type[exp.Expr]]":
    """Return the whitelist: what is not here is refused, whatever it may do."""
    from sqlglot import exp

    logic = (exp.And, exp.Or, exp.Not, exp.Paren, exp.Case, exp.If)
    values = (exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Placeholder)
    compare = (
        exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Is,
        exp.Like, exp.ILike, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Escape,
    )  # fmt: skip
    numbers = (
        exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Abs, exp.Round,
        exp.Floor, exp.Ceil, exp.Greatest, exp.Least,
    )  # fmt: skip
    texts = (exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Substring, exp.StartsWith, exp.DPipe)
    times = (
        exp.Interval, exp.Var, exp.Year, exp.Month, exp.Day, exp.DateDiff, exp.DateTrunc,
        exp.TimestampTrunc, exp.Extract,
    )  # fmt: skip
    other = (exp.Coalesce, exp.Nullif, exp.Cast, exp.TryCast, exp.DataType, exp.Anonymous)
    return frozenset((*logic, *values, *compare, *numbers, *texts, *times, *other))
