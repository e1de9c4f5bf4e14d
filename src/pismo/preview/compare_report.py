"""What changed, to be read: a Markdown summary for a pull request, and a page."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from html import escape

from pismo.preview.compare import Changed, What
from pismo.preview.words import Piece, words_of
from pismo.tongue import Noun, Tongue

_CONTEXT, _RUN, _LONGEST = 8, 60, 60_000
"""Words kept around a change, words of a change, and characters of the whole summary.

GitHub takes no comment above 65,536 characters.
"""
_AROUND = 40
"""Words that the page shows before and after a change; more are folded."""
_PLAIN = {ord(mark): f"&#{ord(mark)};" for mark in "\\`*_~[]<>|#@&"}
_SAID = {
    What.LOOK: (
        "not a word changed; the layout, a link or a picture did",
        "слова те же; изменились вёрстка, ссылка или картинка",
    ),
    What.NEW: ("a new letter", "новое письмо"),
    What.REMOVED: ("this letter is gone", "этого письма больше нет"),
    What.BROKEN_BEFORE: (
        "it did not build then; it does now",
        "тогда не собиралось, теперь собирается",
    ),
    What.BROKEN_NOW: (
        "it does not build any more: `pismo check` says why",
        "больше не собирается: почему, скажет `pismo check`",
    ),
}
_DIFFER: Noun = (
    ("letter differs", "letters differ"),
    ("письмо изменилось", "письма изменились", "писем изменилось"),
)
_MORE: Noun = (("more change", "more changes"), ("правка", "правки", "правок"))
_WORDS: Noun = (("word", "words"), ("слово", "слова", "слов"))
_MORE_WORDS: Noun = (("more word", "more words"), _WORDS[1])
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:800px;margin:20px auto;padding:0 16px}"
    "article{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8888;border-radius:8px;"
    "padding:14px}ins{background:#cfe8d2;color:#000;text-decoration:none}"
    "del{background:#f3cfcb;color:#000}summary{cursor:pointer;opacity:.75}details{display:inline}"
)


def as_markdown(changed: Sequence[Changed], ref: str, tongue: Tongue) -> str:
    """Write a summary for a pull request; segments that changed alike are told once."""
    if not changed:
        return tongue(f"No letter differs from `{ref}`.\n", f"Все письма те же, что в `{ref}`.\n")
    letters = tongue.counted(len(changed), _DIFFER)
    out = f"## {letters} {tongue('from', 'по сравнению с')} `{ref}`\n"
    groups = _alike(changed, lambda one: tuple(_summary(one, tongue)))
    for at, (one, segments) in enumerate(groups):
        told = "".join(f"- {line}\n" for line in _summary(one, tongue))
        block = f"\n### {_title(one)} · {segments}\n\n{told}"
        if len(out) + len(block) > _LONGEST:
            more = f"{tongue('and', 'и ещё')} {tongue.counted(len(groups) - at, _MORE)}"
            return f"{out}\n… {more}: {tongue('see', 'см.')} build/compare.html\n"
        out += block
    return out


def as_html(changed: Sequence[Changed], ref: str, tongue: Tongue) -> str:
    """Write a page with the whole letters, changes marked; letters that are alike are one."""
    groups = _alike(changed, _told)
    links = "".join(
        f'<li><a href="#letter-{at}">{escape(_title(one))}</a> · {escape(segments)}</li>'
        for at, (one, segments) in enumerate(groups)
    )
    letters = "".join(_section(at, *group, tongue) for at, group in enumerate(groups))
    nothing = tongue("No letter differs.", "Все письма те же.")
    body = f"<nav><ul>{links}</ul></nav>{letters}" if groups else f"<p>{nothing}</p>"
    title = tongue("What changed since", "Что изменилось после") + f" {escape(ref)}"
    return (
        f'<!doctype html><html lang="{tongue.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" '
        f'content="light dark"><title>{title}</title><style>{_STYLE}'
        f"</style></head><body><h1>{title}</h1>{body}</body></html>\n"
    )


def _alike(
    changed: Sequence[Changed], told: Callable[[Changed], Hashable]
) -> Sequence[tuple[Changed, str]]:
    """Return one of the letters of which the same is told, and the names of all their segments."""
    groups: dict[Hashable, list[Changed]] = {}
    for one in changed:
        groups.setdefault((_title(one), one.what, told(one)), []).append(one)
    return [(group[0], ", ".join(one.segment for one in group)) for group in groups.values()]


def _told(one: Changed) -> tuple[Piece, ...]:
    """Return what the page tells of a letter besides its name."""
    return () if one.what is What.LOOK else one.pieces


def _title(one: Changed) -> str:
    return f"{one.before} → {one.issue}" if one.before else one.issue


def _summary(one: Changed, tongue: Tongue) -> Iterator[str]:
    if one.what is not What.CHANGED:
        yield tongue(*_SAID[one.what])
        return
    yield from _lines(one.pieces, tongue)


def _section(at: int, one: Changed, segments: str, tongue: Tongue) -> str:
    said = f"<p>{escape(tongue(*_SAID[one.what]))}</p>" if one.what in _SAID else ""
    title = f'<h2 id="letter-{at}">{escape(_title(one))} · {escape(segments)}</h2>'
    if one.what is What.LOOK:
        return title + said
    return f"{title}{said}<article>{_marked(one.pieces, tongue)}</article>"


def _lines(pieces: Sequence[Piece], tongue: Tongue) -> Iterator[str]:
    """Write each run of changes with a few words around it."""
    line = ""
    for at, piece in enumerate(pieces):
        words = piece.text.split()
        if piece.kind != "same":
            mark = "**" if piece.kind == "added" else "~~"
            line += f" {mark}{_run(words, tongue)}{mark}" if words else ""
            continue
        if line:
            more = " …" if len(words) > _CONTEXT else ""
            yield f"{line} {_plain(words[:_CONTEXT])}{more}".strip()
        is_last = at == len(pieces) - 1
        line = (
            "" if is_last else ("… " if len(words) > _CONTEXT else "") + _plain(words[-_CONTEXT:])
        )
    if pieces and pieces[-1].kind != "same" and line:
        yield line.strip()


def _run(words: Sequence[str], tongue: Tongue) -> str:
    left = len(words) - _RUN
    more = f" … ({tongue('', 'ещё ')}{tongue.counted(left, _MORE_WORDS)})" if left > 0 else ""
    return _plain(words[:_RUN]) + more


def _plain(words: Sequence[str]) -> str:
    """Join words so that Markdown reads them as words, and GitHub calls nobody by @name."""
    return " ".join(words).translate(_PLAIN)


def _marked(pieces: Sequence[Piece], tongue: Tongue) -> str:
    tags = {"added": "ins", "removed": "del"}
    last = len(pieces) - 1
    return "".join(
        f"<{tags[one.kind]}>{escape(one.text)}</{tags[one.kind]}>"
        if one.kind in tags
        else _folded(one.text, tongue, before=at > 0, after=at < last)
        for at, one in enumerate(pieces)
    )


def _folded(text: str, tongue: Tongue, *, before: bool, after: bool) -> str:
    """Write what did not change: the words next to a change open, the others to be unfolded."""
    words = words_of(text)
    head, tail = _AROUND * before, _AROUND * after
    hidden = words[head : len(words) - tail]
    if len(hidden) < _AROUND:
        return escape(text)
    open_words = (words[:head], words[len(words) - tail :])
    start, end = (escape("".join(side)) for side in open_words)
    middle = escape("".join(hidden))
    count = tongue.counted(len(hidden), _WORDS)
    return f"{start}<details><summary>… {count} …</summary>{middle}</details>{end}"
