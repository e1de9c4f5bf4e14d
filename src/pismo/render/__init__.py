"""Editions filled in for readers: for looking, for sending, for SES. Pure, no I/O."""

from pismo.render.handlebars import SesTemplate, handlebars
from pismo.render.letter import missing, missing_in, render
from pismo.render.mime import Program, mime_program
from pismo.render.nothing import MISSING
from pismo.render.scope import scope_of
from pismo.render.ses_data import SesProgram, ses_program
from pismo.render.values import evaluate

__all__ = [
    "MISSING",
    "Program",
    "SesProgram",
    "SesTemplate",
    "evaluate",
    "handlebars",
    "mime_program",
    "missing",
    "missing_in",
    "render",
    "scope_of",
    "ses_program",
]
