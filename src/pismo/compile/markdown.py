"""Markdown with tokens in it: to HTML and to plain text, from the same token stream.

A line that holds nothing but control tokens is no paragraph: it stands between blocks, list items
or table rows. Control tokens at the edge of a paragraph are moved out of it where their partner
stands elsewhere, or where they enclose the whole paragraph, so that no empty `<p>` is left behind.
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from pismo.compile.notes import without_notes
from pismo.compile.stage.tokens import CONTROL, TOKEN, TokenKind, kind_of, number_of
from pismo.records import dataclass

_CONTROL_LINE = re.compile(rf"(?:{CONTROL.pattern}[ \t]*)+")
_DEEPEST = 50
_BRANCHES = (TokenKind.IF, TokenKind.FOR)
_MARKS = re.compile(f"({CONTROL.pattern})")


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring tokens of a document: text between blocks, or one control token.

    `control` is the token, or '' for text.
    """

    tokens: tuple[Token, ...]
    control: str = ""


def parse(text: str) -> list[Token]:
    """Parse Markdown; control tokens become tokens of their own, moved to where they belong."""
    tokens = _without_notes(_PARSER.parse(text))
    _split_controls(tokens)
    tokens = _lifted_paragraphs(tokens)
    return _merged_lists(_freed_rows(tokens))


def too_deep(tokens: Sequence[Token]) -> Token | None:
    """Find what is nested so deeply that Markdown would drop its text without a word."""
    return next(
        (token for token in tokens if token.nesting > 0 and token.level >= _DEEPEST - 1), None
    )


def top_level_runs(tokens: Sequence[Token]) -> list[Run]:
    """Split a document at the blocks that stand in it, and at the branches around those."""
    pieces: list[Run] = []
    text: list[Token] = []
    depth = 0
    for token in tokens:
        if depth == 0 and token.type == "control":
            if text:
                pieces.append(Run(tuple(text)))
                text = []
            pieces.append(Run((token,), token.content))
        else:
            text.append(token)
        depth += token.nesting
    if text:
        pieces.append(Run(tuple(text)))
    return _joined_around_slots(pieces)


def _joined_around_slots(pieces: Sequence[Run]) -> list[Run]:
    """Take branches that hold no block back into the text around them."""
    out: list[Run] = []
    index = 0
    while index < len(pieces):
        piece = pieces[index]
        end = _end_of(pieces, index)
        if end is not None:
            group = pieces[index : end + 1]
            if not any(kind_of(run.control) is TokenKind.SLOT for run in group if run.control):
                _append_text(out, [token for run in group for token in run.tokens])
                index = end + 1
                continue
        if piece.control:
            out.append(piece)
        else:
            _append_text(out, piece.tokens)
        index += 1
    return out


def _append_text(out: list[Run], tokens: Sequence[Token]) -> None:
    if out and not out[-1].control:
        out[-1] = Run((*out[-1].tokens, *tokens))
    else:
        out.append(Run(tuple(tokens)))


def _end_of(pieces: Sequence[Run], start: int) -> int | None:
    """Find the end of the branches that begin at `start`, or None."""
    if not pieces[start].control or kind_of(pieces[start].control) not in _BRANCHES:
        return None
    number = number_of(pieces[start].control)
    for index in range(start + 1, len(pieces)):
        control = pieces[index].control
        if control and number_of(control) == number and kind_of(control) is TokenKind.END:
            return index
    return None


# --- Parsing ------------------------------------------------------------------------------------


def _control_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: ARG001  # markdown-it's signature
    """Block rule: a line of nothing but control tokens."""
    if state.is_code_block(start):
        return False
    begin = state.bMarks[start] + state.tShift[start]
    line = state.src[begin : state.eMarks[start]].rstrip()
    if not line.startswith("qzx") or not _CONTROL_LINE.fullmatch(line):
        return False
    if silent:
        # Inside a table the line must stay a row: `_freed_rows` takes it out of its cells.
        return state.parentType != "table"
    state.line = start + 1
    for found in CONTROL.finditer(line):
        token = state.push("control", "", 0)
        token.content = found[0]
        token.block = True
        token.map = [start, state.line]
    return True


def _parser() -> MarkdownIt:
    options = {
        "html": True,
        "linkify": False,
        "typographer": False,
        "maxNesting": _DEEPEST,
    }
    parser = MarkdownIt("commonmark", options)
    parser.enable(["table", "strikethrough"])
    alternatives: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("table", "control", _control_line, alternatives)
    return parser


_PARSER = _parser()


def _without_notes(tokens: Sequence[Token]) -> list[Token]:
    out: list[Token] = []
    for token in tokens:
        for one in (token, *(token.children or ())):
            if one.type in ("html_block", "html_inline"):
                one.content = without_notes(one.content)
        if token.type != "html_block" or token.content.strip():
            out.append(token)
    return out


def _split_controls(tokens: Sequence[Token]) -> None:
    """Give each control token within text its own place among the inline tokens."""
    for block in tokens:
        if block.type != "inline" or "xzq" not in block.content or not block.children:
            continue
        children: list[Token] = []
        for child in block.children:
            if child.type != "text" or not CONTROL.search(child.content):
                children.append(child)
                continue
            for piece in _MARKS.split(child.content):
                if piece:
                    kind = "control" if CONTROL.fullmatch(piece) else "text"
                    children.append(Token(kind, "", 0, content=piece, level=child.level))
        block.children = children


# --- Moving control tokens out of paragraphs ------------------------------------------------------


def _lifted_paragraphs(tokens: Sequence[Token]) -> list[Token]:
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type not in ("paragraph_open", "heading_open"):
            out.append(token)
            index += 1
            continue
        opening, inline, closing = tokens[index : index + 3]
        index += 3
        lifted = _lifted(inline.children or [])
        alone = _item_around(tokens, index)
        if alone is not None and _encloses(lifted):
            out[-1:] = _around_items(out[-1], lifted, (opening, inline, closing), alone)
            index += 1
        else:
            out += _paragraphs(lifted, (opening, inline, closing))
    return out


def _item_around(tokens: Sequence[Token], after: int) -> Token | None:
    """Return the end of the list item whose only child is the paragraph before `after`."""
    closes = after < len(tokens) and tokens[after].type == "list_item_close"
    opens = after >= 4 and tokens[after - 4].type == "list_item_open"
    return tokens[after] if closes and opens else None


_Lifted = Sequence[Token | list[Token]]


def _encloses(lifted: _Lifted) -> bool:
    first, last = lifted[0] if lifted else None, lifted[-1] if lifted else None
    return (
        isinstance(first, Token)
        and isinstance(last, Token)
        and kind_of(first.content) is TokenKind.IF
        and number_of(first.content) == number_of(last.content)
    )


def _around_items(
    item: Token, lifted: _Lifted, paragraph: tuple[Token, Token, Token], closing: Token
) -> list[Token]:
    """Put a branch that encloses a list item's text around the item."""
    out: list[Token] = []
    for piece in lifted:
        if isinstance(piece, Token):
            out += _paragraphs([piece], paragraph)
        else:
            out += [item.copy(), *_paragraphs([piece], paragraph), closing.copy()]
    return out


def _paragraphs(lifted: _Lifted, paragraph: tuple[Token, Token, Token]) -> list[Token]:
    opening, inline, closing = paragraph
    out: list[Token] = []
    for piece in lifted:
        if isinstance(piece, Token):
            token = piece.copy()
            token.block = True
            out.append(token)
        else:
            body = inline.copy()
            body.children = piece
            # Copies, for whoever changes one (a heading's level) must not change its twin.
            out += [opening.copy(), body, closing.copy()]
    return out


def _lifted(children: Sequence[Token]) -> list[Token | list[Token]]:
    """Split a paragraph's children into control tokens before and after, and paragraphs."""
    children = _stripped(children)
    if not children:
        return []
    first, last = children[0], children[-1]
    if first.type == "control":
        end = _partner(children, 0)
        if end is None:
            return [first, *_lifted(children[1:])]
        if all(child.type == "control" for child in children[: end + 1]):
            return [*children[: end + 1], *_lifted(children[end + 1 :])]
        if end == len(children) - 1 and kind_of(first.content) is TokenKind.IF:
            whole = _whole(children)
            if whole is not None:
                return whole
    if last.type == "control":
        start = _partner(children, len(children) - 1)
        if start is None:
            return [*_lifted(children[:-1]), last]
        if all(child.type == "control" for child in children[start:]):
            return [*_lifted(children[:start]), *children[start:]]
    return [list(children)]


def _whole(children: Sequence[Token]) -> list[Token | list[Token]] | None:
    """Lift an `if` that encloses a paragraph, split at its `else`; None if that cuts emphasis."""
    first, last = children[0], children[-1]
    number = number_of(first.content)
    inner, level, border = children[1:-1], 0, None
    for index, child in enumerate(inner):
        level += child.nesting
        if (
            child.type == "control"
            and number_of(child.content) == number
            and kind_of(child.content) is TokenKind.ELSE
        ):
            if level:
                return None
            border = index
    if border is None:
        return [first, *_lifted(inner), last]
    return [first, *_lifted(inner[:border]), inner[border], *_lifted(inner[border + 1 :]), last]


def _partner(children: Sequence[Token], index: int) -> int | None:
    """Find the other end of the branch that begins or ends at `index`, within the paragraph.

    None for what has its partner elsewhere, and for a block.
    """
    kind, number = kind_of(children[index].content), number_of(children[index].content)
    wanted = TokenKind.END if kind in _BRANCHES else None
    for other, child in enumerate(children):
        if child.type != "control" or number_of(child.content) != number or other == index:
            continue
        found = kind_of(child.content)
        if found is wanted or (kind is TokenKind.END and found in _BRANCHES):
            return other
    return None


def _stripped(children: Sequence[Token]) -> Sequence[Token]:
    def blank(token: Token) -> bool:
        return token.type == "softbreak" or (token.type == "text" and not token.content.strip())

    start, end = 0, len(children)
    while start < end and blank(children[start]):
        start += 1
    while end > start and blank(children[end - 1]):
        end -= 1
    return children[start:end]


# --- Lists and tables -----------------------------------------------------------------------------


def _freed_rows(tokens: Sequence[Token]) -> list[Token]:
    """Replace a table row of nothing but control tokens by those tokens."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type == "tr_open":
            end = next(i for i in range(index, len(tokens)) if tokens[i].type == "tr_close")
            row = tokens[index : end + 1]
            children = [c for cell in row if cell.type == "inline" for c in cell.children or []]
            if children and all(child.type == "control" for child in children):
                out += _paragraphs(children, (token, token, token))
                index = end + 1
                continue
        out.append(token)
        index += 1
    return out


def _merged_lists(tokens: Sequence[Token]) -> list[Token]:
    """Make one list of lists that only control tokens separate: a loop over items, say."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        end = _list_run(tokens, index)
        if end is None:
            out.append(tokens[index])
            index += 1
            continue
        run = tokens[index:end]
        opening = next(token for token in run if _is_list(token, 1))
        closing = next(token for token in reversed(run) if _is_list(token, -1))
        level = opening.level
        inner = [t for t in run if not (t.level == level and (_is_list(t, 1) or _is_list(t, -1)))]
        out += [opening, *_merged_lists(inner), closing]
        index = end
    return out


def _list_run(tokens: Sequence[Token], start: int) -> int | None:
    """Find the end of the lists and control tokens from `start` that are to be one list.

    They are if branches are balanced among them and a list is within a loop, or several are.
    """
    lists, loops, depth, end, index = 0, 0, 0, None, start
    level = tokens[start].level
    kinds: set[str] = set()
    while index < len(tokens):
        token = tokens[index]
        if token.type == "control" and kind_of(token.content) is not TokenKind.SLOT:
            kind = kind_of(token.content)
            if depth == 0 and kind is TokenKind.ELSE:
                break
            depth += (kind in _BRANCHES) - (kind is TokenKind.END)
            loops += kind is TokenKind.FOR
            if depth < 0:
                break
        elif _is_list(token, 1) and token.level == level:
            lists += 1
            kinds.add(token.type)
            index = next(
                i
                for i in range(index, len(tokens))
                if _is_list(tokens[i], -1) and tokens[i].level == level
            )
        else:
            break
        index += 1
        if depth == 0:
            end = index
    wanted = lists > 1 or (lists == 1 and loops > 0)
    mixed = end is not None and end > start + 1 and wanted and len(kinds) == 1
    enclosing = any(t.type == "control" for t in tokens[start:end]) if end else False
    return end if mixed and enclosing else None


def _is_list(token: Token, nesting: int) -> bool:
    return token.nesting == nesting and token.type.startswith(("bullet_list", "ordered_list"))


def inline_tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the inline tokens of a document, each with its children."""
    return (token for token in tokens if token.type == "inline")


def slots_in_text(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield blocks that are still inside a paragraph, where they cannot be."""
    for token in inline_tokens(tokens):
        for child in token.children or []:
            if child.type == "control" and kind_of(child.content) is TokenKind.SLOT:
                yield child.content
            elif child.type != "control" and "qzxb" in child.content:
                yield from (f[0] for f in TOKEN.finditer(child.content) if f[1] == "b")
