"""A layout: its template run, through MJML to HTML."""

import re
from pathlib import Path

import jinja2

from pismo.compile.cache import FragmentCache
from pismo.compile.letter_rules import MJML, NO_LAYOUT
from pismo.compile.look import BUILT_IN, own_file
from pismo.compile.mjml_check import Place, check_html, check_mjml
from pismo.compile.notes import without_notes
from pismo.compile.problem import CompileError
from pismo.files.read import read_toml
from pismo.model.content import Newsletter

OWN_LAYOUT = "layout.mjml.j2"


class LayoutLoader(jinja2.BaseLoader):
    """Finds layouts: a newsletter's own files first, then those that pismo brings along.

    `read` keeps what was found, by path, to find the lines of what is wrong.
    """

    def __init__(self, root: Path, newsletter: str) -> None:
        self.folders = [root / "newsletters" / newsletter, root / "newsletters"]
        self.root = root
        self.read: dict[str, str] = {}

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, None]:
        """Return a template's text and the path it is known by in messages."""
        del environment
        parts = jinja2.loaders.split_template_path(template)
        for folder in self.folders:
            file = folder.joinpath(*parts)
            if file.is_file():
                text = file.read_text("utf-8-sig").replace("\r\n", "\n")
                path = file.relative_to(self.root).as_posix()
                self.read[path] = text
                return text, path, None
        try:
            text = own_file("/".join(parts))
        except OSError as error:
            raise jinja2.TemplateNotFound(template) from error
        self.read[f"pismo/{template}"] = text
        return text, f"pismo/{template}", None


def layout_file(root: Path, newsletter: Newsletter) -> str:
    """Return the template's name for a newsletter's layout.

    Raises:
        CompileError: If there is no such layout.
    """
    own = root / "newsletters" / newsletter.name / OWN_LAYOUT
    if newsletter.layout in BUILT_IN:
        return f"{newsletter.layout}.mjml.j2"
    if own.is_file() and newsletter.layout in (OWN_LAYOUT, "layout", "own"):
        return OWN_LAYOUT
    written = read_toml(root, newsletter.source.path, "newsletter", [])
    place = written.place_of("layout") if written else newsletter.source
    raise CompileError(NO_LAYOUT, place, name=newsletter.layout)


def to_html(mjml: str, layout: Place, cache: FragmentCache) -> str:
    """Turn MJML into HTML, checked before and after.

    Raises:
        CompileError: If it is not MJML, or if mrml made something else of it.
    """
    return cache.remember("mjml", mjml, lambda: _converted(mjml, layout))


def _converted(mjml: str, layout: Place) -> str:
    from mjml import mjml2html

    mjml = without_notes(mjml)
    check_mjml(mjml, layout)
    try:
        html: str = mjml2html(mjml, fonts={})
    except ValueError as error:
        # "… at position A:B", where A and B count bytes.
        found = re.search(r"position (\d+):", str(error))
        where = layout.at_byte(mjml, int(found[1])) if found else layout.of("<mjml")
        raise CompileError(MJML, where, reason=error) from error
    check_html(html, layout.files[0][0])
    return _smaller(html)


def _smaller(html: str) -> str:
    """Drop what weighs and shows nothing: line breaks in styles and between tags of the head."""
    html = _STYLE.sub(lambda found: found[1] + _squeezed(found[2]) + found[3], html)
    head, body, rest = html.partition("<body")
    return re.sub(r">\s*\n\s*<", "><", head) + body + rest


def _squeezed(css: str) -> str:
    css = re.sub(r"\s+", " ", css)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r":\s+", ":", css)).strip()


_STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.DOTALL)
