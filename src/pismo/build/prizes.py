"""Sealed prizes: each opens to its rebus, and nothing that a build writes has one in clear.

To search for a code one must know it, so each prize is opened with its rebus's answer. That takes
a fifth of a second; the key it gives is kept in the cache, and what was searched once is not
searched again.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from pismo.build.cache import Record, digest, program_hash
from pismo.build.rules import PRIZE_ABSENT, PRIZE_LEAK, PRIZE_SHUT
from pismo.games import GameError, RebusError, fenced, open_with, parse_rebus, prize_key, read_lock
from pismo.model.content import Item, Kind
from pismo.model.finding import Finding, Source
from pismo.model.workspace import Workspace
from pismo.records import dataclass


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
        try:
            sealed = (workspace.root / path).read_text("utf-8")
            answer = parse_rebus(fenced(item.body, "rebus") or "").answer
            read_lock(sealed)
        except (OSError, UnicodeDecodeError):
            findings.append(PRIZE_ABSENT.at(item.source, path=path, item=item.source.path))
        except RebusError:
            # The compiler says so, with the line.
            continue
        except GameError as error:
            findings.append(error.remark.rule.at(Source(path)))
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
    known = record.read(key) or {"clean": []}
    clean = set(known["clean"])
    fresh = {path: files[path] for path, one in hashes.items() if one not in clean}
    if not fresh and "keys" in known:
        return
    keys = _keys(prizes, known.get("keys", {}))
    findings = [*_shut(prizes, keys), *_leaks(prizes, keys, fresh)]
    if not findings:
        kept = {lock: one.hex() for lock, one in keys.items() if one is not None}
        record.keep(key, {"keys": kept, "clean": sorted(set(hashes.values()))})
    yield from findings


def _keys(prizes: tuple[Prize, ...], known: Mapping[str, str]) -> dict[str, bytes | None]:
    """Return the key of each prize by its lock; None of one that its answer does not open."""
    from concurrent.futures import ThreadPoolExecutor

    keys: dict[str, bytes | None] = {lock: bytes.fromhex(text) for lock, text in known.items()}
    asked = [prize for prize in prizes if prize.lock not in keys]
    # PBKDF2 lets go of the interpreter, so threads do help.
    with ThreadPoolExecutor() as pool:
        for prize, key in zip(asked, pool.map(_key, asked), strict=True):
            keys[prize.lock] = key
    return keys


def _key(prize: Prize) -> bytes | None:
    try:
        return prize_key(prize.sealed, prize.answer)
    except (GameError, ValueError, KeyError, TypeError, AssertionError):
        return None


def _shut(prizes: tuple[Prize, ...], keys: Mapping[str, bytes | None]) -> Iterator[Finding]:
    for prize in prizes:
        if keys[prize.lock] is None:
            yield PRIZE_SHUT.at(prize.item.source, path=prize.path, item=prize.item.source.path)


def _leaks(
    prizes: tuple[Prize, ...], keys: Mapping[str, bytes | None], files: Mapping[str, bytes]
) -> Iterator[Finding]:
    from pismo.build.leaks import Secret, found_in, secrets_of

    owners: dict[Secret, Prize] = {}
    for prize in prizes:
        key = keys[prize.lock]
        text = None if key is None else open_with(prize.sealed, key)
        if text:
            owners |= dict.fromkeys(secrets_of(text), prize)
    secrets = tuple(owners)
    for path, content in files.items():
        for secret, form in found_in(path, content, secrets):
            yield PRIZE_LEAK.at(Source(owners[secret].path), path=f"build/{path}", form=form)
