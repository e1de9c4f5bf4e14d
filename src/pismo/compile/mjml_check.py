"""Checks around the machine: mrml itself accepts anything and swallows what it does not know.

Before: elements, attributes, values, nesting, balance, depth. After: nothing of MJML is left,
Outlook's conditional comments are whole, nothing is fetched from elsewhere.
"""

import re
from collections import Counter

from pismo.compile.letter_rules import MJML
from pismo.compile.mjml_schema import (
    ANYWHERE,
    ATTRIBUTES,
    CHILDREN,
    COLUMNS,
    HTML_INSIDE,
)
from pismo.compile.mjml_values import (
    attributes_of,
    css_problem,
    html_problem,
    is_fit,
    percent,
)
from pismo.compile.problem import CompileError
from pismo.compile.stage.tokens import CONTROL, holds_token
from pismo.model.finding import Source
from pismo.records import dataclass, field
from pismo.text import guess

MAX_DEPTH = 256
"""Elements within one another; mrml crashes the process at some tens of thousands."""

_FULL = 100.5
"""Per cent of a section: thirds are written as 33.34%."""

_PIECE = re.compile(
    r"""(?P<comment><!--.*?-->)
      | (?P<style><mj-style\b(?P<style_attributes>[^>]*)>(?P<css>.*?)</mj-style\s*>)
      | <(?P<slash>/?)(?P<name>[A-Za-z][\w:.-]*)
        (?P<attributes>(?:[^"'<>]|"[^"]*"|'[^']*')*?)(?P<empty>/?)>
      | (?P<stray><(?=[A-Za-z/!?]))""",
    re.DOTALL | re.VERBOSE,
)
_VOID = frozenset(["br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr"])
_REQUIRED = {"mj-image": "src", "mj-carousel-image": "src"}


@dataclass(frozen=True, slots=True)
class _Open:
    """An element that is not closed yet, and where it began."""

    name: str
    position: int


def check_mjml(mjml: str, place: "Place") -> None:
    """Check a layout before mrml sees it.

    Args:
        mjml: The layout with tokens.
        place: Finds the line of the layout's source that a piece of it came from.

    Raises:
        CompileError: At the first thing that is wrong, with the layout's file and line.
    """
    _Checker(mjml, place).check()


def check_html(html: str, path: str) -> None:
    """Check what mrml made.

    Raises:
        CompileError: If MJML is left over, conditional comments are torn, or a style sheet would be
            fetched.
    """
    source = Source(path)
    left = re.search(r"</?mj-[a-z-]+", html)
    if left:
        raise CompileError(
            MJML, source, reason=f"{left[0]} was not understood and stays in the HTML"
        )
    opened = 0
    for found in re.finditer(r"<!--\[if[^\]]*\]>(<!-->|<!)?|<!\[endif\]-->", html):
        closing = found[0].startswith("<![endif]")
        opened += -1 if closing else 1
        if opened not in (0, 1):
            raise CompileError(MJML, source, reason="conditional comments for Outlook are torn")
    if opened:
        raise CompileError(MJML, source, reason="a conditional comment for Outlook is not closed")
    if re.search(r"<link\b[^>]*stylesheet|@import\b", html, re.IGNORECASE):
        reason = "a style sheet or font would be fetched from elsewhere"
        raise CompileError(MJML, source, reason=reason)


@dataclass(frozen=True, slots=True)
class Place:
    """Finds lines of a layout: its files by path, innermost first."""

    files: tuple[tuple[str, str], ...]

    def of(self, *needles: str) -> Source:
        """Return the line that holds the first needle found in any file."""
        for needle in needles:
            for path, text in self.files:
                before, found, _ = text.partition(needle)
                if found and needle:
                    return Source(path, before.count("\n") + 1)
        return Source(self.files[0][0])

    def at_byte(self, mjml: str, offset: int) -> Source:
        """Return the line for a byte offset that mrml names."""
        start = len(mjml.encode()[:offset].decode(errors="ignore"))
        snippet = mjml[start : start + 80].split("\n", maxsplit=1)[0].strip()
        tag = re.match(r"</?[\w-]+", snippet)
        return self.of(snippet, tag[0] if tag else "")


class _Checker:
    def __init__(self, mjml: str, place: Place) -> None:
        self.mjml = mjml
        self.place = place
        self.stack: list[_Open] = []
        self.seen_body = False
        self.classes: set[str] = set()
        # Per open section: the columns without a width so far, and whether branches are among them.
        self.sections: list[_Columns] = []

    def check(self) -> None:
        end = 0
        for found in _PIECE.finditer(self.mjml):
            self._text(self.mjml[end : found.start()].strip())
            end = found.end()
            if found["comment"]:
                self._comment(found[0])
            elif found["style"]:
                self._style(found)
            elif found["stray"]:
                snippet = self.mjml[found.start() : found.start() + 30]
                self._fail(f"a tag is not closed: {snippet}", snippet)
            elif found["slash"]:
                self._close(found["name"], found[0])
            else:
                self._open(found)
        if self.stack:
            self._fail(f"<{self.stack[-1].name}> is not closed", f"<{self.stack[-1].name}")
        if not self.seen_body:
            self._fail("there is no <mj-body>", "<mjml")

    def _fail(self, reason: str, *needles: str) -> None:
        raise CompileError(MJML, self.place.of(*needles), reason=reason)

    def _text(self, text: str) -> None:
        """Refuse text between elements, which mrml drops."""
        if text and not self._inside_html() and not holds_token(text):
            line = text.partition("\n")[0]
            self._fail(f"text between elements would be dropped: {line[:40]}", line)

    def _comment(self, comment: str) -> None:
        if (
            self.sections
            and CONTROL.search(comment)
            and self._parent() in ("mj-section", "mj-group")
        ):
            self.sections[-1].branches = True
            self._check_widths()

    def _check_widths(self) -> None:
        columns = self.sections[-1]
        if columns.branches and columns.loose:
            reason = (
                "columns under an if or for that depends on the reader need a width each: "
                '<mj-column width="50%">'
            )
            self._fail(reason, columns.loose, "<mj-column")

    def _style(self, found: re.Match[str]) -> None:
        if "inline" in found["style_attributes"]:
            self._fail(
                "inline styles are not applied here; use attributes", found[0][:40], "<mj-style"
            )
        self._check_parent("mj-style", found[0])
        problem = css_problem(found["css"])
        if problem:
            self._fail(problem, found[0].partition("\n")[0], "<mj-style")

    def _parent(self) -> str:
        return self.stack[-1].name if self.stack else ""

    def _inside_html(self) -> bool:
        return any(one.name in HTML_INSIDE for one in self.stack)

    def _open(self, found: re.Match[str]) -> None:
        name, tag = found["name"], found[0]
        if name.startswith("mj") and (name == "mjml" or name.startswith("mj-")):
            self._check_element(name, tag, found["attributes"])
        elif not self._inside_html() and self.stack:
            self._fail(
                f"<{name}> stands where only MJML may: in <{self._parent()}>", tag, f"<{name}"
            )
        elif problem := html_problem(name, found["attributes"]):
            self._fail(problem, tag, f"<{name}")
        if found["empty"] or name in _VOID:
            return
        self.stack.append(_Open(name, found.start()))
        if name in ("mj-section", "mj-group"):
            self.sections.append(_Columns(tag))
        if len(self.stack) > MAX_DEPTH:
            self._fail(f"more than {MAX_DEPTH} elements within one another", tag)

    def _check_element(self, name: str, tag: str, attributes: str) -> None:
        if self._parent() == "mj-attributes":
            self.classes |= {value for key, value in attributes_of(attributes) if key == "name"}
            self._check_attributes(name, tag, attributes)
            return
        if name not in ATTRIBUTES:
            near = guess(name, ATTRIBUTES)
            hint = f"; did you mean <{near}>?" if near else ""
            self._fail(f"there is no <{name}>{hint}", tag, f"<{name}")
        self._check_parent(name, tag)
        self._check_attributes(name, tag, attributes)
        if name == "mj-body" and self.seen_body:
            self._fail("there are two of <mj-body>", tag)
        self.seen_body |= name == "mj-body"
        if name in COLUMNS and self.sections:
            self.sections[-1].widths.append(percent(attributes))
            if not re.search(r"\bwidth\s*=", attributes):
                self.sections[-1].loose = self.sections[-1].loose or tag
                self._check_widths()

    def _check_parent(self, name: str, tag: str) -> None:
        parent = self._parent()
        if parent and name not in CHILDREN.get(parent, ()):
            self._fail(f"<{name}> may not stand in <{parent}>", tag, f"<{name}")
        if not parent and name != "mjml":
            self._fail(f"<{name}> stands outside of <mjml>", tag)

    def _check_attributes(self, name: str, tag: str, attributes: str) -> None:
        known = ATTRIBUTES.get(name, ANYWHERE)
        if self._parent() == "mj-attributes":
            known = known | {"name"} if name != "mj-all" else known
            known = known | ANYWHERE if name == "mj-class" else known
        given = Counter(attribute for attribute, _ in attributes_of(attributes))
        twice = next((attribute for attribute, times in given.items() if times > 1), None)
        if twice:
            self._fail(f"<{name}> has '{twice}' twice", tag)
        lacking = _REQUIRED.get(name)
        if lacking and lacking not in given and self._parent() != "mj-attributes":
            self._fail(f"<{name}> has no '{lacking}'", tag)
        for attribute, value in attributes_of(attributes):
            if attribute not in known:
                near = guess(attribute, known)
                hint = f"; did you mean '{near}'?" if near else ""
                reason = f"<{name}> has no attribute '{attribute}'{hint}"
                self._fail(reason, tag, f"{attribute}=", f"<{name}")
            if attribute == "mj-class" and not holds_token(value):
                self._check_classes(value.split(), tag)
            if not is_fit(attribute, value):
                self._fail(f'{attribute}="{value}" of <{name}> is no value for it', tag, value)

    def _check_classes(self, names: list[str], tag: str) -> None:
        for name in names:
            if name not in self.classes:
                self._fail(f'no <mj-class name="{name}"> is in <mj-attributes>', tag)

    def _close(self, name: str, tag: str) -> None:
        if name in _VOID:
            return
        if self._parent() != name:
            opened = self._parent()
            reason = f"</{name}> where </{opened}> is expected" if opened else f"{tag} too many"
            self._fail(reason, tag, f"<{opened}")
        self.stack.pop()
        if name in ("mj-section", "mj-group"):
            self._check_sum(name, self.sections.pop())

    def _check_sum(self, name: str, columns: "_Columns") -> None:
        """Refuse columns that do not fit beside one another; of branches only some are shown."""
        widths = [one for one in columns.widths if one is not None]
        total = sum(widths)
        if len(widths) == len(columns.widths) and total > _FULL and not columns.branches:
            self._fail(f"the columns of <{name}> are {total:g}% wide together", columns.tag)


@dataclass(slots=True)
class _Columns:
    """What a section has shown of its columns so far; `loose` is one without a width.

    `widths` are those of its columns in per cent, None for any other.
    """

    tag: str
    branches: bool = False
    loose: str = ""
    widths: list[float | None] = field(default_factory=list)
