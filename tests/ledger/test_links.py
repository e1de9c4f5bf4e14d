"""Links say who and what for, can't be forged or turned to another purpose, hold no address."""

import base64
import string
import time
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pismo.errors import AudienceError
from pismo.keys import Keys
from pismo.links import NOWHERE, LinkClaim, LinkSigner, Purpose

KEYS = Keys(signing=(b"n" * 32, b"o" * 32), hmac=(b"h" * 32,))
SIGNER = LinkSigner(KEYS, "https://links.example.org/")
URL_SAFE = set(string.ascii_letters + string.digits + "-_.")


def token_of(url: str) -> str:
    """Return the last step of a link."""
    return urlsplit(url).path.rsplit("/", 1)[1]


def unsubscribe(person: str = "p1", signer: LinkSigner = SIGNER) -> str:
    """Return the token of a reader's unsubscribe link in one issue."""
    links = signer.links_for(person, newsletter="friday", issue="friday/2026-11-27", web_url="")
    return token_of(links.unsubscribe)


def test_a_link_says_who_and_out_of_which_letter() -> None:
    claim = SIGNER.read(Purpose.UNSUBSCRIBE, unsubscribe("p1"))
    assert claim == LinkClaim("p1", "friday", "friday/2026-11-27")


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_claim_can_be_made_into_a_link_of_another_purpose(purpose: Purpose) -> None:
    for claim in (LinkClaim("p1", "friday"), LinkClaim("p1", "friday", "friday/1", "nps")):
        assert SIGNER.read(purpose, SIGNER.token(purpose, claim)) == claim


def test_an_answer_link_names_the_item() -> None:
    links = SIGNER.links_for("p1", newsletter="friday", web_url="", items=["kto-vy", "nps"])
    assert list(links.items) == ["kto-vy", "nps"]
    claim = SIGNER.read(Purpose.ANSWER, token_of(links.items["nps"]))
    assert claim == LinkClaim("p1", "friday", item="nps")


def test_links_lead_to_the_base_with_their_purpose_in_the_path() -> None:
    links = SIGNER.links_for("p1", newsletter="f", web_url="https://example.org/w", items=["q"])
    assert links.unsubscribe.startswith("https://links.example.org/u/")
    assert links.preferences.startswith("https://links.example.org/p/")
    assert links.items["q"].startswith("https://links.example.org/a/")
    assert links.web == "https://example.org/w"


def test_without_a_base_links_lead_nowhere() -> None:
    links = LinkSigner(KEYS).links_for("p1", newsletter="friday", web_url="")
    assert links.unsubscribe.startswith(f"{NOWHERE}/u/")


def test_a_link_of_one_purpose_is_nothing_for_another() -> None:
    token = unsubscribe()
    assert SIGNER.read(Purpose.PREFERENCES, token) is None
    assert SIGNER.read(Purpose.ANSWER, token) is None


def test_links_made_before_a_rotation_go_on_working() -> None:
    old = LinkSigner(Keys(signing=(b"o" * 32,), hmac=KEYS.hmac))
    assert SIGNER.read(Purpose.UNSUBSCRIBE, unsubscribe(signer=old)) is not None
    assert old.read(Purpose.UNSUBSCRIBE, unsubscribe()) is None


def test_an_id_that_is_an_address_is_refused() -> None:
    with pytest.raises(AudienceError, match="subscriber_id"):
        unsubscribe("anna@example.com")


def test_tokens_are_short_and_safe_in_addresses() -> None:
    token = unsubscribe("p000123")
    assert len(token) < 64
    assert set(token) <= URL_SAFE


@given(st.text(st.characters(exclude_characters="@\x1f", codec="utf-8"), min_size=1, max_size=40))
def test_any_id_comes_back_as_it_was(person: str) -> None:
    claim = SIGNER.read(Purpose.UNSUBSCRIBE, unsubscribe(person))
    assert claim == LinkClaim(person, "friday", "friday/2026-11-27")


@given(st.text(max_size=1200) | st.text(string.ascii_letters + "-_.", max_size=80))
def test_whatever_was_not_signed_is_nothing(token: str) -> None:
    assert SIGNER.read(Purpose.UNSUBSCRIBE, token) is None


@given(st.integers(0, 200), st.sampled_from(sorted(URL_SAFE)))
def test_changing_any_character_breaks_a_link(place: int, letter: str) -> None:
    token = unsubscribe()
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    claim = SIGNER.read(Purpose.UNSUBSCRIBE, changed)
    # base64 ignores the last bits of a last character, so a changed token may mean the same.
    assert claim is None or claim == SIGNER.read(Purpose.UNSUBSCRIBE, token)


def test_a_token_hides_nothing_and_names_no_address() -> None:
    payload = unsubscribe("p1").split(".")[0]
    plain = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    assert plain == "p1\x1ffriday/2026-11-27"


def test_a_plan_for_a_million_is_not_held_up_by_signing() -> None:
    began = time.process_time()
    for number in range(5_000):
        unsubscribe(str(number))
    # Two links each. Measured: see docs/reference/state-database.md; here room for a slow machine.
    assert 10_000 / (time.process_time() - began) > 20_000
