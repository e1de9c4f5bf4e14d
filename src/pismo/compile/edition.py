"""One edition: an issue's text staged for one segment, its blocks, its layout, its parts."""

import re
from collections.abc import Iterator, Mapping
from types import SimpleNamespace

from markupsafe import Markup, escape

from pismo.compile.blocks.functions import block_functions
from pismo.compile.desk import Desk, Draft, Staged
from pismo.compile.holes import (
    Filling,
    Place,
    Skeleton,
    assemble,
    require_all,
    scan_html,
    scan_text,
)
from pismo.compile.layout import layout_file, to_html
from pismo.compile.letter_rules import EMPTY_PART, LAYOUT_DROPS, NO_WAY_OUT
from pismo.compile.look import own_file
from pismo.compile.mjml_check import Place as LayoutPlace
from pismo.compile.problem import CompileError
from pismo.compile.stage.record import Mark, Recorder
from pismo.compile.stage.tokens import TokenKind, kind_of, number_of, token
from pismo.compile.typeset import typeset
from pismo.compile.uses import uses_of
from pismo.compile.words import words_of
from pismo.compile.writing import Manuscript, Written
from pismo.model.codec import with_digest
from pismo.model.content import EVERYONE, Newsletter
from pismo.model.edition import (
    Branch,
    Choice,
    Context,
    Edition,
    Hole,
    Parts,
    Path,
    Repeat,
    Static,
)
from pismo.model.finding import Finding, Source
from pismo.records import dataclass

_FILLER = "\u034f\u200c\u00a0" * 30
"""Keeps mail programs from showing the letter's beginning after a short preheader."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the letter as a layout sees it; `html` prints its place."""

    kind: str
    html: Markup


def compile_edition(
    desk: Desk,
    segment: str,
    findings: list[Finding],
    passed: frozenset[Source] = frozenset(),
) -> Edition:
    """Compile the issue for one segment.

    Args:
        desk: The issue, and what is common to its editions.
        segment: For whom.
        findings: Where warnings go.
        passed: Places to be passed over, because what is wrong there is known.

    Raises:
        CompileError: If that cannot be done.
    """
    draft = Draft(desk, segment, findings=findings, passed=passed)
    issue = desk.issue
    names = _build_time(draft)
    subject = _line(draft, "subject", issue.subject, Context.HEADER, names)
    preheader = _line(draft, "preheader", issue.preheader, Context.TEXT, names)
    if not subject:
        raise CompileError(EMPTY_PART, issue.place_of("subject"), part="subject")
    html, text = _letter(draft, preheader, names)
    uses = uses_of(draft)  # names sources, too
    edition = Edition(
        issue=issue.id,
        newsletter=desk.newsletter.name,
        segment=segment,
        language=desk.newsletter.language,
        sender=desk.newsletter.sender,
        subject=subject,
        preheader=preheader,
        html=html,
        text=text,
        headers=_headers(desk.newsletter),
        digest="",
        items=tuple(dict.fromkeys(draft.items)),
        sources=_sources(draft),
        images=_images(desk, html),
        uses=uses,
    )
    return with_digest(edition)


def _build_time(draft: Draft) -> dict[str, object]:
    """Return what templates know when they are built."""
    desk = draft.desk
    issue, newsletter, workspace = desk.issue, desk.newsletter, desk.workspace
    segment = workspace.segments.get(draft.segment)
    brand = workspace.settings.brand
    return {
        "issue": SimpleNamespace(
            id=issue.id,
            date=issue.date,
            title=issue.title,
            subject=issue.subject,
            preheader=issue.preheader,
        ),
        "newsletter": newsletter,
        "segment": SimpleNamespace(id=draft.segment, title=segment.title if segment else ""),
        "brand": brand,
        "site": SimpleNamespace(base_url=desk.scribe.site),
    }


def _line(
    draft: Draft, name: str, text: str, context: Context, names: Mapping[str, object]
) -> Parts:
    """Stage a line of the front matter."""
    place = draft.desk.issue.place_of(name)
    staged = draft.staged(text, place, names)
    line = re.sub(r"[ \t\r\n]+", " ", staged.text).strip()
    line = typeset(line, draft.desk.newsletter.language)
    filling = Filling(staged.recorder.marks, {}, place.path)
    return assemble(scan_text(line, context), filling)


def _letter(draft: Draft, preheader: Parts, names: Mapping[str, object]) -> tuple[Parts, Parts]:
    """Write the body and put the layout around it."""
    desk, issue = draft.desk, draft.desk.issue
    place = Source(issue.source.path, issue.body_line)
    functions = block_functions(draft, names)
    staged = draft.staged(issue.body, place, {**names, **functions}, blocks=True)
    manuscript = _manuscript(staged, desk, place)
    recorder = Recorder(layout_file(desk.workspace.root, desk.newsletter))
    marks = _Slots(draft, staged.recorder, recorder)
    written = desk.scribe.write(manuscript)
    draft.findings.extend(finding for piece in written for finding in piece.findings)
    pieces = [piece for one in written for piece in marks.pieces(one)]
    if not any(piece.kind != "control" for piece in pieces):
        raise CompileError(EMPTY_PART, place, part="body")
    draft.html["preheader"] = _in_html(preheader)
    names = {**names, **_small_print(desk)}
    html = _html(draft, recorder, pieces, names)
    text = _text(draft, recorder, "".join(marks.text), names)
    return html, text


def _manuscript(staged: Staged, desk: Desk, place: Source) -> Manuscript:
    language = desk.newsletter.language
    return Manuscript(staged.text, staged.recorder, desk.issue.body, place, language, heading=2)


class _Slots:
    """Gives each piece of the body its place in the layout."""

    def __init__(self, draft: Draft, body: Recorder, layout: Recorder) -> None:
        self.draft = draft
        self.body = body
        self.layout = layout
        self.text: list[str] = []
        self.numbers: dict[int, int] = {}

    def pieces(self, written: Written) -> list[Piece]:
        """Place one piece: text of the issue, a block, or the edge of a branch around blocks."""
        if not written.control:
            key = f"body {len(self.text)}"
            staged = (Staged(form, self.body) for form in (written.html, written.text))
            self.draft.keep(key, *staged)
            return [self._placed("prose", self.layout.slot(key))]
        kind, number = kind_of(written.control), number_of(written.control)
        mark = self.body.marks[number]
        if number not in self.numbers:
            self.numbers[number] = self.layout.add(mark)
        name = mark.slot.partition("(")[0] if kind is TokenKind.SLOT else "control"
        piece = self._placed(name, token(kind, self.numbers[number]))
        return self._if_picks(piece) if name == "recommendations" else [piece]

    def _if_picks(self, piece: Piece) -> list[Piece]:
        """Let a layout's frame around recommendations vanish with them."""
        mark = Mark(TokenKind.IF, self.layout.line, Path("picks"), path=self.body.path)
        number = self.layout.add(mark)
        word = self.text.pop()
        opening = self._placed("control", token(TokenKind.IF, number))
        self.text.append(word)
        return [opening, piece, self._placed("control", token(TokenKind.END, number))]

    def _placed(self, kind: str, word: str) -> Piece:
        self.text.append(word)
        return Piece(kind, Markup("<!--{}-->").format(word))


def _small_print(desk: Desk) -> dict[str, object]:
    """Return what the foot of every letter says besides its links."""
    language, brand = desk.newsletter.language, desk.workspace.settings.brand
    address = ", ".join(
        part for part in (brand.legal_name or brand.name, brand.postal_address) if part
    )
    return {
        "reason": typeset(desk.newsletter.reason, language),
        "address": typeset(address, language),
        "words": words_of(language),
    }


def _html(
    draft: Draft, recorder: Recorder, pieces: list[Piece], names: Mapping[str, object]
) -> Parts:
    desk = draft.desk
    stage = desk.markup_stage
    file = recorder.path
    loader = desk.layouts
    source, path, _ = loader.get_source(stage, file)
    recorder.path = path
    draft.recorders.append(recorder)
    draft.sources.add(path)
    layout_names = {
        **names,
        "content": pieces,
        "title": desk.issue.title or desk.newsletter.title,
        "preheader": recorder.slot("preheader"),
        "has_preheader": bool(draft.html["preheader"]),
        "filler": _FILLER,
        "logo": desk.logo,
    }
    code = desk.cache.remember(
        "code", f"layout {path} {source}", lambda: stage.code_of(source, path)
    )
    with stage.stage.recording(recorder):
        mjml = stage.run(code, path, layout_names)
    others = [(name, text) for name, text in loader.read.items() if name != path]
    html = to_html(mjml, LayoutPlace(((path, source), *others)), desk.cache)
    filling = Filling(recorder.marks, draft.html, path)
    skeleton = desk.cache.remember("page", html, lambda: scan_html(html, filling))
    require_all(mjml, skeleton, filling)
    _require_pieces(skeleton, recorder, path)
    return assemble(skeleton, filling)


def _require_pieces(skeleton: Skeleton, layout: Recorder, path: str) -> None:
    """Raise if a layout shows less than the whole letter, or no way to leave."""
    shown = {place.number for place in skeleton if isinstance(place, Place)}
    for number, mark in layout.marks.items():
        if mark.kind is TokenKind.SLOT and mark.slot != "preheader" and number not in shown:
            raise CompileError(LAYOUT_DROPS, Source(path), name=mark.slot)
    printed = {layout.marks[number].expr for number in shown}
    for needed in ("unsubscribe", "preferences"):
        if Path("links", (needed,)) not in printed:
            raise CompileError(NO_WAY_OUT, Source(path), link=f"links.{needed}")


def _text(draft: Draft, recorder: Recorder, body: str, names: Mapping[str, object]) -> Parts:
    """Put the plain-text footer under the body."""
    name = "letter.txt.j2"
    footer = draft.staged(own_file(name), Source(f"pismo/{name}"), names)
    foot = Filling(footer.recorder.marks, {}, footer.recorder.path)
    draft.text["footer"] = assemble(scan_text(footer.text.rstrip() + "\n", Context.TEXT), foot)
    filling = Filling(recorder.marks, draft.text, recorder.path)
    return assemble(scan_text(body + recorder.slot("footer"), Context.TEXT), filling)


def _in_html(parts: Parts) -> Parts:
    """Return parts of plain text as they stand in markup."""
    out: list[Static | Hole | Choice | Repeat] = []
    for part in parts:
        match part:
            case Static(text):
                out.append(Static(str(escape(text))))
            case Hole(expr, _):
                out.append(Hole(expr, Context.HTML))
            case Choice(branches, otherwise):
                kept = tuple(Branch(branch.test, _in_html(branch.parts)) for branch in branches)
                out.append(Choice(kept, _in_html(otherwise)))
            case Repeat(variable, over, body, otherwise, only):
                out.append(Repeat(variable, over, _in_html(body), _in_html(otherwise), only))
    return tuple(out)


def _headers(newsletter: Newsletter) -> tuple[tuple[str, Parts], ...]:
    link = Hole(Path("links", ("unsubscribe",)), Context.HEADER)
    title = re.sub(r"[\r\n]+", " ", newsletter.title)
    return (
        ("List-Unsubscribe", (Static("<"), link, Static(">"))),
        ("List-Unsubscribe-Post", (Static("List-Unsubscribe=One-Click"),)),
        ("List-Id", (Static(f"{title} <{newsletter.list_id}>"),)),
    )


def _images(desk: Desk, html: Parts) -> tuple[tuple[str, str], ...]:
    """Name the images that stand in the markup, with the files they were made of."""
    text = "".join(_static(html))
    made = sorted(desk.scribe.images.made.items())
    return tuple((name, file.source) for name, file in made if f"/images/{name}" in text)


def _static(parts: Parts) -> Iterator[str]:
    for part in parts:
        match part:
            case Static(text):
                yield text
            case Choice(branches, otherwise):
                for branch in branches:
                    yield from _static(branch.parts)
                yield from _static(otherwise)
            case Repeat(_, _, body, otherwise):
                yield from _static(body)
                yield from _static(otherwise)


def _sources(draft: Draft) -> tuple[str, ...]:
    desk = draft.desk
    files = {desk.issue.source.path, desk.newsletter.source.path, *draft.sources}
    segment = desk.workspace.segments.get(draft.segment)
    if segment is not None and draft.segment != EVERYONE:
        files.add(segment.source.path)
    return tuple(sorted(file for file in files if not file.startswith("pismo/")))
