"""The block functions as templates call them."""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from pismo.compile.blocks.items import dressed
from pismo.compile.blocks.last import last_rebus_text
from pismo.compile.desk import Draft, Staged
from pismo.compile.letter_rules import BLOCK_PLACE, ITEM_LANGUAGE
from pismo.compile.look import own_file
from pismo.compile.problem import CompileError
from pismo.compile.rules import ARGUMENT, ITEM_CYCLE, NOT_LIVE, UNKNOWN_ITEM
from pismo.compile.stage.record import Recorder
from pismo.compile.stage.symbols import Symbol, lift
from pismo.compile.writing import Manuscript
from pismo.games import rebus_folder
from pismo.model.content import GAMES, Item, Kind
from pismo.model.edition import Path
from pismo.model.finding import Source
from pismo.model.spelling import spelled
from pismo.text import guess

Names = Mapping[str, object]


def block_functions(draft: Draft, names: Names) -> dict[str, Callable[..., object]]:
    """Return the block functions for one edition.

    Args:
        draft: The edition; blocks are kept there.
        names: What templates of items may use, besides these functions.
    """

    def of_kind(kind: Kind) -> Callable[[object], Markup]:
        def block(slug: object) -> Markup:
            return _item_block(draft, kind, slug, known)

        return block

    def recommendations(count: object = 4, title: object = "") -> Markup:
        return _recommendations(draft, count, title)

    functions: dict[str, Callable[..., object]] = {kind.value: of_kind(kind) for kind in Kind}
    functions["recommendations"] = recommendations
    functions["last_rebus"] = lambda: _last_rebus(draft, known)
    # Items may show items, so their templates know these functions, too.
    known = {**names, **functions}
    return functions


def _item_block(draft: Draft, kind: Kind, slug: object, names: Names) -> Markup:
    if isinstance(slug, Symbol):
        raise CompileError(ARGUMENT, name=f"{kind.value}()", value=spelled(slug.expr))
    item = _item(draft, kind, str(slug))
    key = f"{kind.value}({item.slug!r})"
    recorder = _recorder(draft)
    if key not in draft.html:
        _warn_of_language(draft, item)
        draft.way.append(item)
        if "{" in item.body:
            _keep_item(draft, key, item, names)
        else:
            draft.shared(key, lambda: _keep_item(draft, key, item, names))
        draft.way.pop()
    draft.items.append(f"{kind.value}/{item.slug}")
    return recorder.slot(key)


def _recorder(draft: Draft) -> Recorder:
    """Return who records the text that calls: only running text has room for blocks."""
    stage = draft.desk.text_stage.stage
    if not stage.recorder.blocks:
        raise CompileError(BLOCK_PLACE, value="{{ … }}", spot="subject, preheader, layout")
    return stage.recorder


def _item(draft: Draft, kind: Kind, slug: str) -> Item:
    workspace = draft.desk.workspace
    item = workspace.items.get((kind, slug))
    if item is None:
        known = {name: one.title for (of, name), one in workspace.items.items() if of is kind}
        called = next((name for name, title in known.items() if title == slug), "")
        near = called or guess(slug, known)
        raise CompileError(UNKNOWN_ITEM, kind=kind.value, slug=slug, guess=near)
    date = draft.desk.issue.date
    if not item.is_live(date):
        raise CompileError(NOT_LIVE, kind=kind.value, slug=slug, date=date, path=item.source.path)
    if item in draft.way:
        way = " → ".join(shown.slug for shown in draft.way)
        raise CompileError(ITEM_CYCLE, kind=kind.value, slug=slug, way=way)
    return item


def _warn_of_language(draft: Draft, item: Item) -> None:
    expected = draft.desk.newsletter.language
    if item.language != expected:
        values = {"kind": item.kind.value, "slug": item.slug, "language": item.language}
        draft.findings.append(
            ITEM_LANGUAGE.at(item.place_of("language"), expected=expected, **values)
        )


def _keep_item(draft: Draft, key: str, item: Item, names: Names) -> None:
    place = Source(item.source.path, item.body_line)
    staged = draft.staged(item.body, place, names, blocks=True)
    link = Path("links", ("item", item.slug))
    scribe = draft.desk.scribe
    manuscript = Manuscript(
        staged.text,
        staged.recorder,
        item.body,
        place,
        item.language,
        heading=3,
        slug=item.slug,
        answers=staged.recorder.hole(link) if _is_answered(item) else "",
        prize=f"{scribe.site}/{rebus_folder(item.source.path)}" if item.prize else "",
    )
    written = scribe.write(manuscript)
    draft.findings.extend(finding for piece in written for finding in piece.findings)
    whole = dressed(item, written, scribe, draft.desk.workspace.catalogue)
    draft.keep(key, Staged(whole.html, staged.recorder), Staged(whole.text, staged.recorder))


def _last_rebus(draft: Draft, names: Names) -> Markup:
    recorder = _recorder(draft)
    key = "last_rebus()"
    if key not in draft.html:
        draft.shared(key, lambda: _keep_last_rebus(draft, key, names))
    return recorder.slot(key)


def _keep_last_rebus(draft: Draft, key: str, names: Names) -> None:
    text = last_rebus_text(draft)
    place = Source("pismo/last_rebus")
    staged = draft.staged(text, place, names)
    language = draft.desk.newsletter.language
    written = draft.desk.scribe.write(
        Manuscript(staged.text, staged.recorder, text, place, language)
    )
    html = "".join(piece.html for piece in written)
    plain = "".join(piece.text for piece in written)
    draft.keep(key, Staged(html, staged.recorder), Staged(plain, staged.recorder))


def _is_answered(item: Item) -> bool:
    """Tell whether readers answer an item by links of their own."""
    return item.kind in GAMES and f"```{item.kind}" in item.body


def _recommendations(draft: Draft, count: object, title: object) -> Markup:
    if isinstance(count, Symbol):
        raise CompileError(ARGUMENT, name="recommendations()", value=spelled(count.expr))
    recorder = _recorder(draft)
    look, marking = draft.desk.look, draft.desk.marking
    key = f"recommendations({count!r}, {lift(title, 'recommendations()')!r})"
    if key in draft.html:
        return recorder.slot(key)

    def marked(url: object) -> object:
        expr = marking.marked_later(lift(url, "marked()"))
        return draft.desk.text_stage.stage.operations.symbol(expr)

    names = {"count": count, "title": title, "marked": marked}
    html_file, text_file = f"{look.picks}.html.j2", "picks.txt.j2"

    def make() -> None:
        html = draft.staged(own_file(html_file), Source(f"pismo/{html_file}"), names, markup=True)
        text = draft.staged(own_file(text_file), Source(f"pismo/{text_file}"), names)
        draft.keep(key, html, text)

    draft.shared(key, make)
    return recorder.slot(key)
