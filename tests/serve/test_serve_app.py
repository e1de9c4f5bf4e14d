"""The public app: GET shows, POST acts, and a stranger's token looks like a reader's."""

import dataclasses
import re
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from pismo.ledger import Ledger, OptOut, Scope
from pismo.links import LinkClaim, Purpose
from pismo.model.people import Links
from pismo.serve import Keyring, Topic, create_app
from tests.serve.conftest import HOUSE, NOW, SIGNER

pytestmark = pytest.mark.anyio
UNKNOWN = "c29tZWJvZHk.AAAAAAAAAAAAAAAAAAAAAA"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def links(person: str = "anna") -> Links:
    """Return a reader's links out of one Friday letter."""
    return SIGNER.links_for(
        person,
        newsletter="friday",
        issue="friday/2026-11-27",
        web_url="",
        items=["next-week", "unknown-poll"],
    )


def refused(ledger: Ledger, person: str = "anna") -> set[tuple[Scope, str]]:
    """Return what a reader does not want."""
    return {(each.scope, each.name) for each in ledger.opt_outs_of(person)}


def bare(page: httpx.Response) -> str:
    """Return a page without the token in it."""
    return re.sub(r'href="\.\./p/[^"]*"', "", page.text)


async def test_one_click_unsubscribes_as_rfc_8058_posts_it(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    answer = await client.post(links().unsubscribe, data=ONE_CLICK)
    assert answer.status_code == 200
    assert not answer.has_redirect_location
    assert refused(ledger) == {(Scope.NEWSLETTER, "friday")}


async def test_one_click_may_come_as_multipart(client: httpx.AsyncClient, ledger: Ledger) -> None:
    fields = {"List-Unsubscribe": (None, "One-Click")}
    answer = await client.post(links().unsubscribe, files=fields)
    assert answer.status_code == 200
    assert refused(ledger) == {(Scope.NEWSLETTER, "friday")}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", b""),
        ("application/json", b'{"List-Unsubscribe":"One-Click"}'),
        ("multipart/form-data", b"without a boundary"),
        ("application/x-www-form-urlencoded", b"\xff\xfe=%zz"),
    ],
)
async def test_a_strange_post_unsubscribes_all_the_same(
    client: httpx.AsyncClient, ledger: Ledger, kind: str, body: bytes
) -> None:
    answer = await client.post(links().unsubscribe, content=body, headers={"content-type": kind})
    assert answer.status_code == 200
    assert refused(ledger) == {(Scope.NEWSLETTER, "friday")}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_at_links_changes_nothing(
    client: httpx.AsyncClient, ledger: Ledger, method: str
) -> None:
    for url in (links().unsubscribe, links().preferences, *links().items.values()):
        answer = await client.request(method, f"{url}?v=dice&scope=all")
        assert answer.status_code == 200
    assert refused(ledger) == set()
    assert list(ledger.events()) == []


async def test_the_unsubscribe_page_has_a_button_that_posts(client: httpx.AsyncClient) -> None:
    page = await client.get(links().unsubscribe)
    assert '<form method="post"><button>Отписаться</button></form>' in page.text


async def test_unsubscribing_twice_is_unsubscribing_once(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    for _ in range(2):
        assert (await client.post(links().unsubscribe, data=ONE_CLICK)).status_code == 200
    assert len(ledger.opt_outs_of("anna")) == 1
    (event,) = ledger.events(kind="unsubscribe")
    assert (event.person, event.issue) == ("anna", "friday/2026-11-27")


async def test_one_can_leave_everything_and_come_back(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    await client.post(links().unsubscribe, data={"scope": "all"})
    assert refused(ledger) == {(Scope.ALL, "")}
    page = await client.post(links().unsubscribe, data={"scope": "undo"})
    assert "Вы снова с нами" in page.text
    assert refused(ledger) == set()


async def test_a_reader_leaves_for_themselves_only(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    await client.post(links("anna").unsubscribe, data=ONE_CLICK)
    assert refused(ledger, "boris") == set()


@pytest.mark.parametrize("place", ["u", "p"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_token_that_was_not_made_here_gets_the_same_pages(
    client: httpx.AsyncClient, ledger: Ledger, place: str, method: str
) -> None:
    real = {"u": links().unsubscribe, "p": links().preferences}[place]
    data = {"topic": "friday"} if method == "POST" else None
    stranger = await client.request(method, f"/{place}/{UNKNOWN}", data=data)
    assert refused(ledger) == set()
    reader = await client.request(method, urlsplit(real).path, data=data)
    assert (stranger.status_code, bare(stranger)) == (reader.status_code, bare(reader))
    assert dict(stranger.headers) | {"content-length": ""} == dict(reader.headers) | {
        "content-length": ""
    }


async def test_a_link_for_preferences_does_not_unsubscribe(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    token = links().preferences.rsplit("/", 1)[1]
    await client.post(f"/u/{token}", data=ONE_CLICK)
    assert refused(ledger) == set()


async def test_the_unsubscribe_page_leads_to_the_preferences(client: httpx.AsyncClient) -> None:
    page = await client.get(links().unsubscribe)
    (link,) = re.findall(r'href="([^"]*)"', page.text)
    token = link.removeprefix("../p/")
    assert SIGNER.read(Purpose.PREFERENCES, token) == LinkClaim(
        "anna", "friday", "friday/2026-11-27"
    )


def boxes(page: httpx.Response) -> dict[str, bool]:
    """Return the page's boxes and whether they are ticked."""
    found = re.findall(
        r'<input type="checkbox" name="(\w+)"(?: value="([\w-]+)")?( checked)?', page.text
    )
    return {value or name: bool(checked) for name, value, checked in found}


async def test_preferences_show_what_the_ledger_knows(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    ledger.opt_out(
        [
            OptOut("anna", Scope.NEWSLETTER, NOW, "friday"),
            OptOut("anna", Scope.OCCASION, NOW, "mothers-day"),
            OptOut("anna", Scope.PAUSE, NOW, until=NOW + timedelta(days=3)),
        ]
    )
    assert boxes(await client.get(links().preferences)) == {
        "friday": False,
        "advice": True,
        "mothers-day": False,
        "birthday": True,
        "pause": True,
        "nothing": False,
    }


async def test_preferences_are_saved_and_shown_as_saved(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    form = {"topic": "advice", "occasion": ["mothers-day", "birthday"], "pause": "on"}
    page = await client.post(links().preferences, data=form)
    assert "Сохранено." in page.text
    assert refused(ledger) == {(Scope.TOPIC, "friday"), (Scope.PAUSE, "")}
    assert boxes(page) == boxes(await client.get(links().preferences))
    (pause,) = [each for each in ledger.opt_outs_of("anna") if each.scope is Scope.PAUSE]
    assert pause.until == NOW + timedelta(days=30)


async def test_ticking_again_lifts_what_one_click_did(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    await client.post(links().unsubscribe, data=ONE_CLICK)
    await client.post(links().unsubscribe, data={"scope": "all"})
    everything = {"topic": ["friday", "advice"], "occasion": ["mothers-day", "birthday"]}
    await client.post(links().preferences, data=everything)
    assert refused(ledger) == set()


async def test_saving_without_a_change_keeps_one_newsletter_of_a_topic_refused(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    ledger.opt_out([OptOut("anna", Scope.NEWSLETTER, NOW, "tips")])
    everything = {"topic": ["friday", "advice"], "occasion": ["mothers-day", "birthday"]}
    await client.post(links().preferences, data=everything)
    assert refused(ledger) == {(Scope.NEWSLETTER, "tips")}


async def test_a_running_pause_is_not_begun_anew_by_saving(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    until = NOW + timedelta(days=3)
    ledger.opt_out([OptOut("anna", Scope.PAUSE, NOW, until=until)])
    await client.post(links().preferences, data={"pause": "on", "topic": ["friday", "advice"]})
    (pause,) = [each for each in ledger.opt_outs_of("anna") if each.scope is Scope.PAUSE]
    assert pause.until == until


async def test_a_form_cannot_refuse_what_the_page_does_not_offer(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    form = {"topic": ["friday", "advice", "x' OR 1"], "occasion": ["mothers-day", "birthday", "y"]}
    await client.post(links().preferences, data=form)
    assert refused(ledger) == set()


async def test_a_tapped_answer_waits_for_confirmation(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    page = await client.get(f"{links().items['next-week']}?v=dice")
    assert 'value="dice" required checked' in page.text
    assert "Кубики" in page.text
    await client.post(links().items["next-week"], data={"v": "dice"})
    (event,) = ledger.events(kind="answer")
    assert (event.person, event.issue) == ("anna", "friday/2026-11-27")
    assert (event.item, event.value) == ("next-week", "dice")


async def test_a_double_tap_is_one_answer_and_a_change_of_mind_is_two(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    for choice in ("dice", "dice", "cards"):
        await client.post(links().items["next-week"], data={"v": choice})
    assert sorted(event.value for event in ledger.events(kind="answer")) == ["cards", "dice"]


async def test_an_option_that_does_not_exist_asks_again(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    page = await client.post(links().items["next-week"], data={"v": "chess"})
    assert "Что разобрать в пятницу?" in page.text
    assert list(ledger.events()) == []


async def test_an_answer_to_a_poll_that_is_gone_is_still_kept(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    await client.post(links().items["unknown-poll"], data={"v": "yes"})
    assert [event.value for event in ledger.events(kind="answer")] == ["yes"]


async def test_an_answer_of_a_stranger_is_thanked_for_and_forgotten(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    page = await client.post(f"/a/{UNKNOWN}", data={"v": "yes"})
    assert (page.status_code, "Спасибо" in page.text) == (200, True)
    assert list(ledger.events()) == []


async def test_a_page_never_shows_what_somebody_wrote_into_a_link(
    client: httpx.AsyncClient,
) -> None:
    for url in (links().items["unknown-poll"], f"https://links.example.org/a/{UNKNOWN}"):
        page = await client.get(url, params={"v": "<script>alert(1)</script> позвоните нам"})
        assert "script" not in page.text
        assert "позвоните" not in page.text


@pytest.mark.parametrize("path", ["u", "p", "a"])
async def test_no_page_may_be_stored_framed_indexed_or_tell_where_it_was(
    client: httpx.AsyncClient, path: str
) -> None:
    headers = (await client.get(f"/{path}/{UNKNOWN}")).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "ru"),
        ("en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("de,ru;q=0.5,en;q=0.3", "ru"),
        ("fr", "ru"),
        ("en;q=0,*", "ru"),
        ("en;q=x", "ru"),
    ],
)
async def test_pages_speak_the_readers_language(
    client: httpx.AsyncClient, accepted: str, language: str
) -> None:
    page = await client.get(links().unsubscribe, headers={"accept-language": accepted})
    assert f'<html lang="{language}">' in page.text
    assert page.headers["content-language"] == language


async def test_what_is_not_there_is_a_page_too(client: httpx.AsyncClient) -> None:
    for path in ("/", "/u/", "/x/token", "/u/a/b", "/u"):
        page = await client.get(path)
        assert (page.status_code, "Здесь ничего нет" in page.text) == (404, True)


async def test_other_methods_are_refused(client: httpx.AsyncClient, ledger: Ledger) -> None:
    answer = await client.delete(links().unsubscribe)
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]
    assert refused(ledger) == set()


async def test_a_form_that_never_ends_is_cut_off(client: httpx.AsyncClient) -> None:
    answer = await client.post(links().preferences, content=b"x=" + b"y" * 100_000)
    assert answer.status_code == 413


async def test_a_database_in_trouble_is_an_apology_without_details(
    client: httpx.AsyncClient, ledger: Ledger
) -> None:
    with ledger.write() as connection:
        connection.exec_driver_sql("DROP TABLE opt_outs")
    page = await client.post(links().unsubscribe, data=ONE_CLICK)
    assert page.status_code == 500
    assert "Не получилось" in page.text
    assert "opt_outs" not in page.text
    assert (await client.get("/health")).status_code == 500


async def test_the_server_can_be_watched(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health")
    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_titles_are_text_and_not_markup(ledger: Ledger) -> None:
    house = dataclasses.replace(HOUSE, topics=(Topic("t", "<b>Bold</b>", "", ("t",)),))
    transport = httpx.ASGITransport(create_app(house, ledger, Keyring(SIGNER, ledger), lambda: NOW))
    async with httpx.AsyncClient(transport=transport) as client:
        assert "&lt;b&gt;Bold" in (await client.get(links().preferences)).text
