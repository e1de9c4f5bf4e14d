"""The workspace's secrets: keys that sign links and keys that hash addresses, newest first.

They come from the environment (PISMO_SIGNING_KEYS, PISMO_HMAC_KEYS: comma-separated, newest
first) or from `.pismo/keys.toml`, which is made at first use and readable by its owner only.
"""

import hashlib
import hmac
import os
import secrets
import stat
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from pismo.errors import SettingsError
from pismo.records import dataclass

FILE = "keys.toml"
HASH_BYTES = 16
_SHORTEST = 32
_HEADER = """\
# Secret keys of this workspace, newest first. Keep a copy somewhere safe, never in Git:
# without `signing` the unsubscribe links in letters already sent stop working,
# without `hmac` the state database no longer recognises whom it must not write to.
"""


class KeyKind(StrEnum):
    """What a key is for; the value is its name in keys.toml."""

    SIGNING = "signing"
    HMAC = "hmac"


_VARIABLES = {KeyKind.SIGNING: "PISMO_SIGNING_KEYS", KeyKind.HMAC: "PISMO_HMAC_KEYS"}


class Reader(NamedTuple):
    """A person as the state database asks for them: id, and hashes of the address.

    `older` holds the hashes under keys that have been rotated out, for suppressions made then.
    """

    person: str
    address_hash: bytes
    older: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Keys:
    """Signing and hashing keys, newest first; never printed."""

    signing: tuple[bytes, ...]
    hmac: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Keys({len(self.signing)} signing, {len(self.hmac)} hmac)"

    def address_hash(self, address: str) -> bytes:
        """Hash an address under the newest key: 16 bytes, equal for equal mailboxes."""
        return _hash(self.hmac[0], address)

    def reader(self, person: str, address: str) -> Reader:
        """Return a person as the state database asks for them."""
        first, *older = (_hash(key, address) for key in self.hmac)
        return Reader(person, first, tuple(older))

    def readers(self, people: Iterable[tuple[str, str]]) -> Iterator[Reader]:
        """Turn pairs of person and address into readers."""
        return (self.reader(person, address) for person, address in people)

    @property
    def hmac_ids(self) -> tuple[str, ...]:
        """Names of the hashing keys that give nothing away: the state database remembers them."""
        return _names(self.hmac)

    @property
    def signing_ids(self) -> tuple[str, ...]:
        """Names of the signing keys that give nothing away; remembered likewise."""
        return _names(self.signing)


def hashes_of(people: Iterable[Reader | tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Pair each person with every hash of their address, those under older keys included."""
    for reader in people:
        yield reader[0], reader[1]
        for older in reader[2:]:
            for address_hash in older:
                yield reader[0], address_hash


def normalised_address(address: str) -> str:
    """Return the form of an address that is hashed: no case, no outer space, ASCII domain."""
    local, _, domain = address.strip().rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            domain = domain.casefold()
    return f"{local.lower()}@{domain.lower()}"


def are_at_hand(state_dir: Path, environ: Mapping[str, str] | None = None) -> bool:
    """Tell whether `load_keys` would find all keys, and make none."""
    environ = os.environ if environ is None else environ
    return (state_dir / FILE).exists() or all(_from_environment(kind, environ) for kind in KeyKind)


def load_keys(state_dir: Path, environ: Mapping[str, str] | None = None) -> Keys:
    """Load the keys; what neither the environment nor the file holds is made now.

    Args:
        state_dir: The workspace's `.pismo`; made with mode 0700 if absent.
        environ: The environment, `os.environ` by default.

    Raises:
        SettingsError: If a key is too short, or the file is broken or open to others.
    """
    environ = os.environ if environ is None else environ
    given = {kind: _from_environment(kind, environ) for kind in KeyKind}
    if not all(given.values()):
        stored = _stored(state_dir)
        given = {kind: keys or stored[kind] for kind, keys in given.items()}
    return Keys(
        signing=tuple(key.encode() for key in given[KeyKind.SIGNING]),
        hmac=tuple(key.encode() for key in given[KeyKind.HMAC]),
    )


def keys_as_they_change(
    state_dir: Path, environ: Mapping[str, str] | None = None
) -> Callable[[], Keys | None]:
    """Return what loads the keys if their file is another one than when it was asked last.

    It gives None as long as nothing has changed, and while the file is gone.
    """
    file = state_dir / FILE

    def stamp() -> tuple[int, int] | None:
        try:
            found = file.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino

    last = stamp()

    def changed() -> Keys | None:
        nonlocal last
        now = stamp()
        if now is None or now == last:
            return None
        last = now
        return load_keys(state_dir, environ)

    return changed


def rotate(state_dir: Path, kind: KeyKind) -> Keys:
    """Put a new key in front of the old ones, which go on being understood.

    Raises:
        SettingsError: If the file is broken or open to others.
    """
    stored = _stored(state_dir)
    stored[kind] = (secrets.token_hex(32), *stored[kind])
    path = state_dir / FILE
    fresh = _written(path, stored)
    fresh.replace(path)
    return load_keys(state_dir, {})


def _names(keys: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(hmac.digest(key, b"pismo key id", "sha256")[:6].hex() for key in keys)


def _hash(key: bytes, address: str) -> bytes:
    return hmac.digest(key, normalised_address(address).encode(), hashlib.sha256)[:HASH_BYTES]


def _from_environment(kind: KeyKind, environ: Mapping[str, str]) -> tuple[str, ...]:
    variable = _VARIABLES[kind]
    keys = tuple(key.strip() for key in environ.get(variable, "").split(",") if key.strip())
    return _checked(keys, variable) if keys else ()


def _checked(keys: tuple[str, ...], where: str) -> tuple[str, ...]:
    if any(len(key) < _SHORTEST for key in keys):
        raise SettingsError(
            f"a key in {where} is shorter than {_SHORTEST} characters",
            hint="make one with: python -c 'import secrets; print(secrets.token_hex(32))'",
            ru=f"ключ в {where} короче {_SHORTEST} знаков",
            hint_ru="сделать новый: python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return keys


def _stored(state_dir: Path) -> dict[KeyKind, tuple[str, ...]]:
    path = state_dir / FILE
    if not path.exists():
        _make(path)
    _refuse_if_open_to_others(path)
    try:
        document = tomllib.loads(path.read_text("utf-8"))
        return {kind: _checked(_strings(document[kind]), FILE) for kind in KeyKind}
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(
            f"{FILE} in {state_dir.name}/ does not hold two lists of keys, signing and hmac",
            hint="restore it from your copy; new keys would forget who has unsubscribed",
            ru=f"в {FILE} из {state_dir.name}/ нет двух списков ключей, signing и hmac",
            hint_ru="верните его из копии: с новыми ключами забудется, кто отписался",
        ) from error


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(key, str) for key in value):
        raise TypeError("a list of strings is needed")
    return tuple(value)


def _refuse_if_open_to_others(path: Path) -> None:
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsError(
            f"others can read {path.name}",
            hint=f"chmod 600 {path}",
            ru=f"{path.name} могут прочесть другие",
            hint_ru=f"chmod 600 {path}",
        )


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = _written(path, {kind: (secrets.token_hex(32),) for kind in KeyKind})
    try:
        # A hard link never replaces: of two processes at first use, one makes the keys.
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink()


def _written(path: Path, keys: Mapping[KeyKind, tuple[str, ...]]) -> Path:
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    lines = [f"{kind} = [{', '.join(repr(key) for key in keys[kind])}]\n" for kind in KeyKind]
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(_HEADER + "".join(lines))
        file.flush()
        os.fsync(file.fileno())
    return fresh
