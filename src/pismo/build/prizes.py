"""Sealed prizes: each opens to its rebus, and nothing that a build writes has one in clear.

To search for a code one must know it, so each prize is opened with its rebus's answer. That takes
a fifth of a second, once: the key it gives is kept in the cache under lock and answer, whatever
else changes, and proves itself each time, for a wrong one opens nothing (AES-GCM). What was
searched once is not searched again.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pismo.build.cache import Record, digest, program_hash
from pismo.build.rules import PRIZE_ABSENT, PRIZE_LEAK, PRIZE_SHUT
from pismo.games import GameError, RebusError, fenced, open_with, parse_rebus, prize_key, read_lock
from pismo.games.errors import NO_ANSWER
from pismo.model.content import Item, Kind
from pismo.model.finding import Finding, Source
from pismo.model.workspace import Workspace
from pismo.records import dataclass

if TYPE_CHECKING:
    from pismo.build.leaks import Secret


@dataclass(frozen=True, slots=True)
class Prize:
    """A sealed prize as committed, the rebus it belongs to, and the answer that opens it."""

    item: Item
    path: str
    sealed: str
    answer: str

    @property
    def lock(self) -> str:
        """Tell this lock and answer from all others, without saying either."""
        return digest(f"{self.sealed}\0{self.answer}".encode())


def load_prizes(workspace: Workspace) -> tuple[tuple[Prize, ...], tuple[Finding, ...]]:
    """Read the sealed prizes that rebuses name, and report those that are not there."""
    prizes: list[Prize] = []
    findings: list[Finding] = []
    for item in workspace.items.values():
        if item.kind is not Kind.REBUS or not item.prize:
            continue
        path = f"{PurePosixPath(item.source.path).parent}/{item.prize}.prize.json"
        place = item.place_of("prize")
        block = fenced(item.body, "rebus")
        if block is None:
            findings.append(NO_ANSWER.at(place))
            continue
        try:
            sealed = (workspace.root / path).read_text("utf-8")
            answer = parse_rebus(block).answer
            read_lock(sealed)
        except (OSError, UnicodeDecodeError):
            findings.append(PRIZE_ABSENT.at(place, path=path, item=item.source.path))
        except RebusError:
            # The compiler says so, with the line.
            continue
        except GameError as error:
            findings.append(error.remark.rule.at(Source(path, 1)))
        else:
            prizes.append(Prize(item, path, sealed, answer))
    return tuple(prizes), tuple(findings)


def check_prizes(
    workspace: Workspace,
    prizes: tuple[Prize, ...],
    files: Mapping[str, bytes],
    hashes: Mapping[str, str],
) -> Iterator[Finding]:
    """Report prizes that their answers do not open, and files that hold a prize in clear.

    Args:
        workspace: Whose cache remembers.
        prizes: All that there are.
        files: Everything that is about to be written, by path relative to `build/`.
        hashes: Of the same files.
    """
    if not prizes:
        return
    record = Record(workspace, "prizes")
    # A searcher that has changed searches everything again.
    about = program_hash(("build", "games"))
    key = digest("\0".join((about, *sorted(prize.lock for prize in prizes))).encode())
    known = record.read(key)
    clean = set(known["clean"]) if known else set()
    fresh = {path: files[path] for path, one in hashes.items() if one not in clean}
    if known and not fresh:
        return
    owners, shut = open_prizes(workspace, prizes)
    findings = [*shut, *_leaks(owners, fresh, hashes)]
    if not findings:
        record.keep(key, {"clean": sorted(set(hashes.values()))})
    yield from findings


def open_prizes(
    workspace: Workspace, prizes: tuple[Prize, ...]
) -> "tuple[dict[Secret, Prize], tuple[Finding, ...]]":
    """Return what nobody may find, with the prize it is of, and the prizes that do not open.

    Raises:
        SettingsError: If the cache cannot be written to.
    """
    from pismo.build.leaks import secrets_of

    keys = _keys(workspace, prizes)
    owners: dict[Secret, Prize] = {}
    shut = []
    for prize in prizes:
        key = keys.get(prize.lock)
        if key is None:
            place = prize.item.place_of("prize")
            shut.append(PRIZE_SHUT.at(place, path=prize.path, item=prize.item.source.path))
        else:
            owners |= dict.fromkeys(secrets_of(open_with(prize.sealed, key) or ""), prize)
    return owners, tuple(shut)


_KEYS = "1"
"""Version of the record of keys: they outlive builds, other prizes, and changes of the program."""


def _keys(workspace: Workspace, prizes: tuple[Prize, ...]) -> dict[str, bytes]:
    """Return the key of each prize by its lock; none of one that its answer does not open."""
    record = Record(workspace, "prize-keys")
    kept = (record.read(_KEYS) or {"keys": {}})["keys"]
    known = [(one, bytes.fromhex(kept[one.lock])) for one in prizes if one.lock in kept]
    keys = {one.lock: key for one, key in known if open_with(one.sealed, key) is not None}
    asked = [prize for prize in prizes if prize.lock not in keys]
    if not asked:
        return keys
    from concurrent.futures import ThreadPoolExecutor

    # PBKDF2 lets go of the interpreter, so threads do help.
    with ThreadPoolExecutor() as pool:
        found = zip(asked, pool.map(_key, asked), strict=True)
        keys |= {prize.lock: key for prize, key in found if key is not None}
    record.keep(_KEYS, {"keys": {lock: key.hex() for lock, key in keys.items()}})
    return keys


def _key(prize: Prize) -> bytes | None:
    try:
        return prize_key(prize.sealed, prize.answer)
    except (GameError, ValueError, KeyError, TypeError, AssertionError):
        return None


def _leaks(
    owners: "Mapping[Secret, Prize]", files: Mapping[str, bytes], hashes: Mapping[str, str]
) -> Iterator[Finding]:
    from pismo.build.leaks import found_in

    secrets = tuple(owners)
    clean = set()  # segments often get the same letter
    for path, content in files.items():
        found = tuple(found_in(path, b"" if hashes[path] in clean else content, secrets))
        if not found:
            clean.add(hashes[path])
        for secret, form in found:
            yield PRIZE_LEAK.at(Source(owners[secret].path), path=f"build/{path}", form=form)
