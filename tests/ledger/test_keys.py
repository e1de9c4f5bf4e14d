"""Keys are made once, kept to their owner, and may be rotated without forgetting anybody."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pismo.errors import SettingsError
from pismo.keys import KeyKind, load_keys, normalised_address, rotate


def test_keys_are_made_at_first_use_and_then_stay(tmp_path: Path) -> None:
    state = tmp_path / ".pismo"
    first = load_keys(state, {})
    assert load_keys(state, {}) == first
    assert first.signing != first.hmac


def test_only_the_owner_can_read_the_keys(tmp_path: Path) -> None:
    state = tmp_path / ".pismo"
    load_keys(state, {})
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert stat.S_IMODE((state / "keys.toml").stat().st_mode) == 0o600
    assert [path.name for path in state.iterdir()] == ["keys.toml"]


def test_a_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    load_keys(tmp_path, {})
    (tmp_path / "keys.toml").chmod(0o644)
    with pytest.raises(SettingsError, match=r"others can read keys\.toml"):
        load_keys(tmp_path, {})


def test_processes_that_start_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: load_keys(tmp_path, {}), range(32)))
    assert len(set(made)) == 1


def test_the_environment_wins_and_no_file_is_made(tmp_path: Path) -> None:
    environ = {"PISMO_SIGNING_KEYS": f"{'n' * 32}, {'o' * 32}", "PISMO_HMAC_KEYS": "h" * 32}
    keys = load_keys(tmp_path / ".pismo", environ)
    assert keys.signing == (b"n" * 32, b"o" * 32)
    assert keys.hmac == (b"h" * 32,)
    assert not (tmp_path / ".pismo").exists()


def test_a_short_key_is_refused_with_a_way_to_make_a_long_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="token_hex"):
        load_keys(tmp_path, {"PISMO_SIGNING_KEYS": "secret"})


@pytest.mark.parametrize("text", ["", "signing = []\nhmac = []", "signing = 1\nhmac = 2", "?"])
def test_a_broken_key_file_is_not_replaced_by_new_keys(tmp_path: Path, text: str) -> None:
    load_keys(tmp_path, {})
    (tmp_path / "keys.toml").write_text(text)
    with pytest.raises(SettingsError, match="restore it"):
        load_keys(tmp_path, {})


def test_a_rotated_key_stands_in_front_and_the_old_one_stays(tmp_path: Path) -> None:
    before = load_keys(tmp_path, {})
    after = rotate(tmp_path, KeyKind.HMAC)
    assert after.hmac[1:] == before.hmac
    assert after.hmac[0] != before.hmac[0]
    assert after.signing == before.signing
    assert stat.S_IMODE((tmp_path / "keys.toml").stat().st_mode) == 0o600


def test_a_reader_carries_the_hashes_of_rotated_keys(tmp_path: Path) -> None:
    before = load_keys(tmp_path, {}).address_hash("anna@example.com")
    after = rotate(tmp_path, KeyKind.HMAC).reader("p1", "anna@example.com")
    assert after.older == (before,)
    assert after.address_hash != before


def test_a_hash_is_short_and_tells_nothing_without_the_key(tmp_path: Path) -> None:
    one = load_keys(tmp_path / "one", {})
    two = load_keys(tmp_path / "two", {})
    assert len(one.address_hash("anna@example.com")) == 16
    assert one.address_hash("anna@example.com") != two.address_hash("anna@example.com")


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        (" Anna@Example.COM\n", "anna@example.com"),
        ("anna@почта.example", "anna@xn--80a1acny.example"),
        ("anna@xn--80a1acny.example", "anna@xn--80a1acny.example"),
        ("АННА@example.org", "анна@example.org"),
    ],
)
def test_spellings_of_one_mailbox_are_one(address: str, normal: str) -> None:
    assert normalised_address(address) == normal


def test_keys_are_never_printed(tmp_path: Path) -> None:
    keys = load_keys(tmp_path, {})
    assert keys.hmac[0].decode() not in f"{keys!r} {keys}"
