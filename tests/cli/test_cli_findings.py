"""How findings are told in a terminal."""

import pytest

from pismo.cli.common import NOTES_SHOWN, echo_findings
from pismo.model.finding import Rule, Severity, Source

NOTE = Rule("unused", Severity.NOTE, en="{what} is unused", ru="{what} не нужен")
WARNING = Rule("vague", Severity.WARNING, en="{what} is vague", ru="{what} невнятен")


def test_many_notes_of_a_rule_are_counted_and_warnings_are_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    places = [Source(f"content/{number}.md", 1) for number in range(10)]
    notes = [NOTE.at(place, what=place.path) for place in places]
    warnings = [WARNING.at(place, what=place.path) for place in places]
    echo_findings([*notes, *warnings], "en")
    told = capsys.readouterr().err
    assert told.count("is unused") == NOTES_SHOWN
    assert told.count("is vague") == 10
    assert f"note[unused]: and {10 - NOTES_SHOWN} more; all of them: pismo check" in told


def test_a_few_notes_are_all_told(capsys: pytest.CaptureFixture[str]) -> None:
    notes = [NOTE.at(Source("content/a.md", line), what=str(line)) for line in range(NOTES_SHOWN)]
    echo_findings(notes, "ru")
    told = capsys.readouterr().err
    assert told.count("не нужен") == NOTES_SHOWN
    assert "ещё" not in told
