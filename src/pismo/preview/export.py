"""The letters as plain files, for somebody without the tool: no server, no network."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from pismo.errors import UsageError
from pismo.model.content import EVERYONE, Issue
from pismo.preview.people import Crowd
from pismo.preview.studio import Studio
from pismo.render import render

_STYLE = """
:root{color-scheme:light dark;--paper:#fbf9f6;--ink:#2b2622;--line:#d9d2c7}
@media(prefers-color-scheme:dark){:root{--paper:#191715;--ink:#ece6dd;--line:#3d3732}}
body{margin:0;padding:20px;font:16px/1.5 system-ui,sans-serif}
body{background:var(--paper);color:var(--ink)}
main{display:flex;gap:20px;overflow-x:auto;align-items:flex-start}article{flex:0 0 375px}
iframe{width:375px;height:80vh;border:1px solid var(--line);border-radius:8px;background:#fff}
h2{font-size:16px;margin:0}p{margin:.3em 0}a{color:inherit}
"""
_MARK = '<meta name="generator" content="pismo preview --export">'
"""By which a later export knows a folder that it may write over."""
_SOURCES = ("content", "newsletters", "segments", "src", ".git", ".pismo")
_MEDIA = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}


def export(studio: Studio, folder: Path, issues: Sequence[str]) -> int:
    """Write every segment's sample letter below `folder`, with a page that shows them together.

    Returns:
        How many letters were written.

    Raises:
        UsageError: If the folder holds, or may hold, something else.
    """
    _make_room(studio.root, folder)
    written = 0
    entries = []
    for name in issues:
        issue = studio.workspace.issues[name]
        titles = _export_issue(studio, issue, folder / name.replace("/", "-"))
        written += len(titles)
        entries.append(f'<li><a href="{name.replace("/", "-")}/index.html">{escape(name)}</a></li>')
    language = studio.workspace.settings.language
    page = _page(language, "pismo", f"<ul>{''.join(entries)}</ul>")
    (folder / "index.html").write_text(page, "utf-8")
    return written


def _make_room(root: Path, folder: Path) -> None:
    """Make the folder; what was not exported here before is never mixed with letters."""
    root, meant = root.resolve(), folder.resolve()
    instead = "name a new folder outside of it: pismo preview --export ../letters"
    instead_ru = "назовите новую папку снаружи: pismo preview --export ../letters"
    if meant == root or meant in root.parents:
        raise UsageError(
            f"{folder} holds the workspace itself",
            hint=instead,
            ru=f"в {folder} лежат сами письма",
            hint_ru=instead_ru,
        )
    if any(meant.is_relative_to(root / name) for name in _SOURCES):
        raise UsageError(
            f"{folder} is among the files that letters are made of",
            hint=instead,
            ru=f"{folder} — среди файлов, из которых делаются письма",
            hint_ru=instead_ru,
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        index = folder / "index.html"
        if any(folder.iterdir()) and not (index.is_file() and _MARK in index.read_text("utf-8")):
            raise UsageError(
                f"{folder} is not empty, and what is in it was not exported here",
                hint="name a new folder, or empty this one",
                ru=f"{folder} не пуста, и то, что в ней, выгружено не отсюда",
                hint_ru="назовите новую папку или освободите эту",
            )
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{folder} cannot be written to: {error}",
            hint=instead,
            ru=f"в {folder} писать не получается: {error}",
            hint_ru=instead_ru,
        ) from error


def _export_issue(studio: Studio, issue: Issue, folder: Path) -> Mapping[str, str]:
    workspace = studio.workspace
    compiled = studio.compilation(issue.id)
    images = {image.name: image.data for image in compiled.images}
    folder.mkdir(exist_ok=True)
    shown: dict[str, str] = {}
    for edition in compiled.editions:
        email = render(edition, Crowd().recipient(workspace, issue, edition, None))
        html = _with_images(email.html, images)
        (folder / f"{edition.segment}.html").write_text(html, "utf-8")
        (folder / f"{edition.segment}.txt").write_text(email.text, "utf-8")
        shown[edition.segment] = email.subject
    articles = [
        f"<article><h2>{escape(_title(studio, segment))}</h2><p>{escape(subject)}</p>"
        f'<iframe sandbox title="{escape(_title(studio, segment))}" src="{segment}.html"></iframe>'
        f'<p><a href="{segment}.html">HTML</a> · <a href="{segment}.txt">text</a></p></article>'
        for segment, subject in shown.items()
    ]
    page = _page(workspace.settings.language, issue.id, f"<main>{''.join(articles)}</main>")
    (folder / "index.html").write_text(page, "utf-8")
    return shown


def _title(studio: Studio, segment: str) -> str:
    found = studio.workspace.segments.get(segment)
    if found is not None and segment != EVERYONE:
        return found.title
    return "все остальные" if studio.workspace.settings.language == "ru" else "everybody else"


def _with_images(html: str, images: Mapping[str, bytes]) -> str:
    """Put the pictures into the page itself, so that one file is the whole letter."""

    def inlined(found: re.Match[str]) -> str:
        content = images.get(found[1])
        if content is None:
            return found[0]
        media = _MEDIA.get(found[1].rpartition(".")[2], "application/octet-stream")
        return f"data:{media};base64,{b64encode(content).decode()}"

    return re.sub(r"https?://[^\s\"'()]+/images/([\w.-]+)", inlined, html)


def _page(language: str, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">{_MARK}'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )
