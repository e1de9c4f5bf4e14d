"""Files that move away from under an open preview: removed, renamed, made anew."""

import shutil
from pathlib import Path

import pytest

from tests.preview.conftest import ISSUE, STORY, Browse, Open, ask, save

pytestmark = pytest.mark.chromium


def test_a_story_that_is_removed_greys_the_letter_until_it_is_back(
    small: Path, preview: Open, browse: Browse
) -> None:
    page = browse(preview(small).url)
    (small / STORY).rename(small / "elsewhere.md")
    page.locator(".column.stale .notice", has_text="there is no story 'rain'").first.wait_for()
    (small / "elsewhere.md").rename(small / STORY)
    page.locator(".column.stale").first.wait_for(state="detached")


def test_an_issue_that_is_renamed_is_shown_under_its_new_name(
    small: Path, preview: Open, browse: Browse
) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("l")
    page.locator(".single iframe").wait_for()
    folder = small / "newsletters" / "weekly"
    (folder / "2026-11-27.md").rename(folder / "2026-12-04.md")
    page.wait_for_function("() => document.title.includes('weekly/2026-12-04')")
    page.wait_for_function("() => location.hash.startsWith('#weekly%2F2026-12-04')")
    (folder / "2026-12-04.md").unlink()
    page.locator("#stage", has_text="No issues yet").wait_for()


def test_folders_that_are_made_anew_are_watched_again(
    small: Path, preview: Open, browse: Browse
) -> None:
    page = browse(preview(small).url)
    shutil.copytree(small / "content", small / "kept")
    shutil.rmtree(small / "content")
    page.locator(".column.stale").first.wait_for()
    (small / "kept").rename(small / "content")
    page.locator(".column.stale").first.wait_for(state="detached")
    save(small, "door", "window")
    page.frame_locator("iframe").first.locator("p", has_text="window opened").wait_for()


def test_a_reader_who_is_removed_leaves_the_segments_own_example(
    small: Path, preview: Open, browse: Browse
) -> None:
    page = browse(preview(small).url)
    page.get_by_label("Reader", exact=True).select_option("invented nameless")
    page.locator(".column.chosen").wait_for()
    save(small, 'id = "nameless"', 'id = "renamed"', Path("segments/people.toml"))
    page.locator(".column.chosen").wait_for(state="detached")
    page.locator("#stage-problem").wait_for(state="detached")
    assert page.get_by_label("Reader", exact=True).input_value() == ""


def test_a_reader_who_is_not_there_is_a_sentence(small: Path, preview: Open) -> None:
    person = {"kind": "invented", "id": "anne"}
    told = ask(preview(small), "belongs", issue=ISSUE, person=person)
    assert "no person 'anne'" in told["error"]
    assert "did you mean 'anna'?" in told["error"]


def test_a_name_that_looks_like_the_language_of_letters_stays_a_name(
    small: Path, preview: Open, browse: Browse
) -> None:
    name = "{{ 7*7 }}<script>parent.document.title = 'owned'</script>"
    people = Path("segments/people.toml")
    save(small, 'first_name = "Anna"', f'first_name = "{name}"', people)
    page = browse(preview(small).url)
    page.keyboard.press("2")
    page.get_by_label("Reader", exact=True).select_option("invented anna")
    inside = page.frame_locator(".single iframe").locator("p")
    inside.filter(has_text="{{ 7*7 }}<script>").first.wait_for()
    assert "owned" not in page.title()
