"""Words that stand where something is yet to come, and must not be mailed."""

STAND_INS = "TODO|TBD|FIXME|XXX+|ХХХ+|ТУДУ"
"""Alternatives of a regular expression; each rule says what may stand around them."""
