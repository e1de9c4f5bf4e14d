"""Words and phrases that stand where something is yet to come, and must not be mailed."""

STAND_INS = "TODO|TBD|FIXME|XXX+|ХХХ+|ТУДУ"
"""Words, as alternatives of a regular expression; each rule says what may stand around them."""

FILLERS = (
    r"lorem ipsum|рыба-текст|\btodo:|\[(?:вставить|insert)[^\]]*\]"
    r"|\b(?:тут|здесь) (?:будет |нужен )?текст\b|\bвстав(?:ить|ьте) (?:сюда|текст)\b"
    r"|\bтекст сюда\b|\btext (?:goes )?here\b"
)
"""Phrases, likewise; in small or capital letters."""
