"""Finished text back to parts: tokens are cut out, and where they stood decides their escaping.

`scan_html` looks at markup once and gives a skeleton (static text and numbered places), which is
cached by content; `assemble` fills a skeleton with the expressions of one rendering.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape

from pismo.compile.letter_rules import CROSSING, HOLE_PLACE, VANISHED
from pismo.compile.problem import CompileError
from pismo.compile.repeats import prefixed
from pismo.compile.stage.record import Mark
from pismo.compile.stage.tokens import TOKEN, TokenKind
from pismo.model.edition import (
    Branch,
    Choice,
    Context,
    Filter,
    Hole,
    Part,
    Parts,
    Repeat,
    Static,
)
from pismo.model.finding import Source
from pismo.model.language import URL_SCHEMES
from pismo.model.spelling import spelled
from pismo.records import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One token in a finished text; `inside` says it is not at the beginning of an address.

    `prefix` is what lines of plain text begin with there: within a quote or a list's item.
    """

    kind: TokenKind
    number: int
    context: Context
    inside: bool = False
    prefix: str = ""


Skeleton = Sequence[str | Place]
"""Static text and places, in order."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What the places of a skeleton mean: marks by number, blocks by key, and the file."""

    marks: Mapping[int, Mark]
    slots: Mapping[str, Parts]
    path: str

    def problem_at(self, number: int) -> Source:
        """Return where a mark was written."""
        mark = self.marks.get(number)
        return Source(mark.path or self.path, mark.line) if mark else Source(self.path)


def scan_text(text: str, context: Context) -> list[str | Place]:
    """Cut a text whose tokens all stand in one context."""
    out: list[str | Place] = []
    end = 0
    for found in TOKEN.finditer(text):
        if found.start() > end:
            out.append(text[end : found.start()])
        kind = TokenKind(found[1])
        prefix = _prefix(text, found.start()) if kind is TokenKind.SLOT else ""
        out.append(Place(kind, int(found[2]), context, prefix=prefix))
        end = found.end()
    if end < len(text):
        out.append(text[end:])
    return out


_LINE_PREFIX = re.compile(r"(?:> |- |\d+\. | )+")


def _prefix(text: str, end: int) -> str:
    """Return how lines go on after the one whose beginning ends at `end`."""
    line = TOKEN.sub("", text[text.rfind("\n", 0, end) + 1 : end])
    return re.sub(r"[^>\s]", " ", line) if _LINE_PREFIX.fullmatch(line) else ""


def assemble(skeleton: Skeleton, filling: Filling) -> Parts:
    """Build parts from a skeleton.

    Raises:
        CompileError: If a branch or loop is opened and not closed, or the other way round.
    """
    builder = _Builder(skeleton, filling)
    parts = builder.parts(None)
    if builder.stopped is not None:
        raise _crossing(builder.stopped.number, filling)
    return merged(parts)


def merged(parts: Sequence[Part]) -> Parts:
    """Join neighbouring static texts; drop empty ones."""
    out: list[Part] = []
    texts: list[str] = []
    for part in parts:
        if isinstance(part, Static):
            texts.append(part.text)
            continue
        if any(texts):
            out.append(Static("".join(texts)))
        texts.clear()
        out.append(part)
    if any(texts):
        out.append(Static("".join(texts)))
    return tuple(out)


def require_all(expected: str, skeleton: Skeleton, filling: Filling) -> None:
    """Raise if a token of the text `expected` is not in the skeleton made of it."""
    present = {place.number for place in skeleton if isinstance(place, Place)}
    for found in TOKEN.finditer(expected):
        number = int(found[2])
        if number not in present and number in filling.marks:
            raise CompileError(
                VANISHED, filling.problem_at(number), value=described(filling.marks[number])
            )


def described(mark: Mark) -> str:
    """Name a mark as the writer typed it."""
    match mark.kind:
        case TokenKind.HOLE:
            return f"{{{{ {spelled(mark.expr)} }}}}"
        case TokenKind.IF:
            return f"{{% if {spelled(mark.expr)} %}}"
        case TokenKind.FOR:
            return f"{{% for {mark.variable} in {spelled(mark.expr)} %}}"
        case _:
            return f"{{{{ {mark.slot} }}}}"


class _Builder:
    """Reads a skeleton front to back, one level of branches per call."""

    def __init__(self, skeleton: Skeleton, filling: Filling) -> None:
        self.rest: Iterator[str | Place] = iter(skeleton)
        self.filling = filling
        self.stopped: Place | None = None

    def parts(self, owner: int | None) -> list[Part]:
        """Read until the border or end of mark `owner`, which is then in `stopped`."""
        out: list[Part] = []
        self.stopped = None
        for piece in self.rest:
            if isinstance(piece, str):
                out.append(Static(piece))
            elif piece.kind is TokenKind.HOLE:
                out.append(self._hole(piece))
            elif piece.kind is TokenKind.SLOT:
                mark = self.filling.marks.get(piece.number)
                parts = self.filling.slots.get(mark.slot, ()) if mark else ()
                out.extend(prefixed(parts, piece.prefix))
            elif piece.kind in (TokenKind.IF, TokenKind.FOR):
                out.append(self._branching(piece))
            else:
                if piece.number != owner:
                    raise _crossing(piece.number, self.filling)
                self.stopped = piece
                return out
        if owner is not None:
            raise _crossing(owner, self.filling)
        return out

    def _hole(self, place: Place) -> Hole:
        expr = self.filling.marks[place.number].expr
        if place.context is not Context.URL or not place.inside:
            return Hole(expr, place.context)
        # In the middle of an address a value is one component of it, whatever it holds.
        encoded = isinstance(expr, Filter) and expr.name == "urlencode"
        return Hole(expr if encoded else Filter("urlencode", expr), Context.ATTRIBUTE)

    def _branching(self, place: Place) -> Part:
        mark = self.filling.marks[place.number]
        body = merged(self.parts(place.number))
        otherwise: Parts = ()
        if self.stopped is not None and self.stopped.kind is TokenKind.ELSE:
            otherwise = merged(self.parts(place.number))
        if self.stopped is None or self.stopped.kind is not TokenKind.END:
            raise _crossing(place.number, self.filling)
        self.stopped = None
        if place.kind is TokenKind.FOR:
            return Repeat(mark.variable, mark.expr, body, otherwise, mark.only)
        return _flat(Choice((Branch(mark.expr, body),), otherwise))


def _flat(choice: Choice) -> Choice:
    """Turn an `if` alone in an `else` into one more branch."""
    if len(choice.otherwise) == 1 and isinstance(choice.otherwise[0], Choice):
        inner = choice.otherwise[0]
        return Choice((*choice.branches, *inner.branches), inner.otherwise)
    return choice


def _crossing(number: int, filling: Filling) -> CompileError:
    mark = filling.marks.get(number)
    value = described(mark) if mark else "?"
    return CompileError(CROSSING, filling.problem_at(number), value=value)


# --- Markup -------------------------------------------------------------------------------------

_TOKEN_COMMENT = re.compile(r"<!--\s*qzx([ifodb])(\d{5})xzq\s*-->")
_MARKUP = re.compile(
    r"""(?P<comment><!--.*?-->|<!\[.*?\]>)
      | (?P<raw><(?P<rawtag>style|script)\b.*?</(?P=rawtag)\s*>)
      | (?P<tag><(?P<slash>/?)(?P<name>[A-Za-z][^\s/>]*)
          (?P<attributes>(?:[^"'>]|"[^"]*"|'[^']*')*)>)""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([^\s=/"'<>]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_VOID = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr", "v:fill", "w:anchorlock"),
    )
)
_URLS = frozenset(
    ("href", "src", "action", "formaction", "background", "cite", "poster", "longdesc")
)
_CLOSED = frozenset(
    ("style", "srcset", "srcdoc", "width", "height", "http-equiv", "content", "xmlns")
)


def scan_html(html: str, filling: Filling) -> list[str | Place]:
    """Cut markup, and judge where each token stands.

    Raises:
        CompileError: If a value stands in a style, script, comment, tag name or size, or if a
            branch begins in one element and ends in another.
    """
    return _Scanner(html, filling).scan()


class _Scanner:
    """One pass over markup: pieces, the elements that are open, and the branches' own levels."""

    def __init__(self, html: str, filling: Filling) -> None:
        self.html = html
        self.filling = filling
        self.out: list[str | Place] = []
        self.copied = 0
        self.serial = 0
        # Elements inside Outlook's conditional comments open and close among themselves.
        self.open: dict[bool, list[tuple[str, int]]] = {False: [], True: []}
        self.levels: dict[int, tuple[object, object]] = {}

    def scan(self) -> list[str | Place]:
        self._markup(0, len(self.html), in_comment=False)
        self._copy(len(self.html))
        return self.out

    def _markup(self, start: int, end: int, *, in_comment: bool) -> None:
        position = start
        for found in _MARKUP.finditer(self.html, start, end):
            self._text(position, found.start())
            position = found.end()
            if found["comment"]:
                self._comment(found.start(), found.end())
            elif found["raw"]:
                self._refuse_within(found.start(), found.end(), f"<{found['rawtag']}>")
            elif found["slash"]:
                self._close(found["name"].lower(), in_comment=in_comment)
            else:
                self._tag(found, in_comment=in_comment)
        self._text(position, end)

    def _text(self, start: int, end: int) -> None:
        for found in TOKEN.finditer(self.html, start, end):
            kind, number = TokenKind(found[1]), int(found[2])
            self._place(found.start(), found.end(), Place(kind, number, Context.HTML))

    def _comment(self, start: int, end: int) -> None:
        control = _TOKEN_COMMENT.fullmatch(self.html, start, end)
        if control:
            kind = TokenKind(control[1])
            self._place(start, end, Place(kind, int(control[2]), Context.HTML))
        elif self.html.startswith("<!--[if", start) and not self.html.endswith("<!-->", start, end):
            inner = self.html.find("]>", start) + 2
            self._markup(inner, end - len("<![endif]-->"), in_comment=True)
        else:
            self._refuse_within(start, end, "a comment")

    def _tag(self, found: re.Match[str], *, in_comment: bool) -> None:
        name = found["name"].lower()
        start, end = found.span("attributes")
        if self.html.find("xzq", found.start(), found.end()) >= 0:
            self._attributes(found.start(), start, end)
        if name not in _VOID and not found["attributes"].rstrip().endswith("/"):
            self.serial += 1
            self.open[in_comment].append((name, self.serial))

    def _attributes(self, tag: int, start: int, end: int) -> None:
        position = tag
        for found in _ATTRIBUTE.finditer(self.html, start, end):
            self._refuse_within(position, found.start(2), "a tag")
            position = found.end()
            name = found[1].lower()
            if name in _CLOSED or name.startswith("on"):
                self._refuse_within(found.start(2), found.end(2), f"{name}=")
            else:
                self._refuse_scheme(*found.span(2), url=name in _URLS)
                self._value(*found.span(2), url=name in _URLS)
        self._refuse_within(position, end, "a tag")

    def _value(self, start: int, end: int, *, url: bool) -> None:
        """Cut an attribute's value; `inside` follows the branches within it."""
        context = Context.URL if url else Context.ATTRIBUTE
        inside = False
        before: list[bool] = []
        position = start + (self.html[start] in "\"'")
        for found in TOKEN.finditer(self.html, start, end):
            kind, number = TokenKind(found[1]), int(found[2])
            inside = inside or found.start() > position
            position = found.end()
            self._place(found.start(), found.end(), Place(kind, number, context, inside))
            if kind in (TokenKind.IF, TokenKind.FOR):
                before.append(inside)
            elif kind is TokenKind.ELSE and before:
                inside = before[-1]
            else:
                inside = True

    def _refuse_scheme(self, start: int, end: int, *, url: bool) -> None:
        """Refuse values in an address that is a program, whatever they are and even if empty."""
        value = self.html[start:end].strip("\"'")
        found = _SCHEME.match("".join(unescape(TOKEN.sub("", value)).split()))
        if url and found and found[1].lower() not in URL_SCHEMES and not TOKEN.match(value):
            self._refuse_within(start, end, f"{found[1]}:")

    def _close(self, name: str, *, in_comment: bool) -> None:
        """Leave the innermost element of that name; what was left open inside ends with it."""
        stack = self.open[in_comment]
        for index in range(len(stack) - 1, -1, -1):
            if stack[index][0] == name:
                del stack[index:]
                return

    def _place(self, start: int, end: int, place: Place) -> None:
        self._copy(start)
        self.copied = end
        self.out.append(place)
        level = (tuple(self.open[False]), tuple(name for name, _ in self.open[True]))
        if place.kind in (TokenKind.IF, TokenKind.FOR):
            self.levels[place.number] = level
        elif place.kind in (TokenKind.ELSE, TokenKind.END) and (
            self.levels.get(place.number) != level
        ):
            raise _crossing(place.number, self.filling)

    def _copy(self, end: int) -> None:
        if end > self.copied:
            self.out.append(self.html[self.copied : end])

    def _refuse_within(self, start: int, end: int, place: str) -> None:
        found = TOKEN.search(self.html, start, end)
        if found:
            number = int(found[2])
            mark = self.filling.marks.get(number)
            value = described(mark) if mark else found[0]
            raise CompileError(HOLE_PLACE, self.filling.problem_at(number), value=value, spot=place)
