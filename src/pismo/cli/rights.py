"""`pismo audience export|erase|retain`: people's rights, and what time takes away."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from pismo.cli.common import Call, json_option, no_audience, print_json, say
from pismo.errors import UsageError
from pismo.tongue import LETTER

_WORDS = {
    "audience": ("what the shop knows, as it was brought in", "что известно магазину"),
    "facts": ("what was computed of that", "что из этого посчитано"),
    "consents": ("which letters were agreed to, when and where", "на какие письма согласие, когда"),
    "opt_outs": ("which letters are not wanted", "какие письма не нужны"),
    "deliveries": ("letters, and what became of them", "письма и что с ними стало"),
    "events": ("what came back: clicks, answers, bounces", "что вернулось: переходы, ответы"),
    "plans": ("letters that are planned, with their values", "письма в планах и что в них будет"),
    "address_hash": ("a keyed fingerprint of the address", "отпечаток адреса, сделанный с ключом"),
}
"""What the names in an export mean to the person whom it is about."""


def _spelled(value: object) -> str:
    """Write what JSON has no word for."""
    return value.hex() if isinstance(value, bytes) else str(value)


@click.command("export")
@click.argument("person")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of stdout."
)
@click.pass_obj
def export_command(call: Call, person: str, out: Path | None) -> None:
    """Write all that is known about PERSON (a subscriber_id) as JSON; an audit line is kept."""
    from pismo.ledger import open_state
    from pismo.rights import export_person

    workspace = call.workspace
    with open_state(workspace.state_dir, workspace.settings.state_url) as state:
        known = export_person(workspace, state, person)
        subject = _subject(known, state.keys.address_hash)
        state.ledger.add_audit("export", subject, "all that is known", datetime.now(UTC))
    known["words"] = {name: call.tongue(*said) for name, said in _WORDS.items()}
    text = json.dumps(known, ensure_ascii=False, indent=1, default=_spelled)
    if out is None:
        click.echo(text)
        return
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    said = call.tongue(
        "readable by you only. Hand it over and delete it.",
        "прочесть можете только вы. Передайте и удалите.",
    )
    say(f"{out}: {said}")


@click.command("erase")
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_obj
def erase_command(call: Call, person: str, yes: bool, as_json: bool) -> None:
    """Forget PERSON (a subscriber_id): audience, plans, letters, details in the state database.

    Sums of past issues stay true. The address stays suppressed as a keyed hash, so that a later
    import cannot bring letters back. This cannot be undone.
    """
    from pismo.ledger import open_state
    from pismo.rights import erase_person, export_person

    workspace, tongue = call.workspace, call.tongue
    with open_state(workspace.state_dir, workspace.settings.state_url) as state:
        export_person(workspace, state, person)  # says so if nobody is known by this id
        if not yes:
            question = tongue(f"Forget {person} for good?", f"Забыть {person} навсегда?")
            click.confirm(question, abort=True, err=True)
        done = erase_person(workspace, state, person, datetime.now(UTC))
    if as_json:
        print_json(
            {
                "person": person,
                "rows": dict(done.rows),
                "snapshots": done.snapshots,
                "plans": done.plans,
                "letters": done.letters,
                "quarantine": done.quarantine,
            }
        )
        return
    rows = ", ".join(f"{count} {name}" for name, count in done.rows.items() if count)
    said = tongue(
        f"{rows or 'no rows'}; {done.letters} letters, {done.plans} shards of plans.",
        f"{rows or 'строк нет'}; {tongue.counted(done.letters, LETTER)},"
        f" частей планов: {done.plans}.",
    )
    say(f"{tongue('Forgotten', 'Забыто')}: {said}")
    say(
        tongue(
            "Backups still hold the person: erase there too, or let them expire.",
            "В резервных копиях человек ещё есть: сотрите и там или дождитесь конца их срока.",
        )
    )


@click.command("retain")
@click.option(
    "--after-a-pause", is_flag=True, help="The clock is right: nothing was done here for long."
)
@json_option
@click.pass_obj
def retain_command(call: Call, after_a_pause: bool, as_json: bool) -> None:
    """Delete what is too old by [tool.pismo.retention], and people of plans whose time is over.

    An audit line is kept.
    """
    from pismo.ledger import open_state
    from pismo.plan.handed import forget_handed
    from pismo.plan.state import erase_expired
    from pismo.rights import forget_old

    workspace, now = call.workspace, datetime.now(UTC)
    with open_state(workspace.state_dir, workspace.settings.state_url) as state:
        if not after_a_pause:
            _check_clock(state.ledger.last_used(), now)
        done = forget_old(workspace, state, now)
        done["plans"] = erase_expired(workspace, state.ledger, now)
    if done.get("deliveries"):
        forget_handed(workspace.state_dir)  # what it counted is not there any more
    if as_json:
        print_json(done)
        return
    say(
        call.tongue("Deleted: ", "Удалено: ")
        + ", ".join(f"{count} {name}" for name, count in done.items())
    )


def _subject(known: dict[str, object], address_hash: object) -> str:
    audience = known["audience"]
    rows = audience.get("subscribers", []) if isinstance(audience, dict) else []
    return address_hash(rows[0]["email"]).hex() if rows and callable(address_hash) else ""


def _check_clock(last: datetime | None, now: datetime) -> None:
    """Refuse to delete what is too old by a clock that may be years ahead.

    Raises:
        UsageError: If nothing was done here for longer than anybody pauses their letters.
    """
    if last is None or now - last < _LONGEST_PAUSE:
        return
    days = (now - last).days
    raise UsageError(
        f"by this machine's clock nothing was planned or published here for {days} days: is it"
        " right?",
        hint="set the clock; if it is right: pismo audience retain --after-a-pause",
        ru=f"по часам этой машины здесь {days} дней ничего не планировали и не публиковали:"
        " часы верны?",
        hint_ru="поставьте часы; если они верны: pismo audience retain --after-a-pause",
    )


_LONGEST_PAUSE = timedelta(days=180)
_TO_STAY = ("complaint", "erased")
"""Whoever said no, or is to be forgotten, is not written to because a mailbox works."""


@click.command("unsuppress")
@click.argument("person")
@json_option
@click.pass_obj
def unsuppress_command(call: Call, person: str, as_json: bool) -> None:
    """Write again to PERSON (a subscriber_id), whose mailbox bounced and works now.

    Whoever complained or was erased stays suppressed. An audit line is kept.
    """
    from pismo.audience import current
    from pismo.explain import Audience
    from pismo.keys import hashes_of
    from pismo.plan.state import open_state

    workspace, now = call.workspace, datetime.now(UTC)
    snapshot = current(workspace.state_dir)
    if snapshot is None:
        raise no_audience("there is no audience yet", "аудитории пока нет")
    with open_state(workspace, os.environ) as state:
        reader = Audience(workspace, snapshot, state, lambda: now).reader(person)
        hashes = [key for _, key in hashes_of([reader])] if reader else []
        found = state.ledger.suppressions_of(hashes)
        _refuse_to_lift(person, [one.reason for one in found])
        lifted = state.ledger.unsuppress(hashes)
        reasons = ", ".join(one.reason for one in found)
        state.ledger.add_audit("unsuppress", hashes[0].hex(), reasons, now)
    if as_json:
        print_json({"person": person, "lifted": lifted})
        return
    say(call.tongue(f"{person} may be written to again.", f"{person} снова можно писать."))


def _refuse_to_lift(person: str, reasons: list[str]) -> None:
    if not reasons:
        raise UsageError(
            f"no address of '{person}' is suppressed",
            hint="why somebody gets no letter: pismo explain ISSUE PERSON",
            ru=f"адрес «{person}» не закрыт",
            hint_ru="почему кто-то не получает писем: pismo explain ВЫПУСК ID",
        )
    if stays := [reason for reason in reasons if reason in _TO_STAY]:
        raise UsageError(
            f"'{person}' is suppressed for {stays[0]}, which nobody else can take back",
            hint="if they ask for letters again, let them subscribe anew with another address",
            ru=f"«{person}»: адрес закрыт ({stays[0]}), и за читателя этого не отменить",
            hint_ru="если человек сам просит писем, пусть подпишется заново с другого адреса",
        )
