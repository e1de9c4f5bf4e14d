"""Who is where: sizes of segments, overlaps, who is in none, what changed since a moment."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from pismo.errors import SegmentError
from pismo.model.content import Segment
from pismo.records import dataclass

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One segment: people who fit, how many of them fit others too, who came and who left.

    `chosen` counts people whose first fitting segment it is, in the order asked for.
    """

    id: str
    title: str
    size: int
    chosen: int
    overlaps: Mapping[str, int]
    came: int | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentReport:
    """All segments asked for; `everyone` counts people who fit none of them."""

    people: int
    segments: tuple[Size, ...]
    everyone: int


def report_segments(
    engine: "duckdb.DuckDBPyConnection",
    segments: Sequence[Segment],
    composed: Mapping[str, str],
    *,
    before: str = "",
) -> SegmentReport:
    """Count in one pass over the facts.

    Args:
        engine: Has the table or view `facts`.
        segments: Which, in the order in which the first that fits wins.
        composed: Segment -> SQL (`compose_all`).
        before: A table of facts of an earlier moment, to compare with; '' for none.

    Raises:
        SegmentError: If a condition fails on the data.
    """
    if not segments:
        (people,) = _counts(engine, "SELECT count(*) FROM facts", segments)
        return SegmentReport(people=people, segments=(), everyone=people)
    size = len(segments)
    people, everyone, *rest = _counts(engine, _counting_sql(segments, composed), segments)
    overlaps = _overlaps(segments, rest[2 * size :])
    moved = _moved(engine, segments, composed, before) if before else {}
    sizes = tuple(
        Size(
            id=one.id,
            title=one.title,
            size=rest[place],
            chosen=rest[size + place],
            overlaps=overlaps[one.id],
            came=moved.get(one.id, (None, None))[0],
            left=moved.get(one.id, (None, None))[1],
        )
        for place, one in enumerate(segments)
    )
    return SegmentReport(people=people, everyone=everyone, segments=sizes)


def _counting_sql(segments: Sequence[Segment], composed: Mapping[str, str]) -> str:
    """Return SQL for people, people in none, sizes, first choices, and sizes of each pair."""
    places = range(len(segments))
    first = [" AND ".join([*(f"f{other} = 0" for other in range(place)), f"f{place} = 1"])
             for place in places]  # fmt: skip
    none = " AND ".join(f"f{place} = 0" for place in places)
    sums = [
        "count(*)",
        f"coalesce(sum(CASE WHEN {none} THEN 1 ELSE 0 END), 0)",
        *(f"coalesce(sum(f{place}), 0)" for place in places),
        *(f"coalesce(sum(CASE WHEN {test} THEN 1 ELSE 0 END), 0)" for test in first),
        *(f"coalesce(sum(f{one} * f{two}), 0)" for one, two in combinations(places, 2)),
    ]
    return f"SELECT {', '.join(sums)} FROM (SELECT {_flags(segments, composed)} FROM facts) AS f"


def _flags(segments: Sequence[Segment], composed: Mapping[str, str]) -> str:
    return ", ".join(
        f"CASE WHEN {composed[one.id]} THEN 1 ELSE 0 END AS f{place}"
        for place, one in enumerate(segments)
    )


def _overlaps(segments: Sequence[Segment], both: Sequence[int]) -> dict[str, dict[str, int]]:
    """Put counts of pairs where each of the two will look for them, in the order of segments."""
    pairs = dict(zip(combinations([one.id for one in segments], 2), both, strict=True))
    return {
        one.id: {
            other.id: pairs.get((one.id, other.id), pairs.get((other.id, one.id), 0))
            for other in segments
            if other is not one
        }
        for one in segments
    }


def _moved(
    engine: "duckdb.DuckDBPyConnection",
    segments: Sequence[Segment],
    composed: Mapping[str, str],
    before: str,
) -> dict[str, tuple[int, int]]:
    """Count who came to each segment and who left it since `before`."""
    flags = _flags(segments, composed)
    now = f"(SELECT subscriber_id, {flags} FROM facts) AS n"
    then = f"(SELECT subscriber_id, {flags} FROM {before} AS facts) AS t"
    sums = ", ".join(
        f"coalesce(sum(n.f{place} * (1 - coalesce(t.f{place}, 0))), 0), "
        f"coalesce(sum((1 - n.f{place}) * coalesce(t.f{place}, 0)), 0)"
        for place in range(len(segments))
    )
    sql = f"SELECT {sums} FROM {now} LEFT JOIN {then} ON t.subscriber_id = n.subscriber_id"
    found = _counts(engine, sql, segments)
    return {one.id: (found[2 * place], found[2 * place + 1]) for place, one in enumerate(segments)}


def _counts(
    engine: "duckdb.DuckDBPyConnection", sql: str, segments: Sequence[Segment]
) -> list[int]:
    import duckdb

    try:
        (row,) = engine.execute(sql).fetchall()
    except duckdb.Error as error:
        names = ", ".join(one.id for one in segments)
        raise SegmentError(
            f"a condition among {names} fails on this audience: {str(error).splitlines()[0]}",
            hint="compare text with text, numbers with numbers: pismo check says more",
            ru=f"одно из условий {names} здесь не считается: {str(error).splitlines()[0]}",
            hint_ru="сравнивайте текст с текстом, числа с числами; больше скажет pismo check",
        ) from error
    return [int(value) for value in row]
