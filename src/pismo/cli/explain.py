"""`pismo explain`: why one person gets the letter that they get."""

import os
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pismo.cli.common import Call, json_option, print_json, say
from pismo.cli.words import reason_said, state_said
from pismo.errors import UsageError
from pismo.records import asdict

if TYPE_CHECKING:
    from pismo.explain import Audience, Explanation, Refusal, Told
    from pismo.model.content import Issue
    from pismo.model.people import Delivery
    from pismo.model.workspace import Workspace
    from pismo.plan.state import State
    from pismo.tongue import Tongue

_HISTORY = 10
"""Letters of a person that are listed; --json has all."""
_MESSAGE_ID = 40
"""Ids of SES's messages are longer than people's."""
_CASES = {
    "hypothetical": "получит сейчас",
    "planned": "запланировано",
    "sent": "отправлено",
    "not reproducible": "уже не показать",
}


@click.command("explain")
@click.argument("issue")
@click.argument("person", required=False)
@click.option(
    "--address",
    is_flag=True,
    help="Ask for the reader's address instead of PERSON; it is compared, and kept nowhere.",
)
@click.option("--letter", is_flag=True, help="Print the letter too, as plain text.")
@json_option
@click.pass_obj
def explain_command(
    call: Call, issue: str, person: str | None, *, address: bool, letter: bool, as_json: bool
) -> None:
    """Say why PERSON gets what they get in ISSUE: segment, products, choices, values, delivery.

    PERSON is an id of the audience or of segments/people.toml, the id of a delivery or of SES's
    message, never an address. A planned or sent letter is explained from its plan; without one,
    the letter is the one they would get now.
    """
    from pismo.workspace import issue_of

    workspace = call.workspace
    if address == (person is not None) or "@" in (person or ""):
        raise UsageError(
            "people are named by their id, never by address",
            hint="pismo explain ISSUE PERSON; whose address you have is asked for, and kept"
            " nowhere: pismo explain ISSUE --address",
            ru="человека называют по id, а не по адресу",
            hint_ru="pismo explain ВЫПУСК ID; если есть только адрес, его спросят и нигде не"
            " сохранят: pismo explain ВЫПУСК --address",
        )
    told = _told(workspace, issue_of(workspace, issue), person, call.tongue)
    if as_json:
        print_json(told_json(told, issue))
        return
    _print(told, workspace, call.tongue)
    if letter and told.edition is not None and told.recipient is not None:
        from pismo.render import render

        email = render(told.edition, told.recipient)
        click.echo(f"\n{email.subject}\n\n{email.text}")


def told_json(told: "Told", issue: str) -> dict[str, object]:
    """Return the answer as DESIGN §9 lists its fields."""
    letter = told.explanation
    return {
        "issue": issue,
        "person": told.person,
        "case": told.case.value,
        "segment": told.segment,
        "variant": letter.variant if letter else "a",
        "rule": letter.rule if letter else "",
        "values": dict(told.rule or {}),
        "excluded": told.excluded or None,
        "picks": [
            {"id": pick.id, "title": pick.title, "reason": pick.reason}
            for pick in (letter.picks if letter else ())
        ],
        "choices": [
            {"test": choice.test, "taken": choice.taken}
            for choice in (letter.choices if letter else ())
        ],
        "holes": [
            {"name": hole.name, "value": hole.value, "fallback_used": hole.fallback_used}
            for hole in (letter.holes if letter else ())
        ],
        "delivery": _delivery_json(told.delivery) if told.delivery else None,
        "superseded": asdict(told.superseded) if told.superseded else None,
        "refusals": [
            {
                **asdict(one),
                "since": one.since.isoformat(),
                "until": one.until and one.until.isoformat(),
            }
            for one in told.refusals
        ],
        "history": [
            {"issue": one.issue, "segment": one.segment, **_delivery_json(one)}
            for one in told.history
        ],
    }


def _told(workspace: "Workspace", issue: "Issue", person: str | None, tongue: "Tongue") -> "Told":
    from pismo.audience import current
    from pismo.compile import compile_issue
    from pismo.explain import Audience, explain_person
    from pismo.plan.state import open_state

    with ExitStack() as stack:
        state = audience = None
        if workspace.state_dir.exists():
            state = stack.enter_context(open_state(workspace, os.environ))
            snapshot = current(workspace.state_dir)
            if snapshot is not None:
                audience = Audience(workspace, snapshot, state, lambda: datetime.now(UTC))
        known = _by_address(audience, tongue) if person is None else _reader_of(person, state)
        editions = compile_issue(workspace, issue.id).editions
        return explain_person(workspace, issue, known, editions, state=state, audience=audience)


def _by_address(audience: "Audience | None", tongue: "Tongue") -> str:
    """Ask for an address, and return the id of whoever has it."""
    from pismo.cli.asking import ask

    asked = ask(("The reader's address", "Адрес читателя"), str.strip, tongue)
    found = audience.at_address(asked) if audience is not None else ()
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            "nobody in the audience has this address",
            hint="was it erased, or written otherwise?",
            ru="этого адреса в аудитории нет",
            hint_ru="может быть, стёрт или записан иначе?",
        )
    several = ", ".join(found)
    raise UsageError(
        f"several people have this address: {several}",
        hint="name one of them",
        ru=f"этот адрес у нескольких: {several}",
        hint_ru="назовите одного",
    )


def _reader_of(name: str, state: "State | None") -> str:
    """Return who got a delivery or a message of SES; any other name is a person's."""
    from pismo.ledger.ids import read_delivery_id

    if state is None:
        return name
    delivery = state.ledger.delivery(name) if read_delivery_id(name) else None
    if delivery is None and len(name) >= _MESSAGE_ID:
        delivery = state.ledger.sent_as(name)
    return delivery.person if delivery is not None else name


def _delivery_json(delivery: "Delivery") -> dict[str, object]:
    return {
        "id": delivery.id,
        "plan": delivery.plan,
        "submission": delivery.submission.value,
        "outcome": delivery.outcome.value if delivery.outcome else None,
        "detail": delivery.detail,
        "digest": delivery.digest,
        "send_at": delivery.send_at.isoformat() if delivery.send_at else None,
        "updated_at": delivery.updated_at.isoformat() if delivery.updated_at else None,
    }


def _became(delivery: "Delivery", workspace: "Workspace", tongue: "Tongue") -> str:
    """Say what became of a delivery, and when by its newsletter's clock."""
    from zoneinfo import ZoneInfo

    series = workspace.newsletters.get(delivery.issue.partition("/")[0])
    zone = series.timezone if series else workspace.settings.timezone

    words = [state_said(delivery.submission, tongue)]
    words += [state_said(delivery.outcome, tongue)] if delivery.outcome else []
    words += [delivery.detail] if delivery.detail else []
    if delivery.updated_at:
        words.append(f"{delivery.updated_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}")
    return ", ".join(words)


def _kept(delivery: "Delivery", tongue: "Tongue") -> str:
    """Say what the state database still knows of a letter that cannot be shown."""
    message = tongue("SES message", "в SES")
    sent = f", {message} {delivery.message_id}" if delivery.message_id else ""
    digest, plan = delivery.digest, delivery.plan
    return tongue(f"text {digest}, plan {plan}", f"текст {digest}, план {plan}") + sent


def _superseded(told: "Told", tongue: "Tongue") -> str:
    """Say which plan has a letter now that another plan made, and what to ask next."""
    later, delivery = told.superseded, told.delivery
    if later is None or delivery is None:
        return ""
    here = f".pismo/plans/{later.by}" if later.is_here else tongue("elsewhere", "не здесь")
    took_over = tongue(
        f"plan {later.plan} made it and was superseded by plan {later.by} ({here})",
        f"составил план {later.plan}, его сменил план {later.by} ({here})",
    )
    if later.has_letter:
        return took_over + tongue(
            f", which has it now: pismo publish {delivery.issue} --status",
            f", письмо теперь в нём: pismo publish {delivery.issue} --status",
        )
    return took_over + tongue(
        f", which leaves them out; what they got stays. Why: pismo plan {delivery.issue}",
        f", где этого человека нет; что ушло, то ушло. Почему: pismo plan {delivery.issue}",
    )


def _refused(one: "Refusal", tongue: "Tongue") -> str:
    """Say what stands against writing to a person, since when and from where."""
    if one.what == "suppressed":
        what = tongue("address suppressed", "адрес закрыт")
    else:
        what = f"{tongue('does not want', 'отказ')}: {one.what} {one.name}".rstrip()
    until = f" {tongue('until', 'до')} {one.until:%Y-%m-%d}" if one.until else ""
    return f"{what} ({one.source}, {one.since:%Y-%m-%d %H:%M} UTC){until}"


def _print(told: "Told", workspace: "Workspace", tongue: "Tongue") -> None:
    case = tongue(told.case.value, _CASES[told.case.value])
    click.echo(f"{told.person}: {told.segment} ({case})")
    if told.excluded:
        none = tongue("gets no letter", "письма не получит")
        click.echo(f"  {none}: {reason_said(told.excluded, tongue)}")
    if told.delivery:
        became = _became(told.delivery, workspace, tongue)
        click.echo(f"  {tongue('delivery', 'отправка')} {told.delivery.id}: {became}")
    for refusal in told.refusals:
        click.echo(f"  {_refused(refusal, tongue)}")
    if later := _superseded(told, tongue):
        click.echo(f"  {later}")
    for one in told.history[:_HISTORY]:
        click.echo(f"  {tongue('also', 'ещё')} {one.issue}: {_became(one, workspace, tongue)}")
    if told.explanation is not None:
        _print_letter(told, told.explanation, tongue)
        return
    if told.delivery:
        click.echo(f"  {_kept(told.delivery, tongue)}")
    say(
        tongue(
            "This letter cannot be shown again: its plan's people were erased, its text was amended"
            " since, or the plan is kept on another machine.",
            "Это письмо уже не показать: людей плана стёрли, текст с тех пор исправили или план"
            " лежит на другой машине.",
        )
    )


def _print_letter(told: "Told", letter: "Explanation", tongue: "Tongue") -> None:
    """Print why a letter reads as it does: segment, products, choices and values."""
    everybody = tongue("everybody who fits no segment", "все, кто не попал ни в один сегмент")
    click.echo(f"  {tongue('rule', 'условие')}: {letter.rule or everybody}")
    for name, value in (told.rule or {}).items():
        click.echo(f"    {name} = {tongue('nothing', 'пусто') if value is None else value}")
    for pick in letter.picks:
        reason = pick.reason or tongue("no reason given", "без причины")
        click.echo(f"  {tongue('product', 'товар')} {pick.id} «{pick.title}»: {reason}")
    for choice in letter.choices:
        seen = tongue("shown ", "показано") if choice.taken else tongue("hidden", "скрыто  ")
        click.echo(f"  {seen} {{% if {choice.test} %}}")
    for hole in letter.holes:
        fallback = f"  ({tongue('fallback', 'запасное')})" if hole.fallback_used else ""
        click.echo(f"  {{{{ {hole.name} }}}} → {hole.value}{fallback}")
