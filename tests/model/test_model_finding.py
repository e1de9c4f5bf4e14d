"""What a finding says."""

from pismo.model.finding import Rule, Severity, Source

ALONE = Rule(
    "alone",
    Severity.WARNING,
    en="no newsletter lists segment '{segment}'",
    ru="сегмент «{segment}» не указан ни в одной рассылке",
)


def test_a_rule_may_name_the_segment_it_was_found_in() -> None:
    finding = ALONE.at(Source("segments/quiet.toml"), segment="quiet")
    assert finding.message("en") == "no newsletter lists segment 'quiet'"
    assert finding.message("ru") == "сегмент «quiet» не указан ни в одной рассылке"
