"""A layout: its template run, through MJML to HTML."""

from pathlib import Path

import jinja2

from pismo.compile.cache import FragmentCache
from pismo.compile.letter_rules import MJML, NO_LAYOUT
from pismo.compile.look import BUILT_IN, own_file
from pismo.compile.problem import CompileError
from pismo.model.content import Newsletter
from pismo.model.finding import Source

OWN_LAYOUT = "layout.mjml.j2"


class LayoutLoader(jinja2.BaseLoader):
    """Finds layouts: a newsletter's own files first, then those that pismo brings along."""

    def __init__(self, root: Path, newsletter: str) -> None:
        self.folders = [root / "newsletters" / newsletter, root / "newsletters"]
        self.root = root

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, None]:
        """Return a template's text and the path it is known by in messages."""
        del environment
        parts = jinja2.loaders.split_template_path(template)
        for folder in self.folders:
            file = folder.joinpath(*parts)
            if file.is_file():
                text = file.read_text("utf-8-sig").replace("\r\n", "\n")
                return text, file.relative_to(self.root).as_posix(), None
        try:
            return own_file("/".join(parts)), f"pismo/{template}", None
        except OSError as error:
            raise jinja2.TemplateNotFound(template) from error


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
    raise CompileError(NO_LAYOUT, newsletter.source, name=newsletter.layout)


def to_html(mjml: str, path: str, cache: FragmentCache) -> str:
    """Turn MJML into HTML.

    Raises:
        CompileError: If mrml cannot read it.
    """
    return cache.remember("mjml", mjml, lambda: _converted(mjml, path))


def _converted(mjml: str, path: str) -> str:
    from mjml import mjml2html

    try:
        html: str = mjml2html(mjml, fonts={})
    except ValueError as error:
        raise CompileError(MJML, Source(path), reason=error) from error
    return html
