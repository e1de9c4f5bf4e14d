"""A rebus in its fence: solved, and drawn for HTML and for plain text."""

from pismo.compile.blocks.drawing import Drawing
from pismo.compile.letter_rules import NO_READING
from pismo.compile.problem import CompileError
from pismo.games import RebusError, draw_html, draw_text, parse_rebus, solve
from pismo.model.finding import Source


def rebus_drawing(notation: str, language: str, place: Source) -> Drawing:
    """Draw a rebus.

    Args:
        notation: The inside of the fenced block.
        language: Of the letter, for the words around the pictures.
        place: Where the block's first line stands.

    Raises:
        CompileError: If it cannot be read, or does not read as its answer.
    """
    try:
        rebus = parse_rebus(notation)
        readings = solve(rebus)
    except RebusError as error:
        found = error.remark
        where = place.shifted(found.line)
        raise CompileError(found.rule, where, **dict(found.values)) from error
    if not readings.ok:
        seen = ", ".join(readings.readings[:3]) or "—"
        raise CompileError(NO_READING, place, answer=rebus.answer, reason=seen)
    return Drawing(draw_html(rebus, language=language), draw_text(rebus, language=language))
