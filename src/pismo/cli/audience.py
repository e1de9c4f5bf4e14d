"""`pismo audience`: bring people in, look at what is known, tune."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pismo.cli.common import Call, json_option, no_audience, print_json, say, tell_new_state
from pismo.cli.rights import (
    erase_command,
    export_command,
    retain_command,
    unsuppress_command,
)
from pismo.tongue import PERSON, ROW

if TYPE_CHECKING:
    from pismo.audience import Snapshot
    from pismo.intake.importing import How, Imported
    from pismo.intake.lists import Listed
    from pismo.tongue import Tongue

TABLES = ("subscribers", "products", "purchases", "events")
WISHES = ("consents", "opt-outs", "suppressions")


@click.group("audience")
def audience_group() -> None:
    """Bring people in; see what is known about them; let them go."""


for command in (export_command, erase_command, retain_command, unsuppress_command):
    audience_group.add_command(command)


@audience_group.command("import")
@click.argument("table", type=click.Choice((*TABLES, *WISHES, "ids")))
@click.argument("places", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Show which column is which; change nothing.")
@click.option("--save", is_flag=True, help="Write the mapping to audience.toml.")
@click.option(
    "--max-bad", default=1.0, show_default=True, help="Per cent of bad rows that stops the import."
)
@click.option(
    "--complete", is_flag=True, help="Products that are not in the file are out of stock."
)
@click.option(
    "--currency", default="RUB", show_default=True, help="Of prices; a product may name another."
)
@click.option(
    "--as", "name", default="", help="With ids: what the list, and its segment, is called."
)
@click.option(
    "--take-erased", is_flag=True, help="Take people back who were erased and have subscribed anew."
)
@json_option
@click.pass_obj
def import_command(
    call: Call,
    table: str,
    places: tuple[str, ...],
    dry_run: bool,
    save: bool,
    max_bad: float,
    complete: bool,
    currency: str,
    name: str,
    take_erased: bool,
    as_json: bool,
) -> None:
    """Import TABLE from PLACES: files, folders, s3://…, postgresql://…?query=SELECT ….

    CSV in any usual encoding and separator, Parquet or JSON lines. Bad rows are set aside with
    their reasons; good ones come in; nothing is lost and nothing is half done.
    """
    from pismo.errors import UsageError
    from pismo.intake.importing import How
    from pismo.intake.lists import Listed
    from pismo.rights import retention_from

    if (table == "ids") != bool(name):
        raise UsageError(
            "a list of ids has a name: pismo audience import ids FILE --as NAME",
            ru="у списка id должно быть имя: pismo audience import ids ФАЙЛ --as ИМЯ",
        )
    workspace = call.workspace
    how = How(
        now=datetime.now(UTC),
        dry_run=dry_run,
        max_bad=max_bad / 100,
        complete=complete,
        currency=currency,
        save=save,
        take_erased=take_erased,
        snapshots=max(1, retention_from(workspace.settings).snapshots),
    )
    with _progress(call.tongue) as on_progress:
        how = replace(how, on_progress=on_progress)
        done = _imported(call, table, places, how, name)
    if isinstance(done, Listed):
        _tell_listed(done, call.tongue, as_json=as_json, dry_run=dry_run)
        return
    if as_json:
        print_json(_imported_json(done))
        return
    _say_imported(done, call.tongue, dry_run=dry_run)


@contextmanager
def _progress(tongue: "Tongue") -> "Iterator[Callable[[float], None]]":
    """Draw a bar on stderr if somebody is looking, and nothing elsewhere."""
    with click.progressbar(
        length=100,
        label=tongue("importing", "загружаю"),
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:
        yield lambda share: bar.update(round(100 * share) - bar.pos)
        bar.update(100 - bar.pos)


def _imported(
    call: Call, table: str, places: tuple[str, ...], how: "How", name: str
) -> "Imported | Listed":
    from pismo.intake.importing import import_table, import_wishes
    from pismo.intake.lists import import_list
    from pismo.ledger import open_state

    workspace = call.workspace
    if name:
        return import_list(workspace, name, places, how)
    url = workspace.settings.state_url
    with open_state(workspace.state_dir, url, begin=tell_new_state(call.tongue)) as (ledger, keys):
        if table in TABLES:
            return import_table(workspace, table, places, how, ledger, keys)
        return import_wishes(workspace, table, places, how, ledger, keys)


def _tell_listed(done: "Listed", tongue: "Tongue", *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        print_json({**asdict(done), "segment": str(done.segment)})
        return
    say(
        tongue(
            f"{done.people} people are on the list {done.name}; {done.unknown} ids belong to"
            " nobody.",
            f"Людей в списке {done.name}: {done.people}; ничьих id: {done.unknown}.",
        )
    )
    if done.bad:
        say(
            tongue(
                f"{done.bad} of {done.read} rows are no ids and were left out.",
                f"Это не id и пропущено: {done.bad} из {done.read}.",
            )
        )
    if dry_run:
        _say_dry(tongue)
        return
    say(
        tongue(
            f"{done.segment} says who they are: give it a title, then run: pismo segments",
            f"Кто они, сказано в {done.segment}: дайте ему название, потом: pismo segments",
        )
    )


def _say_dry(tongue: "Tongue") -> None:
    say(
        tongue(
            "Nothing was changed. Import: the same command without --dry-run",
            "Ничего не изменилось. Загрузить: та же команда без --dry-run",
        )
    )


@audience_group.command("facts")
@click.argument("person", required=False)
@click.option("--rows", default=20, show_default=True, help="Purchases and events to show.")
@json_option
@click.pass_obj
def facts_command(call: Call, person: str | None, rows: int, as_json: bool) -> None:
    """Compute everybody's facts; with PERSON, print theirs and the rows they come from.

    Answers to quizzes and polls that came back since are taken in first.
    """
    from pismo.audience.present import facts_of, query_of
    from pismo.intake.answers import bring_answers
    from pismo.ledger import open_state

    workspace, now = call.workspace, datetime.now(UTC)
    with open_state(workspace.state_dir, workspace.settings.state_url) as state:
        bring_answers(workspace, state.ledger, now)
    snapshot = _with_facts(call)
    if person is None:
        with snapshot.connect() as engine:
            people = len(engine.execute("SELECT subscriber_id FROM facts").fetchall())
        if as_json:
            print_json({"snapshot": snapshot.id, "people": people})
        else:
            see = call.tongue(
                f"Facts of {people} people are computed. See one:",
                f"Факты посчитаны, людей: {people}. Об одном из них:",
            )
            say(f"{see} pismo audience facts ID")
        return
    known = facts_of(snapshot, person, rows=rows)
    if as_json:
        print_json(
            {
                "person": person,
                "facts": dict(known.facts),
                "purchases": [dict(row) for row in known.purchases],
                "events": [dict(row) for row in known.events],
            }
        )
        return
    for name, value in known.facts.items():
        source = query_of(name)
        click.echo(f"{name:34} {value!s:28} {f'({source}.sql)' if source else ''}".rstrip())
    purchases, events = call.tongue("purchases", "покупки"), call.tongue("events", "события")
    for label, found in ((purchases, known.purchases), (events, known.events)):
        click.echo(f"\n{label}:")
        for row in found:
            click.echo("  " + "  ".join(str(value) for value in row.values() if value is not None))


@audience_group.command("tune")
@click.option("--write", is_flag=True, help="Write the best recipe into pyproject.toml.")
@json_option
@click.pass_obj
def tune_command(call: Call, write: bool, as_json: bool) -> None:
    """Try recipes of recommendations on the shop's own history, each on three past moments."""
    from pismo.recommend.tune import tune, write_recipe

    workspace = call.workspace
    snapshot = _snapshot(call)
    with snapshot.connect() as engine:
        done = tune(engine, workspace.settings, snapshot.created_at, on_step=say)
    better = done.best > done.default
    if write and better:
        write_recipe(workspace.root, done.changes)
    if as_json:
        print_json(
            {"default": done.default, "best": done.best, "changes": dict(done.changes),
             "written": write and better}
        )  # fmt: skip
        return
    changes = ", ".join(f"{name} = {value}" for name, value in done.changes.items())
    before, best = f"{done.default:.4f}", f"{done.best:.4f}"
    said = call.tongue(
        f"NDCG@10 {before} as it is, {best} with: {changes or 'no change'}",
        f"NDCG@10 сейчас {before}, {best} с таким: {changes or 'без изменений'}",
    )
    say(said)
    if better and not write:
        say(f"{call.tongue('Keep it', 'Оставить')}: pismo audience tune --write")


def _snapshot(call: Call) -> "Snapshot":
    from pismo.audience import current

    snapshot = current(call.workspace.state_dir)
    if snapshot is None:
        raise no_audience("there is no audience yet", "аудитории пока нет")
    return snapshot


def _with_facts(call: Call) -> "Snapshot":
    from pismo.audience import compute_facts, moment_of
    from pismo.errors import FindingsError
    from pismo.model.finding import Finding
    from pismo.segments import answer_columns, own_facts

    workspace, snapshot = call.workspace, _snapshot(call)
    findings: list[Finding] = []
    own = own_facts(workspace.root, findings)
    if findings:
        raise FindingsError(findings)
    now = moment_of(snapshot, datetime.now(UTC))
    return compute_facts(
        snapshot, workspace.settings, now, own=own, answers=answer_columns(workspace)
    )


def _imported_json(done: "Imported") -> dict[str, object]:
    return {
        "table": done.table,
        "read": done.read,
        "good": done.good,
        "quarantined": done.bad,
        "repeated": done.repeated,
        "columns": done.mapping.all,
        "not_taken": list(done.mapping.left),
        "extras": dict(done.extras),
        "reasons": dict(done.reasons),
        "quarantine": str(done.quarantine) if done.quarantine else None,
        "snapshot": done.snapshot.id if done.snapshot else None,
        "consents": done.consents,
        "no_consent": done.no_consent,
        "shared_addresses": done.shared_addresses,
        "strangers": {"rows": done.strangers[0], "people": done.strangers[1]},
        "instead_of_invented": done.instead_of_invented,
        "erased": done.erased,
        "seconds": done.seconds,
    }


def _say_imported(done: "Imported", tongue: "Tongue", *, dry_run: bool) -> None:
    from pismo.intake.mapping import shown
    from pismo.intake.reasons import in_words

    for header, name in done.mapping.all.items():
        kind = f" ({done.extras[name]})" if name in done.extras else ""
        click.echo(f"{header:30} -> {name}{kind}")
    nowhere = tongue("(not taken: there is no such column)", "(не берётся: такой колонки нет)")
    for header in done.mapping.left:
        click.echo(f"{shown(header):30} -> {nowhere}")
    rows, seconds = tongue.counted(done.read, ROW), tongue.decimal(done.seconds, 2)
    say(
        tongue(
            f"{rows}: {done.good} good, {done.bad} bad, in {seconds} s.",
            f"{rows}: годных {done.good}, негодных {done.bad}, за {seconds} с.",
        )
    )
    for reason, count in done.reasons.items():
        say(f"  {count:7} {in_words(reason, tongue.language)}")
    if done.quarantine:
        say(
            tongue(
                f"Bad rows are in {done.quarantine}: correct them there and import that file.",
                f"Негодные строки в {done.quarantine}: исправьте их там и загрузите этот файл.",
            )
        )
    _say_about_people(done, tongue)
    if dry_run:
        _say_dry(tongue)
        return
    say(tongue("See who is where: pismo segments", "Кто в каком сегменте: pismo segments"))


def _say_about_people(done: "Imported", tongue: "Tongue") -> None:
    """Tell who came without consent, to whom rows belong, and who shares an address."""
    from pismo.intake.mapping import CONSENT

    if count := done.no_consent:
        people = tongue(f"{count} people came without consent", f"Без согласия пришли: {count}")
        say(
            people + tongue(": they get nothing (no-consent).", "; писем им не будет (no-consent).")
        )
        given = set(done.mapping.known.values())
        if lacking := ", ".join(name for name in CONSENT if name not in given):
            say(
                tongue(
                    f"  A consent is when, where and to which text; no column for {lacking}.",
                    f"  Согласие — это когда, где и с каким текстом; нет колонки для {lacking}.",
                )
            )
    if done.erased:
        people = tongue.counted(done.erased, PERSON)
        say(
            tongue(
                f"Erased before, and in this file again: {people}. They are left out, unless they"
                " have subscribed anew: --take-erased",
                f"Были стёрты и снова в файле: {people}. Их не берём; если они подписались заново:"
                " --take-erased",
            )
        )
    if done.strangers[0]:
        rows, theirs = done.strangers
        said = tongue(
            f"Kept for people who are not in the audience yet: rows {rows}, people {theirs}.",
            f"Отложено для тех, кого в аудитории ещё нет: строк {rows}, людей {theirs}.",
        )
        say(said)
    if done.instead_of_invented:
        say(
            tongue(
                "The invented people of pismo sample are gone: real ones are never mixed with"
                " them.",
                "Людей, придуманных pismo sample, больше нет: с настоящими их не смешивают.",
            )
        )
    if done.shared_addresses:
        say(
            tongue(
                f"{done.shared_addresses} people share somebody's address: one letter an address.",
                f"С чужим адресом: {tongue.counted(done.shared_addresses, PERSON)};"
                " на один адрес — одно письмо.",
            )
        )
