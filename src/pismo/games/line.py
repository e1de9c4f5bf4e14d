"""Reads one line of a rebus, `,,🐔курица + в(О; ДА)`, into parts; says where it stumbles.

line    = item { "+" item }
item    = placed | { "," } symbol [ ":" reading ] { "(" edits ")" | "^" } { "," }
placed  = preposition "(" line ";" line ")"
symbol  = emoji { emoji } [ name ] | digits | "♪" note | LETTERS
edits   = edit { "," edit };  edit = a=b | 2=b | -ab | -2 | 3142
"""

import re

from pismo.games import errors
from pismo.games.conventions import NOTES, prepositions
from pismo.games.emoji import bare, emoji_at
from pismo.games.errors import RebusError, remark
from pismo.games.lexicon import emoji_of
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
    Replace,
    ReplaceAt,
    Strike,
    StrikeAt,
    Symbol,
)
from pismo.games.spelling import fold, look_alike
from pismo.model.finding import Rule
from pismo.records import dataclass, replace

_COMMAS = ",'‘’"
_MAX_DEPTH = 3
_PREPOSITION = re.compile(r"([^\W\d_]+(?:[ -][^\W\d_]+)*)(\s*)\(")
_WORD = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)*")
_NUMBER = re.compile(r"(?:\d\ufe0f?\u20e3)+|\d+|[½¼]")
_COMPACT = re.compile(r"(?=[^\W_]*[\d½¼])(?=[^\W_]*[^\W\d_½¼])[^\W_]+")
_RUN = re.compile(r"\d+|[½¼]|[^\d½¼]+")
_LETTERS = re.compile(r"[^\W\d_]+")


def parse_line(text: str, *, language: str, offset: int = 0, column: int = 1) -> Line:
    """Read one line of the notation.

    Args:
        text: The line without `line:`.
        language: "ru" or "en": which notes and prepositions there are.
        offset: The line's place below the block's first line, for errors.
        column: Where `text` starts in its line (1-based), for errors.

    Raises:
        RebusError: If it cannot be read.
    """
    reader = _Reader(text, language, offset, column)
    reader.refuse_other_script()
    parts = reader.parts(depth=0)
    if reader.position < len(text):
        raise reader.error(errors.UNEXPECTED, text=reader.rest())
    return Line(parts, text.strip(), offset)


@dataclass(slots=True)
class _Reader:
    """A cursor over one line; each method eats what it names."""

    text: str
    language: str
    offset: int
    column: int
    position: int = 0

    def refuse_other_script(self) -> None:
        """Refuse letters that only look like those of the language, as a Latin c in «лиса».

        A letter with its reading behind a colon may be of any script.
        """
        for run in _LETTERS.finditer(self.text):
            strange = look_alike(run.group(), self.language)
            if strange and self.text[run.end() : run.end() + 1] != ":":
                self.position = run.start() + run.group().index(strange)
                raise self.error(errors.OTHER_SCRIPT, letter=strange, word=run.group())

    def parts(self, depth: int) -> tuple[Part, ...]:
        """Eat items joined by '+'."""
        found = list(self.item(depth))
        while self.eat("+"):
            found.extend(self.item(depth))
        return tuple(found)

    def item(self, depth: int) -> tuple[Part, ...]:
        """Eat one item; compact spelling (`с3ж`) makes several."""
        self.skip_spaces()
        start = self.position
        drop_first = self.commas()
        self.skip_spaces()
        if not drop_first and (word := self.preposition()):
            return (self.placed(word, start, depth),)
        if not drop_first and (compact := self.compact()):
            return compact
        symbol = self.symbol()
        reading = fold(self.match(_WORD)) if self.eat(":") else ""
        changes = self.changes(drop_first)
        return (Piece(symbol, changes, reading, self.column + start),)

    def symbol(self) -> Symbol:
        """Eat a picture, a number, a note or live letters."""
        if self.eat("♪"):
            return self.note()
        if emoji_at(self.text, self.position):
            return self.picture()
        if digits := self.match(_NUMBER):
            return Number(re.sub("[\ufe0f\u20e3]", "", digits))
        word = self.match(_WORD)
        if not fold(word):
            self.position -= len(word)
            near = self.rest() or self.text.strip() or "line:"
            raise self.error(errors.EMPTY_ITEM, near=near[:20])
        if word != word.upper():
            self.position -= len(word)
            raise self.no_picture(word)
        return Letters(word)

    def picture(self) -> Picture:
        """Eat one emoji, or the same one several times, and its name."""
        start = self.position
        emoji = emoji_at(self.text, start)
        count = 0
        while found := emoji_at(self.text, self.position):
            if bare(found) != bare(emoji):
                shown = self.text[start : self.position] + found
                raise self.error(errors.MIXED_PICTURES, emoji=shown)
            self.position += len(found)
            count += 1
        self.skip_spaces()
        return Picture(emoji, self.match(_WORD), count)

    def note(self) -> Note:
        """Eat the name of a note."""
        self.skip_spaces()
        name = fold(self.match(_WORD))
        if name not in NOTES[self.language]:
            known = ", ".join(NOTES[self.language])
            raise self.error(errors.UNKNOWN_NOTE, note=name, known=known)
        return Note(name)

    def preposition(self) -> str:
        """Eat the word of `в(…)`, if one stands here."""
        found = _PREPOSITION.match(self.text, self.position)
        if not found:
            return ""
        word, known_words = found[1], prepositions(self.language)
        is_known = word.lower() in known_words and not (found[2] and word == word.upper())
        if not is_known and (word == word.upper() or found[2]):
            return ""
        if not is_known:
            inside = self.text[found.end() :].partition(")")[0].split("+")[0]
            if emoji_of(word, self.language) or parse_edit(inside.strip()):
                raise self.no_picture(word)
            known = ", ".join(known_words)
            raise self.error(errors.UNKNOWN_PREPOSITION, word=word, known=known)
        self.position = found.end()
        return word.lower()

    def placed(self, word: str, start: int, depth: int) -> Placed:
        """Eat the two parts of a preposition."""
        if depth >= _MAX_DEPTH:
            raise self.error(errors.TOO_DEEP)
        opened = self.position
        self.eat("(")
        ground = self.parts(depth + 1)
        if not self.eat(";"):
            raise self.error(errors.PREPOSITION_PARTS, word=word)
        figure = self.parts(depth + 1)
        if not self.eat(")"):
            self.position = opened
            raise self.error(errors.UNCLOSED)
        return Placed(word, ground, figure, self.column + start)

    def compact(self) -> tuple[Piece, ...]:
        """Eat `с3ж`: letters and digits written together, case does not matter."""
        found = _COMPACT.match(self.text, self.position)
        if not found or self.text[found.end() : found.end() + 1] in (":", "("):
            return ()
        self.position = found.end()
        return tuple(
            Piece(
                Number(run.group()) if run.group()[0].isnumeric() else Letters(run.group().upper()),
                column=self.column + found.start() + run.start(),
            )
            for run in _RUN.finditer(found.group())
        )

    def changes(self, drop_first: int) -> Changes:
        """Eat brackets, turning over and the commas behind."""
        edits: list[Edit] = []
        flipped = False
        while True:
            if self.eat("^"):
                flipped = True
            elif self.eat("("):
                edits.extend(self.edits())
            else:
                break
        self.skip_spaces()
        return Changes(tuple(edits), flipped, drop_first, self.commas())

    def edits(self) -> list[Edit]:
        """Eat what stands in a bracket, and the bracket's end."""
        opened = self.position - 1
        end = self.text.find(")", self.position)
        if end < 0:
            self.position = opened
            raise self.error(errors.UNCLOSED)
        inside = self.text[self.position : end]
        found = [parse_edit(edit) for edit in inside.split(",")]
        if not all(found):
            raise self.error(errors.BAD_EDIT, text=inside)
        self.position = end + 1
        return [edit for edit in found if edit]

    def commas(self) -> int:
        """Eat commas and count them."""
        start = self.position
        while self.position < len(self.text) and self.text[self.position] in _COMMAS:
            self.position += 1
        return self.position - start

    def skip_spaces(self) -> None:
        """Eat spaces."""
        while self.position < len(self.text) and self.text[self.position].isspace():
            self.position += 1

    def eat(self, sign: str) -> bool:
        """Eat one sign and the spaces before it, if it stands here."""
        before = self.position
        self.skip_spaces()
        if self.text.startswith(sign, self.position):
            self.position += len(sign)
            return True
        # Names keep their place in error messages; trailing spaces of a line don't matter.
        if self.position < len(self.text):
            self.position = before
        return False

    def match(self, pattern: re.Pattern[str]) -> str:
        """Eat what the pattern matches here, or ''."""
        found = pattern.match(self.text, self.position)
        if not found:
            return ""
        self.position = found.end()
        return found.group()

    def rest(self) -> str:
        """Return what is left, without eating it."""
        return self.text[self.position :].strip()

    def no_picture(self, word: str) -> RebusError:
        """Return the error that a name stands alone, with the picture that goes by it if any."""
        emoji, rule = emoji_of(word, self.language), errors.NO_PICTURE
        if emoji:
            rule = replace(rule, hint_en="write {emoji}{name}", hint_ru="напишите {emoji}{name}")
        return self.error(rule, name=word, upper=word.upper(), emoji=emoji)

    def error(self, rule: Rule, **values: str) -> RebusError:
        """Return the error that a rule is broken here."""
        column = self.column + self.position
        return RebusError(remark(rule, line=self.offset, column=column, **values))


def parse_edit(text: str) -> Edit | None:
    """Read what stands between two commas of a bracket; None if it makes no sense."""
    edit = text.strip().replace("→", "=").replace("−", "-").replace("–", "-")
    if found := re.fullmatch(r"(\d+)\s*=\s*([^\W\d_]+)", edit):
        return ReplaceAt(int(found[1]), fold(found[2]))
    if found := re.fullmatch(r"([^\W\d_]+)\s*=\s*([^\W\d_]+)", edit):
        return Replace(fold(found[1]), fold(found[2]))
    if found := re.fullmatch(r"-\s*([^\W\d_]+)", edit):
        return Strike(fold(found[1]))
    if found := re.fullmatch(r"-\s*(\d+)", edit):
        return StrikeAt(int(found[1]))
    if re.fullmatch(r"\d{2,}", edit):
        return Order(tuple(int(digit) for digit in edit))
    if re.fullmatch(r"\d+(?:[. ]\d+)+", edit):
        return Order(tuple(int(index) for index in re.split(r"[. ]", edit)))
    return None
