"""Editions filled in for readers: for looking, for sending, for SES. Pure, no I/O."""

from pismo.render.handlebars import SesTemplate, handlebars, ses_headers, template_data
from pismo.render.letter import missing, missing_in, render
from pismo.render.mime import Program, mime_program
from pismo.render.nothing import MISSING
from pismo.render.scope import scope_of
from pismo.render.values import evaluate

__all__ = [
    "MISSING",
    "Program",
    "SesTemplate",
    "evaluate",
    "handlebars",
    "mime_program",
    "missing",
    "missing_in",
    "render",
    "scope_of",
    "ses_headers",
    "template_data",
]
