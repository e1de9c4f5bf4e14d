"""Games on the site: played without JavaScript, opened by an answer, and silent until then."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from pismo.build import build
from pismo.games import seal_prize
from pismo.workspace import load_workspace
from tests.site.conftest import Browse
from tests.site.test_site_pages import TURNED, add_issue, add_rebus, links_of, site_of

CODE = "TEA-2026-RAIN"
QUIZ = """---
title: Who are you at the table?
kind: quiz
---
Two questions, *no* cheating.

```quiz
questions:
  - ask: A new box is on the table. You
    options:
      - text: read the rules
        for: planner 2
      - text: deal the cards
        for: gambler
  - ask: A minute is left. You
    options:
      - text: count
        for: planner
      - text: play on
        for: gambler 2
results:
  planner:
    title: The planner
    text: You know how it ends.
    picks: [p1]
  gambler:
    title: The gambler
    text: What if.
```
"""
POLL = """---
title: What next?
kind: poll
---
```poll
question: Which story?
options:
  dog: about the dog
  cat: about the cat
```
"""
Serve = Callable[[Path], str]


def add_game(root: Path, slug: str, text: str) -> None:
    folder = root / "content" / "games"
    folder.mkdir(exist_ok=True)
    (folder / f"{slug}.md").write_text(text, "utf-8")


def add_prize(root: Path, code: str = CODE, slug: str = "word") -> None:
    add_rebus(root, slug)
    path = root / "content" / "games" / f"{slug}.md"
    path.write_text(path.read_text("utf-8").replace("kind: rebus", f"kind: rebus\nprize: {slug}"))
    sealed = seal_prize(code, ["столица", "главный подъёмник"], iterations=1000)
    path.with_suffix(".prize.json").write_text(sealed + "\n", "utf-8")


@pytest.fixture
def playground(small: Path) -> Path:
    """Return a workspace whose letters have a quiz, a poll and a prize."""
    add_game(small, "who", QUIZ)
    add_game(small, "next", POLL)
    add_prize(small)
    add_issue(small, "2026-12-04", '{{ quiz("who") }}\n\n{{ poll("next") }}\n\n{{ rebus("word") }}')
    return small


def test_every_answer_of_a_letters_quiz_leads_to_a_page(playground: Path) -> None:
    site = site_of(playground)
    letter = (playground / "build/letters/weekly/2026-12-04/everyone/a/letter.html").read_text()
    ways = re.findall(r"/(quiz/who/[^\"#]+\.html)#", letter)
    assert len(ways) == 2
    assert all(way in site for way in ways)


def test_pages_of_games_lead_only_to_files(playground: Path) -> None:
    site = site_of(playground)
    root = playground / "build" / "site"
    for path in (path for path in site if path.startswith(("quiz/", "poll/", "answers/"))):
        for link in links_of(site[path]):
            if not link.startswith(("http", "#")):
                assert (root / path).parent.joinpath(link).resolve().is_file(), (path, link)


def test_a_result_has_its_text_and_picks_and_can_be_shared(playground: Path) -> None:
    page = site_of(playground)["quiz/who/result-planner.html"]
    assert "You know how it ends." in page
    assert 'href="https://shop.example/p1"' in page
    assert '<meta property="og:title" content="The planner — Who are you at the table?">' in page
    assert "noindex" in page


def test_a_quiz_is_in_the_sitemap_by_its_cover_alone(playground: Path) -> None:
    sitemap = site_of(playground)["sitemap.xml"]
    assert sitemap.count("/quiz/who/") == 1
    assert "poll/" not in sitemap


def test_a_game_of_one_segment_only_has_its_pages(small: Path) -> None:
    add_game(small, "who", QUIZ)
    body = 'Hello.\n\n{% if segment.id == "families" %}{{ quiz("who") }}{% endif %}'
    add_issue(small, "2026-12-04", body)
    assert "quiz/who/start.html" in site_of(small)
    assert "quiz/who/start.html" in site_of(small, "weekly/2026-11-27")


def test_a_game_that_no_letter_shows_has_no_page(small: Path) -> None:
    add_game(small, "who", QUIZ)
    assert not [path for path in site_of(small) if path.startswith("quiz/")]


def test_the_whole_site_has_one_feed(playground: Path) -> None:
    site = site_of(playground)
    assert "weekly/2026-12-04" in site["feed.xml"]
    assert "weekly/2026-11-27" in site["feed.xml"]
    assert 'href="feed.xml"' in site["index.html"]


def test_a_prize_keeps_its_answer_off_the_page_until_its_day(playground: Path) -> None:
    site = site_of(playground)
    (path,) = [path for path, text in site.items() if "data-prize" in text]
    assert "столица" not in "".join(site.values())
    assert CODE not in "".join(site.values())
    copied = (playground / "build/site" / path).with_name("prize.json").read_text("utf-8")
    assert copied == (playground / "content/games/word.prize.json").read_text("utf-8")


def test_a_later_build_of_the_same_letters_tells_the_answer_once_its_day_is_named(
    small: Path,
) -> None:
    add_rebus(small, "word", "answer_from: 2026-12-09")
    add_issue(small, "2026-12-04", '{{ rebus("word") }}')
    workspace = load_workspace(small)
    told = []
    for day in (date(2026, 12, 8), date(2026, 12, 9)):
        assert not build(workspace, day=day).failed
        told.append((small / "build/site/sitemap.xml").read_text("utf-8").count("/answers/"))
    assert told[1] - told[0] == 1


def test_a_letter_of_a_later_day_is_there_but_nowhere_listed(small: Path) -> None:
    add_issue(small, "2026-12-04")
    assert not build(load_workspace(small), day=date(2026, 12, 1)).failed
    site = small / "build" / "site"
    assert "noindex" in (site / "weekly/2026-12-04/index.html").read_text("utf-8")
    for path in ("index.html", "feed.xml", "sitemap.xml", "weekly/index.html", "weekly/feed.xml"):
        assert "2026-12-04" not in (site / path).read_text("utf-8")


@pytest.mark.chromium
def test_a_quiz_is_played_from_letter_to_result_without_javascript(
    playground: Path, serve_site: Serve, browse: Browse
) -> None:
    site_of(playground)
    address = serve_site(playground)
    page = browse(f"{address}/weekly/2026-12-04/", java_script_enabled=False)
    page.get_by_role("link", name="deal the cards").click()
    assert "A minute is left" in page.locator("h1").inner_text()
    page.get_by_role("link", name="play on").click()
    assert page.locator("h1").inner_text() == "The gambler"
    assert page.get_by_role("link", name="Remember").count() == 0


@pytest.mark.chromium
def test_a_readers_own_link_is_carried_to_the_result_and_not_left_in_the_address(
    playground: Path, serve_site: Serve, browse: Browse
) -> None:
    site_of(playground)
    own = "https://links.shop.example/a/abc.DEF"
    page = browse(f"{serve_site(playground)}/quiz/who/start.html#{own.replace(':', '%3A')}")
    page.get_by_role("link", name="read the rules").click()
    page.get_by_role("link", name="count").click()
    remember = page.get_by_role("link", name="Remember my result")
    assert remember.get_attribute("href") == f"{own}?v=planner"
    assert "#" not in page.url


@pytest.mark.chromium
@pytest.mark.parametrize(
    "forged",
    [
        "javascript:alert(1)",
        "https://evil.example/a/x",
        "https://links.shop.example.evil.example/a/x",
        "%E0%A4",
    ],
)
def test_a_forged_link_never_becomes_a_button(
    playground: Path, serve_site: Serve, browse: Browse, forged: str
) -> None:
    site_of(playground)
    page = browse(f"{serve_site(playground)}/quiz/who/result-planner.html#{forged}")
    assert not page.get_by_role("link", name="Remember my result").is_visible()


ODDLY_TYPED = (
    "«Столица!»",
    "CTOЛИЦA",  # C, T, O and A are Latin
    "ГЛАВНЫИ\u0306 подъе\u0308мник",
    "  главныи\u0306\u00a0подъемник. ",
)


@pytest.mark.chromium
def test_a_prize_opens_on_its_page_however_the_answer_is_typed(
    playground: Path, serve_site: Serve, browse: Browse
) -> None:
    (path,) = [path for path, text in site_of(playground).items() if "data-prize" in text]
    page = browse(f"{serve_site(playground)}/{path}")
    assert CODE not in page.content()
    said = [_answered(page, word) for word in ("Москва", *ODDLY_TYPED)]
    assert said[0].startswith("That didn't fit")
    assert said[1:] == [f"That's it! Your prize: {CODE}"] * len(ODDLY_TYPED)


def _answered(page: Any, word: str) -> str:
    page.get_by_label("Your answer").fill(word)
    page.get_by_role("button").click()
    page.wait_for_function("!document.querySelector('button').disabled")
    return str(page.locator("output").inner_text())


PAGES = (
    "index.html",
    "weekly/index.html",
    "quiz/who/index.html",
    "quiz/who/result-planner.html",
    "poll/next/index.html",
    "ANSWER",
    "weekly/2026-11-27/index.html",
    "weekly/2026-12-04/index.html",
)


@pytest.mark.chromium
@pytest.mark.node
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_pages_and_letters(
    playground: Path, serve_site: Serve, browse: Browse, axe: str, scheme: str
) -> None:
    (answer,) = [path for path, text in site_of(playground).items() if "data-prize" in text]
    address = serve_site(playground)
    page = browse(address, color_scheme=scheme)
    mailed = sorted((playground / "build" / "letters").rglob("letter.html"))
    assert mailed
    bad: list[tuple[str, str, list[str]]] = []
    for path in (*PAGES, *(letter.as_uri() for letter in mailed)):
        page.goto(urljoin(f"{address}/", path.replace("ANSWER", answer)))
        page.add_script_tag(content=axe)
        bad += [
            (path, one["id"], [node["html"][:200] for node in one["nodes"]][:3])
            for one in page.evaluate("axe.run()")["violations"]
            if one["impact"] in ("serious", "critical")
        ]
    assert bad == []


@pytest.mark.chromium
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_no_page_is_wider_than_its_screen_and_taps_are_large(
    playground: Path, serve_site: Serve, browse: Browse, width: int
) -> None:
    (answer,) = [path for path, text in site_of(playground).items() if "data-prize" in text]
    address = serve_site(playground)
    page = browse(address, viewport={"width": width, "height": 700})
    for path in PAGES:
        page.goto(f"{address}/{path.replace('ANSWER', answer)}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        for box in page.locator(".ways a, button").all():
            shown = box.bounding_box()
            assert shown is not None
            assert shown["height"] >= 44


@pytest.mark.chromium
def test_a_letter_is_played_with_images_off(
    playground: Path, serve_site: Serve, browse: Browse
) -> None:
    site_of(playground)
    address = serve_site(playground)
    page = browse("about:blank")
    page.route("**/*.png", lambda route: route.abort())
    page.goto(f"{address}/weekly/2026-12-04/")
    assert page.get_by_role("img", name="Rebus").is_visible()
    for name in ("read the rules", "about the dog", "Check your answer", "Open the prize"):
        assert page.get_by_role("link", name=name).is_visible()


@pytest.mark.chromium
@pytest.mark.usefixtures("emoji_font")
@pytest.mark.parametrize("width", [320, 375])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_rebus_upside_down_fits_a_phone_and_reads_as_words_where_images_are_off(
    small: Path, serve_site: Serve, browse: Browse, width: int, scheme: str
) -> None:
    add_game(small, "turned", TURNED)
    add_issue(small, "2026-12-04", '{{ rebus("turned") }}')
    site = site_of(small)
    (answer,) = [path for path in site if path.startswith("answers/") and "rebus-" in site[path]]
    address = serve_site(small)
    page = browse(address, viewport={"width": width, "height": 700}, color_scheme=scheme)
    for path in ("weekly/2026-12-04/", answer):
        page.goto(f"{address}/{path}")
        picture = page.get_by_role("img", name="Rebus: sea; plus deb, upside down")
        assert picture.evaluate("image => image.naturalWidth") == 640
        assert 240 <= picture.bounding_box()["width"] <= width - 32
    page.route("**/*.png", lambda route: route.abort())
    page.goto(f"{address}/weekly/2026-12-04/")
    assert page.get_by_role("img", name="Rebus: sea; plus deb, upside down").is_visible()
