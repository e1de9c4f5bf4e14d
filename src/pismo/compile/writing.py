"""A text of a writer, its template already run, as HTML and as plain text."""

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from pismo.compile.addresses import Marking, is_allowed
from pismo.compile.blocks.drawing import Drawing
from pismo.compile.branch_lines import branched_definition, cut_item, cut_mark, set_apart
from pismo.compile.cache import FragmentCache
from pismo.compile.holes import described
from pismo.compile.images import ImageFile, ImageStore
from pismo.compile.letter_rules import (
    BAD_LINK,
    CROSSING,
    CUT_ITEM,
    IMAGE_ALT,
    INLINE_BLOCK,
    LINK_DEFINITION,
)
from pismo.compile.look import Look
from pismo.compile.markdown import (
    Run,
    inline_tokens,
    parse,
    slots_in_text,
    too_deep,
    top_level_runs,
)
from pismo.compile.numbering import Count, filled_in
from pismo.compile.plaintext import plain_text
from pismo.compile.problem import CompileError
from pismo.compile.rules import TOO_DEEP
from pismo.compile.stage.record import Recorder
from pismo.compile.stage.tokens import holds_token, number_of
from pismo.compile.typeset import NBSP, THING, typeset_all
from pismo.games import Rebus, quiz_folder
from pismo.model.finding import Finding, Source
from pismo.records import dataclass, field, replace

_OPTIONS = MarkdownIt("commonmark", {"xhtmlOut": False}).options
GAMES = ("rebus", "poll", "quiz")
"""Names of fenced blocks that are drawn, not printed as code."""

_TASK = re.compile(r"\[([ xXхХ])\]\s+")


@dataclass(frozen=True, slots=True)
class Manuscript:
    """What is to be written: staged Markdown with what its tokens mean, and the file it is from.

    `slug` names the item, `answers` is the token of the link by which readers answer it, and
    `prize` the address where its prize is opened.
    `raw` is the text as committed, to find the line of what is wrong; it begins at `source`.
    `heading` is the level of the text's first-level headings.
    """

    staged: str
    recorder: Recorder
    raw: str
    source: Source
    language: str
    heading: int = 2
    slug: str = ""
    answers: str = ""
    prize: str = ""

    def place_of(self, needle: str) -> Source:
        """Find the line on which something was written; the first if it was computed."""
        before, found, _ = self.raw.partition(needle) if needle else ("", "", "")
        return self.source.shifted(before.count("\n")) if found else self.source


@dataclass(frozen=True, slots=True)
class Written:
    """Neighbouring blocks of a text in both forms, or one control token.

    `findings` are warnings about the games among them; `counts` are numbers that the text's lists
    still lack.
    """

    html: str
    text: str
    control: str = ""
    findings: tuple[Finding, ...] = ()
    counts: tuple[tuple[Count, ...], ...] = ()


@dataclass(slots=True)
class Scribe:
    """Writes texts for one newsletter and layout."""

    look: Look
    marking: Marking
    images: ImageStore
    cache: FragmentCache
    site: str
    signature: str = field(init=False)
    """All that a text's form depends on besides the text: part of every key of the cache."""

    def __post_init__(self) -> None:
        hosts = sorted(self.marking.hosts)
        self.signature = repr((self.look, tuple(self.marking.pairs), hosts, self.site))

    def write(self, manuscript: Manuscript) -> list[Written]:
        """Write a text; it comes in pieces where blocks stand between its paragraphs.

        Raises:
            CompileError: For a broken image, link or rebus, with its line.
        """
        key = "\0".join(
            (
                self.signature,
                str(manuscript.source),
                manuscript.raw,
                manuscript.language,
                str(manuscript.heading),
                manuscript.slug,
                manuscript.answers,
                manuscript.prize,
                manuscript.staged,
            )
        )
        page = self.cache.remember("markdown", key, lambda: self._written(manuscript))
        if not all(self._is_current(*image, manuscript) for image in page.used):
            page = self._written(manuscript)
        self.images.keep(page.drawn)
        written = page.written
        return [_numbered(piece, manuscript.recorder) for piece in written]

    def _written(self, manuscript: Manuscript) -> "_WrittenPage":
        staged = set_apart(manuscript.staged)
        _refuse_cut_marks(staged, manuscript)
        tokens = parse(staged)
        deepest = too_deep(tokens)
        if deepest is not None:
            line = deepest.map[0] if deepest.map else 0
            raise CompileError(TOO_DEEP, manuscript.source.shifted(line))
        for found in slots_in_text(tokens):
            mark = manuscript.recorder.marks[number_of(found)]
            raise CompileError(INLINE_BLOCK, Source(mark.path, mark.line), value=described(mark))
        _set_type(tokens, manuscript.language)
        page = _Page(self, manuscript)
        written = [page.run(run) for run in top_level_runs(tokens)]
        return _WrittenPage(written, page.used, page.drawn)

    def _is_current(self, image: str, width: int, name: str, manuscript: Manuscript) -> bool:
        place = manuscript.place_of(image)
        return self.images.place(image, place, width).file.name == name

    def picture(self, image: str, alt: str, place: Source) -> tuple[str, ImageFile]:
        """Return the `<img>` of an image of content."""
        if not alt.strip():
            raise CompileError(IMAGE_ALT, place, image=image)
        placed = self.images.place(image, place, self.look.image_width)
        address = f"{self.site}/images/{placed.file.name}"
        html = (
            f'<img src="{escape(address)}" alt="{escape(alt)}" '
            f'width="{placed.width}" height="{placed.height}">'
        )
        return html, placed.file


_Used = tuple[str, int, str]
"""An image, the width of its place, and the name it got."""


@dataclass(frozen=True, slots=True)
class _WrittenPage:
    """A text with the images it names and the pictures that were drawn for it."""

    written: list[Written]
    used: list[_Used]
    drawn: list[ImageFile]


class _Page(RendererHTML):
    """Writes the tokens of one text as HTML."""

    def __init__(self, scribe: Scribe, manuscript: Manuscript) -> None:
        super().__init__()
        self.scribe = scribe
        self.manuscript = manuscript
        self.used: list[_Used] = []
        self.drawn: list[ImageFile] = []
        self._drawings: dict[str, Drawing] = {}
        self._fences = {kind: lambda fence: self._drawn(fence).text for kind in GAMES}

    def run(self, run: Run) -> Written:
        if run.control:
            return Written("", "", run.control)
        tokens = list(run.tokens)
        text, counts = plain_text(tokens, self._address, self._fences)
        for token in tokens:
            if token.type in ("heading_open", "heading_close"):
                level = min(6, int(token.tag[1]) + self.manuscript.heading - 1)
                token.tag = f"h{level}"
        _mark_checklists(tokens)
        _mark_tables(tokens)
        html = self.render(tokens, _OPTIONS, {})
        drawings = (self._drawn(token) for token in tokens if self._is_game(token))
        findings = tuple(one for drawn in drawings for one in drawn.findings)
        return Written(html, text, "", findings, tuple(tuple(group) for group in counts))

    def _address(self, href: str) -> str:
        if not is_allowed(href):
            raise CompileError(BAD_LINK, self.manuscript.place_of(href), url=href)
        return self.scribe.marking.marked(href)

    def control(self, tokens: Sequence[Token], index: int, *_: object) -> str:
        """Write a control token: a comment between elements, a word within text."""
        token = tokens[index]
        return f"<!--{token.content}-->" if token.block else token.content

    def paragraph_open(self, tokens: Sequence[Token], index: int, *_: object) -> str:
        """Begin a paragraph; in a list without `<p>`, keep it apart from the one before."""
        if not tokens[index].hidden:
            return self.renderToken(tokens, index, _OPTIONS, {})
        before = index - 1
        while before >= 0 and tokens[before].type == "control":
            before -= 1
        return "<br>" if before >= 0 and tokens[before].type == "paragraph_close" else ""

    def link_open(self, tokens: Sequence[Token], index: int, *_: object) -> str:
        """Write a link with the newsletter's marks."""
        href = self._address(str(tokens[index].attrGet("href") or ""))
        title = tokens[index].attrGet("title")
        more = f' title="{escape(str(title))}"' if title else ""
        return f'<a href="{escape(href)}"{more}>'

    def image(self, tokens: Sequence[Token], index: int, *_: object) -> str:
        """Write an image: resized, with its size and a description."""
        token = tokens[index]
        source = str(token.attrGet("src") or "")
        if source.startswith(("https://", "http://")) or holds_token(source):
            if not token.content.strip():
                raise CompileError(IMAGE_ALT, self.manuscript.place_of(source), image=source)
            return f'<img src="{escape(source)}" alt="{escape(token.content)}">'
        place = self.manuscript.place_of(source)
        html, file = self.scribe.picture(source, token.content, place)
        self.used.append((source, self.scribe.look.image_width, file.name))
        return html

    def code_block(self, tokens: Sequence[Token], index: int, *_: object) -> str:
        """Write an indented block of code."""
        return f'<pre class="code"><code>{escape(tokens[index].content)}</code></pre>'

    def fence(self, tokens: Sequence[Token], index: int, *_: object) -> str:
        """Write a fenced block: a rebus drawn, anything else as code."""
        token = tokens[index]
        if self._is_game(token):
            return self._drawn(token).html
        return f'<pre class="code"><code>{escape(token.content)}</code></pre>'

    def _is_game(self, token: Token) -> bool:
        return token.type == "fence" and token.info.strip() in self._fences

    def _drawn(self, fence: Token) -> Drawing:
        """Draw a game, once for both forms."""
        if fence.content not in self._drawings:
            self._drawings[fence.content] = self._draw(fence)
        return self._drawings[fence.content]

    def _draw(self, fence: Token) -> Drawing:
        from pismo.compile.blocks.answers import poll_drawing, quiz_drawing
        from pismo.compile.blocks.rebus import rebus_drawing

        manuscript = self.manuscript
        place = manuscript.place_of(fence.content)
        match fence.info.strip():
            case "poll":
                return poll_drawing(fence.content, manuscript.language, place, manuscript.answers)
            case "quiz":
                pages = f"{self.scribe.site}/{quiz_folder(manuscript.slug)}"
                answers = manuscript.answers
                return quiz_drawing(fence.content, manuscript.language, place, pages, answers)
            case _:
                return rebus_drawing(
                    fence.content,
                    manuscript.language,
                    place,
                    self._made,
                    self._picture_of,
                    link=manuscript.answers,
                    prize=manuscript.prize,
                )

    def _made(self, image: str, place: Source, width: int) -> str:
        """Put a picture that a game is drawn as on the site, and return its address."""
        file = self.scribe.images.place(image, place, width).file
        self.used.append((image, width, file.name))
        return f"{self.scribe.site}/images/{file.name}"

    def _picture_of(self, rebus: Rebus) -> str:
        """Draw a rebus that live text cannot show, and return where the site has it."""
        from pismo.games import drawn_picture

        name, content = self.scribe.cache.remember(
            "drawn", repr(rebus.lines), lambda: drawn_picture(rebus)
        )
        self.drawn.append(ImageFile(name, self.manuscript.source.path, content))
        return f"{self.scribe.site}/images/{name}"


def _numbered(piece: Written, recorder: Recorder) -> Written:
    if not piece.counts:
        return piece
    return replace(piece, text=filled_in(piece.text, piece.counts, recorder), counts=())


def _refuse_cut_marks(staged: str, manuscript: Manuscript) -> None:
    for number, rule in (
        (cut_mark(staged), CROSSING),
        (cut_item(staged), CUT_ITEM),
        (branched_definition(staged), LINK_DEFINITION),
    ):
        if number is not None:
            mark = manuscript.recorder.marks[number]
            raise CompileError(rule, Source(mark.path, mark.line), value=described(mark))


def _set_type(tokens: Sequence[Token], language: str) -> None:
    """Typeset every line; what markup separates is one line, code and images are words in it."""
    for block in inline_tokens(tokens):
        line: list[Token] = []
        for child in block.children or []:
            if child.type == "hardbreak":
                _set_line(line, language)
                line = []
            elif child.type in ("text", "softbreak", "code_inline", "image"):
                line.append(child)
        _set_line(line, language)


def _set_line(line: Sequence[Token], language: str) -> None:
    texts = [
        child.content if child.type == "text" else "\n" if child.type == "softbreak" else THING
        for child in line
    ]
    for child, text in zip(line, typeset_all(texts, language), strict=True):
        if child.type == "softbreak" and text == NBSP:
            child.type = "text"
        if child.type == "text":
            child.content = text


def _mark_tables(tokens: Sequence[Token]) -> None:
    """Tell tables of data from those that only lay out, such as a rebus."""
    classes = {"table_open": "rows", "th_open": "head", "td_open": "row"}
    for token in tokens:
        if token.type in classes:
            token.attrSet("class", classes[token.type])


def _mark_checklists(tokens: Sequence[Token]) -> None:
    """Turn `- [ ]` items into boxes, and tell the list so."""
    lists: list[Token] = []
    for token in tokens:
        if token.type == "bullet_list_open":
            lists.append(token)
        elif token.type == "bullet_list_close":
            lists.pop()
        elif token.type == "inline" and lists and token.children:
            first = token.children[0]
            found = _TASK.match(first.content) if first.type == "text" else None
            if found:
                box = "☐" if found[1] == " " else "☑"
                first.content = f"{box}\u00a0{first.content[found.end() :]}"
                lists[-1].attrSet("class", "checks")
