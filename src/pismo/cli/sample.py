"""`pismo sample`: invent an audience to try everything on."""

import time
from datetime import date, datetime

import click

from pismo.cli.common import Call, json_option, print_json, say


@click.command("sample")
@click.option("--people", default=2000, show_default=True, help="How many people.")
@click.option("--products", default=300, show_default=True, help="How many products.")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same people.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Invent the two years before this day (default: the newest issue's date).",
)
@json_option
@click.pass_obj
def sample_command(
    call: Call, people: int, products: int, seed: int, today: datetime | None, as_json: bool
) -> None:
    """Invent people, what they bought and what they agreed to, and make them the audience.

    Nobody is real: names are common ones drawn at random, and every address ends in a domain that
    is reserved for examples. The catalogue's products are sold first, invented ones fill up.
    """
    from pismo.audience.invent import write_invented

    workspace, started = call.workspace, time.perf_counter()
    day = today.date() if today else _newest(call)
    snapshot = write_invented(
        workspace.state_dir,
        people,
        products,
        seed=seed,
        today=day,
        catalogue=tuple(workspace.catalogue.values()),
        url=workspace.settings.brand.url or "https://shop.example",
    )
    with snapshot.connect() as engine:
        counts = {
            table: int((engine.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,))[0])  # noqa: S608  # our names
            for table in ("subscribers", "products", "purchases", "events")
        }
    seconds = round(time.perf_counter() - started, 2)
    if as_json:
        print_json({"snapshot": snapshot.id, **counts, "seconds": seconds})
        return
    say(
        f"{counts['subscribers']} people, {counts['products']} products, "
        f"{counts['purchases']} purchases, {counts['events']} events in {seconds} s."
    )
    say("Nobody is real. See who is where: pismo segments")


def _newest(call: Call) -> date:
    """Return the newest issue's date, so that the sample is as fresh as the letters."""
    dates = [issue.date for issue in call.workspace.issues.values()]
    return max(dates, default=date(2026, 11, 27))
