"""One edition as a function that gives a reader's part of it, as SES's templates take it.

It walks the parts in the order of `handlebars`, so that both give a part the same name; values
and conditions are computed and escaped here. A template may ask for every name at any time, so
both arms of a choice are there, and a repeat's `else` too.
"""

from collections.abc import Callable
from typing import TypeAlias

from pismo.model.edition import Choice, Edition, Hole, Parts, Repeat
from pismo.model.people import Recipient
from pismo.records import dataclass
from pismo.render.encode import header_line
from pismo.render.handlebars import LITERALS
from pismo.render.letter import one_line
from pismo.render.program import ROOTS, Said, Source, writer
from pismo.render.scope import scope_of

Data: TypeAlias = dict[str, object]
Headers: TypeAlias = tuple[tuple[str, str], ...]
SesProgram: TypeAlias = Callable[[Recipient], tuple[Data, Headers]]


def ses_program(edition: Edition) -> SesProgram:
    """Compile an edition into a function of a reader.

    Returns:
        `program(recipient)`: values for `handlebars(edition)` (texts, booleans, lists of the
        like), and the headers that we add, in ASCII as SES's API wants them: RFC 2047, one line.
    """
    source = Source(edition.language)
    source.bind("one_line", one_line)
    source.bind("ascii_header", _ascii)
    source.bind("literals", LITERALS)
    for root in ROOTS:
        source.add(f"{root} = scope[{root!r}]")
    source.add("values = literals.copy()")
    _said(source, edition.subject)
    source.add("values['subject'] = one_line(''.join(said))")
    _Names(source, "h").parts(edition.html, "values")
    _Names(source, "t").parts(edition.text, "values")
    source.add("headers = []")
    for name, parts in edition.headers:
        _said(source, parts)
        source.add(f"headers.append(({name!r}, ascii_header({name!r}, ''.join(said))))")
    source.add("return values, tuple(headers)")
    filled = source.function("filled", "scope")

    def program(recipient: Recipient) -> tuple[Data, Headers]:
        data, headers = filled(scope_of(recipient))
        return data, headers

    return program


def _said(source: Source, parts: Parts) -> None:
    source.add("said = []", "say = said.append")
    source.parts(parts, Said(source))


def _ascii(name: str, value: str) -> str:
    line = one_line(value)
    if line.isascii() and "=?" not in line:
        return line
    return header_line(name, line).decode("ascii").replace("\r\n", "").removeprefix(f"{name}: ")


@dataclass
class _Names:
    """Writes the statements that put values into a dict, named in the order of the parts."""

    source: Source
    prefix: str
    count: int = 0

    def parts(self, parts: Parts, values: str) -> None:
        source = self.source
        for part in parts:
            match part:
                case Hole(expr, context):
                    write = source.constant(writer(context, str))
                    value = source.expression(expr)
                    source.add(f"{values}[{self._name()!r}] = {write}({value})")
                case Choice(branches, otherwise):
                    for branch in branches:
                        test = source.expression(branch.test)
                        source.add(f"{values}[{self._name()!r}] = bool({test})")
                        self.parts(branch.parts, values)
                    self.parts(otherwise, values)
                case Repeat():
                    self._repeat(part, values)

    def _repeat(self, repeat: Repeat, values: str) -> None:
        name = self._name()
        rounds, inside = f"r_{name}", f"in_{name}"
        self.source.add(f"{rounds} = {values}[{name!r}] = []")
        with self.source.rounds(repeat):
            self.source.add(f"{inside} = literals.copy()")
            self.parts(repeat.body, inside)
            self.source.add(f"{rounds}.append({inside})")
        self.parts(repeat.otherwise, values)

    def _name(self) -> str:
        self.count += 1
        return f"{self.prefix}{self.count}"
