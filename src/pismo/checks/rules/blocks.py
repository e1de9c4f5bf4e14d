"""Paragraphs, headings, lists and tables as a writer put them together in Markdown."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it.token import Token

from pismo.checks.documents import HOLE, Document, Passage
from pismo.checks.rules.wording import MARKUP_LEFT
from pismo.checks.scope import IssueScope, beginning, flat
from pismo.model.finding import Finding, Rule, Severity, Source

BOLD_HEADING = Rule(
    "a11y-heading-bold",
    Severity.WARNING,
    en="«{text}» looks like a heading and is a bold paragraph",
    ru="«{text}» похоже на заголовок, а это жирный абзац",
    hint_en="write it with ###: programs that read aloud jump from heading to heading",
    hint_ru="поставьте ###: программы чтения вслух ходят по заголовкам",
)
BARE_HEADING = Rule(
    "heading-without-text",
    Severity.WARNING,
    en="nothing stands under the heading «{text}»",
    ru="под заголовком «{text}» ничего нет",
    hint_en="write what belongs there, or take the heading out",
    hint_ru="допишите или уберите заголовок",
)
SAME_HEADING = Rule(
    "heading-twice",
    Severity.WARNING,
    en="the heading «{text}» stands here already",
    ru="заголовок «{text}» здесь уже есть",
    hint_en="call one of them otherwise",
    hint_ru="назовите один из них иначе",
)
EMPTY_ITEM = Rule(
    "list-item-empty",
    Severity.WARNING,
    en="an empty item in a list",
    ru="пустой пункт в списке",
)
LOST_CELL = Rule(
    "table-cell-lost",
    Severity.WARNING,
    en="the row has {cells} cells and the table {columns} columns: «{text}» is lost",
    ru="в строке клеток {cells}, а в таблице колонок {columns}: «{text}» пропадёт",
    hint_en="add a column to the head, or write \\| for a bar in the text",
    hint_ru="добавьте колонку в шапку или пишите \\| для черты в тексте",
)
BARE_COLUMN = Rule(
    "a11y-table-header-empty",
    Severity.NOTE,
    en="a column of the table has no name",
    ru="у колонки таблицы нет названия",
    hint_en="programs that read aloud say a column's name before each cell",
    hint_ru="программы чтения вслух называют колонку перед каждой клеткой",
)
SAME_PARAGRAPH = Rule(
    "text-paragraph-twice",
    Severity.WARNING,
    en="the paragraph «{text}» stands here already",
    ru="абзац «{text}» здесь уже есть",
    hint_en="pasted twice? take one of them out",
    hint_ru="вставлен дважды? уберите один",
)
TORN_END = Rule(
    "text-unfinished",
    Severity.WARNING,
    en="the text ends with «{word}», in the middle of a sentence",
    ru="текст обрывается на «{word}», посреди фразы",
    hint_en="write the sentence to its end",
    hint_ru="допишите фразу",
)
DRAWN_LINE = Rule(
    "a11y-drawn-line",
    Severity.WARNING,
    en="«{mark}» is read aloud sign by sign",
    ru="«{mark}» прочтут вслух знак за знаком",
    hint_en="write --- on a line of its own: that draws a line",
    hint_ru="напишите --- отдельной строкой: выйдет черта",
)
EMOJI_ROW = Rule(
    "a11y-emoji-row",
    Severity.WARNING,
    en="{count} emoji in a row are read aloud one by one, by name",
    ru="{count} эмодзи подряд прочтут вслух по одному, по именам",
    hint_en="one is plenty",
    hint_ru="хватит одного",
)
OPEN_COMMENT = Rule(
    "html-comment-open",
    Severity.ERROR,
    en="<!-- is never closed, and the rest of the text is gone",
    ru="<!-- не закрыт, и весь текст ниже пропал",
    hint_en="end the comment with -->",
    hint_ru="закройте комментарий: -->",
)

_LONGEST_HEADING, _SHOWN, _TELLING = 60, 40, 35
_ROW_OF_EMOJI = 5
_SENTENCE_END = re.compile(r"[.!?…,;)\"»”]$")
_MIDDLE = re.compile(r"(?:\b(?:and|or|but|the|an?|и|а|но|или|что)|,)$", re.IGNORECASE)
_DRAWN = re.compile(r"(?m)^[ \t]*(?![|\s:-]*\|)([-=_*~#+•·–—─<>]{6,})[ \t]*$")
_EMOJI = re.compile("(?:[\U0001f300-\U0001faff☀-➿]\ufe0f?[ ]?){%d,}" % _ROW_OF_EMOJI)  # noqa: UP031
_BAR = re.compile(r"(?<!\\)\|")


def check_blocks(scope: IssueScope) -> Iterator[Finding]:
    """Check how each file of the issue is put together."""
    for document in scope.documents.values():
        yield from _headings(document)
        yield from _tables(document)
        yield from _paragraphs(document)
        yield from _end(document)
        for passage in document.passages:
            yield from _signs(passage)
        for html in document.html:
            if html.text.count("<!--") > html.text.count("-->"):
                yield OPEN_COMMENT.at(html.place)
        for before, token in _pairs(document.tokens):
            if (before.type, token.type) == ("list_item_open", "list_item_close"):
                yield EMPTY_ITEM.at(_place(document, before))


def _pairs(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    return pairwise(tokens)


def _place(document: Document, token: Token) -> Source:
    return document.begins.shifted(token.map[0] if token.map else 0)


def _headings(document: Document) -> Iterator[Finding]:
    seen: set[str] = set()
    tokens = document.tokens
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            text, after = tokens[at + 1].content.replace(HOLE, "…"), tokens[at + 3 : at + 4]
            if not after or (after[0].type == "heading_open" and after[0].tag <= token.tag):
                yield BARE_HEADING.at(_place(document, token), text=text)
            if flat(text) in seen:
                yield SAME_HEADING.at(_place(document, token), text=text)
            seen.add(flat(text) or text)
        elif token.type == "paragraph_open" and not token.level and at + 3 < len(tokens):
            text = _bold(tokens[at + 1])
            if 0 < len(text) <= _LONGEST_HEADING and not _SENTENCE_END.search(text):
                yield BOLD_HEADING.at(_place(document, token), text=text.replace(HOLE, "…"))


def _bold(inline: Token) -> str:
    """Return a paragraph's text if all of it is one bold piece, without a break."""
    pieces = [child for child in inline.children or [] if child.type != "text" or child.content]
    kinds = [piece.type for piece in pieces]
    if kinds[:1] != ["strong_open"] or kinds.index("strong_close") != len(kinds) - 1:
        return ""
    if not set(kinds[1:-1]) <= {"text", "em_open", "em_close"}:
        return ""
    text = "".join(piece.content for piece in pieces).strip()
    return "" if text == HOLE else text


def _tables(document: Document) -> Iterator[Finding]:
    columns = 0
    for token, inside in _pairs(document.tokens):
        if token.type == "table_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
            if not inside.content.strip():
                yield BARE_COLUMN.at(_place(document, inside))
        elif token.type == "tr_open" and token.map:
            cells = _BAR.split(document.lines[token.map[0]].strip().strip("|"))
            if columns and len(cells) > columns:
                lost = beginning(cells[columns].strip().replace(HOLE, "…"), _SHOWN)
                place = _place(document, token)
                yield LOST_CELL.at(place, text=lost, cells=len(cells), columns=columns)
    for header in document.markup.of("th"):
        # With a class, it is a layout's: Foundation's empty ones push the columns together.
        if not header.text.strip() and "class" not in header.tag.attributes:
            yield BARE_COLUMN.at(document.place_of(header.tag))


def _paragraphs(document: Document) -> Iterator[Finding]:
    """Find a long paragraph that stands twice; lines with breaks are a poem, and have refrains."""
    seen: set[str] = set()
    for passage in document.passages:
        letters = flat(passage.text.replace(HOLE, ""))
        if len(letters) >= _TELLING and "\n" not in passage.text:
            if letters in seen:
                yield SAME_PARAGRAPH.at(passage.place, text=beginning(passage.text, _SHOWN))
            seen.add(letters)


def _end(document: Document) -> Iterator[Finding]:
    kinds = [token.type for token in document.tokens[-3:]]
    if kinds != ["paragraph_open", "inline", "paragraph_close"] or document.tokens[-3].level:
        return
    passage = document.passages[-1]
    if found := _MIDDLE.search(passage.text.rstrip()):
        words = passage.text.split()
        yield TORN_END.at(passage.place_of(found), word=words[-1])


def _signs(passage: Passage) -> Iterator[Finding]:
    for found in _DRAWN.finditer(passage.text):
        yield DRAWN_LINE.at(passage.place_of(found), mark=beginning(found[1], 12))
    for found in _EMOJI.finditer(passage.text):
        count = sum(not sign.isspace() and sign != "\ufe0f" for sign in found[0])
        yield EMOJI_ROW.at(passage.place_of(found), count=count)
    rows = [line for line in passage.text.split("\n") if line.strip().startswith("|")]
    if len(rows) > 1 and all(row.rstrip().endswith("|") for row in rows):
        yield MARKUP_LEFT.at(passage.place, mark="|")
