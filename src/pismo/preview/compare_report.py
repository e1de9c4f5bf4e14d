"""What changed, to be read: a Markdown summary for a pull request, and a page."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from pismo.preview.compare import Changed, What
from pismo.preview.words import Piece

_CONTEXT, _RUN, _LONGEST = 8, 60, 60_000
"""Words kept around a change, words of a change, and characters of the whole summary.

GitHub takes no comment above 65,536 characters.
"""
_PLAIN = {ord(mark): f"&#{ord(mark)};" for mark in "\\`*_~[]<>|#@&"}
_SAID = {
    What.LOOK: "not a word changed; the layout, a link or a picture did",
    What.NEW: "a new letter",
    What.REMOVED: "this letter is gone",
    What.BROKEN_BEFORE: "it did not build then; it does now",
    What.BROKEN_NOW: "it does not build any more: `pismo check` says why",
}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:800px;margin:20px auto;padding:0 16px}"
    "pre{white-space:pre-wrap;font:inherit;border:1px solid #ccc;border-radius:8px;padding:14px}"
    "ins{background:#cfe8d2;text-decoration:none}del{background:#f3cfcb}"
)


def as_markdown(changed: Sequence[Changed], ref: str) -> str:
    """Write a summary for a pull request; segments that changed alike are told once."""
    if not changed:
        return f"No letter differs from `{ref}`.\n"
    letters = "letter differs" if len(changed) == 1 else "letters differ"
    out = f"## {len(changed)} {letters} from `{ref}`\n"
    groups = list(_alike(changed).items())
    for at, ((title, lines), segments) in enumerate(groups):
        told = "".join(f"- {line}\n" for line in lines)
        block = f"\n### {title} · {', '.join(segments)}\n\n{told}"
        if len(out) + len(block) > _LONGEST:
            return f"{out}\n… and {len(groups) - at} more changes: see build/compare.html\n"
        out += block
    return out


def as_html(changed: Sequence[Changed], ref: str) -> str:
    """Write a page with the whole letters, changes marked."""
    body = "".join(_section(one) for one in changed)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>What changed since '
        f"{escape(ref)}</title><style>{_STYLE}</style></head><body><h1>What changed since "
        f"{escape(ref)}</h1>{body or '<p>No letter differs.</p>'}</body></html>\n"
    )


def _alike(changed: Sequence[Changed]) -> Mapping[tuple[str, tuple[str, ...]], list[str]]:
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in changed:
        groups.setdefault((_title(one), tuple(_summary(one))), []).append(one.segment)
    return groups


def _title(one: Changed) -> str:
    return f"{one.before} → {one.issue}" if one.before else one.issue


def _summary(one: Changed) -> Iterator[str]:
    if one.what is not What.CHANGED:
        yield _SAID[one.what]
        return
    yield from _lines(one.pieces)


def _section(one: Changed) -> str:
    said = f"<p>{escape(_SAID[one.what])}</p>" if one.what in _SAID else ""
    title = f"<h2>{escape(_title(one))} · {escape(one.segment)}</h2>"
    if one.what is What.LOOK:
        return title + said
    return f"{title}{said}<pre>{_marked(one.pieces)}</pre>"


def _lines(pieces: Sequence[Piece]) -> Iterator[str]:
    """Write each run of changes with a few words around it."""
    line = ""
    for at, piece in enumerate(pieces):
        words = piece.text.split()
        if piece.kind != "same":
            mark = "**" if piece.kind == "added" else "~~"
            line += f" {mark}{_run(words)}{mark}" if words else ""
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


def _run(words: Sequence[str]) -> str:
    more = f" … ({len(words) - _RUN} more words)" if len(words) > _RUN else ""
    return _plain(words[:_RUN]) + more


def _plain(words: Sequence[str]) -> str:
    """Join words so that Markdown reads them as words, and GitHub calls nobody by @name."""
    return " ".join(words).translate(_PLAIN)


def _marked(pieces: Sequence[Piece]) -> str:
    tags = {"added": ("<ins>", "</ins>"), "removed": ("<del>", "</del>"), "same": ("", "")}
    return "".join(f"{tags[one.kind][0]}{escape(one.text)}{tags[one.kind][1]}" for one in pieces)
