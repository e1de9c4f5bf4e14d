"""Counts that letters print: `counts["friday-001"]` is how many readers have answered that game.

Of a rebus those who solved it: only right answers are recorded. Where nobody has, or no event is
known, there is no count, and the sentence with it stays away.
"""

from collections.abc import Mapping, Sequence

from pismo.ledger import Ledger
from pismo.model.edition import Edition, paths


def counts_of(editions: Sequence[Edition], ledger: Ledger) -> Mapping[str, int]:
    """Return the counts that editions ask for, by name, as of now."""
    asked = {
        str(path.steps[0])
        for edition in editions
        for use in edition.uses
        for path in paths(use.expr)
        if path.root == "counts" and path.steps
    }
    return ledger.answered(asked) if asked else {}
