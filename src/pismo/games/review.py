"""Everything there is to say about a rebus block before anybody sees it: read, solved, weighed."""

from pismo.games import errors
from pismo.games.block import parse_rebus
from pismo.games.drawing import draw_html, must_be_drawn
from pismo.games.errors import Remark, remark
from pismo.games.notation import Rebus
from pismo.games.solver import solve

MOST_BYTES = 1536
"""What a rebus may add to a letter, of which Gmail shows 102 KB."""


def review_rebus(notation: str, *, language: str) -> tuple[Rebus, tuple[Remark, ...]]:
    """Read a rebus block and try it.

    Args:
        notation: The inside of the fenced block.
        language: Of the letter it is for.

    Returns:
        The rebus, and errors and warnings about it.

    Raises:
        RebusError: If it cannot be read, or a change in it cannot be made.
    """
    rebus = parse_rebus(notation)
    remarks = solve(rebus).remarks
    if rebus.picture or must_be_drawn(rebus):
        return rebus, remarks
    size = len(draw_html(rebus, language=language).encode())
    if size > MOST_BYTES:
        place = rebus.lines[0].offset
        remarks = (*remarks, remark(errors.HEAVY, line=place, size=size, limit=MOST_BYTES))
    return rebus, remarks
