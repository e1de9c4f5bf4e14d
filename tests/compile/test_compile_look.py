"""How letters look: size, structure, contrast, widths; by both layouts, parsed and in Chromium."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from pismo.compile import compile_issue
from pismo.compile.look import look_of
from pismo.model.finding import has_errors
from pismo.model.people import Email, Links, Recipient, Recommended
from pismo.model.workspace import Brand, Workspace
from pismo.render import render
from pismo.workspace import load_workspace

LAYOUTS = ("letter", "digest")
SENTENCE = (
    "Дождь застал нас на платформе, и одиннадцать человек под одним навесом играли в кубики на "
    "перевёрнутом тазу, пока машинист не объявил, что он тоже хочет бросить. "
)


def dressed(root: Path, layout: str) -> Workspace:
    """Give the Russian benchmark issue: three stories of 2,500 characters, tip, game, products."""
    for number in (1, 2, 3):
        paragraphs = "\n\n".join([SENTENCE * 2] * 8)
        text = f"---\ntitle: История {number}\nlanguage: ru\n---\n{paragraphs}\n"
        (root / f"content/stories/s{number}.md").write_text(text, "utf-8")
    tip = "---\ntitle: Чай\nlanguage: ru\n---\n- [ ] Отодвинуть чай\n- [ ] Сыграть\n"
    (root / "content/tips/tea.md").write_text(tip, "utf-8")
    (root / "newsletters/weekly/2026-11-27.md").write_text(
        "---\nsubject: \"{{ recipient.first_name | default('Друзья') }}, дождь\"\n"
        "preheader: Кубики под дождём\n---\n"
        "Привет, {{ recipient.first_name | default('друг') }}!\n\n"
        '{{ story("s1") }}\n\n{{ story("s2") }}\n\n{{ story("s3") }}\n\n{{ tip("tea") }}\n\n'
        '{{ rebus("capital") }}\n\n{{ recommendations(4, title="Что поставить на стол") }}\n',
        "utf-8",
    )
    workspace = load_workspace(root)
    newsletter = replace(workspace.newsletters["weekly"], layout=layout, language="ru")
    return replace(workspace, newsletters={"weekly": newsletter})


def reader(picks: int = 4) -> Recipient:
    shown = tuple(
        Recommended(
            id=f"g{number}",
            title=f"Шесть соток и мангал {number}",
            url=f"https://shop.example/games/g{number}?a=1",
            price=Decimal(1990),
            currency="RUB",
            reason="потому что вы играли в «Тётю Розу»",
            image=f"https://shop.example/g{number}.jpg",
        )
        for number in range(picks)
    )
    links = Links(
        unsubscribe="https://links.example/u/1",
        preferences="https://links.example/p/1",
        web="https://letters.example/w",
        items={},
    )
    return Recipient(
        id="r",
        segment="everyone",
        facts={"first_name": "Анна", "points": 10},
        picks=shown,
        links=links,
    )


def letter(root: Path, layout: str, *, picks: int = 4) -> Email:
    result = compile_issue(dressed(root, layout), "weekly/2026-11-27")
    assert not has_errors(result.findings)
    return render(result.editions[-1], reader(picks))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_benchmark_issue_weighs_less_than_fifty_kilobytes(small: Path, layout: str) -> None:
    assert len(letter(small, layout).html.encode()) <= 50_000


@pytest.mark.parametrize("layout", LAYOUTS)
def test_screen_readers_find_their_way(small: Path, layout: str) -> None:
    tree = BeautifulSoup(letter(small, layout).html, "html5lib")
    assert tree.html is not None
    assert tree.html["lang"] == "ru"
    article = tree.find("div", role="article")
    assert article is not None
    assert article["lang"] == "ru"
    assert tree.title is not None
    assert tree.title.string
    assert all(table.get("role") == "presentation" for table in tree.find_all("table"))
    assert all(image.get("alt") for image in tree.find_all("img"))
    levels = [int(tag.name[1]) for tag in tree.find_all(re.compile(r"^h[1-6]$"))]
    assert levels
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_sender_reason_and_ways_out_are_visible(small: Path, layout: str) -> None:
    email = letter(small, layout)
    tree = BeautifulSoup(email.html, "html5lib")
    links = {str(link["href"]): link.get_text(strip=True) for link in tree.find_all("a")}
    assert links["https://links.example/u/1"] == "Отписаться"
    assert links["https://links.example/p/1"]
    assert links["https://letters.example/w"]
    for part in (tree.get_text(" "), email.text):
        assert "You asked for the weekly letter" in part


@pytest.mark.parametrize("layout", LAYOUTS)
def test_without_recommendations_their_block_is_gone_with_its_frame(
    small: Path, layout: str
) -> None:
    some, none = letter(small, layout), letter(small, layout, picks=0)
    assert "Что поставить на стол" in some.html
    assert "Что поставить на стол" not in none.html
    assert "Что поставить на стол" not in none.text
    if layout == "digest":
        # Once for everybody, once for Outlook.
        assert some.html.count('class="card') == none.html.count('class="card') + 2


@pytest.mark.parametrize("layout", LAYOUTS)
def test_outlook_gets_whole_tables(small: Path, layout: str) -> None:
    for picks in range(6):
        html = letter(small, layout, picks=picks).html
        seen = re.sub(
            r"<!--\[if (?!!mso)[^\]]*\]>(.*?)<!\[endif\]-->", r"\1", html, flags=re.DOTALL
        )
        for tag in ("table", "tr", "td"):
            opened = len(re.findall(rf"<{tag}[\s>]", seen))
            assert opened == seen.count(f"</{tag}>"), (tag, picks)


def test_recommendations_come_two_in_a_row_for_outlook(small: Path) -> None:
    html = letter(small, "digest").html
    rows = re.findall(r"<!--\[if mso\]></tr><tr><!\[endif\]-->", html)
    assert len(rows) == 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_fetched_but_the_pictures(small: Path, layout: str) -> None:
    tree = BeautifulSoup(letter(small, layout).html, "html5lib")
    assert tree.find_all(["link", "script", "iframe", "video", "object"]) == []
    assert "url(" not in "".join(style.get_text() for style in tree.find_all("style"))


def test_shop_links_carry_the_campaign_and_personal_ones_do_not(small: Path) -> None:
    settings = small / "newsletters/weekly/newsletter.toml"
    marks = '\n[utm]\nsource = "pismo"\nmedium = "email"\n'
    settings.write_text(settings.read_text("utf-8") + marks, "utf-8")
    (small / "content/catalogue.csv").write_text(
        "product_id,title,url,price,currency,category,in_stock\n"
        "p2,Owls,https://shop.example/p2,10.00,USD,family,true\n",
        "utf-8",
    )
    workspace = dressed(small, "letter")
    story = small / "content/stories/s1.md"
    story.write_text(
        "---\ntitle: A\nlanguage: ru\n---\n[shop](https://shop.example/a?x=1#top) "
        "[marked](https://shop.example/?utm_source=me) [far](https://far.example/)\n",
        "utf-8",
    )
    workspace = replace(load_workspace(small), newsletters=workspace.newsletters)
    result = compile_issue(workspace, "weekly/2026-11-27")
    email = render(result.editions[-1], reader(1))
    links = [str(a["href"]) for a in BeautifulSoup(email.html, "html5lib").find_all("a")]
    utm = "utm_source=pismo&utm_medium=email"
    assert f"https://shop.example/a?x=1&{utm}#top" in links
    assert "https://shop.example/?utm_source=me&utm_medium=email" in links
    assert "https://far.example/" in links
    assert f"https://shop.example/games/g0?a=1&{utm}" in links
    assert "https://links.example/u/1" in links
    assert f"https://shop.example/games/g0?a=1&{utm}" in email.text


# --- Contrast -------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    full = colour if len(colour) == 7 else "#" + "".join(c * 2 for c in colour[1:])
    channels = [int(full[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_text_colour_stands_out_from_its_paper(layout: str) -> None:
    brand = Brand(name="Игротека")
    css = look_of(layout, brand).css
    colours = set(re.findall(r"(?<![-\w])color: (#\w+)", css)) | {brand.text}
    papers = {"#ffffff"} if layout == "letter" else {"#ffffff", brand.background}
    for colour in colours - {brand.accent}:
        for paper in papers:
            assert contrast(colour, paper) >= 4.5, (colour, paper)
    assert contrast(brand.accent, "#ffffff") >= 4.5
    for ink, paper in (("#ece6dc", "#1d1b19"), ("#b3aa9d", "#26231f"), ("#f0a184", "#26231f")):
        assert contrast(ink, paper) >= 4.5


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.chromium
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_letter_fits_from_320_to_800_in_light_and_dark(
    small: Path, layout: str, chromium: str, tmp_path: Path
) -> None:
    from playwright.sync_api import sync_playwright

    page_file = tmp_path / "letter.html"
    page_file.write_text(letter(small, layout).html, "utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            for width in (320, 375, 480, 600, 800):
                for scheme in ("light", "dark"):
                    page = browser.new_page(
                        viewport={"width": width, "height": 800},
                        color_scheme=scheme,
                    )
                    page.goto(page_file.as_uri())
                    assert page.evaluate("document.documentElement.scrollWidth") <= width
                    ink = page.evaluate(_COLOUR_OF_TEXT)
                    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
                    assert contrast(as_hex(ink), as_hex(paper)) >= 7, (width, scheme)
                    page.close()
        finally:
            browser.close()


_COLOUR_OF_TEXT = "getComputedStyle(document.querySelector('.ink p')).color"


def as_hex(rgb: str) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", rgb)[:3])
