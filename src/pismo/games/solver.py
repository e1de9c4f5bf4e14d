"""Reads a rebus in every way its conventions allow, and says whether the answer is among them.

The fixed order: edits in brackets, turning over, commas. ё counts as е; a picture without a name
may be called by any name of the lexicon, several of it by any plural.
"""

import difflib
from collections.abc import Callable, Iterable

from pismo.games import errors
from pismo.games.conventions import number_readings
from pismo.games.errors import RebusError, Remark, remark
from pismo.games.lexicon import names_of, words
from pismo.games.notation import (
    Changes,
    Edit,
    Letters,
    Line,
    Note,
    Number,
    Order,
    Part,
    Picture,
    Piece,
    Placed,
    Rebus,
    Replace,
    ReplaceAt,
    StrikeAt,
    pieces,
)
from pismo.games.spelling import fold
from pismo.records import dataclass, replace

READINGS_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class Readings:
    """All readings of a rebus (letters only, lower case, ё as е), and what to say about them.

    `ok` is true when the answer is among them; remarks may then still hold warnings.
    """

    readings: tuple[str, ...]
    ok: bool
    remarks: tuple[Remark, ...] = ()


def solve(rebus: Rebus) -> Readings:
    """Read a rebus in all ways and compare with its answer.

    Raises:
        RebusError: If a change cannot be made («в «лиса» нет буквы «р»»), a picture has no name,
            or there are too many ways to read it.
    """
    readings = _all_readings(rebus, _spoken)
    answer = fold(rebus.answer)
    remarks: list[Remark] = []
    if answer not in readings:
        nearest = difflib.get_close_matches(answer, readings, n=1, cutoff=0.0)
        shown = nearest[0] if nearest else readings[0]
        place = rebus.lines[-1].offset
        remarks.append(remark(errors.UNSOLVED, line=place, reading=shown, answer=rebus.answer))
    else:
        remarks.extend(_other_words(rebus, answer))
    remarks.extend(_shown_answers(rebus, answer))
    return Readings(tuple(readings), answer in readings, tuple(remarks))


def line_readings(line: Line, language: str) -> tuple[str, ...]:
    """Return every reading of one line, each once, the usual ones first.

    Raises:
        RebusError: As `solve`.
    """
    return _sequence(line.parts, language, _spoken, line.offset)


def change(name: str, changes: Changes) -> str:
    """Return what is left of a folded word after its changes; they all count its own letters.

    Raises:
        RebusError: If a letter or an index is not there, is changed twice, or nothing is left.
    """
    cells = list(name)
    touched: set[int] = set()
    for edit in changes.edits:
        for index, width, new in _edited(name, edit):
            if touched & set(range(index, index + width)):
                raise RebusError(remark(errors.EDITED_TWICE, name=name, letter=name[index]))
            touched.update(range(index, index + width))
            cells[index : index + width] = [new] + [""] * (width - 1)
    order = next((edit.indexes for edit in changes.edits if isinstance(edit, Order)), None)
    kept = "".join(cells[index - 1] for index in order) if order else "".join(cells)
    turned = kept[::-1] if changes.flipped else kept
    left = turned[changes.drop_first : len(turned) - changes.drop_last]
    if not left or changes.drop_first + changes.drop_last >= len(turned):
        raise RebusError(remark(errors.NOTHING_LEFT, name=name))
    return left


def _edited(name: str, edit: Edit) -> list[tuple[int, int, str]]:
    """Return (index from 0, letters replaced, new letters) for each place an edit touches."""
    if isinstance(edit, Order):
        for index in edit.indexes:
            _check_index(name, index)
        return []
    if isinstance(edit, (ReplaceAt, StrikeAt)):
        _check_index(name, edit.index)
        return [(edit.index - 1, 1, edit.new if isinstance(edit, ReplaceAt) else "")]
    if isinstance(edit, Replace):
        return [(place, len(edit.old), edit.new) for place in _places(name, edit.old)]
    return [(place, 1, "") for letter in edit.letters for place in _places(name, letter)]


def _check_index(name: str, index: int) -> None:
    if not 1 <= index <= len(name):
        raise RebusError(remark(errors.NO_INDEX, name=name, index=index, count=len(name)))


def _places(name: str, letters: str) -> list[int]:
    """Return where `letters` stand in `name`, without overlaps."""
    found: list[int] = []
    start = name.find(letters)
    while start >= 0:
        found.append(start)
        start = name.find(letters, start + len(letters))
    if not found:
        raise RebusError(remark(errors.NO_LETTER, name=name, letter=letters))
    return found


_Namer = Callable[[Piece, str], Iterable[str]]
"""Says what a piece may be called, folded, before its changes."""


def _all_readings(rebus: Rebus, namer: _Namer) -> tuple[str, ...]:
    readings: tuple[str, ...] = ("",)
    for line in rebus.lines:
        one = _sequence(line.parts, rebus.language, namer, line.offset)
        readings = _joined(readings, one, line.offset)
    return readings


def _sequence(
    parts: tuple[Part, ...], language: str, namer: _Namer, offset: int
) -> tuple[str, ...]:
    readings: tuple[str, ...] = ("",)
    for part in parts:
        if isinstance(part, Piece):
            one = _piece(part, language, namer, offset)
        else:
            one = _placed(part, language, namer, offset)
        readings = _joined(readings, one, offset)
    return readings


def _joined(heads: tuple[str, ...], tails: tuple[str, ...], offset: int) -> tuple[str, ...]:
    if len(heads) * len(tails) > READINGS_LIMIT:
        raise RebusError(remark(errors.TOO_MANY, line=offset, limit=READINGS_LIMIT))
    return tuple(dict.fromkeys(head + tail for head in heads for tail in tails))


def _placed(placed: Placed, language: str, namer: _Namer, offset: int) -> tuple[str, ...]:
    """Read a position both ways: «в О ДА» and «ДА в О»."""
    word = (placed.preposition,)
    ground = _sequence(placed.ground, language, namer, offset)
    figure = _sequence(placed.figure, language, namer, offset)
    first = _joined(_joined(word, ground, offset), figure, offset)
    second = _joined(_joined(figure, word, offset), ground, offset)
    return tuple(dict.fromkeys(first + second))


def _piece(piece: Piece, language: str, namer: _Namer, offset: int) -> tuple[str, ...]:
    """Read one piece by each of its names that its changes fit."""
    found: dict[str, None] = {}
    failure: RebusError | None = None
    for name in namer(piece, language):
        try:
            found[change(name, piece.changes)] = None
        except RebusError as problem:
            failure = failure or problem
    if found:
        return tuple(found)
    place = failure.remark if failure else _nameless(piece)
    raise RebusError(replace(place, line=offset, column=piece.column)) from failure


def _nameless(piece: Piece) -> Remark:
    if isinstance(piece.symbol, Number):
        return remark(errors.BAD_NUMBER, digits=piece.symbol.digits)
    shown = piece.symbol.shown if isinstance(piece.symbol, Picture) else ""
    return remark(errors.NO_NAME, emoji=shown)


def _spoken(piece: Piece, language: str) -> Iterable[str]:
    """Name a piece as its author does, or else as the conventions and the lexicon do."""
    symbol = piece.symbol
    if piece.reading:
        return (piece.reading,)
    if isinstance(symbol, Picture):
        return (fold(symbol.name),) if symbol.name else known_names(symbol, language)
    if isinstance(symbol, Number):
        return number_readings(symbol.digits, language)
    return (fold(symbol.letters if isinstance(symbol, Letters) else symbol.name),)


def known_names(picture: Picture, language: str) -> tuple[str, ...]:
    """Return what the lexicon calls a picture (plurals for several), folded, usual first."""
    known = names_of(picture.emoji, language)
    if picture.count == 1:
        return tuple(fold(name.name) for name in known)
    return tuple(fold(name.plural) for name in known if name.plural)


def _seen(piece: Piece, language: str) -> Iterable[str]:
    """Name a piece as a reader might, who sees the picture and not its name."""
    names = tuple(_spoken(piece, language))
    if not isinstance(piece.symbol, Picture) or piece.reading:
        return names
    return dict.fromkeys(names + known_names(piece.symbol, language))


def _other_words(rebus: Rebus, answer: str) -> list[Remark]:
    """Warn of dictionary words that a reader may honestly find instead of the answer."""
    try:
        readings = _all_readings(rebus, _seen)
    except RebusError as problem:
        if problem.remark.rule is not errors.TOO_MANY:
            raise
        readings = _all_readings(rebus, _spoken)
    known = words(rebus.language)
    place = rebus.lines[0].offset
    return [
        remark(errors.OTHER_WORD, line=place, word=reading)
        for reading in readings
        if reading != answer and reading in known
    ]


def _shown_answers(rebus: Rebus, answer: str) -> list[Remark]:
    """Warn of pictures that are the answer, and of the answer simply written out."""
    found: list[Remark] = []
    for line in rebus.lines:
        for piece in pieces(line.parts):
            symbol = piece.symbol
            if isinstance(symbol, (Number, Note)):
                continue
            shown = symbol.shown if isinstance(symbol, Picture) else symbol.letters
            if answer in map(fold, _seen(piece, rebus.language)):
                found.append(
                    remark(errors.SHOWS_ANSWER, line=line.offset, column=piece.column, shown=shown)
                )
    return found
