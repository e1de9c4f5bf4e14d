"""The state of a workspace: its ledger and its keys, which belong together."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pismo.keys import Keys, load_keys
from pismo.ledger.ledger import FILE, Ledger, open_ledger


class State(NamedTuple):
    """A ledger, and the keys with which its addresses are hashed."""

    ledger: Ledger
    keys: Keys


@contextmanager
def open_state(
    state_dir: Path, state_url: str = "", environ: Mapping[str, str] | None = None
) -> Iterator[State]:
    """Open a workspace's ledger with its keys, and close it at the end of the block.

    Args:
        state_dir: `Workspace.state_dir`; keys and, by default, the database are made there.
        state_url: `Settings.state_url`; a path in it is relative to the workspace's root.
        environ: Where keys may come from; `os.environ` by default.

    Raises:
        SettingsError: If the keys cannot be used.
        StateError: If the database cannot, or was written with other keys.
    """
    keys = load_keys(state_dir, environ)
    ledger = open_ledger(database_of(state_dir, state_url), hmac_ids=keys.hmac_ids)
    try:
        yield State(ledger, keys)
    finally:
        ledger.close()


def database_of(state_dir: Path, state_url: str) -> str | Path:
    """Return where a workspace's ledger is."""
    if not state_url:
        return state_dir / FILE
    return state_url if "://" in state_url else state_dir.parent / state_url
