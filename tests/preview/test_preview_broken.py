"""A mistake saved while the preview is open: said in place, and what is old looks old."""

from pathlib import Path
from typing import Any

import pytest

from tests.preview.conftest import ISSUE, Browse, Open, Running, ask, save

FAMILIES = Path("segments/families.toml")
NEWSLETTER = Path("newsletters/weekly/newsletter.toml")
PEOPLE = Path("segments/people.toml")


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("children_max_age <=", "children_max_ag <=", 2, "did you mean 'children_max_age'?"),
        ("where =", "were =", 2, "did you mean 'where'?"),
        ('title = "', "title = ", 1, "not valid TOML"),
    ],
)
def test_a_mistake_in_a_segment_is_a_finding_beside_the_last_counts(
    sampled: Running, old: str, new: str, line: int, said: str
) -> None:
    before = ask(sampled, "review", issue=ISSUE)
    save(sampled.root, old, new, FAMILIES)
    sampled.desk.studio.reload()
    told = ask(sampled, "review", issue=ISSUE)
    places = [one for one in told["findings"] if one["path"] == FAMILIES.as_posix()]
    assert next(one for one in places if said in one["message"] + one["hint"])["line"] == line
    assert told["sizes"] == before["sizes"]
    assert told["stale"]
    assert not before["stale"]
    save(sampled.root, new, old, FAMILIES)
    sampled.desk.studio.reload()
    assert ask(sampled, "review", issue=ISSUE) == before


@pytest.mark.parametrize(
    ("file", "old", "letters"),
    [
        (FAMILIES, 'title = "', ["stale", "ok"]),
        (NEWSLETTER, 'title = "', ["stale", "stale"]),
        (PEOPLE, 'city = "', ["stale", "stale"]),
        (Path("pyproject.toml"), 'language = "', ["stale", "stale"]),
        (Path("newsletters/weekly/2026-11-27.md"), "subject:", ["stale", "stale"]),
    ],
)
def test_what_an_unreadable_file_said_last_stands_in_for_it(
    small: Path, preview: Open, file: Path, old: str, letters: list[str]
) -> None:
    running = preview(small)
    assert statuses(running) == ["ok", "ok"]
    save(small, old, old.replace('"', "").replace("subject:", "subject"), file)
    running.desk.studio.reload()
    assert statuses(running) == letters
    assert file.as_posix() in ask(running, "workspace")["problems"][0]
    found = ask(running, "review", issue=ISSUE)["findings"]
    assert [one for one in found if one["path"] == file.as_posix() and one["severity"] == "error"]
    save(small, old.replace('"', "").replace("subject:", "subject"), old, file)
    running.desk.studio.reload()
    assert statuses(running) == ["ok", "ok"]
    assert ask(running, "workspace")["problems"] == []


def test_a_file_that_is_empty_while_it_is_written_is_not_what_it_said_last(
    small: Path, preview: Open
) -> None:
    running = preview(small)
    shelf = ask(running, "workspace")["newsletters"]
    for broken in ("", "title = "):
        (small / FAMILIES).write_text(broken, "utf-8")
        running.desk.studio.reload()
    assert ask(running, "workspace")["newsletters"] == shelf


def test_a_workspace_that_was_broken_from_the_start_says_so(small: Path, preview: Open) -> None:
    save(small, 'title = "', "title = ", NEWSLETTER)
    told = ask(preview(small), "workspace")
    assert told["problems"] == [
        "newsletters/weekly/newsletter.toml:1: not valid TOML: Invalid value (at line 1, column 9)"
    ]


def statuses(running: Running) -> list[str]:
    """Return how the letters of both segments are shown."""
    segments = ["families", "everyone"]
    told = ask(running, "letters", issue=ISSUE, segments=segments, person=None, source=False)
    return [one["status"] for one in told["letters"]]


@pytest.mark.chromium
def test_a_mistake_in_a_condition_is_shown_in_place_until_it_is_mended(
    sampled: Running, browse: Browse
) -> None:
    page = browse(sampled.url)
    counted = page.locator(".column-head .quiet").first
    page.wait_for_selector("body[data-reviewed]")
    before = counted.inner_text()
    save(sampled.root, "children_max_age <=", "children_max_ag <=", FAMILIES)
    finding = page.locator("#panel-findings .finding", has_text="did you mean")
    finding.wait_for()
    assert "segments/families.toml:2" in finding.inner_text()
    page.locator(".column.stale .notice", has_text="children_max_age").wait_for()
    assert page.locator(".column.stale").count() == 1
    assert counted.inner_text() == f"{before} (last good)"
    page.reload()
    page.locator("#panel-findings .finding", has_text="did you mean").wait_for()
    assert page.locator("#panel-findings", has_text="Checking").count() == 0
    save(sampled.root, "children_max_ag <=", "children_max_age <=", FAMILIES)
    page.locator(".column.stale").wait_for(state="detached")
    page.locator("#panel-findings .finding", has_text="did you mean").wait_for(state="detached")
    page.wait_for_function(
        "was => document.querySelector('.column-head .quiet').innerText === was", arg=before
    )


@pytest.mark.chromium
@pytest.mark.parametrize("file", [FAMILIES, NEWSLETTER])
def test_a_toml_mistake_greys_the_letters_and_names_the_file(
    small: Path, preview: Open, browse: Browse, file: Path
) -> None:
    page = browse(preview(small).url)
    save(small, 'title = "', "title = ", file)
    page.locator("#panel-findings .finding", has_text="not valid TOML").wait_for()
    page.locator(".column.stale .notice", has_text=file.as_posix()).first.wait_for()
    page.locator("#shelf .notice", has_text=file.as_posix()).wait_for()
    letter: Any = page.frame_locator('iframe[title="Families with children"]').locator("p")
    letter.filter(has_text="door opened").wait_for()
    save(small, "title = ", 'title = "', file)
    page.locator(".column.stale").first.wait_for(state="detached")
    page.locator("#shelf .notice").wait_for(state="detached")


@pytest.mark.chromium
def test_a_call_that_fails_is_told_in_the_language_of_the_page(
    small: Path, preview: Open, browse: Browse
) -> None:
    running = preview(small)
    page = browse(running.url)
    page.get_by_role("button", name="Русский").click()
    page.get_by_role("button", name="Одно письмо").wait_for()
    page.route("**/api/letters", lambda route: route.fulfill(status=502, body="<h1>no</h1>"))
    page.keyboard.press("l")
    page.locator("#stage-problem", has_text="Предпросмотр не ответил").wait_for()
    page.unroute("**/api/letters")
    page.keyboard.press("m")
    page.locator("#stage-problem").wait_for(state="detached")
    page.route("**/api/letters", lambda route: route.abort())
    page.keyboard.press("l")
    page.locator("#stage-problem", has_text="Связь потеряна").wait_for()


@pytest.mark.chromium
def test_a_review_that_fails_is_said_where_findings_stand(
    small: Path, preview: Open, browse: Browse
) -> None:
    running = preview(small)
    page = browse("about:blank", wait=False)
    page.route("**/api/review", lambda route: route.fulfill(status=500, body="oops"))
    page.goto(running.url)
    page.locator("#panel-findings .notice", has_text="The preview did not answer").wait_for()
    assert "Checking…" not in page.locator("#panel-findings").inner_text()


@pytest.mark.parametrize(("language", "said"), [("ru", "нет выпуска"), ("en", "no issue")])
def test_errors_are_sentences_in_the_language_that_was_asked_for(
    small: Path, preview: Open, language: str, said: str
) -> None:
    assert said in ask(preview(small), "review", issue="no/such", language=language)["error"]


def test_why_is_told_also_while_a_condition_is_wrong(sampled: Running) -> None:
    save(sampled.root, "children_max_age <=", "children_max_ag <=", FAMILIES)
    sampled.desk.studio.reload()
    for person in ({"kind": "invented", "id": "anna"}, {"kind": "audience", "id": "s0000002"}):
        why = ask(sampled, "why", issue=ISSUE, segment="everyone", person=person)
        assert why["belongs"] == ""
        assert why["holes"]
