"""Every page of `pismo serve` in a browser: axe has nothing serious to say, and all fits."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pismo.ledger import Ledger
from pismo.records import replace
from pismo.serve import Keyring, Question, create_app
from pismo.serve.pages import Pages
from tests.serve.conftest import HOUSE, NOW, SIGNER

pytestmark = pytest.mark.chromium

PRIZE = "https://shop.example/answers/1/"
GAMES = {
    "nps": Question(
        "Посоветуете нас другу?",
        {str(grade): str(grade) for grade in range(11)},
        low="ни за что",
        high="уже советую",
        thanks="Спасибо, это помогает.",
    ),
    "quiz": Question(
        "Какой вы игрок?", {"strategist": "Стратег", "gambler": "Азартный"}, is_quiz=True
    ),
    "fox": Question("Ребус", words=("столица",), hint="главный город", prize=PRIZE),
}
PLAYED = replace(HOUSE, questions={**HOUSE.questions, **GAMES})


async def _asked(ledger: Ledger) -> dict[str, str]:
    """Ask the app for every page that it has, and return their HTML by name."""
    links = SIGNER.links_for(
        "anna",
        newsletter="friday",
        issue="friday/2026-11-27",
        web_url="",
        items=("next-week", "nps", "quiz", "fox", "gone"),
    )
    app = create_app(PLAYED, ledger, Keyring(SIGNER, ledger), lambda: NOW)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport) as client:

        async def get(url: str) -> str:
            return (await client.get(url)).text

        async def post(url: str, **form: str) -> str:
            return (await client.post(url, data=form)).text

        trouble = Pages(PLAYED).page("page", "trouble_title", "ru", text="trouble_text", status=500)
        return {
            "unsubscribe": await get(links.unsubscribe),
            "unsubscribed": await post(links.unsubscribe),
            "unsubscribed from all": await post(links.unsubscribe, scope="all"),
            "undone": await post(links.unsubscribe, scope="undo"),
            "preferences": await get(links.preferences),
            "preferences saved": await post(links.preferences, topic="friday", pause="on"),
            "poll": await get(f"{links.items['next-week']}?v=cards"),
            "poll answered": await post(links.items["next-week"], v="cards"),
            "nps": await get(f"{links.items['nps']}?v=9"),
            "nps answered": await post(links.items["nps"], v="9"),
            "quiz": await get(f"{links.items['quiz']}?v=gambler"),
            "rebus": await get(links.items["fox"]),
            "rebus wrong": await post(links.items["fox"], v="Москва"),
            "rebus solved": await post(links.items["fox"], v="столица"),
            "question that is gone": await get(f"{links.items['gone']}?v=yes"),
            "nothing there": await get("https://links.example.org/nowhere"),
            "trouble": bytes(trouble.body).decode(),
        }


@pytest.fixture
def pages(ledger: Ledger) -> dict[str, str]:
    """Return the HTML of every page by name."""
    return asyncio.run(_asked(ledger))


@pytest.fixture
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.node
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_public_page(
    pages: dict[str, str], browser: Any, axe: str, scheme: str
) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": 375, "height": 720})
    bad: list[tuple[str, str, list[str]]] = []
    for name, html in pages.items():
        page.set_content(html)
        page.add_script_tag(content=axe)
        bad += [
            (name, one["id"], [node["html"][:200] for node in one["nodes"]][:3])
            for one in page.evaluate("axe.run()")["violations"]
            if one["impact"] in ("serious", "critical")
        ]
    assert bad == []


@pytest.mark.parametrize("width", [320, 375, 800])
def test_no_public_page_is_wider_than_its_screen_and_taps_are_large(
    pages: dict[str, str], browser: Any, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 720})
    for name, html in pages.items():
        page.set_content(html)
        assert page.locator("h1").count() == 1, name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        for box in page.locator("button, label:has(input)").all():
            shown = box.bounding_box()
            assert shown is not None
            assert min(shown["height"], shown["width"]) >= 44, (name, box.inner_text())
