"""An issue of the small workspace, from files to editions and letters."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pismo.compile import Compilation, FragmentCache, compile_issue
from pismo.errors import UsageError
from pismo.model.codec import edition_from_json, edition_json
from pismo.model.edition import columns
from pismo.model.finding import Finding, has_errors
from pismo.model.people import Email, Links, Recipient
from pismo.render import missing, render
from pismo.workspace import load_workspace

ISSUE = "weekly/2026-11-27"
FILE = "newsletters/weekly/2026-11-27.md"


def compiled(root: Path, cache: FragmentCache | None = None) -> Compilation:
    return compile_issue(load_workspace(root), ISSUE, cache=cache)


def rewrite(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text("utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new), "utf-8")


def errors(result: Compilation) -> list[Finding]:
    return [finding for finding in result.findings if has_errors([finding])]


def reader(**facts: str | int | None) -> Recipient:
    links = Links(
        unsubscribe="https://links.example/u/1",
        preferences="https://links.example/p/1",
        web="https://letters.example/w",
        items={"capital": "https://links.example/a/1"},
    )
    return Recipient(id="r1", segment="families", facts=facts, picks=(), links=links)


def letter(root: Path, facts: Mapping[str, str | int | None]) -> Email:
    result = compiled(root)
    assert not has_errors(result.findings)
    return render(result.editions[0], reader(**facts))


def test_every_segment_gets_an_edition_and_everyone_else_the_last(small: Path) -> None:
    result = compiled(small)
    assert [edition.segment for edition in result.editions] == ["families", "everyone"]


def test_a_block_inside_a_segment_condition_goes_only_to_that_segment(small: Path) -> None:
    families, everyone = compiled(small).editions
    assert "tip/sleeves" in families.items
    assert "tip/sleeves" not in everyone.items


def test_the_name_reaches_subject_html_and_text(small: Path) -> None:
    email = letter(small, {"first_name": "Анна"})
    assert email.subject == "Анна, it rained"
    assert "Hello Анна!" in email.html
    assert "Hello Анна!" in email.text


def test_a_missing_name_is_filled_and_excludes_nobody(small: Path) -> None:
    result = compiled(small)
    assert render(result.editions[0], reader(first_name=None)).subject == "Friends, it rained"
    assert missing(result.editions[0], reader(first_name="")) == ()


def test_a_paragraph_under_a_condition_leaves_nothing_behind(small: Path) -> None:
    poor = letter(small, {"points": 5})
    rich = letter(small, {"points": 500})
    assert "You have" in rich.text
    assert "You have" not in poor.text
    assert "\n\n\n" not in poor.text
    assert poor.html.count("<p") == rich.html.count("<p") - 1


def test_what_a_reader_typed_is_escaped_in_html_and_plain_in_text(small: Path) -> None:
    email = letter(small, {"first_name": "<script>alert(1)</script>"})
    assert "<script>" not in email.html
    assert "&lt;script&gt;" in email.html
    assert "Hello <script>alert(1)</script>!" in email.text


def test_template_syntax_in_a_name_stays_text(small: Path) -> None:
    email = letter(small, {"first_name": "{{ 7*7 }}"})
    assert "{{ 7*7 }}" in email.html
    assert "49" not in email.text


def test_the_letter_names_only_the_columns_it_reads(small: Path) -> None:
    assert columns(compiled(small).editions[0]) == ("first_name", "points")


def test_an_edition_survives_being_written_and_read(small: Path) -> None:
    edition = compiled(small).editions[0]
    assert edition_from_json(edition_json(edition)) == edition


def test_compiling_again_gives_the_same_digest(small: Path) -> None:
    first, again = compiled(small), compiled(small)
    assert [e.digest for e in first.editions] == [e.digest for e in again.editions]


def test_the_cache_changes_nothing_and_answers_all_questions(small: Path) -> None:
    cache = FragmentCache()
    first = compiled(small, cache)
    before = cache.misses
    assert compiled(small, cache).editions == first.editions
    assert cache.misses == before


def test_the_answer_of_a_rebus_is_in_no_part_of_the_letter(small: Path) -> None:
    edition = edition_json(compiled(small).editions[0])
    assert "столица" not in edition


def test_unsubscribing_is_one_click_away(small: Path) -> None:
    email = letter(small, {})
    headers = dict(email.headers)
    assert headers["List-Unsubscribe"] == "<https://links.example/u/1>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"] == "Weekly letter <weekly.shop.example>"
    assert "https://links.example/u/1" in email.html
    assert "https://links.example/u/1" in email.text


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ('story("rain")', 'story("rein")', "unknown-item", 8),
        ("recipient.points >", "recipient.pointz >", "unknown-column", 14),
        ("Hello {{", "Hello {{ }} {{", "template-syntax", 6),
        ("{% endif %}\n\n{{ rebus", "\n\n{{ rebus", "unclosed-block", 10),
        ("Hello", "Hello {{ nobody }}", "unknown-name", 6),
        ("Hello", "Hello {{ recipient.city | uper }}", "unknown-filter", 6),
        ("Hello", "![wet](rain.png)", "missing-image", 6),
        ("Hello", "Hello <b style='color:{{ recipient.city }}'>x</b>", "hole-place", 6),
        ("Hello", "Hello <!-- {{ recipient.city }} -->", "hole-place", 6),
        ("Hello", "**Hello {% if recipient.city %}x** y{% endif %}", "crossing-block", 6),
        ("Hello", "Hello qzxe00001xzq", "reserved-word", 6),
        ("Hello", "Hello {{ story('rain') }} there", "block-in-text", 6),
    ],
)
def test_a_mistake_is_found_with_its_line(
    small: Path, old: str, new: str, rule: str, line: int
) -> None:
    rewrite(small, FILE, old, new)
    result = compiled(small)
    assert result.editions == ()
    assert [(f.rule.id, str(f.source), f.segment) for f in errors(result)] == [
        (rule, f"{FILE}:{line}", None)
    ]


def test_a_mistake_in_one_segment_leaves_the_other_editions(small: Path) -> None:
    rewrite(small, FILE, 'tip("sleeves")', 'tip("sleves")')
    result = compiled(small)
    assert [edition.segment for edition in result.editions] == ["everyone"]
    (finding,) = errors(result)
    assert (finding.segment, finding.hint("en")) == ("families", "did you mean 'sleeves'?")


def test_a_story_asked_for_by_its_title_is_answered_with_its_name(small: Path) -> None:
    rewrite(small, FILE, 'story("rain")', 'story("Rain on a Tuesday")')
    (finding,) = errors(compiled(small))
    assert finding.hint("en") == "did you mean 'rain'?"


def test_notes_of_a_writer_reach_no_reader(small: Path) -> None:
    text = (small / FILE).read_text("utf-8")
    notes = (
        "\n<!-- to the editor: Gena is the grandfather -->\n\nIt <!-- really? -->rains."
        "\n\n- one\n<!-- pismo: ignore personal-new-column — soon -->\n- two"
        "\n\n<!--\nlines\n\n- [x](y)\n-->\n"
    )
    (small / FILE).write_text(text + notes, "utf-8")
    email = letter(small, {})
    assert "It rains." in email.html
    assert "It rains." in email.text
    for note in ("editor", "really", "ignore", "lines", "[x]"):
        assert note not in email.html + email.text


def test_an_unknown_issue_is_named_with_a_guess(small: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'weekly/2026-11-27'"):
        compile_issue(load_workspace(small), "weekly/2026-11-28")


def test_an_item_in_another_language_is_a_warning(small: Path) -> None:
    rewrite(small, "content/games/capital.md", "kind: rebus", "kind: rebus\nlanguage: ru")
    (finding,) = compiled(small).findings
    assert (finding.rule.id, finding.source.path) == (
        "other-language",
        "content/games/capital.md",
    )


def test_a_line_broken_inside_a_paragraph_stays_one_paragraph(small: Path) -> None:
    tip = small / "content/tips/sleeves.md"
    tip.write_text(tip.read_text("utf-8") + "\n\nfirst half\nsecond half\n", "utf-8")
    email = letter(small, {"first_name": "Ann", "points": 1})
    assert "first half\nsecond half" in email.html


@pytest.mark.parametrize(
    ("template", "rule"),
    [
        ("{% for p in picks[:2] %}{{ p.titel }}{% endfor %}", "unknown-name"),
        ("{% for p in picks if p.prise %}x{% endfor %}", "unknown-name"),
        ("{{ picks[0].titel }}", "unknown-name"),
        ("{{ links.unsubscrib }}", "unknown-name"),
        ("{% if recipient.city is none %}x{% endif %}", "never-none"),
        ("{{ 'to ' ~ recipient.city }}", "joined-gap"),
        ("{{ recipient.city | default('**home**') }}", "markdown-in-value"),
        ("{{ '[shop](https://a.example)' if recipient.points }}", "markdown-in-value"),
    ],
)
def test_what_readers_and_products_do_not_have_is_found(
    small: Path, template: str, rule: str
) -> None:
    rewrite(small, FILE, "Hello", f"Hello {template}")
    found = [(f.rule.id, f.source.line) for f in compiled(small).findings]
    assert (rule, 6) in found


def test_two_thousand_texts_do_not_make_the_cache_grow_without_end() -> None:
    cache = FragmentCache()
    for number in range(10_000):
        cache.remember("text", str(number), lambda: "x")
    assert len(cache.entries) <= 4_000


POLL = """---
title: Company
kind: poll
---
```poll
question: With whom?
options:
  friends: friends
  family: family
```
"""


def test_a_letter_may_ask_what_its_reader_answered_as_long_as_the_poll_is_there(
    small: Path,
) -> None:
    asked = "{% if recipient.poll_company == 'friends' %}Bring your friends.{% endif %}\n\nHello"
    rewrite(small, FILE, "Hello", asked)
    (told,) = errors(compiled(small))
    assert told.rule.id == "unknown-column"
    poll = small / "content" / "games" / "company.md"
    poll.write_text(POLL, "utf-8")
    assert "Bring your friends." in letter(small, {"poll_company": "friends"}).text
    assert "Bring your friends." not in letter(small, {"poll_company": "family"}).text
    assert "content/games/company.md" in compiled(small).editions[0].sources


def test_a_letter_may_ask_for_a_fact_of_the_workspaces_own(small: Path) -> None:
    select = "SELECT subscriber_id, orders * 2 AS twice FROM facts"
    (small / "segments" / "facts.sql").write_text(select, "utf-8")
    rewrite(small, FILE, "Hello", "{% if recipient.twice > 4 %}Twice!{% endif %}\n\nHello")
    assert "Twice!" in letter(small, {"twice": 6}).text
    assert "segments/facts.sql" in compiled(small).editions[0].sources
    rewrite(small, FILE, "recipient.twice", "recipient.twise")
    (told,) = errors(compiled(small))
    assert (told.rule.id, dict(told.values)["guess"]) == ("unknown-column", "twice")
