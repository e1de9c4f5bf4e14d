"""Blocks of a letter: polls, quizzes, picks, advertising, checklists, and what plain text makes."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from pismo.compile import Compilation, compile_issue
from pismo.model.finding import has_errors
from pismo.model.people import Email, Links, Recipient
from pismo.render import render
from pismo.workspace import load_workspace

ISSUE = "newsletters/weekly/2026-11-27.md"


def compiled(root: Path, body: str, files: dict[str, str]) -> Compilation:
    for name, text in files.items():
        (root / "content" / name).write_text(text, "utf-8")
    head = (root / ISSUE).read_text("utf-8").split("---")[1]
    (root / ISSUE).write_text(f"---{head}---\n{body}\n", "utf-8")
    return compile_issue(load_workspace(root), "weekly/2026-11-27")


def letter(root: Path, body: str, **files: str) -> Email:
    named = {f"{name.replace('__', '/')}.md": text for name, text in files.items()}
    result = compiled(root, body, named)
    assert not has_errors(result.findings), [f.message("en") for f in result.findings]
    links = Links(
        unsubscribe="https://links.example/u/1",
        preferences="https://links.example/p/1",
        web="https://letters.example/w",
        items=dict.fromkeys(("with-whom", "who"), "https://links.example/a/XYZ"),
    )
    person = Recipient(id="r", segment="everyone", facts={"vip": 1}, picks=(), links=links)
    return render(result.editions[-1], person)


def addresses(email: Email) -> list[str]:
    return [str(link["href"]) for link in BeautifulSoup(email.html, "html5lib").find_all("a")]


POLL = "---\ntitle: One question\nkind: poll\n---\nTell us.\n\n```poll\n{}\n```\n"


def test_every_answer_of_a_poll_is_the_readers_own_link(small: Path) -> None:
    poll = POLL.format("question: With whom?\noptions:\n  family: with family\n  alone: alone")
    email = letter(small, '{{ poll("with-whom") }}', **{"games__with-whom": poll})
    assert "https://links.example/a/XYZ?v=family" in addresses(email)
    assert "- alone: https://links.example/a/XYZ?v=alone" in email.text
    assert "With whom?" in email.html


def test_grades_are_a_row_of_links_with_their_ends_explained(small: Path) -> None:
    poll = POLL.format("question: How was it?\nscale: 0-10\nlow: bad\nhigh: good")
    email = letter(small, '{{ poll("with-whom") }}', **{"games__with-whom": poll})
    grades = [url for url in addresses(email) if "?v=" in url]
    assert grades == [f"https://links.example/a/XYZ?v={grade}" for grade in range(11)]
    assert "0 — bad … 10 — good" in email.text.replace("\u00a0", " ")


def test_answers_of_a_quiz_lead_to_its_pages(small: Path) -> None:
    quiz = (
        "---\ntitle: Who are you\nkind: quiz\n---\n```quiz\nquestion: With whom?\noptions:\n"
        "  family: with family\n  alone: alone\n```\n"
    )
    email = letter(small, '{{ quiz("who") }}', games__who=quiz)
    pages = [url for url in addresses(email) if "/quiz/who/" in url]
    own = "#https%3A//links.example/a/XYZ"
    assert [url.partition("/quiz/who/")[2] for url in pages] == [
        f"result-family.html{own}",
        f"result-alone.html{own}",
    ]
    assert "https://links.example/a/XYZ" in addresses(email)


def test_a_broken_poll_is_found_with_its_line(small: Path) -> None:
    poll = POLL.format("qestion: With whom?")
    result = compiled(small, '{{ poll("with-whom") }}', {"games/with-whom.md": poll})
    (finding,) = result.findings
    assert finding.source.path == "content/games/with-whom.md"
    assert finding.source.line >= 8


def test_a_pick_shows_its_products_with_price_and_comment(small: Path) -> None:
    email = letter(small, '{{ pick("owls") }}')
    assert "not even the owls" in email.html
    assert "not even the owls" in email.text


def test_advertising_says_that_it_is(small: Path) -> None:
    story = "---\ntitle: A\nad: true\nsponsor: Owls Ltd\nerid: 2Vtzq\n---\nBuy an owl.\n"
    email = letter(small, '{{ story("a") }}', stories__a=story)
    for part in (email.html, email.text):
        assert "Advertisement. Owls Ltd. erid: 2Vtzq" in part


def test_a_checklist_has_boxes_in_html_and_brackets_in_text(small: Path) -> None:
    email = letter(small, '{{ tip("sleeves") }}')
    assert "☐\u00a0Wash your hands" in email.html
    assert "- [ ] Wash your hands" in email.text


def test_an_item_may_show_another_and_none_shows_itself(small: Path) -> None:
    files = {
        "stories__a": '---\ntitle: A\n---\nFirst.\n\n{{ tip("sleeves") }}\n',
        "stories__b": '---\ntitle: B\n---\n{{ story("c") }}\n',
        "stories__c": '---\ntitle: C\n---\n{{ story("b") }}\n',
    }
    email = letter(small, '{{ story("a") }}', **files)
    assert email.html.index("First.") < email.html.index("Wash your hands")
    result = compiled(small, '{{ story("b") }}', {})
    (finding,) = result.findings
    assert finding.rule.id == "item-cycle"


def test_a_condition_may_stand_around_a_block(small: Path) -> None:
    body = (
        'Hi.\n\n{% if recipient.points %}{{ tip("sleeves") }}{% else %}{{ story("rain") }}'
        "{% endif %}\n\nBye."
    )
    email = letter(small, body)
    assert "Wash" not in email.html
    assert "It rained all day" in email.html
    assert email.text.index("It rained") < email.text.index("Bye.")


def test_an_item_outside_of_its_dates_is_refused(small: Path) -> None:
    story = "---\ntitle: A\nlive_until: 2026-11-01\n---\nOld.\n"
    result = compiled(small, '{{ story("a") }}', {"stories/a.md": story})
    (finding,) = result.findings
    assert (finding.rule.id, finding.source.line) == ("not-live", 6)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**Bold** and `code` and *soft*", "Bold and code and soft"),
        ("[the shop](https://shop.example/a)", "the shop (https://shop.example/a)"),
        ("<https://shop.example/a>", "https://shop.example/a"),
        ("[mail us](mailto:a@shop.example)", "mail us (a@shop.example)"),
        ("- one\n- two\n  - three", "- one\n- two\n  - three"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("> said\n>\n> twice", "> said\n>\n> twice"),
        ("one\\\ntwo", "one\ntwo"),
        ("a\nb", "a b"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
        ("one\n\n***\n\ntwo", "one\n\n* * *\n\ntwo"),
        ("    code\n    more", "    code\n    more"),
        ("# Title\n\ntext", "Title\n\ntext"),
        ("<div>raw <b>html</b></div>", "raw html"),
        ("a&amp;b &copy;", "a&b ©"),
        ("![a dog](https://shop.example/dog.png)", "[a dog]"),
    ],
)
def test_plain_text_reads_as_text(small: Path, markdown: str, text: str) -> None:
    email = letter(small, f"Begin.\n\n{markdown}\n\nEnd.")
    body = email.text.split("\n\nEnd.")[0].removeprefix("Begin.\n\n").replace("\u00a0", " ")
    assert body == text


def test_headings_of_the_text_stay_below_those_of_the_letter(small: Path) -> None:
    story = "---\ntitle: A\n---\n# Part\n\ntext\n\n## Smaller\n\ntext\n"
    email = letter(small, '# Hello\n\n{{ story("a") }}', stories__a=story)
    tree = BeautifulSoup(email.html, "html5lib")
    found = [(tag.name, tag.get_text()) for tag in tree.find_all(["h1", "h2", "h3", "h4"])]
    assert found == [("h2", "Hello"), ("h2", "A"), ("h3", "Part"), ("h4", "Smaller")]


def test_a_link_to_a_script_is_refused(small: Path) -> None:
    result = compiled(small, "[x](ftp://files.example/a)", {})
    (finding,) = result.findings
    assert (finding.rule.id, finding.source.line) == ("link-scheme", 6)
