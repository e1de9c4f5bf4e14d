"""The audience: immutable snapshots of people, products, purchases and events, and their facts."""

from pismo.audience.facts import (
    FACT_NAMES,
    FACTS,
    Fact,
    compute_facts,
    known_columns,
    moment_of,
)
from pismo.audience.schema import TABLES, Column
from pismo.audience.snapshot import (
    Snapshot,
    alone,
    current,
    open_snapshot,
    prune,
    write_snapshot,
)

__all__ = [
    "FACTS",
    "FACT_NAMES",
    "TABLES",
    "Column",
    "Fact",
    "Snapshot",
    "alone",
    "compute_facts",
    "current",
    "known_columns",
    "moment_of",
    "open_snapshot",
    "prune",
    "write_snapshot",
]
