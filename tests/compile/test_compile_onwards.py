"""Two mistakes in one file are both told, and nothing that only follows from the first."""

from pathlib import Path

import pytest

from pismo.compile import compile_issue
from pismo.model.finding import has_errors
from pismo.workspace import load_workspace

ISSUE = "weekly/2026-11-27"
HEAD = '---\nsubject: "{subject}"\npreheader: And then\ndate: 2026-11-27\n---\n'

# body (its first line is line 6 of the file), then (line, rule) of all that is wrong
BODIES = {
    "names of filters": (
        "{{ recipient.city | uper }}\n\nText.\n\n{{ recipient.city | lowr }}",
        [(6, "unknown-filter"), (10, "unknown-filter")],
    ),
    "a slip of syntax, then a filter": (
        "{{ recipient.city | }}\n\n{{ recipient.city | lowr }}",
        [(6, "template-syntax"), (8, "unknown-filter")],
    ),
    "an unknown story between two names": (
        '{{ wrong }}\n\n{{ story("rian") }}\n\n{{ alsowrong }}',
        [(6, "unknown-name"), (8, "unknown-item"), (10, "unknown-name")],
    ),
    "a condition, then a filter inside it": (
        "{% if recipient.points | pluss > 3 %}\n{{ recipient.city | lowr }}\n{% endif %}",
        [(6, "unknown-filter"), (7, "unknown-filter")],
    ),
    "a value of the issue that is wrong leaves those who use it alone": (
        "{% set x = wrong %}\n{{ x }}\n\n{{ recipient.city | lowr }}",
        [(7, "unknown-name"), (9, "unknown-filter")],
    ),
    "nor is anybody told of a value that could not be set": (
        "{% set x = recipient.city | uper %}\n{{ x }}\n\n{{ recipient.city | lowr }}",
        [(6, "unknown-filter")],
    ),
    "all there is": ("{{ wrong }}", [(6, "unknown-name")]),
    "two on one line are told one after the other": (
        "{{ wrong }} {{ recipient.city | lowr }}",
        [(6, "unknown-filter")],
    ),
    "a hole over two lines": (
        "{{ recipient.city\n   | uper }}\n\nText.\n\n{{ wrong }}",
        [(7, "unknown-filter"), (11, "unknown-name")],
    ),
    "an address that is wrong, and a name": (
        "[here]({{ wrong }})\n\n![cat]({{ wrong }})\n\n{{ nobody }}",
        [(6, "unknown-name"), (8, "unknown-name"), (10, "unknown-name")],
    ),
    "a block without its end, after a filter": (
        "{{ recipient.city | uper }}\n\n{% if recipient.points > 3 %}\nText.",
        [(6, "unknown-filter"), (8, "unclosed-block")],
    ),
    "a block without its end, before a filter": (
        "{% if recipient.points > 3 %}\nText.\n\n{{ recipient.city | lowr }}",
        [(6, "unclosed-block"), (9, "unknown-filter")],
    ),
    "a block without its end, with another branch": (
        "{% if recipient.points > 3 %}\nA.\n\n{{ wrong }}\n{% else %}\nB.",
        [(6, "unclosed-block"), (9, "unknown-name")],
    ),
    "two blocks without their ends": (
        "{% if recipient.points > 3 %}\nA.\n\n{% if recipient.orders > 3 %}\nB.\n\n{{ wrong }}",
        [(6, "unclosed-block"), (9, "unclosed-block"), (12, "unknown-name")],
    ),
    "a block without its end around a whole one": (
        "{% if recipient.points > 3 %}\n{% if recipient.orders %}A.{% endif %}\n\n{{ wrong }}",
        [(6, "unclosed-block"), (9, "unknown-name")],
    ),
    "a block without its end, and nothing else": (
        "- one\n{% if recipient.points > 3 %}\n- two\n\n# Three\n\n{{ story('rain') }}",
        [(7, "unclosed-block")],
    ),
    "an end without its block": (
        "Text.\n\n{% endif %}\n\n{{ recipient.city | lowr }}",
        [(8, "template-syntax"), (10, "unknown-filter")],
    ),
    "one end too many": (
        "{% if recipient.points %}A.{% endif %}\n\n{% endif %}\n\n{{ wrong }}",
        [(8, "template-syntax"), (10, "unknown-name")],
    ),
    "an else without its block": (
        "Text.\n\n{% else %}\n\n{{ wrong }}",
        [(8, "template-syntax"), (10, "unknown-name")],
    ),
    "a tag that is none, whose end is left alone": (
        "{% fi recipient.points %}A.{% endif %}\n\nText.",
        [(6, "template-syntax")],
    ),
    "the wrong braces at the end of a tag": (
        "{% if recipient.points > 3 }}\nA.\n{% endif %}\n\n{{ wrong }}",
        [(6, "template-syntax"), (10, "unknown-name")],
    ),
    "ends in the wrong order are one mistake": (
        "{% for pick in picks %}{% if pick.price %}A.{% endfor %}{% endif %}\n\nText.",
        [(6, "unclosed-block")],
    ),
    "braces that never close": (
        "Text {{ recipient.city\n\nand more.\n\n{{ recipient.city }}\n\n{{ wrong }}",
        [(10, "template-syntax"), (12, "unknown-name")],
    ),
    "a stray end": ("Text }} and more.\n\n{{ wrong }}", [(8, "unknown-name")]),
}


def told(root: Path, body: str, subject: str = "Rain") -> list[tuple[str, int, str]]:
    """Write the issue, compile it, and return the errors of all segments."""
    file = root / "newsletters" / f"{ISSUE}.md"
    file.write_text(HEAD.replace("{subject}", subject) + body + "\n", "utf-8")
    found = compile_issue(load_workspace(root), ISSUE).findings
    assert {finding.segment for finding in found if has_errors([finding])} <= {None}
    return [
        (finding.source.path, finding.source.line, finding.rule.id)
        for finding in found
        if has_errors([finding])
    ]


@pytest.mark.parametrize("case", BODIES, ids=list(BODIES))
def test_all_that_is_wrong_with_a_text_is_told_at_once(small: Path, case: str) -> None:
    body, expected = BODIES[case]
    found = [(line, rule) for _, line, rule in told(small, body)]
    assert found == sorted(expected)


def test_subject_story_and_issue_are_each_told(small: Path) -> None:
    (small / "content/stories/rain.md").write_text(
        "---\ntitle: Rain\n---\nFirst {{ one }}.\n\nThen {{ two }}.\n", "utf-8"
    )
    found = told(small, '{{ story("rain") }}\n\n{{ three }}', subject="{{ four }}")
    assert [(Path(path).name, line) for path, line, _ in found] == [
        ("rain.md", 4),
        ("rain.md", 6),
        ("2026-11-27.md", 2),
        ("2026-11-27.md", 8),
    ]


def test_a_hundred_mistakes_are_told_ten_at_a_time(small: Path) -> None:
    found = told(small, "\n\n".join(f"{{{{ wrong{number} }}}}" for number in range(100)))
    assert [line for _, line, _ in found] == list(range(6, 26, 2))
