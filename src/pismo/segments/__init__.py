"""Segments: who a newsletter speaks to, as SQL predicates in Git."""

from typing import TYPE_CHECKING

from pismo.lazy import lazily

if TYPE_CHECKING:
    from pismo.segments.assign import case_sql
    from pismo.segments.check import check_segments
    from pismo.segments.columns import answer_columns, columns_of, own_facts
    from pismo.segments.predicate import compose, compose_all
    from pismo.segments.sampling import in_share, share_sql

__all__ = [
    "answer_columns",
    "case_sql",
    "check_segments",
    "columns_of",
    "compose",
    "compose_all",
    "in_share",
    "own_facts",
    "share_sql",
]

# Whoever only loads a workspace needs none of them.
__getattr__ = lazily(
    __name__,
    {
        "assign": "case_sql",
        "check": "check_segments",
        "columns": "answer_columns columns_of own_facts",
        "predicate": "compose compose_all",
        "sampling": "in_share share_sql",
    },
)
