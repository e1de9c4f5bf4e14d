"""One SQL expression that puts each person into exactly one segment of a newsletter."""

from collections.abc import Mapping

from pismo.audience.engine import quoted
from pismo.audience.facts import known_columns
from pismo.audience.schema import Column
from pismo.model.content import EVERYONE, Newsletter, Segment
from pismo.segments.predicate import compose


def case_sql(
    newsletter: Newsletter,
    segments: Mapping[str, Segment],
    columns: Mapping[str, Column] | None = None,
) -> str:
    """Return a CASE over the facts: the first segment that fits, else `everyone`.

    Exclusive by construction; a condition that is NULL does not fit.

    Args:
        newsletter: Its segments, in order.
        segments: All segments of the workspace, by id.
        columns: What predicates may name (`columns_of`); the built-in facts by default.

    Raises:
        SegmentError: If a predicate is wrong; `check_segments` tells all of them.
    """
    known = known_columns() if columns is None else columns
    whens = [
        f"WHEN {compose(segment, segments, known)} THEN {quoted(segment)}"
        for segment in newsletter.segments
    ]
    if not whens:
        return quoted(EVERYONE)
    return f"CASE {' '.join(whens)} ELSE {quoted(EVERYONE)} END"
