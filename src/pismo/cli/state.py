"""`pismo state`: copies of the state database, and its keys."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pismo.cli.common import Call, json_option, print_json, say

if TYPE_CHECKING:
    from pismo.model.workspace import Workspace
    from pismo.plan.restored import Doubted

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("state")
def state_group() -> None:
    """Back up and restore the state database; rotate its keys."""


@state_group.command("backup")
@click.argument("file", type=FILE)
@json_option
@click.pass_obj
def backup_command(call: Call, file: Path, as_json: bool) -> None:
    """Copy the state database to a new FILE, whole even while letters are being sent.

    Keep the copy as you keep the audience: it says who agreed to what and who was written to.
    The keys are not in it: copy .pismo/keys.toml too, and keep it elsewhere.
    """
    from pismo.ledger import backup, open_state

    with open_state(call.workspace.state_dir, call.workspace.settings.state_url) as state:
        size = backup(state.ledger, file)
        ledger = state.ledger.id
    if as_json:
        print_json({"file": str(file), "bytes": size, "ledger": ledger})
        return
    say(f"{file}: {size / 1e6:.1f} MB, ledger {ledger}, checked.")
    say(f"To get it back: pismo state restore {file}")


@state_group.command("restore")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Move the state database that is there aside.")
@json_option
@click.pass_obj
def restore_command(call: Call, file: Path, replace: bool, as_json: bool) -> None:
    """Put a backup in the place of the state database.

    What happened since is forgotten: who unsubscribed, who was written to. Letters of plans that
    are stored here and were begun count as in doubt: SES's events settle them, nothing is sent
    again by itself. Pull the events of that time before you publish.
    """
    from pismo.errors import UsageError
    from pismo.ledger import database_of, restore
    from pismo.ledger.store import sqlite_file

    workspace = call.workspace
    target = sqlite_file(database_of(workspace.state_dir, workspace.settings.state_url))
    if target is None:
        raise UsageError(
            "the state database is on PostgreSQL, which has its own tools for this",
            hint="pg_restore --clean --dbname=DATABASE_URL pismo.dump",
        )
    aside = restore(file, target, replace=replace)
    doubted = _doubted(workspace)
    if as_json:
        print_json(
            {
                "database": str(target),
                "replaced": None if aside is None else str(aside),
                "in_doubt": {one.issue: one.letters for one in doubted},
            }
        )
        return
    say(f"{target.name} is restored from {file}.")
    if aside is not None:
        say(f"The one that was there is kept as {aside.name}.")
    for one in doubted:
        say(f"{one.issue}: {one.letters:,} letters may have left since; they are in doubt now.")
    say("Learn what happened since: pismo feedback pull")


def _doubted(workspace: "Workspace") -> "list[Doubted]":
    """Put in doubt what may have been sent since the backup."""
    from pismo.plan.make import keep_days
    from pismo.plan.restored import doubt_since_backup
    from pismo.plan.state import open_state

    now = datetime.now(UTC)
    with open_state(workspace, os.environ) as state:
        state.ledger.note_restored(now)
        return doubt_since_backup(
            workspace.state_dir, state.ledger, now, keep_days=keep_days(workspace)
        )


@state_group.command("rotate")
@click.argument("kind", type=click.Choice(["signing", "hmac"]))
@json_option
@click.pass_obj
def rotate_command(call: Call, kind: str, as_json: bool) -> None:
    """Put a new key of a KIND in front of the old ones in .pismo/keys.toml.

    `signing` signs the links in letters; links made with old keys go on working. `hmac` hashes
    addresses; suppressions made with old keys go on holding. Old keys are never removed by
    themselves. Keys that come from the environment are changed there.
    """
    from pismo.keys import KeyKind, rotate
    from pismo.ledger import open_state

    state_dir, url = call.workspace.state_dir, call.workspace.settings.state_url
    with open_state(state_dir, url):
        # Opened first, so that the ledger knows the old keys before it meets the new one.
        keys = rotate(state_dir, KeyKind(kind))
    with open_state(state_dir, url):
        count = len(keys.signing if kind == "signing" else keys.hmac)
    if as_json:
        print_json({"kind": kind, "keys": count})
        return
    say(f"{count} {kind} keys, the newest in front. Copy .pismo/keys.toml to where you keep it.")
