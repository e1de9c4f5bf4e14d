"""Editions filled in for readers: for looking, for sending, for SES. Pure, no I/O."""

from pismo.render.letter import missing, missing_in, render
from pismo.render.mime import Program, mime_program
from pismo.render.nothing import MISSING
from pismo.render.scope import scope_of
from pismo.render.values import evaluate

__all__ = [
    "MISSING",
    "Program",
    "evaluate",
    "mime_program",
    "missing",
    "missing_in",
    "render",
    "scope_of",
]
