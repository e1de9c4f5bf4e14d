"""Everything that may be wrong with a workspace, as findings: one engine for every face.

What would break a letter comes from loading and compiling; the rules here add the rest.
"""

from pismo.checks.engine import CheckReport, check, review

__all__ = ["CheckReport", "check", "review"]
