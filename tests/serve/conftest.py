"""A served house with one reader, Anna, who gets the Friday letter."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from pismo.keys import Keys
from pismo.ledger import Ledger, open_ledger
from pismo.links import LinkSigner
from pismo.model.workspace import Brand
from pismo.serve import House, Keyring, Question, Topic, create_app

NOW = datetime(2026, 11, 27, 7, tzinfo=UTC)
HOUSE = House(
    brand=Brand(name="Игротека", accent="#b5502f"),
    language="ru",
    topics=(
        Topic("friday", "Пятничное письмо", "История и ребус.", ("friday",)),
        Topic("advice", "Советы · Almanac", "", ("tips", "almanac")),
    ),
    occasions={"mothers-day": "День матери", "birthday": "День рождения"},
    questions={
        "next-week": Question("Что разобрать в пятницу?", {"cards": "Карты", "dice": "Кубики"})
    },
)
SIGNER = LinkSigner(Keys(signing=(b"k" * 32,), hmac=(b"h" * 32,)), "https://links.example.org")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Open an empty ledger."""
    opened = open_ledger(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


@pytest.fixture
async def client(ledger: Ledger) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the app."""
    app = create_app(HOUSE, ledger, Keyring(SIGNER, ledger), lambda: NOW)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="https://links.example.org"
    ) as opened:
        yield opened
