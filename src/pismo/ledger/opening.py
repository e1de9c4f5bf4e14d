"""The state of a workspace: its ledger and its keys, which belong together."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from pismo.errors import StateError
from pismo.keys import FILE as KEYS_FILE
from pismo.keys import Keys, are_at_hand, load_keys
from pismo.ledger.ledger import FILE, Ledger, has_schema, open_ledger
from pismo.ledger.store import shown_url, sqlite_file

VARIABLE = "PISMO_STATE_URL"


class State(NamedTuple):
    """A ledger, and the keys with which its addresses are hashed."""

    ledger: Ledger
    keys: Keys


@contextmanager
def open_state(
    state_dir: Path,
    state_url: str = "",
    environ: Mapping[str, str] | None = None,
    *,
    begin: Callable[[str, int], object] | None = None,
) -> Iterator[State]:
    """Open a workspace's ledger with its keys, and close it at the end of the block.

    Args:
        state_dir: `Workspace.state_dir`; keys and, by default, the database are made there.
        state_url: `Settings.state_url`; a path in it is relative to the workspace's root.
        environ: Where keys may come from; `os.environ` by default.
        begin: Given by commands that may begin a state: called with the place of one that was made
            where a URL names it, and how many people the one in `state_dir` knows. Without it, a
            place that is named and holds nothing is an error.

    Raises:
        SettingsError: If the keys cannot be used.
        StateError: If the database is not there, cannot be used, or was written with other keys.
    """
    ledger = open_known(state_dir, state_url, may_begin=begin is not None)
    try:
        if ledger.knows_keys() and not are_at_hand(state_dir, environ):
            raise _keys_missing(state_dir)
        keys = load_keys(state_dir, environ)
        ledger.bind_keys(keys.hmac_ids, keys.signing_ids)
        if begin is not None and state_url and ledger.is_new:
            begin(shown_url(database_of(state_dir, state_url)), _known_beside(state_dir))
        yield State(ledger, keys)
    finally:
        ledger.close()


def open_known(state_dir: Path, state_url: str, *, may_begin: bool = False) -> Ledger:
    """Open a workspace's ledger without its keys; one that a URL names must be there.

    Raises:
        StateError: If it is not there and may not be begun, or cannot be used.
    """
    with naming_the_setting(state_url):
        database = database_of(state_dir, state_url)
        file = sqlite_file(database)
        if state_url and file is not None and file.is_file() and not file.stat().st_size:
            raise _empty(file)
        if state_url and not may_begin:
            is_there = has_schema(database) if file is None else file.exists()
            if not is_there:
                raise _absent(database)
        return open_ledger(database)


def database_of(state_dir: Path, state_url: str) -> str | Path:
    """Return where a workspace's ledger is.

    Raises:
        StateError: If the URL means no place.
    """
    if not state_url:
        return state_dir / FILE
    if "://" in state_url or (file := sqlite_file(state_url)) is None:
        return state_url
    return state_dir.parent / file


@contextmanager
def naming_the_setting(state_url: str) -> Iterator[None]:
    """Let errors about a state database say which setting names it.

    Raises:
        StateError: The one of the block, with the variable or table in its sentence.
    """
    try:
        yield
    except StateError as error:
        if not state_url:
            raise
        raise StateError(
            f"{error.message} (the place is named by {_setting()})",
            hint=error.hint,
            ru=f"{error.ru or error.message} (место названо в {_setting()})",
            hint_ru=error.hint_ru,
        ) from error


def _absent(database: str | Path) -> StateError:
    return StateError(
        f"there is no state database at {shown_url(database)}",
        hint=f"a typo? Look at {_setting()}. To begin a new one there: pismo audience import,"
        " or pismo plan",
        ru=f"базы состояния здесь нет: {shown_url(database)}",
        hint_ru=f"опечатка? Посмотрите {_setting()}. Завести там новую: pismo audience import"
        " или pismo plan",
    )


def _empty(file: Path) -> StateError:
    return StateError(
        f"the state database {file} is an empty file: a copy that was cut short, a full disk?",
        hint="put your backup there; or, to begin a new one, take the file away",
        ru=f"база состояния {file} — пустой файл: копия оборвалась, кончился диск?",
        hint_ru="положите туда резервную копию; а чтобы завести новую, уберите файл",
    )


def _known_beside(state_dir: Path) -> int:
    """Count whom the database in a workspace's folder knows; 0 if there is none, or it moved."""
    if not (state_dir / FILE).exists():
        return 0
    with closing(open_ledger(state_dir / FILE)) as ledger:
        return 0 if ledger.moved_to() else ledger.people_known()


def _setting() -> str:
    return VARIABLE if os.environ.get(VARIABLE) else "[tool.pismo.state] url"


def _keys_missing(state_dir: Path) -> StateError:
    return StateError(
        f"{state_dir.name}/{KEYS_FILE} is missing, and this state database was written with its"
        " keys: with new ones, links in letters already sent would stop working and people who"
        " must not be written to would not be recognised",
        hint=f"put your copy of {KEYS_FILE} back, or set PISMO_SIGNING_KEYS and PISMO_HMAC_KEYS;"
        " if there is no copy any more: pismo state new-keys --lost",
        ru=f"нет {state_dir.name}/{KEYS_FILE}, а база состояния написана с его ключами: с новыми"
        " ссылки в отправленных письмах перестанут работать и не узнать тех, кому писать нельзя",
        hint_ru=f"верните копию {KEYS_FILE} или задайте PISMO_SIGNING_KEYS и PISMO_HMAC_KEYS;"
        " если копии больше нет: pismo state new-keys --lost",
    )
