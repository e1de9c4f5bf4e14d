"""The preview in a real browser: every panel and toggle, by mouse and by keyboard."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.preview.conftest import Browse, Open, save

pytestmark = pytest.mark.chromium


def letter(page: Any, title: str = "") -> Any:
    """Return the inside of a letter's frame."""
    named = f'iframe[title="{title}"]' if title else ".single iframe"
    return page.frame_locator(named).locator("body")


def test_all_segments_stand_side_by_side_as_live_letters(
    small: Path, preview: Open, browse: Browse
) -> None:
    page = browse(preview(small).url)
    assert page.locator(".column").count() == 2
    letter(page, "Families with children").locator("p", has_text="door opened").wait_for()
    assert "Anna" in page.locator(".subject").first.inner_text()
    assert page.locator(".gauge").count() == 2


def test_widths_are_those_of_phone_and_desktop(small: Path, preview: Open, browse: Browse) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("l")
    frame = page.locator(".single iframe")
    frame.wait_for()
    assert frame.evaluate("frame => frame.style.width") == "375px"
    page.get_by_label("Width").select_option("desktop")
    page.wait_for_function("() => document.querySelector('.single iframe').style.width === '800px'")


@pytest.mark.parametrize(("theme", "background"), [("dark-full", True), ("dark-partial", True)])
def test_dark_themes_turn_the_letter_dark(
    small: Path, preview: Open, browse: Browse, theme: str, background: bool
) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("l")
    page.locator(".single iframe").wait_for()
    page.get_by_label("Theme").select_option(theme)
    page.wait_for_function(
        """() => {
          const page = document.querySelector('.single iframe').contentDocument;
          const styles = page.defaultView.getComputedStyle;
          const inverted = styles(page.documentElement).filter.includes('invert');
          const behind = styles(page.body).backgroundColor.match(/\\d+/g).map(Number);
          return inverted || (behind[0] < 90 && behind[3] !== 0);
        }"""
    )
    assert background


def test_apples_dark_theme_uses_the_letters_own_dark_style(
    small: Path, preview: Open, browse: Browse
) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("l")
    page.locator(".single iframe").wait_for()
    page.get_by_label("Theme").select_option("dark-apple")
    page.wait_for_function(
        "() => document.querySelector('.single iframe').contentDocument"
        ".documentElement.outerHTML.includes('color-scheme:dark')"
    )


def test_images_off_shows_what_the_pictures_say(small: Path, preview: Open, browse: Browse) -> None:
    from PIL import Image

    Image.new("RGB", (40, 40), "red").save(small / "content" / "stories" / "wet.png")
    save(small, "Then the door", "![A wet platform](wet.png)\n\nThen the door")
    page = browse(preview(small).url)
    page.keyboard.press("l")
    letter(page).locator("img").wait_for()
    page.get_by_role("button", name="No images").click()
    letter(page).locator("p", has_text="A wet platform").wait_for()
    assert letter(page).locator("img").count() == 0


def test_text_source_and_headers_are_shown(small: Path, preview: Open, browse: Browse) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("l")
    mode = page.get_by_label("View", exact=True).last
    mode.select_option("text")
    page.locator("pre.source").wait_for()
    assert "<table" not in page.locator("pre.source").inner_text()
    page.get_by_label("View", exact=True).last.select_option("source")
    page.locator("mark").first.wait_for()
    assert "recipient.first_name" in page.locator("pre.source").inner_text()
    page.get_by_label("View", exact=True).last.select_option("headers")
    page.get_by_text("List-Unsubscribe-Post").wait_for()


def test_another_reader_changes_letter_and_reasons(
    small: Path, preview: Open, browse: Browse
) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("l")
    page.locator("#panel-why").get_by_text("children_max_age <= 12").wait_for()
    page.get_by_label("Reader").select_option("invented nameless")
    letter(page).locator("p", has_text="Hello friend").wait_for()
    page.locator("#panel-why .tag").get_by_text("fallback").first.wait_for()
    page.locator("#panel-why").get_by_text("This person is in another segment").wait_for()


def test_personas_have_edges_and_markup_in_a_name_stays_text(
    small: Path, preview: Open, browse: Browse
) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("l")
    page.get_by_label("Reader").select_option("persona persona-3")
    letter(page).locator("p", has_text="<b>Ann & Co</b>").wait_for()


def test_the_chosen_readers_column_is_outlined(small: Path, preview: Open, browse: Browse) -> None:
    page = browse(preview(small).url)
    page.get_by_label("Reader", exact=True).select_option("invented anna")
    chosen = page.locator(".column.chosen")
    chosen.get_by_text("this reader's letter").wait_for()
    assert "Families with children" in chosen.inner_text()
    page.get_by_label("Reader", exact=True).select_option("invented nameless")
    page.locator(".column.chosen", has_text="everybody else").wait_for()
    assert chosen.count() == 1
    page.get_by_label("Reader", exact=True).select_option("")
    chosen.wait_for(state="detached")


def test_the_pages_title_tells_the_issue_and_the_segment(
    small: Path, preview: Open, browse: Browse
) -> None:
    page = browse(preview(small).url)
    assert page.title() == "All segments · weekly/2026-11-27 · pismo"
    page.keyboard.press("2")
    page.wait_for_function("() => document.title.startsWith('everybody else · weekly/2026')")


def test_two_segments_are_compared_word_by_word(small: Path, preview: Open, browse: Browse) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("d")
    page.locator(".difference ins").first.wait_for()


def test_a_letter_that_was_never_built_says_how_to_build_it(
    small: Path, preview: Open, browse: Browse
) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("d")
    page.get_by_label("Compare with").select_option("@built")
    page.get_by_text("pismo build weekly/2026-11-27").wait_for()


def test_findings_name_their_place_and_open_the_editor(
    small: Path, preview: Open, browse: Browse
) -> None:
    save(small, "Then the door opened.", "Then [here](https://shop.example/) it opened!!!")
    page = browse(preview(small).url)
    place = page.locator(".finding .place").first
    place.wait_for()
    assert re.fullmatch(r"vscode://file/.*/content/stories/rain\.md:7", place.get_attribute("href"))


def test_a_finding_is_marked_in_the_letter_and_can_be_shown(
    small: Path, preview: Open, browse: Browse
) -> None:
    rain = "Rain again.\n\n" * 60
    save(small, "Then the door opened.", f"{rain}Then the the old door opened.")
    page = browse(preview(small).url)
    page.keyboard.press("l")
    marked = letter(page).locator("[data-pismo-finding]")
    marked.wait_for(state="attached")
    assert "old door" in marked.inner_text()
    assert "text-word-twice" in marked.get_attribute("title")
    page.get_by_label("Show in the letter").first.click()
    scroll = "document.querySelector('iframe').contentDocument.scrollingElement.scrollTop"
    assert page.evaluate(scroll) > 400
    save(small, "the the old", "the old")
    marked.wait_for(state="detached")


def test_a_letter_can_be_sent_to_oneself_and_downloaded(
    small: Path, preview: Open, browse: Browse
) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("l")
    page.get_by_role("button", name="Send to myself").click()
    page.locator("#status").get_by_text("kept").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download .eml").click()
    assert download.value.suggested_filename == "weekly-2026-11-27-families.eml"


def test_the_interface_speaks_russian_too(small: Path, preview: Open, browse: Browse) -> None:
    page = browse(preview(small).url)
    page.get_by_role("button", name="Русский").click()
    page.get_by_role("button", name="Все сегменты").wait_for()
    assert page.evaluate("document.documentElement.lang") == "ru"


def test_a_save_shows_at_once_and_keeps_the_scroll(
    small: Path, preview: Open, browse: Browse
) -> None:
    save(small, "Then the door opened.", "Then the door opened.\n\n" + "Rain again.\n\n" * 60)
    running = preview(small)
    page = browse(running.url)
    page.keyboard.press("l")
    letter(page).locator("p", has_text="door opened").wait_for()
    scroll = "document.querySelector('iframe').contentDocument.scrollingElement.scrollTop"
    page.evaluate(f"{scroll} = 400")
    save(small, "door", "window")
    letter(page).locator("p", has_text="window opened").wait_for()
    assert page.evaluate(scroll) == 400


def test_a_broken_file_greys_the_last_good_letter_and_says_why(
    small: Path, preview: Open, browse: Browse
) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("l")
    letter(page).locator("p", has_text="door opened").wait_for()
    save(small, "Then", "{% if %} Then")
    page.locator(".single.stale").wait_for()
    assert "content/stories/rain.md:7" in page.locator(".notice").inner_text()
    letter(page).locator("p", has_text="door opened").wait_for()
    save(small, "{% if %} Then", "Again")
    page.locator(".single:not(.stale)").wait_for()
    letter(page).locator("p", has_text="Again the door").wait_for()


def test_an_issue_broken_in_one_segment_shows_the_others(
    small: Path, preview: Open, browse: Browse
) -> None:
    issue = Path("newsletters/weekly/2026-11-27.md")
    save(small, 'tip("sleeves")', 'tip("no-such-tip")', issue)
    page = browse(preview(small).url)
    page.locator(".column.broken").wait_for()
    assert page.locator(".column.broken").count() == 1
    letter(page, "everybody else").locator("p", has_text="door opened").wait_for()


def test_settings_that_cannot_be_read_leave_the_last_letters_in_grey(
    small: Path, preview: Open, browse: Browse
) -> None:
    running = preview(small)
    page = browse(running.url)
    letter(page, "everybody else").locator("p", has_text="door opened").wait_for()
    (small / "newsletters" / "weekly" / "newsletter.toml").write_text("title =", "utf-8")
    page.get_by_text("newsletter.toml").first.wait_for()


def test_a_reload_comes_back_to_what_was_chosen(small: Path, preview: Open, browse: Browse) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("l")
    page.keyboard.press("2")
    letter(page).locator("p", has_text="Hello").first.wait_for()
    chosen = page.evaluate("location.hash")
    assert chosen == "#weekly%2F2026-11-27/everyone/letter"
    page.reload()
    page.locator("#views button[aria-pressed=true]", has_text="One letter").wait_for()
    letter(page).locator("p", has_text="Hello").first.wait_for()
    page.goto(page.url.partition("#")[0] + "#no/%E0%A4%A/nothing")
    page.reload()
    page.locator("#views button[aria-pressed=true]", has_text="All segments").wait_for()


def test_two_tabs_and_one_left_open_see_the_same_save(
    small: Path, preview: Open, browse: Browse
) -> None:
    running = preview(small)
    one, other = browse(running.url), browse(running.url)
    save(small, "door", "window")
    for page in (one, other):
        letter(page, "everybody else").locator("p", has_text="window opened").wait_for()


def test_thirty_segments_stand_side_by_side(small: Path, preview: Open, browse: Browse) -> None:
    names = [f"s{number:02}" for number in range(30)]
    for name in names:
        text = (small / "segments" / "families.toml").read_text("utf-8")
        (small / "segments" / f"{name}.toml").write_text(text.replace("<= 12", "<= 11"), "utf-8")
    listed = ", ".join(f'"{name}"' for name in names)
    newsletter = small / "newsletters" / "weekly" / "newsletter.toml"
    text = re.sub(r"segments = \[.*\]", f"segments = [{listed}]", newsletter.read_text("utf-8"))
    newsletter.write_text(text, "utf-8")
    page = browse(preview(small).url)
    assert page.locator(".column").count() == 31
    page.locator(".column .gauge").nth(30).wait_for()


def test_the_keyboard_alone_reaches_everything(small: Path, preview: Open, browse: Browse) -> None:
    page = browse(preview(small).url)
    page.keyboard.press("2")
    page.locator('.tabs [aria-current="true"]').get_by_text("everybody else").wait_for()
    page.keyboard.press("b")
    page.locator('.tabs [aria-current="true"]').get_by_text("Families").wait_for()
    for key, seen in (
        ("v", "pre.source"),
        ("m", ".matrix"),
        ("d", ".difference"),
        ("l", ".single"),
    ):
        page.keyboard.press(key)
        page.locator(seen).wait_for()
    page.keyboard.press("p")
    page.locator("#panel-why").get_by_text("Anna").first.wait_for()
    page.keyboard.press("Shift+Slash")
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.locator(".matrix").wait_for()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "column-head":
            break
    page.keyboard.press("Enter")
    page.locator(".single").wait_for()


def test_a_script_in_a_story_runs_nothing(small: Path, preview: Open, browse: Browse) -> None:
    attack = (
        "<script>parent.document.title = 'owned'</script>\n\n"
        "<p onclick=\"parent.document.title = 'owned'\">Tap</p>\n\n"
        '<img src="x" alt="x" onerror="parent.document.title = \'owned\'">\n\nThen'
    )
    save(small, "Then", attack)
    running = preview(small)
    page = browse(running.url)
    page.keyboard.press("l")
    letter(page).locator("p", has_text="Tap").click()
    save(small, "door", "window")
    letter(page).locator("p", has_text="window opened").wait_for()
    letter(page).locator("p", has_text="Tap").click()
    assert page.title() == "Families with children · weekly/2026-11-27 · pismo"


def test_nothing_is_asked_of_the_network(small: Path, preview: Open, browse: Browse) -> None:
    running = preview(small)
    page = browse(running.url)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_selector("body[data-reviewed]")
    page.keyboard.press("l")
    page.locator("#panel-why").get_by_text("children_max_age").first.wait_for()
    assert all(url.startswith((running.url, "about:", "data:")) for url in asked)


@pytest.mark.parametrize("size", [(1280, 800), (820, 1180)])
def test_nothing_is_cut_off_at_desktop_and_tablet_width(
    small: Path, preview: Open, browse: Browse, size: tuple[int, int]
) -> None:
    page = browse(preview(small).url, viewport={"width": size[0], "height": size[1]})
    page.wait_for_selector("body[data-reviewed]")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for tool in page.locator(".bar button, .bar select").all():
        box = tool.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size[0]


@pytest.mark.node
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    small: Path, preview: Open, browse: Browse, axe: str, scheme: str
) -> None:
    save(small, "Then the door opened.", "Then [here](https://shop.example/) it opened!!!")
    page = browse(preview(small).url, color_scheme=scheme, bypass_csp=True)
    page.wait_for_selector("body[data-reviewed]")
    page.add_script_tag(content=axe)
    for key in ("m", "l", "d"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        # The letters in the frames are judged by pismo check.
        found = page.evaluate("axe.run({exclude: [['iframe']]})")
        bad = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
        assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in bad] == []
