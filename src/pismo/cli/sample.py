"""`pismo sample`: invent an audience to try everything on."""

import os
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from pismo.cli.common import DAY, Call, json_option, print_json, say, tell_new_state
from pismo.tongue import EVENT, PERSON, PRODUCT, PURCHASE

if TYPE_CHECKING:
    from pismo.intake.sample import Sample


@click.command("sample")
@click.option("--people", default=2000, show_default=True, help="How many people.")
@click.option("--products", default=300, show_default=True, help="How many products.")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same people.")
@click.option(
    "--today",
    type=DAY,
    help="Invent the two years before this day (default: the newest issue's date).",
)
@click.option("--replace", is_flag=True, help="Even if the audience has people you imported.")
@json_option
@click.pass_obj
def sample_command(
    call: Call,
    people: int,
    products: int,
    seed: int,
    today: datetime | None,
    replace: bool,
    as_json: bool,
) -> None:
    """Invent people, what they bought and what they agreed to, and make them the audience.

    Nobody is real: names are common ones drawn at random, and every address ends in a domain that
    is reserved for examples. The catalogue's products are sold first, invented ones fill up.
    """
    from pismo.intake.sample import make_sample

    made = make_sample(
        call.workspace,
        people=people,
        products=products,
        seed=seed,
        today=today.date() if today else _newest(call),
        environ=os.environ,
        replace=replace,
        begin=tell_new_state(call.tongue),
    )
    if as_json:
        about = {"consents": made.consents, "opt_outs": made.opt_outs}
        gone = {"suppressions": made.suppressions, "seconds": made.seconds}
        print_json({"snapshot": made.snapshot.id, **made.rows, **about, **gone})
        return
    _say(call, made)


def _say(call: Call, made: "Sample") -> None:
    tongue, rows = call.tongue, made.rows
    people = tongue.counted(rows["subscribers"], PERSON)
    agreed = tongue(f"{made.consents} agreed to letters", f"на письма согласны: {made.consents}")
    nouns = (("products", PRODUCT), ("purchases", PURCHASE), ("events", EVENT))
    others = ", ".join(tongue.counted(rows[table], noun) for table, noun in nouns)
    spent = tongue.decimal(made.seconds, 2)
    seconds = tongue(f" in {spent} s.", f" за {spent} с.")
    say(f"{people} ({agreed}), {others}{seconds}")
    own = len(call.workspace.catalogue)
    if own and (invented := rows["products"] - own) > 0:
        say(
            tongue(
                f"{invented} of the products are invented, too, and letters may recommend them."
                " Only those of your catalogue:",
                f"Товаров, которые тоже придуманы: {invented}; письма могут их рекомендовать."
                " Только из вашего каталога:",
            )
            + f" pismo sample --products {own}"
        )
    say(
        tongue(
            "Nobody is real. See who is where: pismo segments",
            "Настоящих людей здесь нет. Кто в каком сегменте: pismo segments",
        )
    )


def _newest(call: Call) -> date:
    """Return the newest issue's date, so that the sample is as fresh as the letters."""
    dates = [issue.date for issue in call.workspace.issues.values()]
    return max(dates, default=date(2026, 11, 27))
