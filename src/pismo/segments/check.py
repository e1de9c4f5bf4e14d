"""Everything that can be said about predicates without an audience; examples run as tests."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from pismo.audience.engine import core, only_row, open_for_sql, quoted
from pismo.audience.schema import Column
from pismo.model.content import FactValue, Segment
from pismo.model.finding import Finding, Source
from pismo.model.workspace import Workspace
from pismo.records import dataclass
from pismo.segments.columns import columns_of
from pismo.segments.mistakes import corrected, failing, not_one
from pismo.segments.predicate import Predicate, link_predicates, parse_all, place_of
from pismo.segments.rules import (
    EXAMPLE_FAILS,
    EXAMPLE_VALUE,
    FAILING_PREDICATE,
    NO_EXAMPLE,
    NULLABLE_NEGATION,
    UNKNOWN_COLUMN,
)
from pismo.text import guess

if TYPE_CHECKING:
    import duckdb

_NOW = datetime(2026, 1, 1, 12)  # noqa: DTZ001  # facts hold naive UTC; any moment does
_BLANK = {"INTEGER": 0, "DOUBLE": 0.0, "BOOLEAN": False, "VARCHAR": "", "TIMESTAMP": _NOW}
_TYPES: dict[str, tuple[type, ...]] = {
    "VARCHAR": (str,),
    "INTEGER": (int,),
    "BIGINT": (int,),
    "DOUBLE": (int, float),
    "BOOLEAN": (bool,),
    "DATE": (date,),
    "TIMESTAMP": (date,),
}


_Example: TypeAlias = tuple[str, str, int]
"""A segment, "in" or "out", and the example's number from 1."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """One condition that runs, and what it is tried on: `known` are answers had already."""

    engine: "duckdb.DuckDBPyConnection"
    sql: str
    segment: Segment
    columns: Mapping[str, Column]
    mentioned: Mapping[str, Column]
    known: Mapping[_Example, bool]

    def fits(self, side: str, number: int, facts: Mapping[str, FactValue]) -> bool:
        """Tell whether the person of an example fits."""
        known = self.known.get((self.segment.id, side, number))
        if known is not None:
            return known
        return person_fits(self.engine, self.sql, facts, self.mentioned)


def check_segments(workspace: Workspace) -> tuple[Finding, ...]:
    """Check every predicate and run its examples; each problem is reported once."""
    findings: list[Finding] = []
    columns = columns_of(workspace, findings)
    predicates = parse_all(workspace.segments, columns, findings)
    composed = link_predicates(predicates, workspace.segments, findings)
    if not composed:
        return tuple(findings)
    mentioned = _mentioned(predicates, columns)
    with open_for_sql() as engine:
        _make_people(engine, mentioned)
        known = _asked_at_once(engine, composed, workspace.segments, columns, mentioned)
        for name, sql in composed.items():
            predicate = predicates[name]
            if known is not None or _runs(engine, sql, predicate.segment, mentioned, findings):
                findings += _negations(predicate, columns)
                trial = _Trial(engine, sql, predicate.segment, columns, mentioned, known or {})
                _run_examples(trial, findings)
    return tuple(findings)


def _mentioned(
    predicates: Mapping[str, Predicate], columns: Mapping[str, Column]
) -> dict[str, Column]:
    """Return the columns that some condition names: others make no difference."""
    names = {"subscriber_id"}  # `sample` asks for it without naming it
    for predicate in predicates.values():
        names.update(predicate.columns)
    return {name: column for name, column in columns.items() if name in names}


def _make_people(engine: "duckdb.DuckDBPyConnection", columns: Mapping[str, Column]) -> None:
    """Make table `facts` with nobody in it."""
    listed = ", ".join(f"{column.name} {column.type}" for column in columns.values())
    engine.execute(f"CREATE TABLE facts ({listed})")


def _asked_at_once(
    engine: "duckdb.DuckDBPyConnection",
    composed: Mapping[str, str],
    segments: Mapping[str, Segment],
    columns: Mapping[str, Column],
    mentioned: Mapping[str, Column],
) -> "Mapping[_Example, bool] | None":
    """Ask all conditions about all people in one query: 100 of them take 50 times as long.

    Returns:
        What each condition says of its own examples; None if any condition does not run, so that
        each must be asked alone to tell which.
    """
    duckdb = core()
    asked: list[tuple[_Example, int]] = []
    rows = [_oddity(mentioned, "NULL"), _oddity(mentioned)]
    for place, name in enumerate(composed):
        for side, number, facts in _examples(segments[name]):
            if _values_fit("", segments[name].source, facts, segments[name], columns, []):
                asked.append(((name, side, number), place))
                rows.append(_person(facts, mentioned))
    people = ", ".join(f"({', '.join(row)})" for row in rows)
    selected = ", ".join(f"({sql})" for sql in composed.values())
    try:
        engine.execute(f"SELECT {selected} FROM (VALUES {people}) AS facts({', '.join(mentioned)})")
        if any(str(column[1]) != "BOOLEAN" for column in engine.description or ()):
            return None
        answers = engine.fetchall()[2:]
    except duckdb.Error:
        # Some condition cannot be computed: asked alone, each says so itself.
        return None
    return {example: bool(row[place]) for (example, place), row in zip(asked, answers, strict=True)}


def _runs(
    engine: "duckdb.DuckDBPyConnection",
    sql: str,
    segment: Segment,
    columns: Mapping[str, Column],
    findings: list[Finding],
) -> bool:
    """Bind the condition, and try it on people whose texts are no numbers and numbers are zero."""
    duckdb = core()
    place = Source(segment.source.path, segment.where_line)
    try:
        described = engine.execute(f"DESCRIBE SELECT ({sql}) AS fits FROM facts").fetchall()
        if described[0][1] != "BOOLEAN":
            rule = not_one(f"this gives {described[0][1]}", f"выходит {described[0][1]}")
            rule = corrected(rule, segment.where)
            findings.append(rule.at(place, segment=segment.id))
            return False
        for blank in ("NULL", ""):
            only_row(engine, _about(sql, _oddity(columns, blank), columns))
    except duckdb.Error as error:
        findings.append(failing(error, segment.where).at(place, segment=segment.id))
        return False
    return True


def _about(sql: str, person: Sequence[str], columns: Mapping[str, Column]) -> str:
    """Return a query of what a condition says about one person."""
    listed = ", ".join(f"{value} AS {name}" for value, name in zip(person, columns, strict=True))
    return f"SELECT ({sql}) FROM (SELECT {listed}) AS facts"


def _oddity(columns: Mapping[str, Column], blank: str = "") -> list[str]:
    """Return somebody of whom nothing is known, or whose values a careless condition trips over."""
    return [f"CAST({blank or _odd(one.type)} AS {one.type})" for one in columns.values()]


def _odd(type_: str) -> str:
    """Return an SQL literal of a value that a careless condition stumbles over."""
    odd = {"VARCHAR": "'x'", "BOOLEAN": "FALSE", "DATE": "'2024-02-29'"}
    return odd.get(type_, "'2024-02-29 12:00:00'" if type_ == "TIMESTAMP" else "0")


def _negations(predicate: Predicate, columns: Mapping[str, Column]) -> Iterator[Finding]:
    """Warn where a negation silently leaves out whoever lacks the column."""
    from sqlglot import exp

    tree, segment = predicate.tree, predicate.segment
    guarded = {
        column.name.lower()
        for guard in tree.find_all(exp.Is, exp.Coalesce, exp.NullSafeEQ, exp.NullSafeNEQ)
        for column in guard.find_all(exp.Column)
    }
    reported: set[str] = set()
    for negation in tree.find_all(exp.Not, exp.NEQ):
        for column in negation.find_all(exp.Column):
            name = column.name.lower()
            if name not in guarded | reported and name in columns and columns[name].nullable:
                reported.add(name)
                place = place_of(column, segment)
                yield NULLABLE_NEGATION.at(place, column=name, segment=segment.id)


def _examples(segment: Segment) -> Iterator[tuple[str, int, Mapping[str, FactValue]]]:
    """Yield every example with its side and its number, from 1."""
    for side, examples in (("in", segment.example_in), ("out", segment.example_out)):
        for number, facts in enumerate(examples, 1):
            yield side, number, facts


def _run_examples(trial: _Trial, findings: list[Finding]) -> None:
    duckdb = core()
    segment = trial.segment
    for side, examples in (("in", segment.example_in), ("out", segment.example_out)):
        if not examples:
            findings.append(NO_EXAMPLE.at(segment.source, side=side, segment=segment.id))
        for number, example in enumerate(examples, 1):
            name = f"example.{side}" + (f"[{number}]" if len(examples) > 1 else "")
            place = _place_of_example(segment, side, number)
            if not _values_fit(name, place, example, segment, trial.columns, findings):
                continue
            try:
                holds = trial.fits(side, number, example) == (side == "in")
            except duckdb.Error as error:
                reason = f"{name}: {str(error).splitlines()[0].partition(': ')[2] or error}"
                findings.append(FAILING_PREDICATE.at(place, reason=reason, segment=segment.id))
                continue
            if not holds:
                findings.append(EXAMPLE_FAILS.at(place, example=name, segment=segment.id))


def _place_of_example(segment: Segment, side: str, number: int) -> Source:
    """Return where an example begins: its own table, its list, or the table of them all."""
    for name in (f"example.{side}.{number - 1}", f"example.{side}", "example"):
        if name in segment.lines:
            return segment.place_of(name)
    return segment.source


def _values_fit(
    name: str,
    place: Source,
    example: Mapping[str, FactValue],
    segment: Segment,
    columns: Mapping[str, Column],
    findings: list[Finding],
) -> bool:
    before = len(findings)
    for column, value in example.items():
        if column not in columns:
            near = guess(column, columns)
            findings.append(UNKNOWN_COLUMN.at(place, column=column, guess=near, segment=segment.id))
            continue
        expected = _TYPES.get(columns[column].type, (object,))
        is_flag = isinstance(value, bool) and bool not in expected
        if value is not None and (not isinstance(value, expected) or is_flag):
            findings.append(
                EXAMPLE_VALUE.at(
                    place,
                    example=name,
                    column=column,
                    value=repr(value),
                    type=columns[column].type,
                    segment=segment.id,
                )
            )
    return len(findings) == before


def person_fits(
    engine: "duckdb.DuckDBPyConnection",
    sql: str,
    facts: Mapping[str, FactValue],
    columns: Mapping[str, Column],
) -> bool:
    """Tell whether a person with these facts fits; what is not said is unknown, counts are 0."""
    (fits,) = only_row(engine, _about(sql, _person(facts, columns), columns))
    return bool(fits)


def _person(facts: Mapping[str, FactValue], columns: Mapping[str, Column]) -> list[str]:
    values = []
    for column in columns.values():
        value: object = facts.get(column.name)
        if value is None and not column.nullable:
            value = "never" if column.name == "loyalty_stage" else _BLANK.get(column.type)
        values.append(f"CAST({_sql_value(value)} AS {column.type})")
    return values


def _sql_value(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    return quoted(str(value))
