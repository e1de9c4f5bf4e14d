"""An edition as a Handlebars template: what SES stores; `ses_data` gives one reader's values.

Values and conditions are computed and escaped there, so the template knows only `{{{v}}}`, `#if`
and `#each`; what it prints equals `render` exactly (a test asks npm's `handlebars`). What that
takes, by handlebars.js's lexer and whitespace control:

- a block tag alone on its line swallows the line: a value that is '' stands beside each;
- `{{` in static text would begin a tag, and a backslash or a brace before a tag would change
  it, as a closing brace behind one would: such characters travel as values as well.
"""

import re
from collections.abc import Mapping

from pismo.model.edition import Choice, Edition, Hole, Parts, Repeat, Static
from pismo.records import dataclass, field

_EMPTY = "e"
_NAMES: Mapping[str, str] = {"{": "b", "}": "c", "\\": "s"}
LITERALS: Mapping[str, str] = {_EMPTY: "", **{name: text for text, name in _NAMES.items()}}
"""What every reader's data has, in every round of a repeat as well."""
_SPECIAL = re.compile(r"\A}+|[{\\]+")


@dataclass(frozen=True, slots=True)
class SesTemplate:
    """The three texts of a stored SES template; its data come from `ses_program`."""

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


@dataclass
class _Translation:
    """Writes the template of one part; names count up in the order of the parts.

    `ses_data` walks the same parts in the same order, so both give a part the same name.
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
