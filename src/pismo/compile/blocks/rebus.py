"""A rebus in its fence: solved, and drawn for HTML and for plain text."""

from collections.abc import Callable
from html import escape

from pismo.compile.blocks.drawing import Drawing
from pismo.compile.problem import CompileError
from pismo.compile.words import words_of
from pismo.games import (
    DRAWN_PX,
    PICTURE_PX,
    Rebus,
    RebusError,
    draw_html,
    draw_text,
    must_be_drawn,
    review_rebus,
)
from pismo.model.finding import Source, has_errors

Made = Callable[[str, Source, int], str]
"""Puts a picture on the site for a place so many CSS pixels wide, and returns its address."""

Drawn = Callable[[Rebus], str]
"""Draws a rebus, puts the picture on the site, and returns its address."""


def rebus_drawing(
    notation: str,
    language: str,
    place: Source,
    made: Made,
    drawn: Drawn,
    *,
    link: str = "",
    prize: str = "",
) -> Drawing:
    """Draw a rebus: as live text, as the picture its writer names, as ours if it must be drawn.

    Args:
        notation: The inside of the fenced block.
        language: Of the letter, for the words around the pictures.
        place: Where the block's first line stands.
        made: What to do with the writer's picture.
        drawn: How to come by ours.
        link: The token of the reader's own link, to check their answer; '' for no such link.
        prize: Where a prize waits for the answer, or ''.

    Returns:
        The drawing, with warnings at the lines that they are about.

    Raises:
        CompileError: If it cannot be read, does not read as its answer, its picture is gone, or
            the fonts to draw it are.
    """
    try:
        rebus, remarks = review_rebus(notation, language=language)
    except RebusError as error:
        raise CompileError.of(error.remark.finding(place)) from error
    findings = tuple(remark.finding(place) for remark in remarks)
    if has_errors(findings):
        raise CompileError.of(findings[0])
    picture, wide = "", PICTURE_PX
    if rebus.picture:
        picture = made(rebus.picture, place.shifted(_line_of("picture", notation)), wide)
    elif must_be_drawn(rebus):
        picture, wide = _drawn(rebus, place, drawn), DRAWN_PX
    html = draw_html(rebus, language=language, picture_src=picture, picture_px=wide)
    more_html, more_text = _links(language, link, prize)
    return Drawing(html + more_html, draw_text(rebus, language=language) + more_text, findings)


def _drawn(rebus: Rebus, place: Source, drawn: Drawn) -> str:
    try:
        return drawn(rebus)
    except RebusError as error:
        raise CompileError.of(error.remark.finding(place)) from error


def _links(language: str, link: str, prize: str) -> tuple[str, str]:
    """Return what stands below the drawing: where one checks an answer, and opens its prize."""
    words = words_of(language)
    links = [(words["check"], link), (words["open_prize"], prize)]
    links = [(text, url) for text, url in links if url]
    if not links:
        return "", ""
    html = " · ".join(f'<a href="{escape(url)}">{escape(text)}</a>' for text, url in links)
    plain = "\n".join(f"{text}: {url}" for text, url in links)
    return f'<p class="play">{html}</p>', f"\n\n{plain}"


def _line_of(key: str, notation: str) -> int:
    """Return how many lines into a block a field stands."""
    lines = notation.splitlines()
    return next((place for place, line in enumerate(lines) if line.lstrip().startswith(key)), 0)
