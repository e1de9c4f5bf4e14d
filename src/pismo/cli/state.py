"""`pismo state`: copies of the state database, and its keys."""

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pismo.cli.common import Call, json_option, print_json, say

if TYPE_CHECKING:
    from pismo.errors import UsageError
    from pismo.model.workspace import Workspace
    from pismo.plan.restored import Doubted

FILE = click.Path(path_type=Path, dir_okay=False)
_NOT_IN_IT = {
    "keys.toml": (
        "the keys of links and addresses, without which a backup cannot be used",
        "keep it apart from the backup, or give the keys by PISMO_SIGNING_KEYS and PISMO_HMAC_KEYS",
    ),
    "audience": ("people and what they bought", "import it again, or copy it"),
    "plans": ("who gets what, of plans not yet sent to everybody", "copy it with each backup"),
    "outbox": ("letters written as files", "copy it, if you publish there"),
}
"""What a state needs besides its database: what it is, and how to keep it."""


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

    state_dir = call.workspace.state_dir
    with open_state(state_dir, call.workspace.settings.state_url) as state:
        size = backup(state.ledger, file)
        ledger = state.ledger.id
    beside = [f"{state_dir.name}/{name}" for name in _NOT_IN_IT]
    if as_json:
        print_json({"file": str(file), "bytes": size, "ledger": ledger, "not_in_it": beside})
        return
    say(f"{file}: {size / 1e6:.1f} MB, ledger {ledger}, checked.")
    say("Not in it, to be copied as well:")
    for name, (what, how) in _NOT_IN_IT.items():
        say(f"  {state_dir.name}/{name}: {what}; {how}")
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
    from pismo.ledger import database_of, naming_the_setting, restore
    from pismo.ledger.store import sqlite_file

    workspace = call.workspace
    with naming_the_setting(workspace.settings.state_url):
        target = sqlite_file(database_of(workspace.state_dir, workspace.settings.state_url))
    if target is None:
        raise UsageError(
            "the state database is on PostgreSQL, which has its own tools for this",
            hint="pg_restore --clean --dbname=DATABASE_URL pismo.dump; and then, before anything is"
            " published: pismo state restored",
            ru="база состояния в PostgreSQL, у него для этого свои средства",
            hint_ru="pg_restore --clean --dbname=DATABASE_URL pismo.dump; а потом, прежде чем"
            " публиковать: pismo state restored",
        )
    aside = restore(file, target, replace=replace)
    doubted = _doubted(workspace, target)
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
    _say_doubted(doubted)
    absent = [name for name in _NOT_IN_IT if not (workspace.state_dir / name).exists()]
    for name in absent:
        say(f"Not here, nor in a backup: {workspace.state_dir.name}/{name}: {_NOT_IN_IT[name][0]}")
    if absent:
        say("Put your copies of these back before you publish.")
    say("Learn what happened since: pismo feedback pull")


@state_group.command("restored")
@json_option
@click.pass_obj
def restored_command(call: Call, as_json: bool) -> None:
    """Say that the state database was put back from a backup, by its own tools.

    For PostgreSQL, after pg_restore, or where an SQLite file was copied by hand. What `pismo state
    restore` does by itself is done now: letters of plans that are stored here and were begun
    count as in doubt, and nothing is sent again by itself.
    """
    from pismo.ledger import database_of, naming_the_setting, open_known

    workspace = call.workspace
    url = workspace.settings.state_url
    open_known(workspace.state_dir, url).close()
    with naming_the_setting(url):
        doubted = _doubted(workspace, database_of(workspace.state_dir, url))
    if as_json:
        print_json({"in_doubt": {one.issue: one.letters for one in doubted}})
        return
    _say_doubted(doubted)
    if not doubted:
        say("No plan that is stored here was begun: nothing is in doubt.")
    say("Learn what happened since: pismo feedback pull")


@state_group.command("move")
@click.argument("url")
@json_option
@click.pass_obj
def move_command(call: Call, url: str, as_json: bool) -> None:
    """Move the whole state database to URL, where nothing is yet.

    From SQLite to PostgreSQL, or back; URL is what [tool.pismo.state] url takes:
    postgresql://user@host/database, or a file. Everything goes along: consents, opt-outs,
    suppressions, plans, who has which letter, which keys are known. Stop publish and serve first.
    The old database stays as it is, and takes nothing more. Where moving
    was cut short, the same command finishes it.
    """
    from pismo.ledger import FILE as LEDGER
    from pismo.ledger import database_of, move, naming_the_setting, open_known
    from pismo.ledger.store import shown_url, sqlite_file

    state_dir, named = call.workspace.state_dir, call.workspace.settings.state_url
    target = database_of(state_dir, url)
    sqlite_file(target)  # says what is wrong with it, before anything is opened
    # Whoever has named the new place already means the database that lies in the workspace.
    source = "" if named == url else named
    if not source and not (state_dir / LEDGER).exists():
        raise _nothing_to_move(state_dir.name)
    with naming_the_setting(source), closing(open_known(state_dir, source)) as ledger:
        old = shown_url(ledger.engine.url.render_as_string())
        moved = move(ledger, target)
    if as_json:
        print_json({"ledger": moved.ledger, "place": moved.place, "rows": moved.rows})
        return
    counted = ", ".join(f"{name} {call.tongue.number(rows)}" for name, rows in moved.rows.items())
    say(
        call.tongue(f"Moved to {moved.place}: {counted}.", f"Перенесено: {moved.place}; {counted}.")
    )
    say(
        call.tongue(
            "From now on name it, on every machine: PISMO_STATE_URL (with the password, if there"
            " is one), or in pyproject.toml:",
            "Теперь назовите её на каждой машине: PISMO_STATE_URL (с паролем, если он есть) или"
            " в pyproject.toml:",
        )
    )
    say(f'[tool.pismo.state]\nurl = "{shown_url(url)}"')
    say(
        call.tongue(
            f"The old one ({old}) is kept as it was, and takes nothing more.",
            f"Старая ({old}) осталась как была и больше ничего не примет.",
        )
    )


def _nothing_to_move(folder: str) -> "UsageError":
    from pismo.errors import UsageError
    from pismo.ledger import FILE

    return UsageError(
        f"there is no {folder}/{FILE} to move",
        hint="where is the state now? Name it in PISMO_STATE_URL or [tool.pismo.state] url, then"
        " move it to another place",
        ru=f"переносить нечего: {folder}/{FILE} здесь нет",
        hint_ru="где база состояния сейчас? Назовите её в PISMO_STATE_URL или [tool.pismo.state]"
        " url и переносите в другое место",
    )


def _say_doubted(doubted: "Iterable[Doubted]") -> None:
    for one in doubted:
        say(f"{one.issue}: {one.letters:,} letters may have left since; they are in doubt now.")


def _doubted(workspace: "Workspace", database: str | Path) -> "list[Doubted]":
    """Put in doubt what may have been sent since the backup; the keys may still be missing."""
    from pismo.ledger import open_ledger
    from pismo.plan.make import keep_days
    from pismo.plan.restored import doubt_since_backup

    now = datetime.now(UTC)
    with closing(open_ledger(database)) as ledger:
        ledger.note_restored(now)
        return doubt_since_backup(workspace.state_dir, ledger, now, keep_days=keep_days(workspace))


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
    say(
        f"{count} {kind} keys, the newest in front. Copy .pismo/keys.toml to where you keep it, and"
    )
    say("to every other machine that publishes or serves, before the next letter leaves.")


@state_group.command("new-keys")
@click.option("--lost", is_flag=True, help="The keys used so far are lost, and no copy is left.")
@json_option
@click.pass_obj
def new_keys_command(call: Call, lost: bool, as_json: bool) -> None:
    """Go on with other keys than the state database knows, because those are lost.

    Links in letters already sent stop working, the ones to unsubscribe too. Addresses that bounced
    or complained are not recognised: import your suppressions again, or pull them from SES. Who
    unsubscribed stays so. A keys.toml that is there is used; otherwise one is made.
    """
    from pismo.errors import UsageError
    from pismo.ledger import open_known, open_state

    if not lost:
        raise UsageError(
            "with new keys, links in letters already sent stop working",
            hint="put a copy of keys.toml back; to change keys and keep the old ones: pismo state"
            " rotate KIND; if there is no copy: pismo state new-keys --lost",
            ru="с новыми ключами перестанут работать ссылки в уже отправленных письмах",
            hint_ru="верните копию keys.toml; сменить ключи, сохранив старые: pismo state rotate"
            " ВИД; если копии нет: pismo state new-keys --lost",
        )
    state_dir, url = call.workspace.state_dir, call.workspace.settings.state_url
    with closing(open_known(state_dir, url)) as ledger:
        ledger.forget_keys()
    with open_state(state_dir, url) as state:
        ids = {"signing": state.keys.signing_ids, "hmac": state.keys.hmac_ids}
    if as_json:
        print_json(ids)
        return
    say("The state database takes these keys from now on. Links in letters already sent are dead.")
    say("Copy .pismo/keys.toml to where you keep it.")
