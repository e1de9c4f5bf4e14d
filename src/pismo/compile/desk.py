"""What all editions of an issue share, and one edition while it is being made."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from pismo.compile.addresses import Marking
from pismo.compile.cache import FragmentCache
from pismo.compile.holes import Filling, Skeleton, assemble, require_all, scan_html, scan_text
from pismo.compile.layout import LayoutLoader
from pismo.compile.look import Look
from pismo.compile.onwards import without
from pismo.compile.problem import CompileError
from pismo.compile.repeats import gathered
from pismo.compile.rules import TOKEN_IN_TEXT
from pismo.compile.stage.environment import StageEnvironment
from pismo.compile.stage.record import Mark, Recorder
from pismo.compile.stage.tokens import ANY_CASE, TOKEN, TokenKind, token
from pismo.compile.writing import Scribe
from pismo.inline import Inline
from pismo.model.content import Issue, Item, Newsletter
from pismo.model.edition import Context, Parts
from pismo.model.finding import Finding, Source
from pismo.model.workspace import Workspace
from pismo.records import dataclass, field


@dataclass(frozen=True, slots=True)
class Logo:
    """The brand's picture: its address, and its width in CSS pixels."""

    src: str
    width: int


@dataclass(frozen=True, slots=True)
class Desk:
    """What all editions of an issue share."""

    workspace: Workspace
    newsletter: Newsletter
    issue: Issue
    look: Look
    text_stage: StageEnvironment
    markup_stage: StageEnvironment
    scribe: Scribe
    cache: FragmentCache
    marking: Marking
    layouts: LayoutLoader
    inline: Inline
    logo: Logo | None = None
    finished: dict[str, "Finished"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Staged:
    """A text with tokens, and what they stand for."""

    text: str
    recorder: Recorder


@dataclass(frozen=True, slots=True)
class Finished:
    """A fragment that is the same for every segment, and what was recorded on the way."""

    html: Parts
    text: Parts
    recorders: tuple[Recorder, ...]
    sources: frozenset[str]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Draft:
    """One edition while it is being made: blocks met so far by key, and all that went in.

    `way` holds the items being shown at the moment, outermost first; `passed` are places at
    which nothing is printed, because something is wrong there (`onwards`).
    """

    desk: Desk
    segment: str
    html: dict[str, Parts] = field(default_factory=dict)
    text: dict[str, Parts] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    recorders: list[Recorder] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    way: list[Item] = field(default_factory=list)
    passed: frozenset[Source] = frozenset()

    def staged(
        self,
        text: str,
        place: Source,
        names: Mapping[str, object],
        *,
        markup: bool = False,
        blocks: bool = False,
    ) -> Staged:
        """Run a template for this segment.

        Args:
            text: The template; it begins at `place`.
            place: Its file and first line.
            names: What it may use besides the send-time roots.
            markup: Whether its output is markup, so that what it prints is escaped.
            blocks: Whether it has room for blocks such as stories.

        Raises:
            CompileError: With the line, if it cannot be staged.
        """
        recorder = Recorder(place.path, blocks=blocks)
        self.recorders.append(recorder)
        self.sources.add(place.path)
        text = without(text, place, self.passed)
        found = ANY_CASE.search(text)
        if found:
            line = place.shifted(text.count("\n", 0, found.start()))
            raise CompileError(TOKEN_IN_TEXT, line, word=found[0])
        if "{" not in text:
            return Staged(text, recorder)
        stage = self.desk.markup_stage if markup else self.desk.text_stage
        # Lines of what is reported are lines of the file.
        source = "\n" * (place.line - 1) + text
        code = self.desk.cache.remember(
            "code", f"{markup} {place.path} {source}", lambda: stage.code_of(source, place.path)
        )
        with stage.stage.recording(recorder):
            return Staged(stage.run(code, place.path, names).lstrip("\n"), recorder)

    def shared(self, key: str, make: Callable[[], None]) -> None:
        """Take a fragment that no segment changes from the desk, or make and leave it there.

        Args:
            key: Where `make` keeps it.
            make: Finishes the fragment and calls `keep`.
        """
        done = self.desk.finished.get(key)
        if done is not None:
            self.html[key], self.text[key] = done.html, done.text
            self.recorders += done.recorders
            self.sources |= done.sources
            self.findings += done.findings
            return
        recorded, told, sources = len(self.recorders), len(self.findings), set(self.sources)
        make()
        recorders = tuple(self.recorders[recorded:])
        new = frozenset(self.sources - sources) | {recorder.path for recorder in recorders}
        findings = tuple(self.findings[told:])
        self.desk.finished[key] = Finished(self.html[key], self.text[key], recorders, new, findings)

    def keep(self, key: str, html: Staged, text: Staged) -> None:
        """Finish a fragment in both forms and keep it under a key, for its slot in the letter.

        Raises:
            CompileError: If a value stands where none may, or vanished.
        """
        markup, marks = _renumbered(html)
        filling = Filling(marks, self.html, html.recorder.path)
        skeleton = self._html_skeleton(markup, filling)
        require_all(markup, skeleton, filling)
        self.html[key] = gathered(assemble(skeleton, filling))
        filling = Filling(text.recorder.marks, self.text, text.recorder.path)
        self.text[key] = gathered(assemble(scan_text(text.text, Context.TEXT), filling))

    def _html_skeleton(self, html: str, filling: Filling) -> Skeleton:
        css = self.desk.look.css

        def make() -> Skeleton:
            return scan_html(self.desk.inline(html, css), filling)

        return self.desk.cache.remember("fragment", f"{css}\0{html}", make)


def _renumbered(staged: Staged) -> tuple[str, Mapping[int, Mark]]:
    """Number tokens by where they first stand, so that equal fragments are equal texts."""
    numbers: dict[int, int] = {}
    for found in TOKEN.finditer(staged.text):
        numbers.setdefault(int(found[2]), len(numbers) + 1)

    def renumber(found: re.Match[str]) -> str:
        return token(TokenKind(found[1]), numbers[int(found[2])])

    marks = {new: staged.recorder.marks[old] for old, new in numbers.items()}
    return TOKEN.sub(renumber, staged.text), marks


def marks_of(recorders: Sequence[Recorder]) -> Iterator[Mark]:
    """Yield everything recorded, in order."""
    return (mark for recorder in recorders for mark in recorder.marks.values())
