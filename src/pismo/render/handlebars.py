"""An edition as a Handlebars template, and one reader as its data: what SES's templates take.

Values and conditions are computed and escaped here, so the template knows only `{{{v}}}`, `#if`
and `#each`; what it prints equals `render` exactly (a test asks npm's `handlebars`). What that
takes, by handlebars.js's lexer and whitespace control:

- a block tag alone on its line swallows the line: a value that is '' stands beside each;
- `{{` in static text would begin a tag, and a backslash or a brace before a tag would change
  it, as a closing brace behind one would: such characters travel as values as well.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pismo.model.edition import Choice, Edition, Hole, Parts, Repeat, Static
from pismo.model.people import Recipient
from pismo.render.encode import header_line
from pismo.render.escape import ESCAPES
from pismo.render.letter import filled, one_line, rounds_of
from pismo.render.scope import scope_of
from pismo.render.values import Scope, evaluate, printed

Data: TypeAlias = dict[str, object]

_EMPTY = "e"
_NAMES: Mapping[str, str] = {"{": "b", "}": "c", "\\": "s"}
_LITERALS: Mapping[str, str] = {_EMPTY: "", **{name: text for text, name in _NAMES.items()}}
_SPECIAL = re.compile(r"\A}+|[{\\]+")


@dataclass(frozen=True, slots=True)
class SesTemplate:
    """The three texts of a stored SES template; its data come from `template_data`."""

    subject: str
    html: str
    text: str


def handlebars(edition: Edition) -> SesTemplate:
    """Translate an edition; every reader's data has every name that the template asks for."""
    return SesTemplate(
        subject="{{{subject}}}",
        html=_Translation("h").translated(edition.html),
        text=_Translation("t").translated(edition.text),
    )


def template_data(edition: Edition, recipient: Recipient) -> Data:
    """Return one reader's values for `handlebars(edition)`: texts, booleans, lists of the like."""
    scope, language = scope_of(recipient), edition.language
    return {
        "subject": one_line(filled(edition.subject, scope, language)),
        **_LITERALS,
        **_Values("h", language).of(edition.html, scope),
        **_Values("t", language).of(edition.text, scope),
    }


def ses_headers(edition: Edition, recipient: Recipient) -> tuple[tuple[str, str], ...]:
    """Return the headers that we add, in ASCII as SES's API wants them: RFC 2047, one line."""
    scope, language = scope_of(recipient), edition.language
    return tuple(
        (name, _ascii(name, one_line(filled(parts, scope, language))))
        for name, parts in edition.headers
    )


def _ascii(name: str, value: str) -> str:
    line = header_line(name, value).decode("ascii").replace("\r\n", "")
    return line.removeprefix(f"{name}: ")


@dataclass
class _Translation:
    """Writes the template of one part; names count up in the order of the parts.

    `_Values` walks the same parts in the same order, so both give a part the same name.
    """

    prefix: str
    count: int = 0
    out: list[str] = field(default_factory=list)

    def translated(self, parts: Parts) -> str:
        self._parts(parts)
        return "".join(self.out)

    def _parts(self, parts: Parts) -> None:
        for part in parts:
            match part:
                case Static(text):
                    self.out.append(_static(text))
                case Hole():
                    self.out.append(f"{{{{{{{self._name()}}}}}}}")
                case Choice(branches, otherwise):
                    self._choice([branch.parts for branch in branches], otherwise)
                case Repeat(body=body, otherwise=otherwise):
                    self._block("each", body, otherwise)

    def _choice(self, arms: list[Parts], otherwise: Parts) -> None:
        """Write `if … else if …` as nested blocks: every Handlebars knows those."""
        if not arms:
            self._parts(otherwise)
            return
        name = self._name()
        self._tag(f"#if {name}")
        self._parts(arms[0])
        if arms[1:] or otherwise:
            self._tag("else")
            self._choice(arms[1:], otherwise)
        self._tag("/if")

    def _block(self, helper: str, body: Parts, otherwise: Parts) -> None:
        self._tag(f"#{helper} {self._name()}")
        self._parts(body)
        if otherwise:
            self._tag("else")
            self._parts(otherwise)
        self._tag(f"/{helper}")

    def _tag(self, tag: str) -> None:
        self.out.append(f"{{{{{{{_EMPTY}}}}}}}{{{{{tag}}}}}")

    def _name(self) -> str:
        self.count += 1
        return f"{self.prefix}{self.count}"


def _static(text: str) -> str:
    """Return static text as a template prints it unchanged, whatever stands around it."""
    return _SPECIAL.sub(lambda found: _spelled(found[0], last=found.end() == len(text)), text)


def _spelled(run: str, *, last: bool) -> str:
    if not (last or run.startswith("}") or "{{" in run):
        return run
    return "".join(f"{{{{{{{_NAMES[character]}}}}}}}" for character in run)


@dataclass
class _Values:
    """Collects the data of one part, under the names that `_Translation` gives."""

    prefix: str
    language: str
    count: int = 0

    def of(self, parts: Parts, scope: Scope) -> Data:
        return dict(self._parts(parts, scope))

    def _parts(self, parts: Parts, scope: Scope) -> Iterator[tuple[str, object]]:
        for part in parts:
            match part:
                case Hole(expr, context):
                    value = printed(evaluate(expr, scope, self.language))
                    yield self._name(), ESCAPES[context](value)
                case Choice(branches, otherwise):
                    for branch in branches:
                        yield self._name(), bool(evaluate(branch.test, scope, self.language))
                        yield from self._parts(branch.parts, scope)
                    yield from self._parts(otherwise, scope)
                case Repeat():
                    yield from self._repeat(part, scope)

    def _repeat(self, repeat: Repeat, scope: Scope) -> Iterator[tuple[str, object]]:
        name, first = self._name(), self.count
        rounds = []
        for inside in rounds_of(repeat, scope, self.language):
            self.count = first
            rounds.append({**_LITERALS, **dict(self._parts(repeat.body, inside))})
        if not rounds:
            # Count the names of the body, that those behind it stay the same.
            list(self._parts(repeat.body, scope))
        yield name, rounds
        yield from self._parts(repeat.otherwise, scope)

    def _name(self) -> str:
        self.count += 1
        return f"{self.prefix}{self.count}"
