"""Everything that can be said about predicates without an audience; examples run as tests."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from pismo.audience.engine import only_row, open_engine, quoted
from pismo.audience.schema import Column
from pismo.model.content import FactValue, Segment
from pismo.model.finding import Finding, Source
from pismo.model.workspace import Workspace
from pismo.segments.columns import columns_of
from pismo.segments.predicate import DIALECT, compose_all, place_of
from pismo.segments.rules import (
    EXAMPLE_FAILS,
    EXAMPLE_VALUE,
    FAILING_PREDICATE,
    NO_EXAMPLE,
    NOT_A_PREDICATE,
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


def check_segments(workspace: Workspace) -> tuple[Finding, ...]:
    """Check every predicate and run its examples; each problem is reported once."""
    findings: list[Finding] = []
    columns = columns_of(workspace, findings)
    composed, wrong = compose_all(workspace.segments, columns)
    findings += wrong
    with open_engine([]) as engine:
        _make_people(engine, columns)
        for name, sql in composed.items():
            segment = workspace.segments[name]
            if _runs(engine, sql, segment, findings):
                findings += _negations(segment, columns)
                _run_examples(engine, sql, segment, columns, findings)
    return tuple(findings)


def _make_people(engine: "duckdb.DuckDBPyConnection", columns: Mapping[str, Column]) -> None:
    """Make table `facts` with nobody in it."""
    listed = ", ".join(f"{column.name} {column.type}" for column in columns.values())
    engine.execute(f"CREATE TABLE facts ({listed})")


def _runs(
    engine: "duckdb.DuckDBPyConnection", sql: str, segment: Segment, findings: list[Finding]
) -> bool:
    """Bind the condition, and try it on people whose texts are no numbers and numbers are zero."""
    import duckdb

    place = Source(segment.source.path, segment.where_line)
    try:
        described = engine.execute(f"DESCRIBE SELECT ({sql}) AS fits FROM facts").fetchall()
        if described[0][1] != "BOOLEAN":
            reason = f"this gives {described[0][1]}"
            findings.append(NOT_A_PREDICATE.at(place, reason=reason, segment=segment.id))
            return False
        types = engine.execute("DESCRIBE facts").fetchall()
        for blank in ("NULL", None):
            values = ", ".join(
                f"CAST({blank or _odd(type_)} AS {type_}) AS {name}" for name, type_, *_ in types
            )
            engine.execute(f"SELECT ({sql}) FROM (SELECT {values}) AS facts").fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0].partition(": ")[2] or str(error)
        findings.append(FAILING_PREDICATE.at(place, reason=reason, segment=segment.id))
        return False
    return True


def _odd(type_: str) -> str:
    """Return an SQL literal of a value that a careless condition stumbles over."""
    odd = {"VARCHAR": "'x'", "BOOLEAN": "FALSE", "DATE": "'2024-02-29'"}
    return odd.get(type_, "'2024-02-29 12:00:00'" if type_ == "TIMESTAMP" else "0")


def _negations(segment: Segment, columns: Mapping[str, Column]) -> Iterator[Finding]:
    """Warn where a negation silently leaves out whoever lacks the column."""
    from sqlglot import exp, parse_one

    tree = parse_one(segment.where, dialect=DIALECT)
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


def _run_examples(
    engine: "duckdb.DuckDBPyConnection",
    sql: str,
    segment: Segment,
    columns: Mapping[str, Column],
    findings: list[Finding],
) -> None:
    import duckdb

    for side, examples in (("in", segment.example_in), ("out", segment.example_out)):
        if not examples:
            findings.append(NO_EXAMPLE.at(segment.source, side=side, segment=segment.id))
        for number, example in enumerate(examples, 1):
            name = f"example.{side}" + (f"[{number}]" if len(examples) > 1 else "")
            place = _place_of_example(segment, side, number)
            if not _values_fit(name, place, example, segment, columns, findings):
                continue
            try:
                holds = person_fits(engine, sql, example, columns) == (side == "in")
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
    values = []
    for column in columns.values():
        value: object = facts.get(column.name)
        if value is None and not column.nullable:
            value = "never" if column.name == "loyalty_stage" else _BLANK.get(column.type)
        values.append(f"CAST({_sql_value(value)} AS {column.type}) AS {column.name}")
    (fits,) = only_row(engine, f"SELECT ({sql}) FROM (SELECT {', '.join(values)}) AS facts")
    return bool(fits)


def _sql_value(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    return quoted(str(value))
