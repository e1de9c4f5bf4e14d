"""Read Handlebars source into a tree, by the rules of the lexer and grammar of Handlebars.js 4.7.

Source: handlebars.js, `src/handlebars.l` and `src/handlebars.yy`.
Left out, because SES documents none of it: raw blocks, partial blocks, dynamic partials, decorators
other than `inline`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field


class TemplateSyntaxError(ValueError):
    """The template cannot be read; the message says what was found where."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The `~` marks of one tag: eat all whitespace before it, after it."""

    left: bool = False
    right: bool = False


@dataclass(slots=True)
class Content:
    """Static text; `value` shrinks while standalone tags eat their lines, `original` does not."""

    value: str
    original: str
    left_stripped: bool = False
    right_stripped: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """`../a.b`: how many contexts up, then which keys; `data` marks `@index` and the like."""

    original: str
    parts: tuple[str, ...]
    depth: int = 0
    data: bool = False
    scoped: bool = False


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, number, boolean or null written in the template."""

    value: str | float | int | bool | None
    original: str


@dataclass(frozen=True, slots=True)
class Call:
    """What stands in a tag or in parentheses: a name, and what is handed to it."""

    name: "Path | Literal"
    params: tuple["Expression", ...] = ()
    named: tuple[tuple[str, "Expression"], ...] = ()
    block_params: tuple[str, ...] = ()


Expression = Path | Literal | Call


@dataclass(frozen=True, slots=True)
class Mustache:
    """`{{name}}`, `{{{name}}}` or `{{&name}}`: alike, since SES never escapes."""

    call: Call
    strip: Strip


@dataclass(frozen=True, slots=True)
class Comment:
    """`{{! … }}`: prints nothing, but may eat its line."""

    strip: Strip


@dataclass(slots=True)
class Partial:
    """`{{> name context key=value}}`."""

    call: Call
    strip: Strip
    indent: str = ""


@dataclass(slots=True)
class Program:
    """The nodes between two tags."""

    body: list["Node"] = field(default_factory=list)
    chained: bool = False


@dataclass(slots=True)
class Block:
    """`{{#name}}…{{else}}…{{/name}}`; of `program` and `inverse` one at least is there."""

    call: Call
    program: Program | None
    inverse: Program | None
    open_strip: Strip
    inverse_strip: Strip
    close_strip: Strip
    inline: bool = False


Node = Content | Mustache | Comment | Partial | Block


@dataclass(frozen=True, slots=True)
class _Tag:
    kind: str  # "", "#", "#*", "/", "^", ">", "else", "else-chain", "!"
    inside: str
    strip: Strip
    line: int


_OPEN = re.compile(r"\{\{(~)?(\{|&|#>|#\*|#|/|\^|>|\*)?")
_ELSE = re.compile(r"\{\{(~)?\s*else\s*(~)?\}\}|\{\{(~)?\^\s*(~)?\}\}")
_ELSE_CHAIN = re.compile(r"\{\{(~)?\s*else\b")
_LONG_COMMENT = re.compile(r"\{\{(~)?!--.*?--(~)?\}\}", re.DOTALL)
_COMMENT = re.compile(r"\{\{(~)?!.*?\}\}", re.DOTALL)
_AHEAD = r"(?=[=~}\s/.)\]|]|$)"
_LITERAL_AHEAD = r"(?=[~}\s)\]]|$)"
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<close>\}?~?\}\})"
    r"|(?P<equals>=)"
    rf"|(?P<dots>\.\.|\.{_AHEAD})"
    r"|(?P<sep>[/.])"
    r'|(?P<string>"(?:\\"|[^"])*"|\'(?:\\\'|[^\'])*\')'
    r"|(?P<at>@)"
    rf"|(?P<word>(?:true|false|undefined|null){_LITERAL_AHEAD})"
    rf"|(?P<number>-?[0-9]+(?:\.[0-9]+)?{_LITERAL_AHEAD})"
    r"|(?P<as>as\s+\|)"
    r"|(?P<pipe>\|)"
    rf"|(?P<id>[^\s!\"#%-,./;->@\[-\^`\{{-~]+{_AHEAD})"
    r"|(?P<bracket>\[(?:\\\]|[^\]])*\])"
    r"|(?P<paren>[()])"
)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "undefined": None}


def parse(source: str) -> Program:
    """Return the tree of a template, whitespace not yet settled.

    Raises:
        TemplateSyntaxError: If tags don't close, or use something that SES doesn't document.
    """
    return _Parser(source).parse()


def _scan(source: str) -> Iterator[str | _Tag]:
    r"""Yield static texts and tags in order; `\{{` makes the tag behind it static text."""
    at = 0
    while at < len(source):
        start = source.find("{{", at)
        if start < 0:
            yield source[at:]
            return
        text = source[at:start]
        escaped = text.endswith("\\") and not text.endswith("\\\\")
        text = text.removesuffix("\\")
        if text:
            yield text
        if escaped:
            at = _end_of_escaped(source, start)
            yield source[start:at]
        else:
            tag, at = _read_tag(source, start)
            yield tag


def _end_of_escaped(source: str, start: int) -> int:
    r"""Find where static text after `\{{` ends: before the next tag and its backslashes."""
    end = source.find("{{", start + 2)
    if end < 0:
        return len(source)
    for _ in range(2):
        if end - 1 >= start + 2 and source[end - 1] == "\\":
            end -= 1
    return end


def _read_tag(source: str, start: int) -> tuple[_Tag, int]:
    line = source.count("\n", 0, start) + 1
    if source.startswith("{{{{", start):
        raise TemplateSyntaxError(f"line {line}: raw blocks {{{{{{{{ are not supported by SES")
    for pattern, kind in ((_ELSE, "else"), (_LONG_COMMENT, "!"), (_COMMENT, "!")):
        if found := pattern.match(source, start):
            whole = found.group()
            strip = Strip(whole[2] == "~", whole[-3] == "~")
            return _Tag(kind, whole, strip, line), found.end()
    if found := _ELSE_CHAIN.match(source, start):
        kind, triple = "else-chain", False
    else:
        found = _OPEN.match(source, start)
        assert found is not None
        kind, triple = found.group(2) or "", found.group(2) == "{"
    end, close = _end_of_tag(source, found.end(), line, triple=triple)
    kind = "" if kind in ("{", "&") else kind
    if kind in ("#>", "*"):
        raise TemplateSyntaxError(f"line {line}: {{{{{kind} is not supported by SES")
    strip = Strip(found.group(1) == "~", "~" in close)
    return _Tag(kind, source[found.end() : end], strip, line), end + len(close)


def _end_of_tag(source: str, at: int, line: int, *, triple: bool) -> tuple[int, str]:
    """Walk the tokens of a tag up to its closing braces; return where they start, and them."""
    while at < len(source):
        token = _TOKEN.match(source, at)
        if token is None:
            raise TemplateSyntaxError(f"line {line}: unexpected {source[at]!r} in a tag")
        if token.lastgroup == "close":
            close = token.group()
            if triple != (close.replace("~", "") == "}}}"):
                raise TemplateSyntaxError(f"line {line}: a tag closed with {close!r}")
            return at, close
        at = token.end()
    raise TemplateSyntaxError(f"line {line}: a tag is not closed")


class _Parser:
    """Recursive descent over the tags of one template."""

    def __init__(self, source: str) -> None:
        self._tokens = list(_scan(source))
        self._at = 0

    def parse(self) -> Program:
        program, end = self._program()
        if end is not None:
            raise TemplateSyntaxError(f"line {end.line}: {{{{{end.kind}{end.inside} opens nothing")
        return program

    def _program(self) -> tuple[Program, _Tag | None]:
        """Read nodes up to the tag that ends them; None at the end of the source."""
        program = Program()
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if isinstance(token, str):
                program.body.append(Content(token, token))
            elif token.kind in ("/", "else", "else-chain"):
                return program, token
            else:
                program.body.append(self._node(token))
        return program, None

    def _node(self, tag: _Tag) -> Node:
        if tag.kind == "!":
            return Comment(tag.strip)
        call = read_call(tag.inside, tag.line)
        if tag.kind == ">":
            return Partial(call, tag.strip)
        if tag.kind:
            return self._block(tag, call)
        return Mustache(call, tag.strip)

    def _block(self, tag: _Tag, call: Call) -> Block:
        program, end = self._program()
        inverse, inverse_strip = None, Strip()
        if end is not None and end.kind == "else-chain" and tag.kind == "^":
            raise TemplateSyntaxError(f"line {end.line}: else with words in a {{{{^ block")
        if end is not None and end.kind != "/":
            inverse_strip = end.strip
            inverse, end = self._inverse(end)
        if end is None:
            raise TemplateSyntaxError(f"line {tag.line}: {{{{{tag.kind}{tag.inside} is not closed")
        if end.inside.strip() != call.name.original:
            raise TemplateSyntaxError(
                f"line {end.line}: {call.name.original} doesn't match {end.inside.strip()}"
            )
        first: Program | None = program
        if tag.kind == "^":
            first, inverse = inverse, program
        if tag.kind == "#*" and (call.name.original != "inline" or inverse or not call.params):
            raise TemplateSyntaxError(f"line {tag.line}: SES knows one decorator: inline")
        return Block(
            call, first, inverse, tag.strip, inverse_strip, end.strip, inline=tag.kind == "#*"
        )

    def _inverse(self, opened: _Tag) -> tuple[Program, _Tag | None]:
        """Read what follows `{{else}}`, or the whole chain behind `{{else if …}}`."""
        if opened.kind == "else":
            program, end = self._program()
            if end is not None and end.kind != "/":
                raise TemplateSyntaxError(f"line {end.line}: a second else")
            return program, end
        call = read_call(opened.inside, opened.line)
        program, end = self._program()
        inverse, inverse_strip = None, Strip()
        if end is not None and end.kind != "/":
            inverse_strip = end.strip
            inverse, end = self._inverse(end)
        close_strip = end.strip if end is not None else Strip()
        block = Block(call, program, inverse, opened.strip, inverse_strip, close_strip)
        return Program([block], chained=True), end


def read_call(inside: str, line: int) -> Call:
    """Read the words of a tag: a name, its parameters, `key=value` pairs, `as |a b|`."""
    return _Words(inside, line).call()


class _Words:
    """The tokens inside one tag."""

    def __init__(self, inside: str, line: int) -> None:
        found = (_TOKEN.match(inside, at) for at in _token_starts(inside))
        kept = [token for token in found if token is not None and token.lastgroup != "space"]
        self._words = [(token.lastgroup or "", token.group()) for token in kept]
        self._line = line
        self._at = 0

    def call(self, *, closing: str = "") -> Call:
        name = self._expression()
        if isinstance(name, Call):
            raise self._error("a tag cannot start with a parenthesis")
        params: list[Expression] = []
        named: list[tuple[str, Expression]] = []
        block_params: tuple[str, ...] = ()
        while (kind := self._peek()[0]) and self._peek()[1] != ")":
            if kind == "as" and not closing:
                block_params = self._block_params()
            elif self._peek(1)[0] == "equals":
                named.append(self._pair())
            elif named:
                raise self._error("a value after key=value")
            else:
                params.append(self._expression())
        if self._peek()[1] != closing:
            raise self._error(f"unexpected {self._peek()[1] or 'end'!r}")
        self._at += bool(closing)
        return Call(name, tuple(params), tuple(named), block_params)

    def _expression(self) -> Expression:
        kind, text = self._peek()
        self._at += 1
        if text == "(":
            return self.call(closing=")")
        if kind == "string":
            quote = text[0]
            value = text[1:-1].replace(f"\\{quote}", quote)
            return Literal(value, value)
        if kind == "number":
            return Literal(float(text) if "." in text else int(text), text)
        if kind == "word":
            return Literal(_WORDS[text], text)
        self._at -= 1
        return self._path()

    def _path(self) -> Path:
        data = self._peek()[0] == "at"
        self._at += data
        parts: list[str] = []
        original, depth, scoped = "@" if data else "", 0, False
        while True:
            kind, text = self._peek()
            if kind not in ("id", "dots", "bracket"):
                raise self._error(f"expected a name, found {text or 'the end'!r}")
            self._at += 1
            part = text[1:-1] if kind == "bracket" else text
            original += part
            if kind != "bracket" and part in ("..", ".", "this"):
                if parts:
                    raise self._error(f"invalid path {original}")
                depth, scoped = depth + (part == ".."), True
            else:
                parts.append(part)
            if self._peek()[0] != "sep":
                return Path(original, tuple(parts), depth, data, scoped)
            original += self._peek()[1]
            self._at += 1

    def _pair(self) -> tuple[str, Expression]:
        kind, name = self._peek()
        if kind not in ("id", "bracket"):
            raise self._error(f"{name!r} cannot be a key")
        self._at += 2
        return name.strip("[]"), self._expression()

    def _block_params(self) -> tuple[str, ...]:
        self._at += 1
        names: list[str] = []
        while self._peek()[0] == "id":
            names.append(self._peek()[1])
            self._at += 1
        if self._peek()[0] != "pipe" or not names:
            raise self._error("`as |names|` is not closed")
        self._at += 1
        return tuple(names)

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        at = self._at + ahead
        return self._words[at] if at < len(self._words) else ("", "")

    def _error(self, what: str) -> TemplateSyntaxError:
        return TemplateSyntaxError(f"line {self._line}: {what}")


def _token_starts(inside: str) -> Iterator[int]:
    at = 0
    while at < len(inside):
        yield at
        token = _TOKEN.match(inside, at)
        assert token is not None, "the scanner has matched every token of the tag"
        at = token.end()
